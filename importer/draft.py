"""The verb `draft`: a mapping file for a sheet, from its headings and values."""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from importer.account_schema import AccountSchema
from importer.account_seats import seated_by_account
from importer.cell_text import clean
from importer.draft_text import About, draft_text
from importer.drafting import Draft, draft_of
from importer.errors import MappingError, SheetError, UsageError
from importer.layout import fit
from importer.mapping import Mapping, load_mapping, read_mapping
from importer.needed import lenient
from importer.plan import LOOKED_AT, MAPPINGS, make_plan
from importer.profile import SheetProfile, profile_of
from importer.reading import Reading
from importer.seats import seated
from importer.sheet import Sheet, open_sheet
from importer.spelling import as_typed, counted

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What was drafted.

    columns:     all of the sheet, of which `mapped` have a place.
    unconfirmed: the line of each guess, and what is guessed.
    notices:     what was decided of the sheet, in sentences.
    check:       the command that is next, in words.
    misfit:      why the sheet itself cannot be imported yet; "" where it can.
    faults:      what the account has against the mapping as it is.
    """

    sheet: Path
    mapping: Path
    columns: int
    mapped: int
    unconfirmed: tuple[tuple[int, str], ...]
    notices: tuple[str, ...]
    check: tuple[str, ...]
    misfit: str = ""
    faults: tuple[str, ...] = ()


def read_event_code(text: str) -> int:
    """Raises UsageError for what is no number of an opportunity type."""
    if not text.isdecimal() or not text.isascii() or int(text[:20]) < 1:
        raise UsageError(f"--event-code: {text!r} is not the number of an opportunity type such as 12000.")
    return int(text)


def draft(
    sheet: Path, reading: Reading, output: Path | None, event_code: int | None,
    account: AccountSchema | None = None,
) -> DraftReport:  # fmt: skip
    """Write a mapping for this sheet. Raises UsageError where its file exists, before anything is read.

    event_code: the number of the opportunity type, where it is known.
    account:    what is known of the account, from which places come then.
    """
    target = output or MAPPINGS / f"{_slug(sheet.stem)}.yaml"
    _check_target(target)
    opened = open_sheet(sheet, reading)
    profile = profile_of(opened, reading.header_row)
    knows_fields = bool(account and event_code and account.fields.get(event_code) and account.attributes)
    account = account if knows_fields else None
    columns = profile.columns
    seating = seated_by_account(columns, account, event_code or 0) if account else seated(columns)
    drafted = draft_of(profile, seating)
    about = About(
        clean(sheet.stem),
        sheet.name,
        profile.rows,
        _worksheet(opened),
        event_code=event_code or 0,
        account=account,
    )
    text = draft_text(drafted, about)
    if not _is_found(read_mapping(text, target, account and lenient(account)), opened, profile):
        text = draft_text(drafted, replace(about, header_row=profile.header_row))
    _write(target, text)
    return _report(sheet, target, reading, profile, drafted, account)


def _check_target(target: Path) -> None:
    if target.suffix.lower() not in (".yaml", ".yml"):
        raise UsageError(f"{target}: a mapping file ends in .yaml.")
    if target.exists():
        raise _exists(target)


def _exists(target: Path) -> UsageError:
    return UsageError(
        f"{target} exists already, and a draft is never written over a file (name another one with --output)."
    )


def _slug(stem: str) -> str:
    """`Leads May 2026 (final)` → `leads_may_2026_final`, as files are called."""
    plain = unicodedata.normalize("NFKC", clean(stem)).casefold()
    return re.sub(r"[^\w]+", "_", plain).strip("_")[:_LONGEST_NAME] or "mapping"


def _worksheet(sheet: Sheet) -> str:
    """Its name, where the mapping has to say it; one of blanks cannot be said."""
    is_one_of_several = len(sheet.facts.worksheets) > 1
    return sheet.worksheet if is_one_of_several and sheet.worksheet.strip() else ""


def _is_found(mapping: Mapping, sheet: Sheet, profile: SheetProfile) -> bool:
    """Whether the row of the headings need not be said."""
    try:
        return fit(mapping, sheet.head(LOOKED_AT)).header_row == profile.header_row
    except SheetError:
        return False


def _write(target: Path, text: str) -> None:
    try:
        if not target.parent.is_dir():
            target.parent.mkdir()
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        if target.parent.is_dir():
            raise _exists(target) from error
        raise UsageError(f"{target} cannot be written: {target.parent} is no folder.") from error
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}.") from error


def _report(
    sheet: Path, target: Path, reading: Reading, profile: SheetProfile, drafted: Draft,
    account: AccountSchema | None,
) -> DraftReport:  # fmt: skip
    mapped = {seat.column.place for seat in drafted.seats}
    misfit = ""
    faults: tuple[str, ...] = ()
    try:
        make_plan(sheet, target, reading, lambda _: account)
    except SheetError as error:
        misfit = str(error)
    except MappingError as error:
        # Such as what is mandatory, and in no column of the sheet.
        faults = error.faults
    return DraftReport(
        sheet,
        target,
        len(profile.columns),
        len(mapped),
        load_mapping(target, account and lenient(account)).unconfirmed,
        profile.notices,
        ("importer", "check", str(sheet), "--mapping", str(target), *reading.options),
        misfit,
        faults,
    )


def in_words(report: DraftReport) -> str:
    """What the operator has to do with it."""
    lines = [*report.notices]
    mapped = f"{report.mapped:,} of {counted(report.columns, 'column')}"
    lines += [f"{report.mapping} is written, with {mapped} mapped."]
    if report.unconfirmed:
        lines += [f"{counted(len(report.unconfirmed), 'guess', 'guesses')} to be confirmed there:"]
        lines += [f"  line {line}: {guessed}" for line, guessed in report.unconfirmed]
    if report.faults:
        lines += ["To be mended there, since LeadSquared refuses it as it is:"]
        lines += [f"  {fault}" for fault in report.faults]
    if report.misfit:
        lines += ["The sheet itself cannot be imported as it is:", report.misfit]
    lines += ["Look through the file, then check the sheet with it:", f"  {as_typed(report.check)}"]
    return "\n".join(lines)
