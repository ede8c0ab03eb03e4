"""A sheet together with the mapping that fits it: what a run or a check works on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from importer.errors import MappingError, SheetError, UsageError
from importer.layout import Layout, fit
from importer.mapping import Mapping, load_mapping
from importer.reading import Reading
from importer.records import Capture, Invalid, LeftOut, Row, Verdict
from importer.sheet import Sheet, open_sheet
from importer.validate import compile_rows

MAPPINGS = Path("mappings")

# Headings are found among these first rows, unless the mapping says in which row they are.
LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """Which rows there are, and what each would send."""

    sheet: Sheet
    mapping: Mapping
    layout: Layout
    validate: Callable[[Row], Capture | Invalid]
    visible_only: bool = False

    def verdicts(self) -> Iterator[Verdict]:
        """Each row as it would be sent, or why it is not; a fresh pass over the sheet.

        Rows are those below the headings that hold anything.
        """
        return (verdict for _, verdict in self.judged())

    def judged(self) -> Iterator[tuple[Row, Verdict]]:
        """Each row, without what an earlier result told, together with its verdict."""
        results = self.layout.results
        for row in self.sheet.rows():
            own = results.left_out(row) if results else row
            if row.number <= self.layout.header_row or own.is_blank:
                continue
            if self.visible_only and (row.is_hidden or (results and results.says_hidden(row))):
                yield own, LeftOut(row.number)
                continue
            verdict = self.validate(own)
            yield own, (results and results.carried(row, verdict)) or verdict

    @property
    def notices(self) -> tuple[str, ...]:
        return (*self.sheet.notices, *self.layout.notices, *self.mapping.notices)


def make_plan(sheet: Path, mapping: Path | None, reading: Reading) -> Plan:
    """Raises UsageError, MappingError or SheetError, saying everything that is wrong at once.

    Without a mapping, the one in `mappings/` whose required columns are all in the sheet is taken; where the
    current folder has none, `mappings/` beside the sheet.
    """
    if mapping:
        return _fitted(sheet, load_mapping(mapping), reading)
    open_sheet(sheet, reading)
    return _only_fit(sheet, reading)


def _fitted(path: Path, mapping: Mapping, reading: Reading) -> Plan:
    sheet = open_sheet(path, reading)
    # A text file has no worksheets, so one mapping serves the workbook and its CSV copy.
    if mapping.worksheet and not reading.worksheet and sheet.worksheet:
        sheet = open_sheet(path, replace(reading, worksheet=mapping.worksheet))
    header_row = reading.header_row or mapping.header_row or 0
    try:
        layout = fit(mapping, sheet.head(max(LOOKED_AT, header_row + 1)), reading.header_row)
    except SheetError as misfit:
        # Perhaps it is only the wrong worksheet.
        raise SheetError("\n".join([str(misfit), *sheet.notices])) from misfit
    plan = Plan(sheet, mapping, layout, compile_rows(mapping, layout), reading.visible_only)
    if next(plan.verdicts(), None) is None:
        raise SheetError(f"{path.name} has headings (row {plan.layout.header_row}) and no row below them.")
    return plan


def _mappings(folder: Path = Path()) -> list[Path]:
    """The mapping files in this folder's folder of mappings."""
    return sorted([*(folder / MAPPINGS).glob("*.yaml"), *(folder / MAPPINGS).glob("*.yml")])


def _only_fit(sheet: Path, reading: Reading) -> Plan:
    found = _mappings() or _mappings(sheet.parent)
    if not found:
        raise UsageError(
            f"No mapping: there is no {MAPPINGS} folder with a .yaml file in {Path.cwd()}, nor beside the "
            f"sheet. Name the mapping file with --mapping FILE, or have one written: importer draft {sheet}"
        )
    plans: list[Plan] = []
    reasons: list[str] = []
    for path in found:
        try:
            plans.append(_fitted(sheet, load_mapping(path), reading))
        except (MappingError, SheetError) as reason:
            reasons.append(f"{path}: {reason}")
    if not plans:
        raise UsageError(
            "\n".join(["No mapping in mappings/ fits this sheet:", *(f"  {said}" for said in reasons)])
        )
    if len(plans) > 1:
        names = ", ".join(str(plan.mapping.path) for plan in plans)
        raise UsageError(f"Several mappings fit this sheet ({names}): name one with --mapping FILE.")
    return plans[0]
