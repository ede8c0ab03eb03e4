"""What LeadSquared answers about an account's setup is read however it is spelt, or not at all."""

import json

import pytest

from importer.account_schema import AccountUser, OpportunityType, SchemaField
from importer.answers import Unread
from importer.metadata import read_attributes, read_fields, read_types, read_users


def fields(*entries, **members):
    kind = {"EventCode": 12000, "DisplayName": "Home Loan", "CanDelete": True, "Fields": entries, **members}
    answer = read_fields(json.dumps(kind))
    assert not isinstance(answer, Unread)
    return answer[1]


def field(**members):
    [only] = fields({"SchemaName": "mx_Custom_1", **members})
    return only


def attribute(**members):
    answer = read_attributes(json.dumps([{"SchemaName": "mx_City", **members}]))
    assert not isinstance(answer, Unread)
    return answer[0]


def option_set(*options):
    return json.dumps([{"Text": "", "Value": option, "IsDefault": False, "Order": 0} for option in options])


def test_a_field_as_documented():
    assert field(
        DisplayName="Stage", DataType="Dropdown", IsMandatory=True, IsReadOnly=False, ParentField="Status",
        OptionSet=option_set("New", "Paid"), DependentOptionSet="", IsMultiSelectDropdown=False,
        MaxFieldLength=200, ShowInForm=True, Sequence=3, RenderType="",
    ) == SchemaField(
        "mx_Custom_1", "Stage", "Dropdown", is_mandatory=True, max_length=200, options=("New", "Paid"),
        parent="Status",
    )  # fmt: skip


def test_a_lead_attribute_as_documented():
    assert attribute(
        DisplayName="City", DataType="Select", IsMandatory=False,
        Options=[{"Value": "Pune"}, {"Value": "Kochi"}], MaxLength="100", AllowMultiple=True,
        ShowInImport=True, IsVisible=True,
    ) == SchemaField(
        "mx_City", "City", "Select", max_length=100, options=("Pune", "Kochi"), takes_several=True
    )  # fmt: skip


def test_what_is_not_told_is_as_if_there_was_no_rule():
    assert field() == SchemaField("mx_Custom_1")
    assert field(DisplayName=None, IsMandatory=None, OptionSet=None, MaxFieldLength=None) == field()
    assert attribute() == SchemaField("mx_City")


@pytest.mark.parametrize("yes", [True, 1, "true", "True", " TRUE ", "1", "Yes"], ids=repr)
def test_true_in_every_spelling(yes):
    said = field(IsMandatory=yes, IsReadOnly=yes, IsMultiSelectDropdown=yes)
    assert said.is_mandatory
    assert said.is_read_only
    assert said.takes_several


@pytest.mark.parametrize("no", [False, 0, "false", "False", "0", "", None, "perhaps", [], {}], ids=repr)
def test_what_does_not_say_true_is_no_rule(no):
    said = field(IsMandatory=no, IsReadOnly=no, IsMultiSelectDropdown=no)
    assert not said.is_mandatory
    assert not said.is_read_only
    assert not said.takes_several


def test_members_in_another_spelling_are_the_same():
    entry = {
        "schemaName": "mx_Custom_1",
        "display_name": "Stage",
        "isMandatory": "true",
        "optionSet": ["New"],
    }
    assert fields(entry) == (SchemaField("mx_Custom_1", "Stage", is_mandatory=True, options=("New",)),)


@pytest.mark.parametrize(
    "options",
    [
        option_set("New", "Paid"),
        [{"Value": "New"}, {"Value": "Paid"}],
        ["New", "Paid"],
        '["New", "Paid"]',
        {"Options": [{"Value": "New"}, {"Value": "Paid"}]},
        [{"Text": "New"}, {"Text": "Paid", "Value": ""}],
        [{"Text": "Select", "Value": ""}, {"Text": "N", "Value": "New"}, {"Text": "Paid"}],
        [{"Text": "Select", "Value": None}, {"Text": "", "Value": "New"}, "Paid"],
        [{"Value": "New"}, {"Value": "Paid"}, {"Value": "New"}, {"Value": ""}, {"Value": None}, {}, None],
    ],
    ids=repr,
)
def test_options_in_every_shape(options):
    assert field(OptionSet=options).options == ("New", "Paid")
    assert attribute(Options=options).options == ("New", "Paid")


