"""What is written down while a verb works: one event after the other, as JSON or as plain lines."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from importer.errors import UsageError
from importer.progress import Progress
from importer.tell import Tell

LAST = "command.ended"
"""The event of how the command ends; nothing comes after it."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened. time: UTC, as ISO 8601 spells it. text: "" where it may not be told."""

    time: str
    name: str
    level: str
    text: str
    facts: Mapping[str, Any]


def as_json(event: Event) -> str:
    always = {"time": event.time, "event": event.name, "level": event.level}
    text = {"text": event.text} if event.text else {}
    # Plain ASCII, so that no console can spoil it.
    return json.dumps({**always, **event.facts, **always, **text}, default=str)


def as_plain(event: Event) -> str:
    facts = (f"{name}={json.dumps(fact, default=str)}" for name, fact in event.facts.items())
    said = event.text or " ".join([event.name, *facts])
    # Every line has its time, whatever is quoted in it.
    return "\n".join(f"{event.time} {line}" for line in said.splitlines())


class Log(Tell):
    """Writes everything down with `write`, a line each (without its end), and asks nobody.

    with_values: also texts that may quote the sheet or LeadSquared.
    assume_yes:  what needs a number to be typed may go on without.
    quiet:       only warnings, and how the command ends.
    """

    def __init__(
        self, write: Callable[[str], None], spell: Callable[[Event], str] = as_json, *,
        with_values: bool = False, assume_yes: bool = False, quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._write = write
        self._spell = spell
        self._with_values = with_values
        self._assumes_yes = assume_yes
        self._quiet = quiet
        self._clock = clock
        self._progress: Progress | None = None
        self._what = ""

    def say(self, sentence: str) -> None:
        self._put("said", sentence, "info", {})

    def event(self, name: str, sentence: str = "", level: str = "info", **facts: Any) -> None:
        self._put(name, sentence if self._with_values else "", level, facts)

    def write_down(self, name: str, text: str = "", level: str = "info", **facts: Any) -> None:
        self.event(name, text, level, **facts)

    def warn(self, name: str, sentence: str) -> None:
        self._write(self._spell(Event(_now(), name, "warning", sentence, {})))

    def is_typed(self, question: str, number: int) -> bool:
        if not self._assumes_yes:
            raise UsageError(
                "Nothing was done: with --log json nobody can type the number. To go on without being "
                "asked, add --yes."
            )
        return True

    def begin(self, rows: int, settled: int, what: str = "run") -> None:
        self._progress = Progress(rows, settled, self._clock)
        self._what = what

    def ended(self, word: str) -> None:
        if self._progress:
            self._progress.ended(word)
            if self._progress.is_due():
                self._put(f"{self._what}.progress", "", "info", self._progress.facts)

    def end(self) -> None:
        self._progress = None

    def _put(self, name: str, text: str, level: str, facts: Mapping[str, Any]) -> None:
        if not self._quiet or name == LAST:
            self._write(self._spell(Event(_now(), name, level, text, facts)))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
