"""The simulator as an account: leads, opportunities, rules and the limit, without sockets."""

import json

import pytest

from importer.simulator import Account, Existing, FieldRule, OpportunityType, Reply, Request, Simulator

KEYS = {"x-LSQ-AccessKey": "access", "x-LSQ-SecretKey": "secret"}
CAPTURE = "/v2/OpportunityManagement.svc/Capture"
USER = "/v2/Authentication.svc/UserByAccessKey.Get"
ASHA = {"EmailAddress": "asha@example.com"}
PLAIN = {"SchemaName": "mx_Custom_1", "Value": "filled"}
GUID = "0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"


def body(lead=ASHA, fields=None, search_by="EmailAddress", **opportunity):
    details = [{"Attribute": name, "Value": value} for name, value in lead.items()]
    if search_by is not None:
        details.append({"Attribute": "SearchBy", "Value": search_by})
    named = [{"SchemaName": name, "Value": value} for name, value in (fields or {}).items()]
    return {
        "LeadDetails": details,
        "Opportunity": {"OpportunityEventCode": 12000, "Fields": named, **opportunity},
    }


def request(sent) -> Request:
    return Request("POST", CAPTURE, KEYS, json.dumps(sent).encode())


def capture(simulator: Simulator, *lead, **parts) -> Reply:
    return simulator.answer(request(body(*lead, **parts)))


def account(**rules) -> Account:
    return Account(opportunity_types={12000: OpportunityType("Home loan", **rules)})


def refusal(reply: Reply) -> tuple[str, str]:
    return reply.json()["ExceptionType"], reply.json()["ExceptionMessage"]


@pytest.fixture
def simulator():
    return Simulator(rate=None)


def test_a_new_opportunity_is_answered_with_every_documented_member(simulator):
    reply = capture(simulator, fields={"mx_Custom_1": "Home loan"}, OpportunityNote="From the branch")
    [opportunity] = simulator.opportunities
    said = reply.json()
    [details] = said.pop("AdditionalDetails")
    assert details == {"ActivityId": simulator.activities[0].id, "PostDeDupActionPerformed": 1}
    assert len(said.pop("RequestId")) == 36
    assert said == {
        "ConflictedOpportunityId": None,
        "CreatedOpportunityId": opportunity.id,
        "ExceptionMessage": None,
        "ExceptionType": None,
        "IsUnique": True,
        "PrimaryAction": 1,
        "RelatedProspectId": opportunity.prospect_id,
        "SecondaryAction": 2,
        "Status": 0,
    }
    assert (opportunity.note, opportunity.fields) == ("From the branch", {"mx_Custom_1": "Home loan"})
    assert (opportunity.event_code, opportunity.call) == (12000, 1)
    assert simulator.leads[opportunity.prospect_id] == {**ASHA, "ProspectID": opportunity.prospect_id}


def test_a_known_lead_is_found_ignoring_case_and_its_other_attributes_are_updated(simulator):
    capture(simulator, {"EmailAddress": "Asha@Example.com", "FirstName": "Asha", "mx_City": "Pune"})
    capture(simulator, {"EmailAddress": "ASHA@example.com", "FirstName": "Aasha"})
    [lead] = simulator.leads.values()
    assert (lead["FirstName"], lead["mx_City"]) == ("Aasha", "Pune")
    assert len(simulator.opportunities) == 2


def test_without_a_rule_the_same_call_twice_makes_two_opportunities(simulator):
    assert [capture(simulator).json()["IsUnique"] for _ in range(2)] == [True, True]
    assert len({opportunity.id for opportunity in simulator.opportunities}) == 2


def test_two_captures_of_one_new_lead_in_the_air_make_two_leads(simulator):
    first, second = simulator.steps(request(body())), simulator.steps(request(body()))
    next(first), next(second)
    for steps in (first, second):
        list(steps)
    assert len(simulator.leads) == 2


def test_a_capture_after_the_answer_to_the_first_finds_its_lead(simulator):
    capture(simulator)
    capture(simulator)
    assert len(simulator.leads) == 1


def test_guids_follow_the_seed_and_the_order_of_arrival():
    replies = [[capture(Simulator(seed=seed)).body for _ in range(2)] for seed in (1, 2)]
    assert replies[0][0] == replies[0][1] != replies[1][0]


