"""One row and one mapping: what is sent for it, or everything that is wrong with it."""

import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.layout import fit
from importer.mapping import read_mapping
from importer.records import Capture, Field, Invalid, OnDuplicate, Row
from importer.validate import compile_rows
from tests.rows import GOOD, HEADINGS, MAPPING, captured, changed, fields, problems, verdict


def test_a_good_row_is_sent_as_the_mapping_says():
    cells = {
        **{"City": "Pune", "Campaign": "May", "Branch": "B1", "Enquired On": "03/04/2026 10:30"},
        **{"Amount": "1,00,000", "Street": " 1 Main Rd", "Remark": "not mapped"},
    }
    assert replace(captured(cells), remarks=()) == Capture(
        row=17,
        lead=(
            ("EmailAddress", "Asha@Example.com"),
            ("Phone", "+91-9876543210"),
            ("FirstName", "Asha"),
            ("mx_City", "Pune"),
        ),
        search_by="EmailAddress",
        event_code=12000,
        fields=(
            Field("mx_Custom_1", "Home loan"),
            Field("mx_Custom_2", "New"),
            Field("mx_Custom_5", "100000"),
            Field("mx_Custom_7", "Asha B1"),
            Field("Status", "Open"),
            Field("mx_Custom_9", "", (Field("mx_Custom_1", " 1 Main Rd"),)),
        ),
        identity=(
            ("EmailAddress", "asha@example.com"),
            ("FirstName", "Asha"),
            ("Phone", "+91-9876543210"),
            ("date_time", "2026-04-03 05:00:00"),
            ("mx_City", "Pune"),
            ("mx_Custom_1", "Home loan"),
            ("mx_Custom_5", "100000"),
            ("mx_Custom_7", "Asha B1"),
            ("mx_Custom_9.mx_Custom_1", " 1 Main Rd"),
        ),
        leads=frozenset({"emailaddress=asha@example.com", "phone=+91-9876543210"}),
        note="May, branch B1",
        date_time="2026-04-03 05:00:00",
        on_duplicate=OnDuplicate(False, False, True, True),
    )


def test_a_blank_cell_is_not_sent_unless_the_mapping_clears_or_fills_it():
    capture = captured()
    assert dict(capture.lead)["mx_City"] == ""
    assert set(fields(capture)) == {"mx_Custom_1", "mx_Custom_2", "mx_Custom_7", "Status"}
    assert capture.note == capture.date_time == ""


@pytest.mark.parametrize("cell", [" ", "\t", "\u00a0", "\u200b"])
def test_a_cell_that_looks_blank_is_blank(cell):
    assert (
        captured(dict.fromkeys(["City", "Campaign", "Enquired On", "Amount", "Street"], cell)) == captured()
    )


def test_a_column_that_the_sheet_lacks_clears_nothing_and_gives_its_default():
    capture = captured(headings=("Email", "Mobile", "First Name", "Product"))
    assert "mx_City" not in dict(capture.lead)
    assert fields(capture) == {
        **{"mx_Custom_1": "Home loan", "mx_Custom_2": "New", "mx_Custom_7": "Asha", "Status": "Open"}
    }


def test_all_problems_of_a_row_are_told_each_with_its_cell():
    cells = {
        **{
            "Email": "asha@",
            "Mobile": "12",
            "City": "Bengaluru",
            "Enquired On": "tomorrow",
            "Product": "Car",
        },
        **{"Amount": "0", "Branch": "Koramangala"},
    }
    said = problems(cells)
    assert [code for code, _ in said] == [
        *("EMAIL-INVALID", "PHONE-SHORT", "TEXT-LONG", "DATE-UNREADABLE"),
        *("CHOICE-UNKNOWN", "NUMBER-SMALL", "TEXT-LONG"),
    ]
    assert said[3][1] == "G17, Enquired On: 'tomorrow' is not a date such as 2026-03-31 or 31-Mar-2026"
    assert said[6][1] == (
        "C17, First Name: 'Asha Koramangala' has more than 12 characters (mx_Custom_7 is made from this"
        " and Branch)"
    )


def test_a_required_cell_must_not_be_blank():
    assert problems({"Product": " "}) == [("REQUIRED", "H17, Product: is blank, and must be filled")]


def test_a_required_text_must_not_be_made_of_blanks():
    mapping = changed("max_length: 12}", "max_length: 12, required: true}")
    assert problems({"First Name": ""}, mapping) == [
        (
            "REQUIRED",
            "C17, First Name: is blank, and must hold a text (mx_Custom_7 is made from this and Branch)",
        )
    ]


def test_a_problem_of_a_text_stands_at_the_first_of_its_cells_that_is_filled():
    mapping = changed('"{First Name} {Branch}"', '"{First Name} {Campaign} {Branch}"')
    said = problems({"First Name": " ", "Branch": "Koramangala East"}, mapping)
    assert said == [
        (
            "TEXT-LONG",
            "F17, Branch: 'Koramangala East' has more than 12 characters (mx_Custom_7 is made from this,"
            " First Name and Campaign)",
        )
    ]
    turned = changed('"{First Name} {Branch}"', '"{Branch} {First Name}"')
    assert problems({"Branch": "Koramangala"}, turned)[0][1].startswith("F17, Branch: 'Koramangala Asha' has")
    alone = changed('"{First Name} {Branch}"', '"Mx {Branch}"')
    assert problems({"Branch": "Koramangala"}, alone) == [
        (
            "TEXT-LONG",
            "F17, Branch: 'Mx Koramangala' has more than 12 characters (mx_Custom_7 is made from this)",
        )
    ]


