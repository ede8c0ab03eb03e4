"""What a verb tells while it works, to whoever listens."""

from collections.abc import Iterable
from typing import Any, TypeVar

Thing = TypeVar("Thing")


class Tell:
    """A listener that says nothing and agrees to everything; the console has one that does not.

    Not everybody who may read a log may read the sheet. So there are two ways to tell something: `say` for
    sentences in our own words, and `event` for what may quote a cell, or what LeadSquared has answered.
    """

    def say(self, sentence: str) -> None:
        """Something that the operator should know, once. It quotes neither the sheet nor LeadSquared."""

    def event(self, name: str, sentence: str = "", level: str = "info", **facts: Any) -> None:
        """Something has happened: people get the sentence, if there is one, a log the name and the facts.

        name:     lower-case words with dots, always the same for the same thing.
        sentence: may quote anything; a log holds it only where that was asked for.
        level:    info, warning or error.
        facts:    numbers, paths and words of ours: never a value of the sheet or a text of LeadSquared's.
        """
        if sentence:
            self.say(sentence)

    def warn(self, name: str, sentence: str) -> None:
        """The operator has to know it, also where no messages are wanted. It quotes nothing, as in `say`."""
        self.say(sentence)

    def write_down(self, name: str, text: str = "", level: str = "info", **facts: Any) -> None:
        """The same, only for a log: people are told by other means."""

    def confirm(self, question: str) -> bool:
        """May it go on?"""
        return True

    def is_typed(self, question: str, number: int) -> bool:
        """Whether somebody types this very number. Raises UsageError where nobody can be asked."""
        return True

    def watching(self, rows: Iterable[Thing]) -> Iterable[Thing]:
        """The rows themselves, as they are checked one by one; how many there are, nobody knows yet."""
        return rows

    def begin(self, rows: int, settled: int, what: str = "run") -> None:
        """Rows are being sent from now on; `settled` of them have ended already. what: by which verb."""

    def ended(self, word: str) -> None:
        """One more row has ended."""

    def end(self) -> None:
        """No more rows will end."""
