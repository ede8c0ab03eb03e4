"""What the operator sees while a verb works: sentences and progress, on stderr."""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from importer.errors import UsageError
from importer.streams import out
from importer.tell import Tell, Thing

MINUTE = 60.0


class Console(Tell):
    """Tells on stderr. Progress is a bar in a terminal, otherwise one line a minute.

    assume_yes: never asks. quiet: neither sentences nor progress.
    """

    def __init__(self, quiet: bool = False, assume_yes: bool = False) -> None:
        self._quiet = quiet
        self._assumes_yes = assume_yes
        self._asks = not assume_yes and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
        self._bar: Any = None
        self._counts: Counter[str] = Counter()

    def say(self, sentence: str) -> None:
        if self._quiet:
            return
        if self._bar is not None:
            with suppress(OSError):
                self._bar.write(sentence, file=sys.stderr)
        else:
            out(sentence, stream=sys.stderr)

    def confirm(self, question: str) -> bool:
        if not self._asks:
            return True
        out(f"{question} [y/N] ", end="", stream=sys.stderr)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def is_typed(self, question: str, number: int) -> bool:
        if self._assumes_yes:
            return True
        if not self._asks:
            raise UsageError(
                "Nothing was done: there is no terminal in which the number could be typed. To go on without "
                "being asked, add --yes."
            )
        out(f"{question} ", end="", stream=sys.stderr)
        return sys.stdin.readline().strip().replace(",", "") == str(number)

    def watching(self, rows: Iterable[Thing]) -> Iterable[Thing]:
        if self._quiet or not sys.stderr.isatty():
            return rows
        from tqdm import tqdm

        return tqdm(rows, "Checking", unit=" rows", file=sys.stderr, mininterval=0.5, leave=False)

    def begin(self, rows: int, settled: int) -> None:
        self._rows = rows
        self._done = settled
        self._began_with = settled
        self._began_at = self._told_at = time.monotonic()
        if not self._quiet and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=rows, initial=settled, unit="row", file=sys.stderr, mininterval=0.5)

    def ended(self, word: str) -> None:
        self._counts[word] += 1
        self._done += 1
        if self._bar is not None:
            with suppress(OSError):
                self._bar.set_postfix_str(self._counted(), refresh=False)
                self._bar.update()
        elif time.monotonic() - self._told_at >= MINUTE:
            self._told_at = time.monotonic()
            self.say(self._line())

    def end(self) -> None:
        if self._bar is not None:
            with suppress(OSError):
                self._bar.close()
            self._bar = None

    def _counted(self) -> str:
        return ", ".join(f"{word} {count:,}" for word, count in self._counts.items())

    def _line(self) -> str:
        passed = time.monotonic() - self._began_at
        rate = (self._done - self._began_with) / passed
        left = (self._rows - self._done) / rate if rate else 0.0
        return (
            f"{self._done:,} of {self._rows:,} rows, {rate:.1f} a second, "
            f"about {left / MINUTE:.0f} min left: {self._counted()}"
        )
