"""`importer history --find`: when did we send this person, or this deal?"""

import json
import sqlite3
from contextlib import closing

import pytest

from importer.simulator import Account, Fault, Simulator
from tests.conftest import MAPPING

WITH_PHONE = MAPPING.replace(
    "    FirstName: First Name\n",
    "    FirstName: First Name\n    Phone: {column: Mobile, kind: phone, region: IN}\n"
    "    mx_PAN: {column: PAN}\n",
).replace("search_by: EmailAddress", "search_by: [EmailAddress, mx_PAN]")

ASHA = "asha@example.com,Asha,Home loan,98765 43210,ABCDE1234F"
RAVI = "ravi@example.com,Ravi,Car loan,+91 98765 43211,FGHIJ5678K"
HEADINGS = "Email,First Name,Product,Mobile,PAN"
UNIQUE = (*Account().unique_attributes, "mx_PAN")


@pytest.fixture
def sent(folder, connect, importer):
    """A simulator to which Asha and Ravi were sent, as rows 2 and 3 of run 1."""
    folder.mapping(WITH_PHONE)
    with Simulator(rate=None, account=Account(unique_attributes=UNIQUE)).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.sheet(ASHA, RAVI, headings=HEADINGS))
        assert done.exit_code == 0, done.stdout + done.stderr
        yield simulator


def rows(importer, *words):
    done = importer("history", *words, "--json")
    assert done.exit_code == 0, done.stderr
    return [(each["run"], each["row"], each["outcome"]) for each in json.loads(done.stdout)["found"]]


TYPED = [
    "asha@example.com", " ASHA@Example.com ", "98765 43210", "9876543210", "+91 98765-43210", "09876543210",
    "+919876543210", "919876543210", "(+91) 98765 43210", "ABCDE1234F", "abcde1234f",
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_a_person_is_found_however_it_is_typed(sent, importer, typed):
    assert rows(importer, "--find", typed) == [(1, 2, "Created")]


@pytest.mark.parametrize("typed", ["9876543210", "+91 98765-43210", "asha@example.com"])
def test_a_person_is_found_when_the_mapping_is_gone(sent, folder, importer, typed):
    (folder.path / "mappings" / "enquiries.yaml").unlink()
    assert rows(importer, "--find", typed) == [(1, 2, "Created")]


AS_TEXT = WITH_PHONE.replace("kind: phone, region: IN", "kind: text")


@pytest.mark.parametrize(
    "cell",
    ["98765 43210", "9876543210", "+91 98765-43210", "+91 (98765) 43210", "098765.43210", "91 98765 43210",
     "0091-98765-43210"],
)  # fmt: skip
@pytest.mark.parametrize("typed", ["98765-43210", "+919876543210", "0 98765 43210", "919876543210"])
def test_a_phone_number_that_was_sent_as_text_is_found_by_its_digits(
    folder, connected, importer, cell, typed
):
    folder.mapping(AS_TEXT)
    importer("run", folder.sheet(f"asha@example.com,Asha,Loan,{cell},", RAVI, headings=HEADINGS))
    assert rows(importer, "--find", typed) == [(1, 2, "Created")]


def test_a_number_with_its_country_code_is_found_without_it_where_no_mapping_has_a_region(
    folder, connected, importer
):
    folder.mapping(WITH_PHONE.replace(", region: IN", ""))
    importer("run", folder.sheet(RAVI, headings=HEADINGS))
    assert rows(importer, "--find", "98765-43211") == [(1, 2, "Created")]


@pytest.mark.parametrize("typed", ["8765 43210", "98765 4321", "43210", "987654321O", "+1 98765 43210"])
def test_other_digits_find_nobody(folder, connected, importer, typed):
    folder.mapping(AS_TEXT)
    importer("run", folder.sheet(ASHA, RAVI, headings=HEADINGS))
    assert rows(importer, "--find", typed) == []


def test_a_number_dialled_within_a_country_is_found_where_a_mapping_has_its_region(
    folder, connected, importer
):
    hungarian = "Phone: {column: Mobile}\n    Mobile: {column: Second, kind: phone, region: HU}"
    folder.mapping(WITH_PHONE.replace("Phone: {column: Mobile, kind: phone, region: IN}", hungarian))
    row = "asha@example.com,Asha,Loan,+36 20 123 4567,,"
    importer("run", folder.sheet(row, headings=f"{HEADINGS},Second"))
    assert rows(importer, "--find", "06 20 123 4567") == [(1, 2, "Created")]


def test_it_says_run_sheet_row_outcome_opportunity_and_when(sent, importer):
    done = importer("history", "--find", "ravi@example.com")
    [told] = done.stdout.splitlines()
    [ravi] = [each.id for each in sent.opportunities if each.fields["mx_Custom_1"] == "Car loan"]
    assert "enquiries.csv, row 3: Created" in told
    assert ravi in told
    assert ", sent 20" in told
    assert told.endswith(" UTC")


@pytest.mark.parametrize("change", [str, str.upper, str.lower, "{{{}}}".format])
def test_an_opportunity_is_found_by_its_id_in_any_letter_case(sent, importer, change):
    created = json.loads(importer("history", "--find", "asha@example.com", "--json").stdout)["found"][0]
    assert rows(importer, "--find", change(created["opportunity_id"])) == [(1, 2, "Created")]


def test_a_row_is_found_by_its_reference_also_within_its_note(sent, importer):
    [found] = json.loads(importer("history", "--find", "ravi@example.com", "--json").stdout)["found"]
    assert rows(importer, "--find", f"Some note {found['reference'].upper()}") == [(1, 3, "Created")]


def test_a_lead_is_found_by_its_id(sent, importer):
    [lead] = [key for key, lead in sent.leads.items() if "asha" in str(lead)]
    assert rows(importer, "--find", lead) == [(1, 2, "Created")]


def test_the_latest_comes_first_with_rows_that_were_recognised(sent, folder, importer):
    importer(
        "run", folder.sheet(ASHA, ASHA.replace("Home loan", "Car loan"), name="b.csv", headings=HEADINGS)
    )
    assert rows(importer, "--find", "9876543210") == [(2, 3, "Created"), (2, 2, "Skipped"), (1, 2, "Created")]
    assert rows(importer, 1, "--find", "9876543210") == [(1, 2, "Created")]
    assert "row 2: Skipped" in importer("history", "--find", "9876543210").stdout


def test_it_says_what_was_undone_since(sent, importer):
    assert importer("undo", 1, "--yes").exit_code == 0
    assert ", undone 20" in importer("history", "--find", "asha@example.com").stdout


def test_an_unknown_row_is_found_too(folder, connect, importer):
    folder.mapping(MAPPING.replace("  fields:", "  reference: none\n  fields:"))
    with Simulator(rate=None, faults=[Fault("drop", stores=True)]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1))
    assert rows(importer, "--find", "person1@example.com") == [(1, 2, "Unknown")]


