"""What the importer is measured against, as processes: `python -m tests.bench.rivals NAME FILE…`."""

import csv
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.bench.sheets import DAY_FIRST, HEADINGS, ISO, PRODUCTS


def openpyxl(sheet: Path) -> None:
    """A bare read-only pass over all cells."""
    from openpyxl import load_workbook

    book = load_workbook(sheet, read_only=True, data_only=True)
    print(sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)))
    book.close()


def xlsxwriter(texts: Path, target: Path) -> None:
    """A bare write of all cells of a CSV file that are not blank, in constant memory."""
    import xlsxwriter as library  # type: ignore[import-untyped]

    book = library.Workbook(target, {"constant_memory": True})
    worksheet = book.add_worksheet()
    with texts.open(encoding="utf-8-sig", newline="") as file:
        for at, row in enumerate(csv.reader(file)):
            for column, text in enumerate(row):
                if text:
                    worksheet.write_string(at, column, text)
    book.close()


def frictionless(sheet: Path) -> None:
    """The same checks, e-mail addresses and phone numbers by the same libraries."""
    from frictionless import Checklist, Schema, resources

    schema = Schema.from_descriptor({"fields": _fields()})
    resource = resources.TableResource(path=sheet.name, basepath=str(sheet.parent), schema=schema)
    report = resource.validate(Checklist(checks=[_contacts()]), limit_errors=sys.maxsize)
    faulty = {row for (row,) in report.flatten(["rowNumber"]) if row}
    print(f"{report.tasks[0].stats['rows']} rows, {len(faulty)} faulty")
    # An end before the last row, or an error of the whole file, would be no fair comparison.
    strange = [error for error, row in report.flatten(["message", "rowNumber"]) if not row]
    if strange or report.tasks[0].warnings:
        sys.exit(f"{strange} {report.tasks[0].warnings}")


def _fields() -> list[dict[str, Any]]:
    required = {"constraints": {"required": True}}
    known: dict[str, dict[str, Any]] = {
        **dict.fromkeys(("Application No", "First Name", "Email", "Mobile"), required),
        "Product": {"constraints": {"required": True, "enum": list(PRODUCTS)}},
        "Amount": {"type": "number", "groupChar": ",", "constraints": {"minimum": 1}},
        "Date of Birth": {"type": "date", "format": DAY_FIRST},
        "Enquired On": {"type": "date", "format": ISO, **required},
    }
    return [{"name": heading, "type": "string", **known.get(heading, {})} for heading in HEADINGS]


def _contacts() -> Any:
    import phonenumbers
    from email_validator import EmailNotValidError, validate_email
    from frictionless import Check, errors

    def is_email(text: str) -> bool:
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            return False
        return True

    def is_phone(text: str) -> bool:
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(text, "IN"))
        except phonenumbers.NumberParseException:
            return False

    class Contacts(Check):  # type: ignore[misc]  # read without its types
        type = "contacts"
        Errors = [errors.CellError]  # noqa: RUF012 (as the class above it has it)

        def validate_row(self, row: Any) -> Iterable[Any]:
            for name, holds in (("Email", is_email), ("Mobile", is_phone), ("Phone", is_phone)):
                text = row[name]
                if text and not holds(text):
                    yield errors.CellError.from_row(row, note=f"{text!r} is none", field_name=name)

    return Contacts()


RIVALS: dict[str, Callable[..., None]] = {
    "openpyxl": openpyxl,
    "xlsxwriter": xlsxwriter,
    "frictionless": frictionless,
}

if __name__ == "__main__":
    RIVALS[sys.argv[1]](*map(Path, sys.argv[2:]))
