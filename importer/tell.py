"""What a verb tells while it works, to whoever listens."""

from importer.records import Ended, Problem


class Tell:
    """A listener that says nothing and agrees to everything; the console has one that does not."""

    def say(self, sentence: str) -> None:
        """Something that the operator should know, once."""

    def problem(self, problem: Problem) -> None:
        """Something wrong with a cell."""

    def confirm(self, question: str) -> bool:
        """May it go on?"""
        return True

    def begin(self, rows: int, settled: int) -> None:
        """Rows are being sent from now on; `settled` of them have ended already."""

    def ended(self, word: Ended) -> None:
        """One more row has ended."""

    def end(self) -> None:
        """No more rows will end."""
