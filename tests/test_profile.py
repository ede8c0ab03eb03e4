"""What `importer look` takes the columns of a sheet for, and what it finds odd in them."""

import csv
import json

import pytest


@pytest.fixture
def look(folder, importer):
    """The column of these cells, below this heading, as JSON tells it."""

    def at(cells, heading="Told"):
        path = folder.path / "sheet.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = ([f"n{number}", cell, "x"] for number, cell in enumerate(cells))
            csv.writer(file).writerows([["No", heading, "Other"], *rows])
        done = importer("look", path, "--json")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)["columns"][1]

    return at


def many(pattern, count=28):
    return [pattern.format(number, number=number) for number in range(1, count + 1)]


MOBILES = many("98765 432{:02}")


@pytest.mark.parametrize(
    ("heading", "cells", "kind", "options"),
    [
        ("Email", [*many("a{}@example.com"), "none"], "email", {}),
        ("Mobile", MOBILES, "phone", {"region": "IN"}),
        ("Mobile", [*MOBILES, "+971 50 123 4567", "12345"], "phone", {"region": "IN"}),
        ("Told", many("98765432{:02}"), "phone", {"region": "IN"}),
        ("Told", many("+44 7911 1234{:02}"), "phone", {}),
        ("Phone", many("050 12345{:02}"), "phone", {"region": "AE"}),
        ("Phone", many("(212) 555-01{:02}"), "phone", {"region": "US"}),
        ("Phone", many("0412 3456{:02}"), "phone", {"region": "AU"}),
        ("Mobile", ["9.19E+11", "9.2E+11"], "phone", {}),
        ("Amount", many("98765432{:02}"), "integer", {}),
        ("Account No", many("98765432{:02}"), "integer", {}),
        ("Told", many("4123456789{:02}"), "integer", {}),
        ("PIN Code", many("4110{:02}"), "integer", {}),
        ("Fee", ["1,20,000", "₹ 5,000", "(300)"], "integer", {}),
        ("Fee", ["1,20,000.50", "5000", "a lot", "1", "2"], "number", {}),
        ("Share", ["12.5%", "5%"], "number", {}),
        ("Branch", many("{:05}"), "text", {}),
        ("Card", many("41234567890123{:02}"), "text", {}),
        ("Ref", many("HL-{:05}"), "text", {}),
        ("Site", many("https://example.com/{}"), "text", {}),
        ("Id", many("{{0A6B1C1E-5a4f-4f0e-9f55-0000000000{:02}}}"), "guid", {}),
        ("Hostel", ["Yes", "no", "YES"], "boolean", {}),
        ("Hostel", ["0", "1", "1"], "boolean", {}),
        ("Count", ["1", "1", "1"], "integer", {}),
        ("Hostel", ["yes", "no", "perhaps"], "text", {}),
        ("On", many("2026-03-{:02}"), "date", {}),
        ("On", many("2026-03-{:02} 00:00:00"), "date", {}),
        ("On", many("2026-03-{:02} 10:30:00"), "datetime", {}),
        ("On", many("{:02}/03/2026"), "date", {"day_first": True}),
        ("On", many("03/{:02}/2026"), "date", {"day_first": False}),
        ("On", many("03/{:02}/2026 4:30 pm"), "datetime", {"day_first": False}),
        ("On", many("{:02}/03/2026", 9), "date", {}),
        ("On", many("{}-Mar-2026"), "date", {}),
        ("On", many("{:02}.03.26"), "date", {"day_first": True, "formats": ["%d.%m.%y"]}),
        ("On", many("03/{:02}/26 16:30"), "datetime", {"day_first": False, "formats": ["%m/%d/%y %H:%M"]}),
        ("On", many("{:02}.03.26", 9), "date", {}),
        ("On", many("{}-Mar-26"), "date", {"formats": ["%d-%b-%y"]}),
        ("At", many("10:{:02}"), "text", {}),
        ("Product", ["Home loan", "Car loan"] * 5, "choice", {}),
        ("First Name", ["Asha", "Ravi"] * 5, "text", {}),
        ("Country", ["India"] * 10, "text", {}),
        ("Likes", ["Arts; Law", "Law", "Arts", "Law;Arts"] * 3, "multi_choice", {"separator": ";"}),
        ("Likes", ["Arts|Law", "Law|Arts", "Law"] * 3, "multi_choice", {"separator": "|"}),
        ("Town", ["Pune, Maharashtra", "Surat, Gujarat"] * 5, "choice", {}),
        ("Town", many("Flat {}, MG Road, Pune"), "text", {}),
        ("Parts", [f"a{number}; a{number + 1}" for number in range(28)], "text", {}),
        ("Remark", ["{{Remark}}", "#N/A"], "text", {}),
        ("Remark", [], "text", {}),
    ],
)
def test_a_column_is_of_the_kind_that_a_person_would_say(look, heading, cells, kind, options):
    column = look(cells or ["", ""], heading)
    assert (column["kind"], column["options"]) == (kind, options)


