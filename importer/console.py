"""What the operator sees while a verb works: sentences and progress, on stderr."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from importer.errors import UsageError
from importer.progress import Progress
from importer.streams import out
from importer.tell import Tell, Thing


class Console(Tell):
    """Tells on stderr. Progress is a bar in a terminal, otherwise one line a minute.

    assume_yes: never asks. quiet: neither sentences nor progress.
    """

    def __init__(self, quiet: bool = False, assume_yes: bool = False) -> None:
        self._quiet = quiet
        self._assumes_yes = assume_yes
        self._asks = not assume_yes and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
        self._bar: Any = None
        self._progress: Progress | None = None

    def say(self, sentence: str) -> None:
        if not self._quiet:
            self._tell(sentence)

    def warn(self, name: str, sentence: str) -> None:
        self._tell(sentence)

    def _tell(self, sentence: str) -> None:
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

    def begin(self, rows: int, settled: int, what: str = "run") -> None:
        self._progress = Progress(rows, settled)
        if not self._quiet and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=rows, initial=settled, unit="row", file=sys.stderr, mininterval=0.5)

    def ended(self, word: str) -> None:
        if not self._progress:
            return
        self._progress.ended(word)
        if self._bar is not None:
            with suppress(OSError):
                self._bar.set_postfix_str(self._progress.counted, refresh=False)
                self._bar.update()
        elif self._progress.is_due():
            self.say(self._progress.sentence)

    def end(self) -> None:
        if self._bar is not None:
            with suppress(OSError):
                self._bar.close()
            self._bar = None
