"""How the problems of a sheet are told: grouped by cause, each with a code that README explains."""

import ast
import json
import re
from pathlib import Path

import openpyxl
import pytest

from importer.remarks import WARNINGS
from importer.values import KINDS
from tests.conftest import MAPPING

TOP = Path(__file__).parents[1]
CODE = re.compile(r"[A-Z]+(?:-[A-Z]+)+")

PRODUCTS = MAPPING.replace(
    "mx_Custom_1: {column: Product, required: true}", "mx_Custom_1: {column: Product, CHOICES}"
)


def codes_in_the_program() -> set[str]:
    """Every text in the code that is spelt like a code, and those that are made from a kind."""
    made = {f"{'choice' if kind == 'text' else kind}-written".upper().replace("_", "-") for kind in KINDS}
    texts = {
        node.value
        for path in (TOP / "importer").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {"REQUIRED", *WARNINGS} | made | {text for text in texts if CODE.fullmatch(text)}


def test_readme_explains_every_code_and_no_other():
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if re.match(r"\| `[A-Z]+[-`][^|]*\|", line)]
    explained = {code for row in rows for code in re.findall(r"`([A-Z-]+)`", row.split("|")[1])}
    assert explained == codes_in_the_program()


def workbook(folder, worksheet, *rows):
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = worksheet
    for row in (("Email", "First Name", "Product"), *rows):
        page.append(row)
    book.save(folder.path / "enquiries.xlsx")
    return folder.path / "enquiries.xlsx"


@pytest.mark.parametrize(
    ("worksheet", "cell"),
    [("Enquiries", "Enquiries!A2"), ("New leads", "'New leads'!A2"), ("Asha's", "'Asha''s'!A2")],
)
def test_a_cell_is_named_as_excel_takes_it(folder, importer, worksheet, cell):
    sheet = workbook(folder, worksheet, ("wrong", "Asha", "Home loan"))
    assert f"  {cell}, Email: 'wrong' is not an e-mail address" in importer("check", sheet).stdout


def test_the_most_frequent_cause_comes_first_with_its_first_cells(folder, importer):
    wrong = [f"person{n}@example.com,Asha," for n in range(7)]
    done = importer("check", folder.sheet("wrong,Asha,Home loan", *wrong))
    assert [line for line in done.stdout.splitlines() if not line.startswith("  C3")][:3] == [
        "REQUIRED: 7 cells in Product",
        "  and in C4, C5, C6, C7, …",
        "EMAIL-INVALID: 1 cell in Email",
    ]


def test_no_column_is_too_many_to_be_reported(folder, importer):
    columns = [f"Amount {n}" for n in range(120)]
    numbers = "".join(
        f"    mx_Custom_{n + 100}: {{column: {name}, kind: number}}\n" for n, name in enumerate(columns)
    )
    folder.mapping(MAPPING + numbers)
    cells = ["asha@example.com", "Asha", "Home loan", *["many"] * len(columns)]
    sheet = folder.sheet(",".join(cells), headings=",".join(["Email,First Name,Product", *columns]))
    done = importer("check", sheet, "--output", "checked.xlsx")
    assert [f"1 cell in {name}\n" in done.stdout for name in columns] == [True] * len(columns)
    book = openpyxl.load_workbook(folder.path / "checked.xlsx")
    listed = {str(row[2]) for row in book["Summary"].iter_rows(values_only=True)}
    assert set(columns) <= listed
    book.close()