@pytest.mark.parametrize(
    ("cells", "source", "rules"),
    [
        (many("a{}@example.com"), "kind: email", ""),
        (MOBILES, "kind: phone, region: IN", ""),
        (many("{:02}.03.26"), "kind: date, formats: '%d.%m.%y'", "day_first: true"),
        (many("03/{:02}/2026 4:30 pm"), "kind: datetime", "day_first: false"),
        (["1,20,000.50", "₹ 5,000"], "kind: number", ""),
        (["Arts; Law", "Law", "Arts"] * 4, "kind: multi_choice, choices: [Arts, Law]", ""),
    ],
)
def test_a_mapping_that_says_the_same_takes_every_cell(look, folder, importer, cells, source, rules):
    column = look(cells, "Mobile" if "phone" in source else "Told")
    assert source.startswith(f"kind: {column['kind']}")
    assert (column["fits"], column["oddities"]) == (1.0, [])
    folder.mapping(
        f"version: 1\n{rules}\nlead:\n  search_by: mx_No\n  attributes:\n    mx_No: No\n"
        "opportunity:\n  event_code: 12000\n  fields:\n"
        f"    mx_Custom_2: {{column: {column['heading']}, {source}}}\n"
    )
    done = importer("check", "sheet.csv")
    assert "0 invalid" in done.stdout, done


def test_a_choice_is_told_with_its_counts_whatever_the_case(look):
    column = look(
        ["Home loan", "Car loan", "HOME LOAN", "Home  loan"] + ["Home loan", "Car loan"] * 4, "Product"
    )
    assert column["values"] == [["Home loan", 7], ["Car loan", 5]]
    assert column["distinct"] == 4
    assert column["oddities"] == [
        "The same word is written in different ways: 'HOME LOAN' in B4 for 'Home loan', "
        "'Home  loan' in B5 for 'Home loan'."
    ]


def test_several_words_to_a_cell_are_counted_each(look):
    column = look(["Arts; Law", "Law", "Arts", "law;Arts"] * 3, "Likes")
    assert column["values"] == [["Arts", 9], ["Law", 9]]


def test_samples_are_typical_ones_and_not_too_long(look):
    column = look(
        ["nobody", *many("a{}@example.com", 2), f"{'b' * 50}@example.com", *many("c{}@example.com")]
    )
    assert column["samples"] == ["a1@example.com", "a2@example.com", f"{'b' * 39}…"]


