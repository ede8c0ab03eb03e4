"""What finds the lead of a row, and what makes a row the same row elsewhere."""

import pytest

from tests.rows import HEADINGS, MAPPING, captured, changed, problems


def test_the_lead_is_found_by_the_first_value_that_the_row_has():
    capture = captured({"Email": ""})
    assert capture.search_by == "Phone"
    assert "EmailAddress" not in dict(capture.lead)


def test_a_row_with_nothing_to_find_its_lead_by_is_invalid():
    assert problems({"Email": "", "Mobile": " "}) == [
        (
            "SEARCH-BY-BLANK",
            "A17, Email: is blank, and so is everything else that LeadSquared could find the lead by"
            " (search_by: EmailAddress, Phone)",
        )
    ]
    alone = changed("[EmailAddress, Phone]", "EmailAddress")
    said = "A17, Email: is blank, and LeadSquared finds the lead by it (search_by: EmailAddress)"
    assert problems({"Email": ""}, alone) == [("SEARCH-BY-BLANK", said)]


@pytest.mark.parametrize(
    ("cells", "code"), [({"Email": "x", "Mobile": ""}, "EMAIL-INVALID"), ({"Mobile": "12345"}, "PHONE-SHORT")]
)
def test_a_wrong_value_to_search_by_is_one_problem(cells, code):
    assert [cause for cause, _ in problems(cells)] == [code]


GUID = "0F8FAD5B-D9CB-469F-A165-70867728950E"


def test_the_sheet_may_give_the_id_of_the_lead():
    own = changed("search_by: [EmailAddress, Phone]", "search_by: ProspectID\n  own_guid: true")
    own = own.replace("    FirstName: First Name", "    ProspectID: {column: City, kind: guid}").replace(
        "    mx_City: {column: City, max_length: 5, blank: clear}\n", ""
    )
    capture = captured({"City": GUID}, own)
    assert dict(capture.lead)["ProspectID"] == GUID.lower()
    assert capture.search_by == "ProspectId"
    assert capture.uses_own_guid
    assert f"prospectid={GUID.lower()}" in capture.leads
    by_email = own.replace("search_by: ProspectID", "search_by: EmailAddress")
    assert problems({}, by_email) == [("REQUIRED", "D17, City: is blank, and must be filled")]


def test_an_attribute_to_search_by_makes_rows_one_lead():
    mapping = changed("[EmailAddress, Phone]", "mx_City").replace(", blank: clear", "")
    assert "mx_city=pune" in captured({"City": "Pune"}, mapping).leads
    assert "mx_city=pune" not in captured({"City": "Pune"}).leads


def test_the_mapping_names_what_makes_a_row_the_same_row():
    named = "identity: [Product, Remark]\n" + MAPPING
    cells = {"Product": "HL", "Remark": " A-17 ", "City": "Pune"}
    assert captured(cells, named).identity == (("Product", "Home loan"), ("Remark", "A-17"))


def test_a_row_that_lacks_a_part_of_what_is_named_is_known_by_every_value():
    named = "identity: [Product, Remark]\n" + MAPPING
    assert captured({"Product": "HL"}, named).identity == captured({"Product": "HL"}).identity


def test_without_a_value_in_the_named_columns_every_value_counts():
    named = "identity: [Remark, Pin]\n" + MAPPING
    assert captured(mapping=named).identity == captured().identity


def test_notes_constants_and_defaults_are_no_part_of_what_makes_a_row():
    other = changed("value: Open", "value: Won").replace("default: New", "default: Old")
    assert captured({"Campaign": "June"}, other).identity == captured().identity


def test_a_row_is_the_same_under_other_headings_and_in_another_order_of_the_mapping():
    shuffled = changed("    FirstName: First Name\n", "").replace(
        "  attributes:\n", "  attributes:\n    FirstName: First Name\n"
    )
    assert captured(mapping=shuffled, headings=HEADINGS[::-1]).identity == captured().identity
