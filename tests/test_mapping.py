"""Mapping files: what they may say, and how every fault in them is told."""

from decimal import Decimal
from pathlib import Path

import pytest

from importer.mapping import FieldSource, Mapping, Source, load_mapping, read_mapping, search_by_value

ROOT = Path(__file__).parents[1]
MAPPINGS = ROOT / "mappings"

GOOD = """\
version: 1
name: Enquiries
time_zone: Asia/Kolkata
lead:
  search_by: EmailAddress
  own_guid: false
  attributes:
    EmailAddress: Email
    FirstName: First Name
opportunity:
  event_code: 12000
  note: "{Campaign}"
  on_duplicate: keep
  reference: note
  fields:
    mx_Custom_1: Product
    Owner: Owner Id
identity: Application No
"""
KINDS = "text, email, phone, number, integer, boolean, date, datetime, choice, multi_choice, guid, owner"


def read(text) -> Mapping:
    return read_mapping(text, Path("m.yaml"))


def changed(*changes) -> str:
    """The good mapping with other text in some lines, by number; "" takes a line out."""
    lines = GOOD.splitlines()
    for number, text in changes:
        lines[number - 1] = text
    return "\n".join(lines) + "\n"


def test_a_mapping_says_where_each_value_comes_from():
    mapping = read(GOOD)
    assert mapping.lead.search_by == ("EmailAddress",)
    assert mapping.lead.attributes["FirstName"] == Source(column="First Name")
    assert mapping.opportunity.fields["mx_Custom_1"] == FieldSource(column="Product")
    assert mapping.opportunity.event_code == 12000
    assert mapping.identity == ("Application No",)
    assert mapping.path == Path("m.yaml")


def test_what_is_left_out_has_the_documented_default():
    lead = "lead: {search_by: EmailAddress, attributes: {EmailAddress: Email}}"
    mapping = read(f"version: 1\n{lead}\nopportunity: {{event_code: 12000}}\n")
    opportunity = mapping.opportunity
    assert (mapping.time_zone, mapping.day_first, mapping.header_row) == ("UTC", None, None)
    assert not mapping.lead.own_guid
    assert (opportunity.on_duplicate, opportunity.reference) == ("keep", "note")
    assert (opportunity.keep_owner, opportunity.duplicate_activity) == (True, False)
    assert opportunity.date_time is None


@pytest.mark.parametrize(
    "written", ["NO", "0091", "12:30", "1e5", "true", "12.50", "2026-03-31", "0x1F", "'~'"]
)
def test_a_constant_is_the_text_exactly_as_written(written):
    mapping = read(changed((16, f"    mx_Custom_1: {{value: {written}, choices: [{written}]}}")))
    assert mapping.opportunity.fields["mx_Custom_1"].value == written.strip("'")


def test_settings_are_read_as_what_they_mean():
    mapping = read(
        changed(
            (6, "  own_guid: no"),
            (9, "    FirstName: {column: 2024, values: {1: One, NO: Norway}, max_length: 50}"),
            (11, "  event_code: '12000'"),
            (16, "    mx_F: {column: F, kind: number, min: 0.10, required: yes}"),
        )
    )
    name, amount = mapping.lead.attributes["FirstName"], mapping.opportunity.fields["mx_F"]
    assert mapping.opportunity.event_code == 12000
    assert (name.column, name.values, name.max_length) == ("2024", {"1": "One", "NO": "Norway"}, 50)
    assert (amount.min, amount.required) == (Decimal("0.10"), True)


@pytest.mark.parametrize(
    "written", ["Enquired On", "{column: Enquired On}", "{column: Enquired On, kind: datetime}"]
)
def test_the_date_and_time_of_an_opportunity_is_of_kind_datetime(written):
    source = read(changed((13, f"  date_time: {written}"))).opportunity.date_time
    assert source is not None
    assert (source.column, source.kind) == ("Enquired On", "datetime")


@pytest.mark.parametrize("written", ["ProspectID", "ProspectId"])
def test_the_leads_own_id_is_an_attribute_and_a_search_by_in_two_spellings(written):
    mapping = read(
        changed((5, f"  search_by: [{written}, Phone]"), (8, "    ProspectID: Id"), (9, "    Phone: Phone"))
    )
    assert mapping.lead.search_by == ("ProspectID", "Phone")
    assert [search_by_value(name) for name in mapping.lead.search_by] == ["ProspectId", "Phone"]