@pytest.mark.parametrize(
    ("heading", "cells", "said"),
    [
        (
            "Email",
            [*many("a{}@example.com", 9), "nobody", "nobody"],
            "B11: 'nobody' is not an e-mail address",
        ),
        ("Email", [*many("a{}@example.com", 9), "nobody", "nobody"], "; 1 more cell like it."),
        (
            "Email",
            [*many("a{}@example.com", 9), "a3@example.com"],
            "'a3@example.com' stands in 2 cells, first B4.",
        ),
        (
            "Email",
            [*many("a{}@example.com", 9), "a3@example.com", "a5@example.com", "a5@example.com"],
            "2 values stand in more than one cell, first B4 ('a3@example.com', in 2 cells).",
        ),
        ("Mobile", [*MOBILES, "9.19877E+11"], "B30: '9.19877E+11' is a phone number that Excel shortened"),
        (
            "Phone",
            many("020 7946 00{:02}"),
            "These numbers exist in GB, NG as well: see of which country they are (region).",
        ),
        ("Ref", [*many("HL-{}"), "1.23E+15"], "B30: '1.23E+15' is a number that Excel shortened"),
        ("Fee", [*many("{}000"), "1.23E+15"], "B30: '1.23E+15' is a number that Excel shortened"),
        ("On", ["03/04/2026", "04/05/2026"], "B2: '03/04/2026' could be 3 April or 4 March"),
        (
            "On",
            ["31/03/2026", "03/31/2026"],
            "Some dates have the day first ('31/03/2026' in B2), others the month ('03/31/2026' in B3)",
        ),
        (
            "On",
            ["31/03/2026", "30-Mar-2026 10:30", "29/03/2026"],
            "Dates are written in 2 ways: '31/03/2026' in B2 (2 cells), '30-Mar-2026 10:30' in B3 (1 cell).",
        ),
        (
            "Remark",
            ["fine", "#N/A", "#N/A"],
            "B3: '#N/A' looks like an error of Excel that has become text; 1 more",
        ),
        ("Remark", ["Hello {{First Name}}"], "looks like a placeholder that nobody has filled in."),
        ("City", ["Pune", " Pune"], "1 cell with blanks before or after the text, first B3: ' Pune'."),
        (
            "City",
            ["Pu\u200bne"],
            "1 cell with characters that nobody sees, first B2: 'Pu\\u200bne' (they are not",
        ),
        ("No", ["x"], "Column A has the same heading (give each column a heading of its own)."),
        ("", ["x"], "1 cell below no heading, first B2 (write one into B1"),
    ],
)
def test_what_is_odd_is_told_with_the_first_cell(look, heading, cells, said):
    assert said in "\n".join(look(cells, heading)["oddities"])


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Email", [*many("a{}@example.com"), ""]),
        ("Email", [" a@example.com", "b@example.com "]),
        ("First Name", ["Asha", "Ravi", "Asha"] * 9),
        ("PIN Code", [*many("4110{:02}"), "411001"]),
        ("On", many("{:02}/03/2026")),
        ("Product", ["Home loan", "Car loan"] * 5),
    ],
)
def test_what_is_usual_is_not_odd(look, heading, cells):
    assert look(cells, heading)["oddities"] == []


def test_what_repeats_is_not_told_twice(look):
    column = look([*many("a{}@example.com"), "#N/A", "#N/A", "none", "none"], "Email")
    assert [oddity.split(":")[0] for oddity in column["oddities"]] == ["B32", "B30"]


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        (["Email,City,Amount", "a@example.com,Pune,5"], 1),
        (["Enquiries of March", "", "Email,City,Amount", "a@example.com,Pune,5"], 3),
        (["Lead,Lead,Loan,Loan", "Email,City,Amount,On", "a@example.com,Pune,5,2026-03-31"], 2),
        (["Email", "a@example.com"], 1),
        (["First Name,,City,", "Asha,x,Pune,y", "Ravi,x,Pune,y"], 1),
        (["Enquiries,of March", "Email,City,Amount,On,No", "a@example.com", "b@example.com,Pune,5,,7"], 2),
    ],
)
def test_the_row_of_the_headings_is_found(folder, importer, lines, row):
    sheet = folder.sheet(*lines[1:], headings=lines[0])
    assert json.loads(importer("look", sheet, "--json").stdout)["header_row"] == row


def test_a_sheet_without_headings_is_told(folder, importer):
    rows = [f"a{n}@example.com,98765432{n},{n}" for n in range(10, 20)]
    told = json.loads(importer("look", folder.sheet(*rows[1:], headings=rows[0]), "--json").stdout)
    assert told["header_row"] == 1
    assert "Row 1 is taken for the headings, though that is not sure" in told["notices"][0]


def test_the_row_that_is_given_has_the_headings(folder, importer):
    sheet = folder.sheet("Email,City", "a@example.com,Pune", headings="Lead,Place")
    told = json.loads(importer("look", sheet, "--header-row", "2", "--json").stdout)
    assert (told["header_row"], told["rows"]) == (2, 1)
    assert [column["heading"] for column in told["columns"]] == ["Email", "City"]


LONG = "Which of our courses are you interested in, and when would you like to start? (As many as you like)"


@pytest.mark.parametrize(
    "headings", [f'Email address,Name,City,"{LONG}",Remarks', "Email address,2023,2024,City,Remarks"]
)
def test_headings_that_do_not_look_like_headings_lose_no_row_in_silence(folder, importer, headings):
    rows = (f"u{n}@example.com,Asha,Pune,BSc,call" for n in range(3))
    told = json.loads(importer("look", folder.sheet(*rows, headings=headings), "--json").stdout)
    assert told["header_row"] == 1 or "though that is not sure" in told["notices"][0]
