"""What the operator should know of the rows of a sheet, although nothing is wrong with them."""

from collections.abc import Iterator

from importer.dependents import PARENT_BLANK
from importer.plan import Plan
from importer.records import Capture, LeftOut, Row, Verdict
from importer.references import ShortenedNotes, note_length
from importer.remarks import WARNINGS
from importer.spelling import counted
from importer.summary import Causes, Group
from importer.summary_page import Block

_HEADINGS = ("Cells", "Column", "First cells", "For example")


class Noticing:
    """Looks at each row that goes by."""

    def __init__(self, plan: Plan) -> None:
        self._sheet = plan.sheet
        opportunity = plan.mapping.opportunity
        length = note_length(plan.mapping.account, opportunity.event_code)
        self._shortened = ShortenedNotes(opportunity.reference, length)
        self._hidden = self._left_out = 0
        self._warnings, self._changes = Causes(), Causes()

    def see(self, row: Row, verdict: Verdict, is_to_send: bool) -> None:
        self._hidden += row.is_hidden
        self._left_out += isinstance(verdict, LeftOut)
        if not isinstance(verdict, Capture):
            return
        for remark in verdict.remarks:
            is_warning = remark.code in WARNINGS or remark.code == PARENT_BLANK
            causes = self._warnings if is_warning else self._changes
            causes.add(remark.code, remark.column, remark.cell, remark.message)
        if is_to_send:
            self._shortened.see(verdict)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Of all rows, once they were seen."""
        warnings = (_warning(group) for group in self._warnings.groups())
        return (
            *self._of_blank_rows(),
            *self._of_hidden_rows(),
            *warnings,
            *self._of_changes(),
            *self._shortened.notices,
        )

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The same for the worksheet Summary, with an example of each change."""
        kinds = (
            ("Warnings", "Warning", self._warnings),
            ("Sent in another form than they are written", "Change", self._changes),
        )
        return tuple(
            Block(title, (heading, *_HEADINGS), groups)
            for title, heading, causes in kinds
            if (groups := causes.groups())
        )

    def _of_blank_rows(self) -> Iterator[str]:
        if blanks := self._sheet.formatted_blanks:
            yield f"Below the last row there are {counted(blanks, 'blank row')} with formats only: left out."

    def _of_hidden_rows(self) -> Iterator[str]:
        if not self._hidden:
            return
        rows, are = ("row is", "it is") if self._hidden == 1 else ("rows are", "they are")
        fate = (
            "left out, as --visible-only says"
            if self._left_out
            else "imported like all others (--visible-only leaves hidden rows out)"
        )
        yield f"{self._hidden:,} {rows} hidden in the sheet, perhaps by a filter; {are} {fate}."

    def _of_changes(self) -> Iterator[str]:
        counts: dict[str, int] = {}
        for _, count, column, *_ in self._changes.groups():
            counts[column] = counts.get(column, 0) + count
        if counts:
            listed = ", ".join(f"{column} ({counted(count, 'cell')})" for column, count in counts.items())
            yield f"Sent in another form than they are written: {listed}; the worksheet Summary shows how."


def _warning(group: Group) -> str:
    _, count, column, places, example = group
    alike = f" ({count:,} cells: {places})" if count > 1 else ""
    return f"{places.partition(',')[0]}, {column}: {example}{alike}."
