"""A mapping with everything in it, and one row of a sheet for it, as the tests of validate want them."""

from pathlib import Path

from importer.layout import fit
from importer.mapping import read_mapping
from importer.records import Capture, Invalid, Row
from importer.validate import compile_rows

MAPPING = """\
version: 1
time_zone: Asia/Kolkata
day_first: true
lead:
  search_by: [EmailAddress, Phone]
  attributes:
    EmailAddress: {column: Email, kind: email}
    Phone: {column: Mobile, kind: phone, region: IN}
    FirstName: First Name
    mx_City: {column: City, max_length: 5, blank: clear}
opportunity:
  event_code: 12000
  note: "{Campaign}, branch {Branch}"
  date_time: {column: Enquired On}
  fields:
    mx_Custom_1: {column: Product, required: true, values: {HL: Home loan, PL: Personal loan}}
    mx_Custom_2: {column: Stage, default: New}
    mx_Custom_5: {column: Amount, kind: number, min: 1}
    mx_Custom_7: {text: "{First Name} {Branch}", max_length: 12}
    Status: {value: Open, choices: [Open, Won]}
    mx_Custom_9:
      fields:
        mx_Custom_1: {column: Street}
        mx_Custom_2: {column: Pin}
"""
GOOD = {"Email": "Asha@Example.com", "Mobile": "98765 43210", "First Name": "Asha", "Product": "hl"}
HEADINGS = (
    *("Email", "Mobile", "First Name", "City", "Campaign", "Branch", "Enquired On"),
    *("Product", "Stage", "Amount", "Street", "Pin", "Remark"),
)


def verdict(cells, mapping=MAPPING, headings=HEADINGS, faults=None):
    read = read_mapping(mapping, Path("mapping.yaml"))
    layout = fit(read, [Row(1, tuple(headings))])
    texts = tuple(cells.get(heading, "") for heading in headings)
    return compile_rows(read, layout)(Row(17, texts, faults=faults or {}))


def captured(cells=None, mapping=MAPPING, headings=HEADINGS) -> Capture:
    capture = verdict(GOOD | (cells or {}), mapping, headings)
    assert isinstance(capture, Capture), capture
    return capture


def problems(cells=None, mapping=MAPPING, faults=None) -> list[tuple[str, str]]:
    invalid = verdict(GOOD | (cells or {}), mapping, faults=faults)
    assert isinstance(invalid, Invalid)
    assert invalid.row == 17
    return [(problem.code, str(problem)) for problem in invalid.problems]


def fields(capture: Capture) -> dict[str, str]:
    return {field.schema_name: field.value for field in capture.fields}


def changed(old: str, new: str) -> str:
    assert old in MAPPING
    return MAPPING.replace(old, new)
