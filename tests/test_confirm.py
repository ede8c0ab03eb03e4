"""`confirm: true` in a mapping: it can be checked and rehearsed, and nothing is sent with it."""

import json
from pathlib import Path

import pytest

from tests.conftest import MAPPING

PATH = Path("mappings", "enquiries.yaml")
GUESSED = (
    MAPPING.replace("  event_code: 12000", "  event_code: 12000\n  confirm: true")
    .replace("    FirstName: First Name", "    FirstName: {column: First Name, confirm: true}")
    .replace("kind: number, min: 1", "kind: number, confirm: yes")
)
GUESSES = {
    8: "lead.attributes.FirstName",
    11: "opportunity.event_code",
    14: "opportunity.fields.mx_Custom_5",
}


def test_a_run_refuses_guesses_and_names_every_line(folder, connected, importer, tmp_path):
    folder.mapping(GUESSED)
    done = importer("run", folder.people(2))
    assert done.exit_code == 2
    assert f"{PATH} has 3 guesses; nothing was sent:" in done.stderr
    for line, guessed in GUESSES.items():
        assert (
            f"  {PATH}, line {line}: {guessed} is still to be confirmed "
            "(see whether it is right, then remove confirm: true)" in done.stderr
        )
    assert not connected.calls
    assert not (tmp_path / "state").exists()


def test_the_line_is_the_one_that_says_confirm(folder, connected, importer):
    folder.mapping(
        MAPPING.replace("FirstName: First Name", "FirstName:\n      column: First Name\n      confirm: true")
    )
    assert f"{PATH}, line 10: lead.attributes.FirstName" in importer("run", folder.people(1)).stderr


def test_guesses_deep_in_a_field_set_and_of_the_date_are_found_too(folder, connected, importer):
    field_set = "    mx_Custom_9: {fields: {mx_Object_1: {column: Product, confirm: true}}}\n"
    date = "  date_time: {column: Product, confirm: true}\n"
    folder.mapping(MAPPING.replace("  fields:\n", f"{date}  fields:\n{field_set}"))
    told = importer("run", folder.people(1)).stderr
    assert "line 11: opportunity.date_time is still" in told
    assert "line 13: opportunity.fields.mx_Custom_9.fields.mx_Object_1 is still" in told


@pytest.mark.parametrize("said", ["confirm: false", "confirm: no"])
def test_what_is_not_to_be_confirmed_is_sent(folder, connected, importer, said):
    confirmed = GUESSED.replace("confirm: true", said).replace("confirm: yes", said)
    folder.mapping(confirmed)
    assert importer("run", folder.people(2)).exit_code == 0
    assert len(connected.opportunities) == 2


def test_a_check_works_with_guesses_and_names_their_lines(folder, importer):
    folder.mapping(GUESSED)
    done = importer("check", folder.people(2))
    assert done.exit_code == 0
    assert "2 rows: 2 good" in done.stdout
    listed = ", ".join(f"line {line} ({guessed})" for line, guessed in GUESSES.items())
    assert f"Still to be confirmed in {PATH}: {listed}." in done.stderr


def test_a_check_says_nothing_of_guesses_where_there_is_none(folder, importer):
    assert "confirm" not in importer("check", folder.people(1)).stderr


def test_a_rehearsal_takes_guesses_since_nothing_reaches_leadsquared(folder, importer, monkeypatch):
    monkeypatch.delenv("LSQ_API_HOST", raising=False)
    folder.mapping(GUESSED)
    done = importer("run", folder.people(2), "--demo", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["outcomes"]["Created"] == 2
    assert "Still to be confirmed" in done.stderr


def test_confirm_belongs_to_a_source_and_not_to_a_set_of_fields(folder, importer):
    field_set = "    mx_Custom_9: {fields: {mx_Object_1: Product}, confirm: true}\n"
    folder.mapping(MAPPING + field_set)
    done = importer("check", folder.people(1), "--mapping", PATH)
    assert done.exit_code == 2
    assert "mx_Custom_9: a custom field set has nothing but fields (remove confirm)" in done.stderr