def test_a_unique_attribute_of_the_account_will_do_to_search_by():
    mapping = read(changed((5, "  search_by: mx_Student"), (8, "    mx_Student: Student No")))
    assert mapping.lead.search_by == ("mx_Student",)


def test_a_custom_field_set_has_fields_of_its_own():
    mapping = read(changed((16, "    mx_Set: {fields: {mx_Object_1: School, mx_Object_2: {value: X}}}")))
    assert mapping.opportunity.fields["mx_Set"].fields["mx_Object_1"].column == "School"


def test_every_key_knows_its_line_or_its_parents():
    mapping = read(GOOD)
    assert mapping.line("opportunity", "fields") == 15
    assert mapping.line("opportunity", "fields", "mx_Custom_19") == 15
    assert mapping.line("lead", "attributes", "FirstName", "column") == 9
    assert mapping.line("worksheet") == 1


def test_every_column_is_named_once_with_all_that_is_said_of_it():
    mapping = read(
        changed(
            (8, "    EmailAddress: {column: Email, aliases: Mail}"),
            (9, "    mx_Mail: {column: Email, aliases: [E-mail, Mail]}"),
            (16, '    mx_Custom_1: {text: "{First Name} of {Branch}", required: true}'),
            (18, "identity: [Application No, Product]"),
        )
    )
    uses = {use.name: use for use in mapping.columns()}
    assert list(uses) == [
        "Email",
        "First Name",
        "Branch",
        "Owner Id",
        "Campaign",
        "Application No",
        "Product",
    ]
    assert [name for name, use in uses.items() if use.required] == [
        *("Email", "First Name", "Branch", "Application No", "Product")
    ]
    email = uses["Email"]
    assert (email.aliases, email.where, email.line) == (
        ("Mail", "E-mail"),
        "lead.attributes.EmailAddress.column",
        8,
    )
    assert (uses["Campaign"].where, uses["Campaign"].line) == ("opportunity.note", 12)


def test_of_several_attributes_to_search_by_no_column_is_needed_alone():
    mapping = read(changed((5, "  search_by: [EmailAddress, Phone]"), (9, "    Phone: Mobile"), (18, "")))
    assert not any(use.required for use in mapping.columns())


def test_the_column_of_the_leads_own_id_is_needed_where_the_sheet_gives_it():
    mapping = read(changed((6, "  own_guid: true"), (9, "    ProspectID: {column: Id, kind: guid}")))
    assert {"Id": True}.items() <= {use.name: use.required for use in mapping.columns()}.items()


def test_a_mapping_without_owner_or_time_zone_gives_notice():
    assert read(GOOD).notices == ()
    (owner,) = read(changed((17, ""))).notices
    assert owner.startswith("No Owner is mapped: LeadSquared's automations usually need one")
    (times,) = read(changed((3, ""), (13, "  date_time: Enquired On"))).notices
    assert times.startswith("Times in the sheet are taken as UTC")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_mapping(file).line("opportunity", "event_code") == 11


@pytest.mark.parametrize("name", ["home_loans", "every_feature"])
def test_the_sample_mappings_are_good(name):
    mapping = load_mapping(MAPPINGS / f"{name}.yaml")
    assert mapping.path == MAPPINGS / f"{name}.yaml"


def test_the_sample_mappings_fit_different_sheets():
    simple, every = (load_mapping(MAPPINGS / f"{name}.yaml") for name in ("home_loans", "every_feature"))
    simple_columns = {use.name for use in simple.columns()}
    assert "Customer Ref" in {use.name for use in every.columns() if use.required} - simple_columns
    assert simple_columns == {
        *("Email", "Mobile", "First Name", "Last Name", "City", "Product", "Amount", "Enquired On"),
        *("Campaign", "Branch", "Remark", "Application No"),
    }


def test_one_sample_uses_every_setting_and_every_kind():
    mapping = load_mapping(MAPPINGS / "every_feature.yaml")
    sources = [source for _, source in mapping.sources()]
    for part in (mapping, mapping.lead, mapping.opportunity):
        assert part.model_fields_set == set(type(part).model_fields)
    assert set().union(*(source.model_fields_set for source in sources)) == set(FieldSource.model_fields)
    assert {source.kind for source in sources} == set(KINDS.split(", "))