@pytest.mark.parametrize(
    ("attribute", "said"),
    [("EmailAddress", "Email"), ("Phone", "Phone Number"), ("Mobile", "Mobile Number"), ("mx_Pan", "mx_Pan")],
)
def test_a_second_unique_value_of_another_lead_is_refused(attribute, said):
    unique = (*Account().unique_attributes, "mx_Pan")
    simulator = Simulator(account=Account(unique_attributes=unique, leads=({attribute: "+91-9999900000"},)))
    reply = capture(simulator, {"ProspectID": GUID, attribute: "+91-9999900000"}, search_by="ProspectId")
    assert refusal(reply) == ("MXDuplicateEntryException", f"A Lead with same {said} already exists.")
    assert reply.status == 500
    assert simulator.opportunities == []


def test_a_lead_may_change_its_own_unique_value_and_is_then_found_by_the_new_one(simulator):
    capture(simulator, {**ASHA, "Phone": "+91-9999900000"})
    capture(simulator, {**ASHA, "Phone": "+91-9999911111"})
    capture(simulator, {"Phone": "+91-9999911111"}, search_by="Phone")
    capture(simulator, {"Phone": "+91-9999900000"}, search_by="Phone")
    assert [lead["Phone"] for lead in simulator.leads.values()] == ["+91-9999911111", "+91-9999900000"]


@pytest.mark.parametrize(
    ("lead", "search_by"),
    [
        (ASHA, None),
        (ASHA, "Email"),
        (ASHA, "Phone"),
        ({**ASHA, "Phone": ""}, "Phone"),
        ({"ProspectID": GUID}, "ProspectID"),
    ],
)
def test_a_search_by_that_names_no_sent_unique_attribute_is_refused(simulator, lead, search_by):
    reply = capture(simulator, lead, search_by=search_by)
    assert refusal(reply) == ("MXInvalidInputException", "Invalid SearchBy value provided")


def test_a_lead_without_any_unique_attribute_is_refused(simulator):
    assert refusal(capture(simulator, {"FirstName": "Asha"}))[0] == "MXMandatoryAttributeMissingException"


def test_the_callers_guid_becomes_the_leads_id_where_that_is_asked_for(simulator):
    capture(simulator, {"ProspectID": GUID, "__UseUserDefinedGuid__": "true"}, search_by="ProspectId")
    capture(simulator, {"ProspectID": GUID}, search_by="ProspectId")
    assert simulator.leads == {GUID: {"ProspectID": GUID}}


def test_an_id_of_the_callers_own_must_be_a_guid(simulator):
    lead = {**ASHA, "ProspectID": "7", "__UseUserDefinedGuid__": "true"}
    assert refusal(capture(simulator, lead))[0] == "MXInvalidInputException"


def test_an_unknown_prospect_id_gets_a_lead_with_an_id_of_its_own(simulator):
    capture(simulator, {"ProspectID": GUID}, search_by="ProspectId")
    assert GUID not in simulator.leads


def test_what_a_permissive_account_takes_is_stored_as_it_was_sent(simulator):
    sent = body({**ASHA, "mx_Anything": "ज़ोया"}, {"Owner": "", "mx_Custom_9": "007"})
    nested = {"SchemaName": "mx_Set", "Value": "", "Fields": [{"SchemaName": "mx_Inner", "Value": "x"}]}
    sent["Opportunity"]["Fields"].append(nested)
    simulator.answer(request(sent))
    [opportunity] = simulator.opportunities
    assert opportunity.fields == {"Owner": "", "mx_Custom_9": "007", "mx_Set": {"mx_Inner": "x"}}
    assert simulator.leads[opportunity.prospect_id]["mx_Anything"] == "ज़ोया"
    assert simulator.captures == [sent]


STRICT = account(
    other_fields=False,
    status_comments=True,
    fields={
        "mx_Custom_1": FieldRule(mandatory=True, max_length=10),
        "mx_Custom_2": FieldRule("Dropdown", depends_on="Status", options_for={"Won": ("Paid",)}),
        "mx_Custom_3": FieldRule("Number"),
        "mx_Custom_4": FieldRule("Dropdown", options=("North", "South")),
        "mx_Custom_5": FieldRule("Date"),
        "mx_Custom_6": FieldRule("DateTime"),
        "mx_Custom_7": FieldRule("Boolean"),
    },
)
GOOD_FIELDS = {
    "mx_Custom_1": "Home loan",
    "mx_Custom_2": "Paid",
    "mx_Custom_3": "-12.50",
    "mx_Custom_4": "North",
    "mx_Custom_5": "2026-03-31",
    "mx_Custom_6": "2026-03-31 10:30:00",
    "mx_Custom_7": "true",
    "mx_Custom_19": "Paid in March",
    "Status": "Won",
    "Owner": GUID,
}


