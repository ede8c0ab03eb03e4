"""Where a mapping's columns are in a sheet, and what is said where they are not."""

from pathlib import Path

import pytest

from importer.cell_names import cell_name, column_letter
from importer.errors import SheetError
from importer.layout import fit
from importer.mapping import read_mapping
from importer.records import Row

MAPPING = """\
version: 1
lead:
  search_by: EmailAddress
  attributes:
    EmailAddress: {column: Email, kind: email}
    FirstName: First Name
    mx_City: {column: City, aliases: [Town, Location]}
opportunity:
  event_code: 12000
  note: "{Campaign}"
  fields:
    mx_Custom_1: {column: Product, required: true}
"""
HEADINGS = ("Email", "First Name", "City", "Campaign", "Product")


def sheet(*rows):
    return [Row(number, texts) for number, texts in enumerate(rows, start=1)]


def fitted(*rows, mapping=MAPPING):
    return fit(read_mapping(mapping, Path("mapping.yaml")), sheet(*rows))


def refused(*rows, **options):
    with pytest.raises(SheetError) as error:
        fitted(*rows, **options)
    return str(error.value)


def test_each_column_is_found_wherever_it_stands():
    layout = fitted(
        ("Product", "Campaign", "City", "First Name", "Email"), ("Home", "May", "Pune", "Asha", "a@b.in")
    )
    assert layout.columns == {"Email": 4, "First Name": 3, "City": 2, "Campaign": 1, "Product": 0}
    assert layout.header_row == 1
    assert layout.missing == layout.unused == layout.notices == ()


@pytest.mark.parametrize(
    "heading", ["first name", " First  Name ", "FIRST_NAME", "First-Name*", "firstname", "First\nName"]
)
def test_a_heading_matches_whatever_its_case_spacing_and_punctuation(heading):
    assert fitted(("Email", heading, "City", "Campaign", "Product")).columns["First Name"] == 1


@pytest.mark.parametrize("heading", ["Town", "location", "LOCATION:"])
def test_a_heading_may_be_an_alias(heading):
    assert fitted(("Email", "First Name", heading, "Campaign", "Product")).columns["City"] == 2


def test_the_name_goes_before_an_alias_and_the_exact_name_before_all():
    layout = fitted(("Email", "First Name", "Town", "city", "City", "Campaign", "Product"))
    assert layout.columns["City"] == 4
    assert layout.unused == ("Town", "city")


def test_headings_of_other_scripts_keep_their_vowels_apart():
    mapping = MAPPING.replace("First Name", "की")
    assert fitted(("Email", "का", "की:", "City", "Campaign", "Product"), mapping=mapping).columns["की"] == 2


def test_headings_are_found_under_title_rows_and_it_is_said():
    layout = fitted(("Enquiries of May",), (), HEADINGS, ("a@example.com", "Asha", "Pune", "May", "Home"))
    assert layout.header_row == 3
    assert layout.headings == HEADINGS
    assert layout.notices == ("Row 3 is used as the headings; rows 1 to 2 are left as found.",)


def test_a_title_that_names_one_column_is_not_taken_for_the_headings():
    assert fitted(("Email", "campaign"), HEADINGS).header_row == 2


def test_of_two_rows_with_all_headings_the_first_counts():
    assert fitted(HEADINGS, HEADINGS).header_row == 1


def test_the_row_with_all_required_headings_goes_before_one_with_more():
    layout = fitted(("First Name", "City", "Campaign"), ("Email", "Product"))
    assert layout.header_row == 2


def test_a_declared_header_row_is_taken_without_a_word():
    layout = fitted(HEADINGS, HEADINGS, mapping=f"header_row: 2\n{MAPPING}")
    assert layout.header_row == 2
    assert layout.notices == ()


@pytest.mark.parametrize("row", [3, 4, 900])
def test_a_declared_header_row_must_hold_something(row):
    said = refused(HEADINGS, ("a@example.com",), (" ",), mapping=f"header_row: {row}\n{MAPPING}")
    assert said.startswith(
        f"The mapping says header_row: {row} (line 1), but that row of the sheet holds not"
    )


def test_an_optional_column_may_be_missing_and_the_nearest_heading_is_named():
    layout = fitted(("Email", "Frist Name", "City", "Campaign", "Product"))
    assert layout.missing == ("First Name",)
    assert layout.notices == (
        "The sheet has no column 'First Name' (mapping, line 6); the mapping can do without it;"
        " nearest heading: 'Frist Name' in column B.",
        "Columns that the mapping does not use: 'Frist Name'.",
    )


def test_everything_that_does_not_fit_is_said_at_once():
    said = refused(("E-mail Id", "First Name", "first name", "First_Name", "City", "Campaign"))
    assert said.splitlines() == [
        "The sheet does not fit the mapping, with row 1 as its headings:",
        "  'Email' is missing (mapping, line 5); nearest heading: 'E-mail Id' in column A",
        "  'Product' is missing (mapping, line 12)",
    ]


def test_a_heading_that_is_needed_must_not_stand_twice():
    said = refused(("Email", "First Name", "FIRST NAME", "Product", "email", "First Name"))
    assert said.splitlines()[1:] == [
        "  'First Name' (mapping, line 6) is there 2 times: 'First Name' in column B"
        " and 'First Name' in column F (give each column a heading of its own)"
    ]


def test_two_aliases_in_one_sheet_are_not_guessed_between():
    said = refused(("Email", "Town", "Location", "Product"))
    assert "'City' (mapping, line 7) is there 2 times: 'Town' in column B and 'Location' in column C" in said


def test_other_headings_may_stand_twice_or_be_blank():
    layout = fitted((*HEADINGS, "Remark", "", "Remark"))
    assert layout.unused == ("Remark", "Remark")


def test_a_sheet_with_none_of_the_headings_is_told_what_was_looked_for():
    assert refused((), ("Name", "Place"), ("Asha", "Pune")) == (
        "None of the first 3 rows has the headings that the mapping looks for"
        " (Email, First Name, City, Product, Campaign)."
    )


@pytest.mark.parametrize("rows", [(), ((),), (("", " "), ("",))])
def test_an_empty_sheet_is_said_to_be_empty(rows):
    assert refused(*rows).startswith("The sheet is empty")


@pytest.mark.parametrize(
    ("place", "letter"),
    [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")],
)
def test_columns_are_named_as_excel_names_them(place, letter):
    assert column_letter(place) == letter
    assert cell_name(place, 17) == f"{letter}17"
