"""What a verb tells while it works, to whoever listens."""

from collections.abc import Iterable
from typing import TypeVar

from importer.records import Ended

Thing = TypeVar("Thing")


class Tell:
    """A listener that says nothing and agrees to everything; the console has one that does not."""

    def say(self, sentence: str) -> None:
        """Something that the operator should know, once."""

    def confirm(self, question: str) -> bool:
        """May it go on?"""
        return True

    def watching(self, rows: Iterable[Thing]) -> Iterable[Thing]:
        """The rows themselves, as they are checked one by one; how many there are, nobody knows yet."""
        return rows

    def begin(self, rows: int, settled: int) -> None:
        """Rows are being sent from now on; `settled` of them have ended already."""

    def ended(self, word: Ended) -> None:
        """One more row has ended."""

    def end(self) -> None:
        """No more rows will end."""