def test_fields_that_keep_to_the_rules_are_taken():
    simulator = Simulator(account=STRICT)
    capture(simulator, fields=GOOD_FIELDS)
    assert [opportunity.fields for opportunity in simulator.opportunities] == [GOOD_FIELDS]


@pytest.mark.parametrize(
    ("field", "value", "exception"),
    [
        ("mx_Custom_1", "Home loan!!", "MXInvalidActivityFieldsException"),
        ("mx_Custom_2", "New", "MXInvalidActivityFieldsException"),
        ("mx_Custom_3", "1,000", "MXInvalidDataTypeException"),
        ("mx_Custom_4", "North ", "MXInvalidActivityFieldsException"),
        ("mx_Custom_5", "31-03-2026", "MXInvalidDataTypeException"),
        ("mx_Custom_5", "2026-3-31", "MXInvalidDataTypeException"),
        ("mx_Custom_6", "2026-03-31", "MXInvalidDataTypeException"),
        ("mx_Custom_7", "yes", "MXInvalidDataTypeException"),
        ("mx_Custom_8", "?", "MXInvalidActivityFieldsException"),
        ("Status", "Closed", "MXInvalidActivityFieldsException"),
        ("mx_Custom_1", "<Script>", "MXXSSException"),
    ],
)
def test_a_field_that_breaks_a_rule_refuses_the_capture(field, value, exception):
    simulator = Simulator(account=STRICT)
    assert refusal(capture(simulator, fields={**GOOD_FIELDS, field: value}))[0] == exception
    assert (simulator.opportunities, simulator.leads) == ([], {})


@pytest.mark.parametrize(
    ("missing", "name"), [("mx_Custom_1", "mx_Custom_1"), ("mx_Custom_19", "mx_Custom_19")]
)
@pytest.mark.parametrize("blank", [{}, {"value": ""}])
def test_a_mandatory_field_is_asked_for_by_name(missing, name, blank):
    fields = {key: value for key, value in GOOD_FIELDS.items() if key != missing}
    if blank:
        fields[missing] = blank["value"]
    assert refusal(capture(Simulator(account=STRICT), fields=fields)) == (
        "MXInvalidActivityFieldsException",
        f"Field name : '{name}' of datatype : 'String' is mandatory.",
    )


def test_a_comment_is_mandatory_only_where_the_status_is_sent():
    simulator = Simulator(account=account(status_comments=True))
    assert capture(simulator, fields={"mx_Custom_1": "Flat"}).status == 200
    assert capture(simulator, fields={"Status": "Open"}).status == 500


@pytest.mark.parametrize(
    ("opportunity", "exception"),
    [
        (
            {"OverwriteFields": True, "UpdateEmptyFields": True},
            ("MXInvalidInputException", "OverwriteFields and UpdateEmptyFields both cannot be true"),
        ),
        (
            {"OpportunityEventCode": 12001},
            ("MXInvalidActivityException", "Event Code is invalid or empty"),
        ),
        (
            {"OpportunityEventCode": None},
            ("MXInvalidActivityException", "Event Code is invalid or empty"),
        ),
        (
            {"OpportunityNote": "n" * 201},
            (
                "MXInvalidActivityFieldsException",
                "Field name : 'OpportunityNote' is longer than 200 characters",
            ),
        ),
        (
            {"OpportunityDateTime": "23/11/2026"},
            ("MXInvalidDataTypeException", "OpportunityDateTime is not yyyy-mm-dd hh:mm:ss"),
        ),
    ],
)
def test_the_hard_rules_hold_in_every_account(simulator, opportunity, exception):
    assert refusal(capture(simulator, **opportunity)) == exception