def test_who_was_never_sent_is_said_not_to_be_found_and_what_was_looked_for(sent, importer):
    done = importer("history", "--find", "nobody@example.com")
    assert done.exit_code == 0
    assert (
        "Nothing found in 1 run. Looked for: a lead's EmailAddress, Phone, Mobile, ProspectID, mx_PAN, "
        "or another value by which leads are found;" in (done.stdout)
    )
    assert "phone number with its country code, or of IN" in done.stdout
    assert "Rows that were never sent" in done.stdout
    assert rows(importer, "--find", "ref-bbbbbbbb-2") == rows(importer, "--find", "x") == []


def test_what_is_typed_is_written_nowhere(sent, folder, importer):
    importer("history", "--find", "secret.person@example.com")
    for path in folder.path.rglob("*"):
        assert path.is_dir() or b"secret.person" not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--find", " "], "--find: say whom"),
        (["1", "--find", "x", "--row", "2"], "one of the two"),
        (["9", "--find", "x"], "There is no run 9."),
        (["0", "--find", "x"], "There is no run 0."),
    ],
)
def test_what_cannot_be_looked_for_is_refused(sent, importer, words, said):
    done = importer("history", *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_person_of_another_account_or_key_is_found_as_well(sent, folder, importer, connect, tmp_path):
    with closing(sqlite3.connect(tmp_path / "state" / "journal.db")) as journal:
        assert journal.execute("SELECT count(*) FROM leads").fetchone()[0] == 10
    with Simulator(
        rate=None, account=Account(unique_attributes=UNIQUE, organisation="Other")
    ).serving() as other:
        connect(other.url)
        importer("run", folder.sheet(ASHA, name="b.csv", headings=HEADINGS))
    assert rows(importer, "--find", "9876543210") == [(2, 2, "Created"), (1, 2, "Created")]
