"""A reference at the end of a note takes room in it, and what that costs is said before anything is sent."""

import pytest

from importer.simulator import Account, FieldRule, OpportunityType, Simulator
from tests.conftest import MAPPING

WITH_NOTE = MAPPING.replace("  fields:", '  note: "{Remark}"\n  fields:')
ROOM = 200 - len(" ref-xxxxxxxx-2")


def noted(folder, *lengths, mapping=WITH_NOTE):
    """A sheet with a note of each of these lengths, and the mapping for it."""
    folder.mapping(mapping)
    rows = (f"person{row}@example.com,Loan {row},{'n' * length}" for row, length in enumerate(lengths))
    return folder.sheet(*rows, headings="Email,Product,Remark")


@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_note_that_leaves_no_room_for_the_reference_is_told_with_its_row(folder, connected, importer, verb):
    done = importer(verb, noted(folder, ROOM, ROOM + 1, 20))
    assert done.exit_code == 0
    assert (
        "1 note is longer than 200 characters with the reference that is added,"
        " and is shortened to fit: row 3"
    ) in done.stderr


def test_exactly_the_notes_that_are_told_are_shortened(folder, connected, importer):
    importer("run", noted(folder, ROOM, ROOM + 1, 20))
    notes = (opportunity.note for opportunity in connected.opportunities)
    short, whole, shortened = sorted(notes, key=lambda note: (len(note), "…" in note))
    assert whole.startswith(f"{'n' * ROOM} ref-")
    assert shortened.startswith(f"{'n' * (ROOM - 1)}… ref-")
    assert (len(whole), len(shortened)) == (200, 200)
    assert short.startswith(f"{'n' * 20} ref-")


@pytest.fixture
def with_notes_of(connect, request):
    """An account that lets notes be so long."""
    fields = {"mx_Custom_1": FieldRule(), "mx_Custom_5": FieldRule("Number")}
    kind = OpportunityType("Enquiry", fields, other_fields=False, note_length=request.param)
    with Simulator(rate=None, account=Account(opportunity_types={12000: kind})).serving() as simulator:
        connect(simulator.url)
        yield simulator


@pytest.mark.parametrize("with_notes_of", [100], indirect=True)
def test_an_account_with_shorter_notes_has_them_shortened_to_its_own_length(folder, importer, with_notes_of):
    done = importer("run", noted(folder, 80, 150))
    assert done.exit_code == 0
    assert "1 note is longer than 100 characters with the reference" in done.stderr
    assert max(len(opportunity.note) for opportunity in with_notes_of.opportunities) == 100


@pytest.mark.parametrize("with_notes_of", [12], indirect=True)
def test_an_account_whose_notes_hold_no_reference_is_told_before_any_row(folder, importer, with_notes_of):
    done = importer("run", noted(folder, 3))
    assert "at most 12 characters" in done.stderr
    assert "name a text field that is used for nothing else, or write none" in done.stderr
    assert (done.exit_code, with_notes_of.opportunities) == (2, [])


def test_of_many_shortened_notes_the_first_rows_are_named(folder, importer):
    told = importer("check", noted(folder, *[300] * 12)).stderr
    assert "12 notes are longer than 200 characters" in told
    assert "are shortened to fit: rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more" in told


def test_only_rows_that_are_sent_are_told_of(folder, connected, importer):
    sheet = noted(folder, 300)
    importer("run", sheet)
    with sheet.open("a", encoding="utf-8") as file:
        file.write(f"wrong,Loan,{'n' * 300}\n")
    assert "shortened" not in importer("run", sheet).stderr


@pytest.mark.parametrize("reference", ["none", "mx_Custom_40"])
def test_a_reference_elsewhere_shortens_nothing(folder, importer, reference):
    mapping = WITH_NOTE.replace("  fields:", f"  reference: {reference}\n  fields:")
    assert "shortened" not in importer("check", noted(folder, 300, mapping=mapping)).stderr