def block(stdout: str) -> str:
    """The `values:` block of a check, as somebody copies it."""
    found = re.search(r"^ *values: \{$.*?^ *\}$", stdout, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


PASTED = ["HL", "hl", "Golden loan", 'Car: new, "used" #1', "Home loan"]


def product_sheet(folder, products):
    quoted = ('"{}"'.format(each.replace('"', '""')) for each in products)
    return folder.sheet(*(f"p{n}@example.com,Asha,{text}" for n, text in enumerate(quoted)))


def filled_in(lines):
    """What a person makes of the line that no choice is like."""
    return lines.replace('# "Car: new', '"Car: new').replace('#1": ""', '#1": Car loan')


def test_unknown_values_are_listed_once_as_a_block_to_paste_into_braces(folder, importer):
    source = "mx_Custom_1: {column: Product, choices: [Home loan, Gold loan, Car loan]}"
    mapping = re.sub(r"mx_Custom_1: .*", source, MAPPING)
    folder.mapping(mapping)
    sheet = product_sheet(folder, PASTED)
    done = importer("check", sheet)
    lines = block(done.stdout)
    assert lines.count("HL") == 1
    assert "HL: Home loan,  " in lines
    assert "2 cells" in lines
    assert "within the braces of opportunity.fields.mx_Custom_1, after a comma, in line 12 of" in done.stdout
    folder.mapping(mapping.replace(source, f"{source[:-1]}, {filled_in(lines)}}}"))
    assert "5 rows: 5 good" in importer("check", sheet).stdout


def test_or_as_lines_that_are_pasted_as_they_are(folder, importer):
    choices = ["    - Home loan", "    - Gold loan", "    - Car loan"]
    source = "\n    ".join(["mx_Custom_1:", "  column: Product", "  choices:", *choices])
    mapping = re.sub(r"mx_Custom_1: .*", source, MAPPING)
    folder.mapping(mapping)
    sheet = product_sheet(folder, PASTED)
    done = importer("check", sheet)
    [number] = re.findall(r"put this above line (\d+) of", done.stdout)
    lines = mapping.splitlines()
    lines.insert(int(number) - 1, filled_in(block(done.stdout)))
    folder.mapping("\n".join(lines))
    assert "5 rows: 5 good" in importer("check", sheet).stdout


@pytest.mark.parametrize("word", ["JEE + NEET", "Fndn", "Advanced", "Home"])
def test_what_is_only_a_little_like_a_choice_is_no_guess(folder, importer, word):
    folder.mapping(
        PRODUCTS.replace("CHOICES", "choices: [NEET Dropper, NEET 2 Year, JEE Advanced, Home loan]")
    )
    done = importer("check", folder.sheet(f"asha@example.com,Asha,{word}"))
    assert f'# {word}: "",' in block(done.stdout)


def test_a_block_keeps_the_translations_that_are_there(folder, importer):
    folder.mapping(PRODUCTS.replace("CHOICES", "values: {HL: Home loan, No: Gold loan}"))
    done = importer("check", folder.sheet("asha@example.com,Asha,Home lone", "ravi@example.com,Ravi,No"))
    assert [line.split("#")[0].strip() for line in block(done.stdout).splitlines()] == [
        "values: {", "HL: Home loan,", '"No": Gold loan,', "Home lone: Home loan,", "}",
    ]  # fmt: skip
    assert "in place of values: and what belongs to it, from line 12 on in" in done.stdout


def test_what_no_choice_is_like_stays_a_problem_until_somebody_names_it(folder, importer):
    folder.mapping(PRODUCTS.replace("CHOICES", "choices: [Home loan, Gold loan]"))
    sheet = folder.sheet("asha@example.com,Asha,Boat")
    lines = block(importer("check", sheet).stdout)
    folder.mapping(PRODUCTS.replace("CHOICES", f"choices: [Home loan, Gold loan], {lines}"))
    done = importer("check", sheet)
    assert done.exit_code == 1
    assert "CHOICE-UNKNOWN: 1 cell in Product" in done.stdout


def test_of_several_choices_in_a_cell_only_the_unknown_is_listed(folder, importer):
    folder.mapping(PRODUCTS.replace("CHOICES", "kind: multi_choice, choices: [Home, Car]"))
    done = importer("check", folder.sheet("asha@example.com,Asha,Home; Boat; Car; Plane"), "--json")
    assert json.loads(done.stdout)["unknown_values"] == [
        {
            "column": "Product", "where": "opportunity.fields.mx_Custom_1", "line": 12,
            "values": {"Boat": 1, "Plane": 1},
        }
    ]  # fmt: skip


def test_a_column_of_anything_is_said_to_be_no_choice(folder, importer):
    folder.mapping(PRODUCTS.replace("CHOICES", "choices: [Home loan, Gold loan]"))
    done = importer("check", folder.people(1_001))
    assert "Product: more than 1,000 values are not among its choices." in done.stdout
    assert not block(done.stdout)


def test_json_has_the_causes_and_the_unused_columns(folder, importer):
    sheet = folder.sheet("wrong,Asha,Home loan,red", headings="Email,First Name,Product,Colour")
    report = json.loads(importer("check", sheet, "--json").stdout)
    [cause] = report["causes"]
    assert (cause["code"], cause["column"], cause["cells"], cause["first"]) == (
        "EMAIL-INVALID",
        "Email",
        1,
        "A2",
    )
    assert report["unused_columns"] == ["Colour"]


def test_a_cell_that_two_fields_take_counts_once(folder, importer):
    second = "    mx_Custom_8: {column: Product, choices: [Home loan]}\n"
    folder.mapping(PRODUCTS.replace("CHOICES", "choices: [Home loan, Gold loan]") + second)
    done = importer("check", folder.sheet("asha@example.com,Asha,Boat"))
    assert "CHOICE-UNKNOWN: 1 cell in Product" in done.stdout
    assert done.stdout.count("# 1 cell; name the choice") == 2
    assert "2 cells" not in done.stdout