def test_one_unknown_attribute_refuses_the_whole_capture():
    simulator = Simulator(account=Account(attributes=frozenset({"FirstName"})))
    assert capture(simulator, {**ASHA, "FirstName": "Asha"}).status == 200
    reply = capture(simulator, {**ASHA, "FirstName": "Asha", "mx_Town": "Pune"})
    assert refusal(reply) == ("MXUnknownAttributeException", "Attribute(s) does not exist : mx_Town")


def test_mandatory_attributes_are_asked_for_only_when_a_lead_is_created():
    simulator = Simulator(account=Account(mandatory_attributes=("FirstName",), leads=(ASHA,)))
    assert capture(simulator).status == 200
    reply = capture(simulator, {"EmailAddress": "ravi@example.com"})
    assert refusal(reply)[0] == "MXMandatoryAttributeMissingException"


@pytest.mark.parametrize(
    ("shape", "status", "said"),
    [
        ("refused", 200, 1),
        ("refused_status_0", 200, 0),
        ("envelope_200", 200, "Error"),
        ("envelope_500", 500, "Error"),
        ("envelope_without_status", 500, None),
        ("is_mx_exception", 500, "Error"),
    ],
)
def test_an_account_refuses_in_the_shape_that_it_is_given(shape, status, said):
    reply = capture(Simulator(account=Account(refusal=shape)), OpportunityEventCode=1)
    assert (reply.status, reply.json().get("Status")) == (status, said)
    assert reply.json().get("IsMXException", False) is (shape == "is_mx_exception")
    assert reply.json()["ExceptionType"] == reply.exception == "MXInvalidActivityException"


def test_an_account_knows_the_shapes_of_refusal():
    with pytest.raises(ValueError, match=r"refusal: 'no' is none of refused, .*envelope_500"):
        Account(refusal="no")
    with pytest.raises(ValueError, match="limit_reply: 'no' is none of limit_429, limit_403, limit_200"):
        Account(limit_reply="no")
    with pytest.raises(ValueError, match="limit_window: 'no' is none of sliding, counting_refusals, fixed"):
        Account(limit_window="no")


BY_LEAD_AND_NAME = Account(
    opportunity_types={
        12000: OpportunityType("Home loan", duplicate_rule=("ProspectID", "mx_Custom_1")),
        12001: OpportunityType("Car loan", duplicate_rule=("ProspectID", "mx_Custom_1")),
    },
    leads=(ASHA, {"EmailAddress": "ravi@example.com"}),
    opportunities=(Existing("asha@example.com", fields={"mx_Custom_1": "Flat", "Owner": "old"}),),
)


def test_a_duplicate_by_rule_names_the_opportunity_it_conflicts_with():
    simulator = Simulator(account=BY_LEAD_AND_NAME)
    [existing] = simulator.opportunities
    said = capture(simulator, fields={"mx_Custom_1": "Flat"}).json()
    assert (said["CreatedOpportunityId"], said["ConflictedOpportunityId"]) == (None, existing.id)
    assert (said["Status"], said["IsUnique"], said["PrimaryAction"], said["SecondaryAction"]) == (
        0,
        False,
        2,
        3,
    )
    assert said["AdditionalDetails"][0]["PostDeDupActionPerformed"] == 3
    assert said["RelatedProspectId"] == existing.prospect_id
    assert simulator.opportunities == [existing]


@pytest.mark.parametrize(
    ("lead", "fields", "code"),
    [
        (ASHA, {"mx_Custom_1": "Villa"}, 12000),
        (ASHA, {}, 12000),
        (ASHA, {"mx_Custom_1": "Flat"}, 12001),
        ({"EmailAddress": "ravi@example.com"}, {"mx_Custom_1": "Flat"}, 12000),
        ({"EmailAddress": "new@example.com"}, {"mx_Custom_1": "Flat"}, 12000),
    ],
)
def test_what_differs_in_one_part_of_the_rule_is_no_duplicate(lead, fields, code):
    simulator = Simulator(account=BY_LEAD_AND_NAME)
    assert capture(simulator, lead, fields=fields, OpportunityEventCode=code).json()["IsUnique"]


