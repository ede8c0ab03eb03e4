"""`importer check`: everything that is wrong, and nothing sent."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import MAPPING, outcomes


def test_every_problem_is_told_with_its_cell(folder, importer):
    sheet = folder.sheet("wrong,Asha,", "asha@example.com,Asha,Home loan", "also wrong,Ravi,Home loan")
    done = importer("check", sheet)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "EMAIL-INVALID: 2 cells in Email",
        "  A2, Email: 'wrong' is not an e-mail address such as asha@example.com "
        "(An email address must have an @-sign)",
        "  and in A4",
        "REQUIRED: 1 cell in Product",
        "  C2, Product: is blank, and must be filled",
        "3 rows: 1 good, 2 invalid, 0 the same as a row above. Nothing was sent.",
    ]


def test_a_good_sheet_ends_with_0(folder, importer):
    done = importer("check", folder.people(3))
    assert done.exit_code == 0
    assert "3 rows: 3 good" in done.stdout


def test_no_keys_are_needed_and_no_journal_is_made(folder, importer, tmp_path, monkeypatch):
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "state"))
    importer("check", folder.people(1))
    assert not (tmp_path / "state").exists()


def test_repeats_are_counted(folder, importer):
    done = importer("check", folder.sheet(*["asha@example.com,Asha,Home loan"] * 3))
    assert done.exit_code == 0
    assert "1 good, 0 invalid, 2 the same as a row above" in done.stdout


def test_an_annotated_workbook_comes_only_when_asked_for(folder, importer):
    sheet = folder.sheet("wrong,Asha,Home loan", "asha@example.com,Asha,Home loan")
    importer("check", sheet)
    assert not list(folder.path.glob("*.xlsx"))
    importer("check", sheet, "--output", "checked.xlsx")
    book = openpyxl.load_workbook(folder.path / "checked.xlsx")
    page = book.worksheets[0]
    assert [cell.value for cell in page["D"]] == ["Outcome", "Invalid", "NotSent"]
    assert "not an e-mail address" in page["A2"].comment.text
    book.close()


def test_json_counts_problems_by_cause(folder, importer):
    done = importer("check", folder.sheet("wrong,Asha,", "wrong,Ravi,Home loan"), "--json")
    report = json.loads(done.stdout)
    assert report["problems"] == {"EMAIL-INVALID": 2, "REQUIRED": 1}
    assert (report["run"], report["rows"], report["exit_code"]) == (None, 2, 1)


def test_the_one_mapping_that_fits_is_taken(folder, importer):
    folder.mapping(MAPPING.replace("Product", "Some other column"), "other.yaml")
    done = importer("check", folder.people(1))
    assert done.exit_code == 0
    assert f"Mapping: {Path('mappings', 'enquiries.yaml')}" in done.stderr


def test_several_mappings_that_fit_must_be_chosen_from(folder, importer):
    folder.mapping(MAPPING, "second.yaml")
    done = importer("check", folder.people(1))
    assert done.exit_code == 2
    assert "second.yaml" in done.stderr
    assert "--mapping" in done.stderr


def test_no_mapping_that_fits_is_said_with_each_reason(folder, importer):
    done = importer("check", folder.sheet("x", headings="Something else"))
    assert done.exit_code == 2
    assert "enquiries.yaml" in done.stderr
    assert "Email" in done.stderr


def test_a_mapping_beside_the_sheet_is_found_from_elsewhere(folder, importer, tmp_path_factory, monkeypatch):
    sheet = folder.people(1)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert importer("check", sheet).exit_code == 0


def test_no_mapping_at_all_says_how_to_name_one(folder, importer):
    (folder.path / "mappings" / "enquiries.yaml").unlink()
    done = importer("check", folder.people(1))
    assert done.exit_code == 2
    assert "--mapping" in done.stderr


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("enquiries.csv", "the sheet itself"),
        ("result.pdf", "ends in .xlsx or .csv"),
        ("nowhere/result.xlsx", "no folder"),
    ],
)
def test_a_result_file_that_cannot_be_is_refused_first(folder, importer, output, said):
    done = importer("check", folder.people(1), "--output", output)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_result_is_never_written_over_another_file(folder, importer):
    (folder.path / "checked.csv").write_text("keep me", encoding="utf-8")
    importer("check", folder.people(2), "--output", "checked.csv")
    assert (folder.path / "checked.csv").read_text(encoding="utf-8") == "keep me"
    assert outcomes(folder.path / "checked (2).csv") == ["NotSent", "NotSent"]


def test_headings_may_be_declared_in_any_row(folder, importer):
    rows = ["A title,,"] * 59 + ["Email,First Name,Product", "wrong,Asha,Home loan"]
    sheet = folder.sheet(*rows, headings="An export")
    folder.mapping(f"header_row: 61\n{MAPPING}")
    done = importer("check", sheet)
    assert "A62, Email: 'wrong' is not an e-mail address" in done.stdout
    assert "1 row: 0 good, 1 invalid" in done.stdout


def test_a_declared_row_beyond_the_sheet_is_said_to_hold_nothing(folder, importer):
    folder.mapping(f"header_row: 900\n{MAPPING}")
    done = importer("check", folder.people(2), "--mapping", "mappings/enquiries.yaml")
    assert done.exit_code == 2
    assert "The mapping says header_row: 900 (line 1), but that row of the sheet holds nothing" in done.stderr


UNUSABLE = {
    "missing.csv": None,
    "empty.csv": b"",
    "blank.csv": b"\n\n,,\n",
    "headings-only.csv": b"Email,First Name,Product\n",
    "headings-of-others.csv": b"Colour,Size\nred,4\n",
    "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "torn.xlsx": b"PK\x03\x04" + bytes(200),
    "protected.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + bytes(600)
    + "EncryptedPackage".encode("utf-16-le"),
}


@pytest.mark.parametrize("name", [*UNUSABLE, "folder.xlsx"])
@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_sheet_that_is_none_is_one_clear_sentence(folder, connected, importer, verb, name):
    content = UNUSABLE.get(name)
    if content is not None:
        (folder.path / name).write_bytes(content)
    elif name == "folder.xlsx":
        (folder.path / name).mkdir()
    done = importer(verb, name, "--mapping", "mappings/enquiries.yaml")
    assert done.exit_code == 2
    assert name in done.stderr or "Email" in done.stderr
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr
    assert not connected.captures


@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_mapping_with_a_value_that_no_row_can_be_sent_with_starts_nothing(
    folder, connected, importer, tmp_path, verb
):
    mapping = folder.mapping(MAPPING.replace("kind: number, min: 1", "kind: number, default: much"))
    done = importer(verb, folder.people(1), "--mapping", mapping)
    assert done.exit_code == 2
    assert "line 13: opportunity.fields.mx_Custom_5: 'much' is not a number" in done.stderr
    assert not connected.captures


def test_names_in_every_script_survive_a_console_that_knows_only_cp1252(folder, start):
    sheet = folder.sheet("अशा,Asha,Home loan")
    process = start("check", sheet, PYTHONIOENCODING="cp1252")
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 1, stderr
    assert "A2, Email: " in stdout
    assert "Traceback" not in stderr