@pytest.mark.parametrize(
    "options", ["", None, "[", "{}", "null", 7, "[" * 5000, '"New"', "New;Paid"], ids=repr
)
def test_options_that_cannot_be_read_are_none(options):
    assert field(OptionSet=options).options == ()


def test_an_option_keeps_its_blanks_and_a_number_is_its_text():
    assert field(OptionSet=option_set("New ", " New", 5, True)).options == ("New ", " New", "5")


@pytest.mark.parametrize(
    ("length", "most"),
    [
        (50, 50), ("50", 50), (" 50 ", 50), ("50.0", 50), (50.0, 50), ("", None), (0, None), ("0", None),
        (-1, None), ("-1", None), ("many", None), (True, None), ("9" * 5000, None), ([], None),
    ],
    ids=repr,
)  # fmt: skip
def test_a_length_however_it_is_written(length, most):
    assert field(MaxFieldLength=length).max_length == most
    assert attribute(MaxLength=length).max_length == most


def test_a_type_of_several_options_needs_no_flag():
    assert attribute(DataType="MultiSelect").takes_several
    assert field(DataType="Multi-select Dropdown").takes_several


def test_a_field_without_a_schema_name_is_left_out():
    named = {"SchemaName": "mx_Custom_1"}
    assert fields({"SchemaName": None}, named, {"SchemaName": ""}) == (SchemaField("mx_Custom_1"),)


@pytest.mark.parametrize(
    ("told", "can_delete"),
    [(True, True), ("true", True), (1, True), (False, False), ("0", False), (None, None), ("perhaps", None)],
)
def test_whether_a_type_can_be_deleted(told, can_delete):
    answer = read_fields(json.dumps({"EventCode": "12000", "CanDelete": told, "Fields": []}))
    assert answer == (OpportunityType(12000, "", can_delete), ())


@pytest.mark.parametrize(
    "answer",
    [
        [{"EventCode": 12000, "DisplayName": "Home Loan"}],
        [{"EventCode": "12000", "Name": "Home Loan", "New": {"member": 1}}],
        [{"eventCode": 12000, "OpportunityTypeName": "Home Loan", "DisplayName": ""}, {"EventCode": None}],
        {"List": [{"Code": 12000, "Name": "Home Loan"}], "RecordCount": 1},
    ],
    ids=repr,
)
def test_types_in_every_shape(answer):
    assert read_types(json.dumps(answer)) == (OpportunityType(12000, "Home Loan"),)


def user(**members):
    answer = read_users(json.dumps({"Users": [{"ID": "guid", **members}, {"ID": None}]}))
    assert not isinstance(answer, Unread)
    return answer[0]


def test_a_user_as_documented():
    said = user(FirstName="Asha", LastName=" Menon", EmailAddress="asha@example.com", StatusCode=0)
    assert said == AccountUser("guid", "Asha Menon", "asha@example.com", is_active=True)
    assert user(FirstName=None, LastName="Menon").name == "Menon"


@pytest.mark.parametrize(
    ("status", "is_active"),
    [(0, True), ("0", True), ("Active", True), (None, True), (1, False), ("1", False), ("Inactive", False)],
)
def test_who_is_active(status, is_active):
    assert user(StatusCode=status).is_active is is_active


@pytest.mark.parametrize("read", [read_types, read_fields, read_attributes, read_users])
@pytest.mark.parametrize(
    "text",
    [
        "", "null", "7", '"text"', "{}", "<html>", '[{"EventCo', "[" * 5000, "[1, 2]", "[null]",
        '{"List": 7}', '[{"Other": 1}]', '{"Fields": [{"SchemaName": "x"}]}',
        '{"EventCode": 1, "Fields": {}}',
        '{"EventCode": 1}', '{"EventCode": 1, "Fields": [{"Name": "x"}]}', "9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_such_answer_is_unread_and_never_an_empty_account(read, text):
    assert isinstance(read(text), Unread)


@pytest.mark.parametrize("read", [read_types, read_attributes])
def test_an_account_that_has_none(read):
    assert read("\ufeff[]") == ()


def test_half_a_character_does_no_harm():
    assert attribute(DisplayName="City \ud83d").display_name == "City ?"