def test_two_blanks_are_not_the_same():
    simulator = Simulator(account=BY_LEAD_AND_NAME)
    assert [capture(simulator, fields={"mx_Custom_1": ""}).json()["IsUnique"] for _ in range(2)] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        ({"DoNotChangeOwner": True}, {"mx_Custom_1": "Flat", "Owner": "old"}),
        ({}, {"mx_Custom_1": "Flat", "Owner": "new"}),
        (
            {"OverwriteFields": True, "DoNotChangeOwner": True},
            {"mx_Custom_1": "Flat", "Owner": "old", "mx_Custom_5": "9", "mx_Custom_6": "6"},
        ),
    ],
)
def test_the_flags_say_what_a_duplicate_changes(flags, kept):
    simulator = Simulator(account=BY_LEAD_AND_NAME)
    capture(
        simulator,
        fields={"mx_Custom_1": "Flat", "Owner": "new", "mx_Custom_5": "9", "mx_Custom_6": "6"},
        **flags,
    )
    [opportunity] = simulator.opportunities
    assert opportunity.fields == kept


@pytest.mark.parametrize(
    ("flag", "note", "value"), [("OverwriteFields", "second", "2"), ("UpdateEmptyFields", "first", "1")]
)
def test_a_duplicate_is_overwritten_or_only_its_blanks_are_filled(flag, note, value):
    simulator = Simulator(account=BY_LEAD_AND_NAME)
    same = {"mx_Custom_1": "Villa"}
    capture(simulator, fields={**same, "mx_Custom_5": "1", "mx_Custom_6": ""}, OpportunityNote="first")
    capture(
        simulator,
        fields={**same, "mx_Custom_5": "2", "mx_Custom_6": "6"},
        OpportunityNote="second",
        **{flag: True},
    )
    opportunity = simulator.opportunities[-1]
    assert (opportunity.note, opportunity.fields) == (
        note,
        {**same, "mx_Custom_5": value, "mx_Custom_6": "6"},
    )


@pytest.mark.parametrize(("silent", "events"), [(True, [33]), (False, [33, 32])])
def test_a_duplicate_detected_activity_is_posted_unless_that_is_forbidden(silent, events):
    simulator = Simulator(account=BY_LEAD_AND_NAME)
    capture(simulator, fields={"mx_Custom_1": "Flat"}, DoNotPostDuplicateActivity=silent)
    assert [activity.event for activity in simulator.activities] == events


def test_an_opportunity_of_no_lead_cannot_be_there_from_the_start():
    with pytest.raises(ValueError, match="no lead has 'zoya@example"):
        Simulator(account=Account(opportunities=(Existing("zoya@example.com"),)))


def test_the_window_slides_and_takes_the_next_call_only_when_the_first_has_left_it():
    times = iter([0.0, 1.0, 4.999, 5.0, 5.999, 6.0])
    simulator = Simulator(rate=(2, 5.0), clock=times.__next__)
    assert [capture(simulator).status for _ in range(6)] == [200, 200, 429, 200, 429, 200]
    assert [call.status for call in simulator.calls] == [200, 200, 429, 200, 429, 200]
    assert len(simulator.opportunities) == len(simulator.captures) == 4
    assert simulator.busiest(5) == 4


def test_refused_calls_count_towards_the_limit_where_the_account_counts_them():
    times = iter([0.0, 4.0, 8.0, 13.0])
    simulator = Simulator((1, 5.0), clock=times.__next__, account=Account(limit_window="counting_refusals"))
    assert [capture(simulator).status for _ in range(4)] == [200, 429, 429, 200]


def test_a_fixed_window_forgets_everything_at_its_end():
    times = iter([7.0, 9.0, 9.9, 10.0, 10.1, 14.9, 15.0])
    simulator = Simulator((2, 5.0), clock=times.__next__, account=Account(limit_window="fixed"))
    assert [capture(simulator).status for _ in range(7)] == [200, 200, 429, 200, 200, 429, 200]
    assert simulator.busiest(5) == 5


def test_the_limit_can_be_changed_and_the_calls_before_still_count():
    times = iter([0.0, 1.0, 2.0, 4.0, 5.0, 6.0, 11.0])
    simulator = Simulator((3, 5.0), clock=times.__next__)
    assert [capture(simulator).status for _ in range(2)] == [200, 200]
    simulator.change_limit(2, 5)
    refused = capture(simulator)
    assert b"exceeded the limit of 2 in 5 second(s)" in refused.body
    simulator.change_limit(1, 10)
    assert [capture(simulator).status for _ in range(4)] == [429, 429, 429, 200]
    assert simulator.limit == (1, 10)