def test_a_text_of_columns_that_the_sheet_lacks_clears_nothing():
    mapping = changed('"{First Name} {Branch}", max_length: 12', '"{Branch}", blank: clear')
    assert fields(captured(mapping=mapping))["mx_Custom_7"] == ""
    lacking = [heading for heading in HEADINGS if heading != "Branch"]
    assert "mx_Custom_7" not in fields(captured(mapping=mapping, headings=lacking))


def test_a_default_fills_a_required_blank():
    mapping = changed("default: New", "default: New, required: true")
    assert fields(captured(mapping=mapping))["mx_Custom_2"] == "New"


def test_a_problem_is_told_under_the_heading_of_the_sheet():
    headings = [heading.upper() for heading in HEADINGS]
    invalid = verdict({"EMAIL": "x", "PRODUCT": "HL"}, headings=headings)
    assert isinstance(invalid, Invalid)
    assert invalid.problems[0].column == "EMAIL"


def test_a_cell_that_cannot_be_trusted_is_a_problem_once_and_only_where_it_is_used():
    assert isinstance(verdict(GOOD, faults={12: "is an error"}), Capture)
    said = problems(faults={2: "is Excel's error #N/A", 5: "has lost digits"})
    assert said == [
        ("CELL-UNREADABLE", "C17, First Name: is Excel's error #N/A"),
        ("CELL-UNREADABLE", "F17, Branch: has lost digits"),
    ]


def test_a_row_shorter_than_its_headings_has_blank_cells():
    read = read_mapping(MAPPING, Path("mapping.yaml"))
    check = compile_rows(read, fit(read, [Row(1, HEADINGS)]))
    assert isinstance(check(Row(2, ("a@example.com",))), Invalid)
    assert isinstance(check(Row(2, ("a@example.com", "", "", "", "", "", "", "HL"))), Capture)


def test_an_owner_is_never_sent_empty():
    mapping = MAPPING + '    Owner: {column: City, values: {nobody: ""}}\n'
    assert "Owner" not in fields(captured({"City": ""}, mapping))
    lead = changed("    FirstName:", "    OwnerId: {column: City, blank: clear}\n    FirstName:")
    assert "OwnerId" not in dict(captured({"City": ""}, lead).lead)
    assert "Owner" not in fields(captured({"City": "nobody"}, mapping.replace("max_length: 5, ", "")))


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ("", OnDuplicate(False, False, True, True)),
        ("  on_duplicate: overwrite\n", OnDuplicate(True, False, True, True)),
        ("  on_duplicate: fill_blanks\n", OnDuplicate(False, True, True, True)),
        ("  keep_owner: false\n  duplicate_activity: true\n", OnDuplicate(False, False, False, False)),
    ],
)
def test_the_mapping_says_what_becomes_of_a_duplicate(said, flags):
    assert captured(mapping=changed("  note:", f"{said}  note:")).on_duplicate == flags


def test_a_day_alone_is_its_midnight_in_the_sheet_s_time_zone():
    assert captured({"Enquired On": "3-Apr-2026"}).date_time == "2026-04-02 18:30:00"
    day = changed("{column: Enquired On}", "{column: Enquired On, kind: date}")
    assert captured({"Enquired On": "3-Apr-2026"}, day).date_time == "2026-04-02 18:30:00"


def test_a_field_set_without_a_value_is_not_sent_and_one_within_another_is():
    nested = MAPPING + "        mx_Custom_3:\n          fields:\n            mx_Custom_4: {column: Remark}\n"
    assert "mx_Custom_9" not in fields(captured(mapping=nested))
    capture = captured({"Remark": "x"}, nested)
    assert capture.fields[-1] == Field(
        "mx_Custom_9", "", (Field("mx_Custom_3", "", (Field("mx_Custom_4", "x"),)),)
    )
    assert ("mx_Custom_9.mx_Custom_3.mx_Custom_4", "x") in capture.identity


def test_a_text_keeps_its_own_words_and_trims_the_cells_in_it():
    assert fields(captured({"First Name": " Asha ", "Branch": ""}))["mx_Custom_7"] == "Asha"
    assert captured({"Branch": "{City}"}).note == ", branch {City}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: number, min: 1}", "kind: number, default: much}", "'much' is not a number"),
        ("{value: Open, choices: [Open, Won]}", "{value: 12/2026, kind: date}", "'12/2026' is not a date"),
        ("max_length: 5, blank: clear", "max_length: 5, default: Bengaluru", "has more than 5 characters"),
        ("kind: number, min: 1}", "kind: number, values: {many: lots}}", "'lots' is not a number"),
    ],
)
def test_what_no_row_could_be_sent_with_is_a_fault_of_the_mapping(old, new, said):
    with pytest.raises(MappingError) as error:
        verdict(GOOD, changed(old, new))
    (fault,) = error.value.faults
    assert said in fault
    assert fault.startswith("line ")


@given(st.dictionaries(st.sampled_from(HEADINGS), st.text(string.printable + "\u200b\ud800€", max_size=8)))
def test_every_row_is_either_sent_or_invalid(cells):
    match verdict(cells):
        case Capture() as capture:
            assert dict(capture.lead)["EmailAddress" if capture.search_by == "EmailAddress" else "Phone"]
        case Invalid(_, problems):
            assert problems
