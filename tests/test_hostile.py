"""Sheets made to trap: each is read exactly, or refused with what would do."""

import subprocess
import sys

import pytest
from ruamel.yaml import YAML

from tests import hostile_files
from tests.hostile_files import HOSTILE

EXPECTED = YAML(typ="safe").load((HOSTILE / "expected.yaml").read_text(encoding="utf-8"))
SLOW = {"last_cell_of_all.xlsx": pytest.mark.slow}
SENDING = [
    pytest.param(name, marks=SLOW.get(name, ())) for name, expected in EXPECTED.items() if "sends" in expected
]
MADE_BY_HAND = {"expected.yaml", "people.yaml", "people_any_order.yaml"}
MOST_MEGABYTES = 500


def command(verb, name):
    expected = EXPECTED[name]
    mapping = HOSTILE / expected.get("mapping", "people.yaml")
    return [verb, HOSTILE / name, "--mapping", mapping, *expected.get("options", [])]


def test_the_sheets_are_what_the_script_makes(tmp_path):
    subprocess.run([sys.executable, HOSTILE / "make_hostile.py", tmp_path], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = [path for path in HOSTILE.iterdir() if path.is_file() and path.suffix != ".py"]
    assert made.keys() == EXPECTED.keys() == {path.name for path in kept} - MADE_BY_HAND
    assert not [name for name, content in made.items() if (HOSTILE / name).read_bytes() != content]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_check_says_what_is_wrong_with_a_sheet(name, folder, importer):
    done = importer(*command("check", name), "--output", folder.path / "checked.csv")
    told = folder.path / "checked.csv"
    said = done.stdout + done.stderr + (told.read_text(encoding="utf-8-sig") if told.exists() else "")
    assert done.exit_code == EXPECTED[name]["exit"], said
    assert not [sentence for sentence in EXPECTED[name].get("says", ()) if sentence not in said], said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", SENDING)
def test_a_run_sends_what_a_person_sees(name, folder, connected, importer):
    done = importer(*command("run", name), "--output", "out.csv")
    assert done.exit_code == EXPECTED[name]["exit"], done.stderr
    wanted = [{**usual(row), **other} for row, other in EXPECTED[name]["sends"].items()]
    wanted = [{key: value for key, value in each.items() if value is not None} for each in wanted]
    assert by_email(sent(connected, one) for one in connected.opportunities) == by_email(wanted)


def by_email(all_sent):
    """Captures go several at once, and arrive in any order."""
    return sorted(all_sent, key=lambda one: one["EmailAddress"])


def usual(row):
    """What LeadSquared gets for `packing.person(row)`."""
    return {
        "EmailAddress": f"person{row}@example.com",
        "Phone": f"+91-81234567{row:02}",
        "FirstName": f"Person {row}",
        "mx_Custom_1": "Home loan",
        "mx_Custom_2": "2026-11-03",
        "mx_Custom_5": "1250.5",
    }


def sent(simulator, opportunity):
    lead = simulator.leads[opportunity.prospect_id]
    own = {key: lead[key] for key in ("EmailAddress", "Phone", "FirstName") if key in lead}
    return own | dict(opportunity.fields)


def test_nothing_outside_of_a_workbook_is_opened(folder, importer):
    opened = []
    is_wanted = True

    def note(event, arguments):
        if is_wanted and event in ("open", "socket.connect", "socket.getaddrinfo"):
            opened.append(str(arguments[0]))

    sys.addaudithook(note)
    for name in ("entity_from_a_file", "declarations_from_the_net", "external_links", "laughs_in_texts"):
        importer(*command("check", f"{name}.xlsx"))
    is_wanted = False
    assert not [each for each in opened if each.startswith("/etc/") or "socket" in each or "harm" in each]


def test_a_folder_is_refused_whatever_its_name(folder, importer):
    (folder.path / "enquiries.xlsx").mkdir()
    done = importer("check", "enquiries.xlsx", "--mapping", HOSTILE / "people.yaml")
    assert done.exit_code == 2
    assert "enquiries.xlsx is a folder (name the file in it that is to be imported)." in done.stderr


HARM = "is made to harm the program that opens it: xl/worksheets/sheet1.xml has a <!DOCTYPE>"
FILLS = "is made to fill the memory"
DAMAGED = "is damaged: it cannot be read as a workbook"
TOO_WIDE = "1,000,007 cells, and a spreadsheet has at most 16,384 columns"
LARGE = [
    ("bomb.xlsx", 2, f"{FILLS} (xl/worksheets/sheet1.xml, 300 MB unpacked)"),
    ("bomb_of_unsaid_size.xlsx", 2, "is damaged or cut off"),
    ("many_parts.xlsx", 0, "1 good"),
    ("long_shared_text.xlsx", 2, f"{FILLS} (xl/sharedStrings.xml, 32 MB unpacked)"),
    ("deep_xml.xlsx", 2, DAMAGED),
    ("large_entity.xlsx", 2, HARM),
    ("wide_row.xlsx", 2, f"{FILLS} (xl/worksheets/sheet1.xml, 14 MB unpacked)"),
    ("many_merged.xlsx", 1, "B2, Phone: is merged with A2"),
    ("last_row.xlsx", 0, "2 good"),
    ("million_columns.csv", 2, f"row 2: {TOO_WIDE}"),
    ("million_headings.csv", 2, f"row 1: {TOO_WIDE}"),
    ("million_blanks.csv", 2, f"row 2: {TOO_WIDE}"),
    ("long_cell.csv", 2, "row 2: a cell is longer than 1,000,000 characters"),
    ("nested_quotes.csv", 0, "1 good"),
    ("one_line.csv", 2, "row 1: it is longer than 32,000,000 characters"),
    pytest.param("all_rows.csv", 0, "1 good", marks=pytest.mark.slow),
    pytest.param("deep_styles.xlsx", 0, "1 good", marks=pytest.mark.slow),
    pytest.param(
        "long_text_that_packs_badly.xlsx", 2, "a text of 33,554,432 characters", marks=pytest.mark.slow
    ),
    pytest.param("many_shared_texts.xlsx", 2, "None of the first 2 rows has", marks=pytest.mark.slow),
]


# A program's memory counts from that of the one which starts it, so a small one is between this and it.
MEASURE = """
import resource, subprocess, sys
words = [sys.executable, "-m", "importer", "check", sys.argv[1], "--mapping", sys.argv[2]]
done = subprocess.run(words)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows does not tell the memory of a program that ended"
)
@pytest.mark.parametrize(("name", "exit_code", "said"), LARGE)
def test_a_small_file_that_is_large_to_open_takes_little_memory(name, exit_code, said, folder):
    getattr(hostile_files, name.partition(".")[0])(folder.path / name)
    words = [sys.executable, "-c", MEASURE, name, HOSTILE / "people.yaml"]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True)
    code, memory = map(int, done.stdout.split()[-2:])
    assert said in done.stdout + done.stderr
    assert code == exit_code
    # Linux counts in KB, macOS in bytes.
    assert memory / (1 << 20 if sys.platform == "darwin" else 1 << 10) < MOST_MEGABYTES