def test_a_limit_can_be_set_where_there_was_none(simulator):
    assert simulator.limit is None
    simulator.change_limit(0, 5)
    assert capture(simulator).status == 429


@pytest.mark.parametrize(("calls", "seconds"), [(-1, 5), (1, 0), (1, float("nan")), (1, float("inf"))])
def test_a_limit_that_cannot_be_is_refused(simulator, calls, seconds):
    with pytest.raises(ValueError, match="is no limit"):
        simulator.change_limit(calls, seconds)


def test_every_call_counts_towards_the_limit_whatever_its_answer():
    simulator = Simulator(rate=(2, 5.0), clock=lambda: 0.0)
    simulator.answer(Request("GET", "/v2/Nothing", KEYS))
    simulator.answer(Request("GET", USER))
    assert capture(simulator).status == 429


@pytest.mark.parametrize(("shape", "status"), [("limit_429", 429), ("limit_403", 403), ("limit_200", 200)])
def test_the_limit_refuses_in_three_shapes_that_name_its_true_numbers(shape, status):
    simulator = Simulator((0, 2.5), account=Account(limit_reply=shape))
    reply = capture(simulator)
    assert reply.status == status
    assert "API calls exceeded the limit of 0 in 2.5 second(s)" in reply.body.decode()
    assert ("MXAPIRateLimitExceededException" in reply.body.decode()) is (shape != "limit_403")


def test_the_busiest_window_is_found_wherever_it_begins():
    arrivals = [0.0, 3.0, 4.0, 7.9, 8.0, 20.0]
    simulator = Simulator(rate=None, clock=iter(arrivals).__next__)
    for _ in arrivals:
        capture(simulator)
    assert [simulator.busiest(seconds) for seconds in (0.05, 5, 5.1, 100)] == [1, 3, 4, 6]


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        (KEYS, "", 200),
        ({name.lower(): value for name, value in KEYS.items()}, "", 200),
        ({}, "", 401),
        ({**KEYS, "x-LSQ-SecretKey": ""}, "", 401),
        ({**KEYS, "x-LSQ-SecretKey": "other"}, "", 401),
        ({}, "?accessKey=access&secretKey=secret", 401),
        (KEYS, "?accessKey=access", 401),
    ],
)
def test_keys_are_taken_from_headers_only(headers, query, status):
    simulator = Simulator(account=Account(keys=frozenset({("access", "secret")})))
    reply = simulator.answer(Request("GET", USER + query, headers))
    assert reply.status == status
    if status == 401:
        assert reply.json() == {
            "Status": "Error",
            "ExceptionType": "MXInvalidAccessDetailsException",
            "ExceptionMessage": "Invalid Access Details provided.",
        }
    assert simulator.calls[0].path == USER


def test_the_keys_tell_whose_they_are_and_which_account_it_is(simulator):
    said = simulator.answer(Request("GET", USER, {**KEYS, "Host": "127.0.0.1:8765"})).json()
    assert (said["OrgShortCode"], said["EmailAddress"]) == ("DEMO", "ops@example.com")
    assert said["LSQCommonServiceURLs"]["api"] == "127.0.0.1:8765"


def test_an_account_may_forbid_its_keys_to_ask_whose_they_are():
    reply = Simulator(account=Account(allows_user_call=False)).answer(Request("GET", USER, KEYS))
    assert (reply.status, refusal(reply)[0]) == (401, "MXUnAuthorizedAccessException")


