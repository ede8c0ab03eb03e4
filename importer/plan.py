"""A sheet together with the mapping that fits it: what a run or a check works on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from importer import dependents
from importer.account_schema import AccountSchema
from importer.errors import MappingError, SheetError, UsageError
from importer.layout import Layout, fit
from importer.mapping import Mapping, Source, document_in, mapping_of
from importer.reading import Reading
from importer.records import Capture, Invalid, LeftOut, Row, Verdict
from importer.sheet import Sheet, open_sheet
from importer.validate import compile_rows
from importer.yaml_lines import Document, Keys

MAPPINGS = Path("mappings")
NAME_ONE = "name one with --mapping FILE (importer nightly: in mappings.yaml)"

AccountOf = Callable[[Document], AccountSchema | None]

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

    def sources_in_use(self) -> Iterator[tuple[Keys, Source]]:
        """Those sources of the mapping that fill something from this sheet, or by themselves."""
        for keys, source in self.mapping.sources():
            if source.value is not None or any(each in self.layout.columns for each in source.headings):
                yield keys, source

    def held_against(self, account: AccountSchema) -> "Plan":
        """The same, with what the account says about the mapping. Raises MappingError or SheetError."""
        mapping = mapping_of(self.mapping.document, self.mapping.path, account)
        return _planned(self.sheet, mapping, self.layout.header_row, self.visible_only)

    @property
    def notices(self) -> tuple[str, ...]:
        about_parents = dependents.notices(self.mapping)
        return (*self.sheet.notices, *self.layout.notices, *self.mapping.notices, *about_parents)


class NoneFits(UsageError):
    """No mapping of the folder surely fits.

    may_fit:       one does perhaps, with what the account tells.
    needs_account: one has names that only the account can tell.
    """

    def __init__(self, text: str, may_fit: bool, needs_account: bool) -> None:
        self.may_fit = may_fit
        self.needs_account = needs_account
        super().__init__(text)


def make_plan(
    sheet: Path, mapping: Path | None, reading: Reading, account_of: AccountOf = lambda document: None
) -> Plan:
    """Raises UsageError, MappingError or SheetError, saying everything that is wrong at once.

    Where `mapping` is a folder, the one in it whose required columns are all in the sheet is taken; without
    it, that of `mappings/`; where the current folder has none, of `mappings/` beside the sheet.

    account_of: what a mapping file is held against; None: nothing.
    """
    if mapping and not mapping.is_dir():
        return _fitted(sheet, _loaded(mapping, account_of), reading)
    open_sheet(sheet, reading)
    found = _files_in(mapping) if mapping else _files_in(MAPPINGS) or _files_in(sheet.parent / MAPPINGS)
    if not found:
        where = (
            f"in {mapping} (put one there)"
            if mapping
            else f"in {Path.cwd() / MAPPINGS}, nor in one beside the sheet"
        )
        raise UsageError(
            f"No mapping: there is no .yaml file {where}. Name the mapping file with --mapping FILE, or have "
            f"one written: importer draft {sheet}"
        )
    return _only_fit(sheet, found, reading, account_of)


def _loaded(path: Path, account_of: AccountOf) -> Mapping:
    # Read once: somebody may save it while the account is asked.
    document = document_in(path)
    return mapping_of(document, path, account_of(document))


def _fitted(path: Path, mapping: Mapping, reading: Reading) -> Plan:
    sheet = open_sheet(path, reading)
    # A text file has no worksheets, so one mapping serves the workbook and its CSV copy.
    if mapping.worksheet and not reading.worksheet and sheet.worksheet:
        sheet = open_sheet(path, replace(reading, worksheet=mapping.worksheet))
    plan = _planned(sheet, mapping, reading.header_row, reading.visible_only)
    if next(plan.verdicts(), None) is None:
        raise SheetError(f"{path.name} has headings (row {plan.layout.header_row}) and no row below them.")
    return plan


def _planned(sheet: Sheet, mapping: Mapping, header_row: int | None, visible_only: bool) -> Plan:
    first_rows = max(LOOKED_AT, (header_row or mapping.header_row or 0) + 1)
    try:
        layout = fit(mapping, sheet.head(first_rows), header_row)
    except SheetError as misfit:
        # Perhaps it is only the wrong worksheet.
        raise SheetError("\n".join([str(misfit), *sheet.notices])) from misfit
    return Plan(sheet, mapping, layout, compile_rows(mapping, layout), visible_only)


def _files_in(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def _only_fit(sheet: Path, found: list[Path], reading: Reading, account_of: AccountOf) -> Plan:
    plans: list[Plan] = []
    reasons: list[str] = []
    may_fit = False
    unread: list[Path] = []
    for path in found:
        try:
            plans.append(_fitted(sheet, _loaded(path, account_of), reading))
        except (MappingError, SheetError) as reason:
            reasons.append(f"{path}: {reason}")
            may_fit |= isinstance(reason, MappingError)
            unread += [path] if isinstance(reason, MappingError) and reason.needs_account else []
    if not plans:
        listed = (f"  {said}" for said in reasons)
        text = "\n".join([f"No mapping in {found[0].parent.name}/ fits this sheet:", *listed])
        raise NoneFits(text, may_fit, needs_account=bool(unread))
    if unread:
        others = ", ".join(map(str, unread))
        raise NoneFits(
            f"{plans[0].mapping.path} fits this sheet. Whether {others} fits too only the account can tell, "
            f"since it has names as people see them: {NAME_ONE}.",
            may_fit=True,
            needs_account=True,
        )
    if len(plans) > 1:
        names = ", ".join(str(plan.mapping.path) for plan in plans)
        raise UsageError(f"Several mappings fit this sheet ({names}): {NAME_ONE}.")
    return plans[0]
