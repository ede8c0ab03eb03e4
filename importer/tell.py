"""What a verb tells while it works, to whoever listens."""

from collections.abc import Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


class Tell:
    """A listener that says nothing and agrees to everything; the console has one that does not."""

    def say(self, sentence: str) -> None:
        """Something that the operator should know, once."""

    def confirm(self, question: str) -> bool:
        """May it go on?"""
        return True

    def is_typed(self, question: str, number: int) -> bool:
        """Whether somebody types this very number. Raises UsageError where nobody can be asked."""
        return True

    def watching(self, rows: Iterable[Thing]) -> Iterable[Thing]:
        """The rows themselves, as they are checked one by one; how many there are, nobody knows yet."""
        return rows

    def begin(self, rows: int, settled: int) -> None:
        """Rows are being sent from now on; `settled` of them have ended already."""

    def ended(self, word: str) -> None:
        """One more row has ended."""

    def end(self) -> None:
        """No more rows will end."""