def test_the_opportunity_types_are_named(simulator):
    reply = simulator.answer(Request("GET", "/v2/OpportunityManagement.svc/GetOpportunityTypes", KEYS))
    assert reply.json() == [{"EventCode": 12000, "Name": "Home loan", "DisplayName": "Home loan"}]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", CAPTURE + "s", 404),
        ("POST", CAPTURE.lower(), 404),
        ("GET", CAPTURE, 405),
        ("POST", USER, 405),
    ],
)
def test_a_wrong_path_or_verb_is_told_in_html(simulator, method, path, status):
    reply = simulator.answer(Request(method, path, KEYS, b"{}"))
    assert (reply.status, reply.content_type) == (status, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"LeadDetails": {}}',
        b'{"LeadDetails": [{"Attribute": "Phone", "Value": NaN}]}',
        b'{"LeadDetails": [{"Attribute": "FirstName", "Value": "Zo\xeb"}]}',
        b'{"LeadDetails": [{"Attribute": "FirstName", "Value": "\\ud83d"}]}',
        b'{"LeadDetails": [{"Attribute": "FirstName", "Value": 7}]}',
        b'{"LeadDetails": [{"Attribute": "FirstName"}]}',
        b'{"Opportunity": {"OverwriteFields": "false"}}',
        b'{"Opportunity": {"Fields": [{"SchemaName": "a"}]}}',
        json.dumps({"Opportunity": {"Fields": [{**PLAIN, "Fields": [PLAIN]}]}}).encode(),
        b"[" * 100_000,
    ],
)
def test_what_is_not_json_in_utf_8_or_has_a_wrong_shape_is_a_400(simulator, sent):
    assert simulator.answer(Request("POST", CAPTURE, KEYS, sent)).status == 400
    assert simulator.leads == {}


def test_only_bodies_that_can_be_read_are_kept(simulator):
    for sent in (b"{", b"[]"):
        simulator.answer(Request("POST", CAPTURE, KEYS, sent))
    assert simulator.captures == [[]]


def test_another_process_can_count_without_keys_and_without_being_counted(simulator):
    capture(simulator, fields={"mx_Custom_1": "Flat"})
    ledger = simulator.answer(Request("GET", "/simulator/ledger")).json()
    assert [entry["fields"] for entry in ledger["opportunities"]] == [{"mx_Custom_1": "Flat"}]
    assert [lead["EmailAddress"] for lead in ledger["leads"].values()] == ["asha@example.com"]
    assert [(call["path"], call["status"], call["fault"]) for call in ledger["calls"]] == [(CAPTURE, 200, "")]
    busiest = simulator.answer(Request("GET", "/simulator/busiest?seconds=5"))
    assert busiest.json() == {"seconds": 5.0, "calls": 1}
    assert len(simulator.calls) == 1


def test_another_process_need_not_ask_for_everything_each_time(simulator):
    for number in range(3):
        capture(simulator, OpportunityNote=str(number))
    for path in ("ledger", "calls"):
        said = simulator.answer(Request("GET", f"/simulator/{path}?since=1")).json()
        assert [call["number"] for call in said["calls"]] == [2, 3]
    said = simulator.answer(Request("GET", "/simulator/opportunities")).json()
    first = simulator.opportunities[0]
    assert said["opportunities"][0] == {
        "id": first.id,
        "prospect_id": first.prospect_id,
        "event_code": 12000,
        "note": "0",
        "fields": {},
        "created_at": first.created_at,
        "call": 1,
    }
    assert len(said["opportunities"]) == 3


def test_another_process_may_change_the_limit(simulator):
    assert simulator.answer(Request("GET", "/simulator/limit")).json() == {"calls": None, "seconds": None}
    changed = simulator.answer(Request("POST", "/simulator/limit?calls=10&seconds=2.5"))
    assert changed.json() == {"calls": 10, "seconds": 2.5}
    assert simulator.limit == (10, 2.5)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "busiest"),
        ("GET", "busiest?seconds=five"),
        ("GET", "calls?since=x"),
        ("POST", "limit?calls=10"),
        ("POST", "limit?calls=1.5&seconds=5"),
        ("POST", "limit?calls=1&seconds=nan"),
    ],
)
def test_a_number_that_another_process_forgot_is_asked_for(simulator, method, target):
    assert simulator.answer(Request(method, f"/simulator/{target}")).status == 400


def test_a_call_under_way_is_in_the_ledger_without_a_status(simulator):
    steps = simulator.steps(request(body()))
    next(steps)
    assert [call.status for call in simulator.calls] == [None]
    assert simulator.opportunities == []
    list(steps)
    assert [call.status for call in simulator.calls] == [200]


def test_each_way_takes_a_time_that_the_seed_draws_from_the_latency():
    def ways(seed):
        return list(Simulator(rate=None, seed=seed, latency=(1, 3)).steps(request(body())))

    assert len(ways(1)) == 2
    assert all(1 <= seconds <= 3 for seconds in ways(1))
    assert ways(1) == ways(1) != ways(2)
