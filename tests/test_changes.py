"""What has changed in an account is told in sentences: of what a mapping fills, or would have to."""

from dataclasses import replace
from pathlib import Path

import pytest

from importer.account_schema import AccountSchema, AccountUser, OpportunityType, SchemaField
from importer.changes import changes, last_used, used

STAGE = SchemaField(
    "mx_Custom_2", "Stage", "Dropdown", max_length=100, options=("New", "Paid"), parent="Status"
)


def schema(*fields: SchemaField, attributes: tuple[SchemaField, ...] = ()) -> AccountSchema:
    return AccountSchema((OpportunityType(12000, "Home Loan"),), {12000: fields}, attributes)


def told(before: AccountSchema, now: AccountSchema, mapped=("mx_Custom_2",)) -> tuple[str, ...]:
    return changes(before, now, 12000, mapped, ("mx_City",))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"display_name": "Step"}, ['is now called "Step"']),
        ({"is_mandatory": True}, ["is mandatory now"]),
        ({"is_read_only": True}, ["is read-only now"]),
        ({"data_type": "String"}, ["is of type String now; it was Dropdown"]),
        ({"takes_several": True}, ["takes several options now"]),
        ({"max_length": 50}, ["takes at most 50 characters now; it was 100"]),
        ({"max_length": None}, ["has no limit of length now; it was 100"]),
        ({"options": ("Paid", "New")}, []),
        ({"options": ("New", "Paid", "Lost")}, ["has 1 new option: Lost"]),
        ({"options": ("New",)}, ["has lost 1 option: Paid"]),
        ({"options": ()}, ["has no options any more; it had New, Paid"]),
        (
            {"options": ("New", *map(str, range(1, 8)))},
            ["has 7 new options: 1, 2, 3, 4, 5 and 2 more", "has lost 1 option: Paid"],
        ),
        (
            {"display_name": "Step", "is_mandatory": True, "max_length": 5},
            ['is now called "Step"', "is mandatory now", "takes at most 5 characters now; it was 100"],
        ),
    ],
    ids=repr,
)
def test_what_may_change_in_a_field(change, said):
    now = schema(replace(STAGE, **change))
    assert told(schema(STAGE), now) == tuple(f'Field mx_Custom_2 ("Stage") {each}.' for each in said)


def test_a_field_that_the_mapping_does_not_fill_matters_only_once_it_is_needed():
    assert told(schema(STAGE), schema(replace(STAGE, options=(), display_name="Step")), mapped=()) == ()
    needed = schema(replace(STAGE, is_mandatory=True))
    said = ('Field mx_Custom_2 ("Stage") is mandatory now, and not mapped.',)
    assert told(schema(STAGE), needed, mapped=()) == said
    assert told(needed, schema(STAGE), mapped=()) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"is_mandatory": True}, "is no longer mandatory"),
        ({"is_read_only": True}, "is no longer read-only"),
        ({"takes_several": True}, "takes only one option now"),
        ({"max_length": None}, "takes at most 100 characters now; no limit was told before"),
        ({"options": ()}, "takes only its options now: New, Paid"),
    ],
)
def test_what_may_have_been_otherwise(change, said):
    assert told(schema(replace(STAGE, **change)), schema(STAGE)) == (f'Field mx_Custom_2 ("Stage") {said}.',)


def test_a_field_or_attribute_that_is_gone():
    before = schema(STAGE, attributes=(SchemaField("mx_City"),))
    assert told(before, schema(SchemaField("mx_Custom_1"), attributes=(SchemaField("Phone"),))) == (
        'Field mx_Custom_2 ("Stage") is no longer in LeadSquared.',
        "Lead attribute mx_City is no longer in LeadSquared.",
    )


def test_a_new_field_matters_only_where_it_is_mandatory():
    new = SchemaField("mx_Custom_9", "Branch")
    assert told(schema(STAGE), schema(STAGE, new)) == ()
    needed = replace(new, is_mandatory=True)
    said = ('Field mx_Custom_9 ("Branch") is mandatory now, and not mapped.',)
    assert told(schema(STAGE), schema(STAGE, needed)) == said
    assert told(schema(STAGE, needed), schema(STAGE, needed)) == ()
    assert told(schema(STAGE), schema(STAGE, replace(needed, is_read_only=True))) == ()
    assert told(schema(STAGE), schema(STAGE, replace(needed, schema_name="Owner"))) == ()


def test_a_type_that_is_gone_or_has_another_name():
    before = schema(STAGE)
    gone = replace(before, types=(OpportunityType(12001, "Car Loan"),))
    renamed = replace(before, types=(OpportunityType(12000, "Loan"),))
    assert told(before, gone) == ("Opportunity type 12000 (Home Loan) is no longer in LeadSquared.",)
    assert told(before, renamed) == ('Opportunity type 12000 (Home Loan) is now called "Loan".',)


def test_what_was_not_known_has_not_changed():
    assert told(AccountSchema(), schema(STAGE)) == ()
    assert told(schema(STAGE), AccountSchema()) == ()


def test_what_was_known_when_a_mapping_was_used_is_kept_for_each_mapping_and_account(tmp_path):
    people = (AccountUser("guid", "Agent One", "one@example.com"),)
    state, mapping = tmp_path / "state", tmp_path / "loans.yaml"
    assert last_used(state, mapping, "host ONE") is None
    read_at = {"types": "2026", "users": "2026"}
    used(state, mapping, "host ONE", replace(schema(STAGE), users=people, read_at=read_at))
    assert last_used(state, mapping, "host ONE") == replace(schema(STAGE), read_at={"types": "2026"})
    assert last_used(state, mapping, "host TWO") is None
    assert last_used(state, tmp_path / "other.yaml", "host ONE") is None
    used(state, mapping, "host ONE", schema())
    assert last_used(state, mapping, "host ONE") == schema()


def test_a_mapping_is_the_same_from_every_folder(tmp_path, monkeypatch):
    used(tmp_path, tmp_path / "loans.yaml", "host ONE", schema(STAGE))
    monkeypatch.chdir(tmp_path)
    assert last_used(tmp_path, Path("loans.yaml"), "host ONE") == schema(STAGE)


def test_where_it_cannot_be_kept_the_changes_are_only_told_again(tmp_path):
    (tmp_path / "state").write_text("a file in the place of the folder", encoding="utf-8")
    used(tmp_path / "state", tmp_path / "loans.yaml", "host ONE", schema())
    assert last_used(tmp_path / "state", tmp_path / "loans.yaml", "host ONE") is None
