"""The simulator's account tells what its administrators have set up, and its captures obey it."""

import json
import os
import signal
import urllib.request
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import import_module
from pathlib import Path

import pytest

from importer.simulator import (
    Account,
    AttributeRule,
    Fault,
    FieldRule,
    OpportunityType,
    Request,
    Simulator,
    User,
    read_account,
)
from tests.conftest import announced

SAMPLE = Path(__file__).parents[1] / "data_samples" / "account.yaml"
KEYS = {"x-LSQ-AccessKey": "access", "x-LSQ-SecretKey": "secret"}
TYPES = "OpportunityManagement.svc/GetOpportunityTypes"
TYPE = "OpportunityManagement.svc/GetOpportunityTypeMetadata"
ATTRIBUTES = "LeadManagement.svc/LeadsMetaData.Get"
USERS = "UserManagement.svc/Users.Get"
WHO = "Authentication.svc/UserByAccessKey.Get"
METADATA = (TYPES, f"{TYPE}?code=12000", ATTRIBUTES, USERS)
ASHA = {"EmailAddress": "asha@example.com", "FirstName": "Asha"}
AGENT_TWO, GONE = "11111111-0000-4000-8000-000000000002", "11111111-0000-4000-8000-000000000004"


@pytest.fixture
def sample():
    return Simulator(rate=None, account=read_account(SAMPLE))


def ask(simulator, path, **headers):
    return simulator.answer(Request("GET", f"/v2/{path}", KEYS | headers))


def capture(simulator, fields=None, lead=ASHA):
    attributes = lead | {"SearchBy": "EmailAddress"}
    sent = {
        "LeadDetails": [{"Attribute": name, "Value": value} for name, value in attributes.items()],
        "Opportunity": {
            "OpportunityEventCode": 12000,
            "Fields": [{"SchemaName": name, "Value": value} for name, value in (fields or {}).items()],
        },
    }
    path = "/v2/OpportunityManagement.svc/Capture"
    return simulator.answer(Request("POST", path, KEYS, json.dumps(sent).encode())).json()


def named(entries):
    return {entry["SchemaName"]: entry for entry in entries}


def fields_of(simulator, code=12000):
    return named(ask(simulator, f"{TYPE}?code={code}").json()["Fields"])


def attributes_of(simulator):
    return named(ask(simulator, ATTRIBUTES).json())


def an_account(attribute_rules=None, users=(), **fields):
    return Account(
        opportunity_types={12000: OpportunityType("Home loan", fields=fields)},
        attribute_rules=attribute_rules or {},
        users=users,
    )


def complaint(simulator, fields=None, lead=ASHA):
    said = capture(simulator, fields, lead)
    assert not simulator.opportunities
    return said["ExceptionType"], said["ExceptionMessage"]


def test_a_type_tells_its_name_and_whether_its_opportunities_can_be_deleted(sample):
    told = [ask(sample, f"{TYPE}?code={code}").json() for code in (12000, 12001)]
    assert [(kind["EventCode"], kind["DisplayName"], kind["CanDelete"]) for kind in told] == [
        (12000, "Home Loan", True),
        (12001, "Loan Against Property", False),
    ]


def test_a_field_tells_its_rule_and_the_name_that_people_see(sample):
    fields = fields_of(sample)
    told = ("DisplayName", "DataType", "IsMandatory", "IsReadOnly", "IsMultiSelectDropdown", "MaxFieldLength")
    expected = {
        "mx_Custom_1": ["Opportunity Name", "String", True, False, False, 100],
        "mx_Custom_10": ["Remarks", "String", False, False, False, 250],
        "mx_Custom_11": ["Property Type", "Dropdown", False, False, False, None],
        "mx_Custom_12": ["Tenure in Years", "Number", False, False, False, None],
    }
    assert {name: [fields[name][member] for member in told] for name in expected} == expected
    assert [name for name in fields if fields[name]["IsReadOnly"]] == ["mx_Custom_9"]
    assert [name for name in fields if fields[name]["IsMultiSelectDropdown"]] == ["mx_Custom_4"]
    assert [field["Sequence"] for field in fields.values()] == list(range(len(fields)))


def test_options_are_json_within_json_and_a_blank_where_there_are_none(sample):
    fields = fields_of(sample)
    assert fields["mx_Custom_1"]["OptionSet"] == ""
    assert [option["Value"] for option in json.loads(fields["mx_Custom_11"]["OptionSet"])] == [
        "Flat",
        "House",
        "Plot",
    ]


def test_the_standard_fields_are_among_the_fields_as_real_accounts_have_them(sample):
    fields = fields_of(sample)
    assert (fields["ActivityEvent_Note"]["DisplayName"], fields["ActivityEvent_Note"]["MaxFieldLength"]) == (
        "Notes",
        200,
    )
    assert fields["Owner"]["OptionSet"] == ""
    assert fields["Status"]["DataType"] == "SearchableDropdown"
    assert [option["Value"] for option in json.loads(fields["Status"]["OptionSet"])] == [
        "Open",
        "Won",
        "Lost",
    ]


def test_a_dependent_dropdown_names_its_parent_and_lists_every_option(sample):
    stage = fields_of(sample)["mx_Custom_2"]
    assert stage["ParentField"] == "Status"
    assert [option["Value"] for option in json.loads(stage["OptionSet"])] == [
        "New Enquiry", "Documents Pending", "Sanctioned", "Disbursed", "Not Eligible", "Not Interested"
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["?code=99", "?code=", "?code=x", "?event=12000", ""])
def test_a_type_that_is_not_there_is_refused(sample, query):
    reply = ask(sample, f"{TYPE}{query}")
    assert (reply.status, reply.exception) == (500, "MXInvalidActivityException")


def test_an_account_that_takes_any_field_and_attribute_lists_none():
    simulator = Simulator(rate=None)
    assert not fields_of(simulator)
    assert not attributes_of(simulator)


def test_an_attribute_tells_its_rule_with_its_length_as_text(sample):
    attributes = attributes_of(sample)
    told = ("DisplayName", "DataType", "IsMandatory", "MaxLength", "AllowMultiple")
    assert [attributes["FirstName"][name] for name in told] == ["First Name", "Text", True, "50", False]
    assert [attributes["Source"][name] for name in told] == ["Lead Source", "Select", False, "", False]
    assert attributes["Source"]["Options"] == [
        {"Value": value} for value in ("Website", "Branch", "Referral", "Campaign")
    ]
    assert attributes["mx_Languages"]["AllowMultiple"]


def test_what_a_new_lead_must_have_is_listed_as_mandatory_even_without_a_rule():
    attributes = attributes_of(
        Simulator(rate=None, account=Account(attributes=frozenset(), mandatory_attributes=("mx_City",)))
    )
    assert [name for name in attributes if attributes[name]["IsMandatory"]] == ["mx_City"]


def test_users_are_listed_the_inactive_ones_too(sample):
    told = ask(sample, USERS).json()
    assert [(user["FirstName"], user["LastName"], user["StatusCode"]) for user in told] == [
        ("Agent", "One", 0),
        ("Agent", "Two", 0),
        ("Agent", "Two", 0),
        ("Agent", "Gone", 1),
    ]
    assert (told[1]["ID"], told[1]["EmailAddress"]) == (AGENT_TWO, "agent.two@example.com")
    assert ask(sample, WHO).json()["Id"] == told[0]["ID"]


def test_without_users_of_its_own_an_account_has_the_one_whom_the_keys_belong_to():
    simulator = Simulator(rate=None)
    [user] = ask(simulator, USERS).json()
    assert (user["ID"], user["EmailAddress"]) == (ask(simulator, WHO).json()["Id"], "ops@example.com")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"mx_Custom_99": "x"}, "'mx_Custom_99' does not exist"),
        ({"mx_Custom_9": "A-1"}, "'mx_Custom_9' is read only"),
        ({"mx_Custom_4": "PAN Card;Passport"}, "'mx_Custom_4' does not have this option"),
        ({"mx_Custom_4": "PAN Card; Salary Slips"}, "'mx_Custom_4' does not have this option"),
        ({"mx_Custom_3": "Pune;Mumbai"}, "'mx_Custom_3' does not have this option"),
        ({"mx_Custom_2": "Disbursed", "Status": "Open"}, "'mx_Custom_2' does not have this option for"),
        ({"mx_mx_Scheme": "x" * 31}, "'mx_mx_Scheme' is longer than 30"),
        ({"Owner": "agent.two@example.com"}, "'Owner' is not the id of an active user"),
        ({"Owner": GONE}, "'Owner' is not the id of an active user"),
    ],
)
def test_a_capture_that_breaks_the_rule_of_a_field_is_refused(sample, fields, message):
    before = len(sample.opportunities)
    said = capture(sample, {"mx_Custom_1": "Loan"} | fields)
    assert said["ExceptionType"] == "MXInvalidActivityFieldsException"
    assert message in said["ExceptionMessage"]
    assert len(sample.opportunities) == before


def test_a_capture_that_keeps_every_rule_is_stored_and_read_back_with_its_owner(sample):
    fields = {
        "mx_Custom_1": "Loan",
        "mx_Custom_2": "Disbursed",
        "Status": "Won",
        "mx_Custom_4": "PAN Card;Salary Slips",
        "mx_Custom_6": "true",
        "mx_Custom_8": "2026-11-23 10:30:00",
        "Owner": AGENT_TWO,
    }
    created = capture(sample, fields)["CreatedOpportunityId"]
    assert sample.opportunities[-1].fields == fields
    body = {"SearchParameters": [
        {"EventCode": 12000, "ProspectActivityId": [created], "Columns": {"Include_CSV": "Owner,OwnerName"}}
    ]}  # fmt: skip
    path = "/v2/OpportunityManagement.svc/GetOpportunitiesById"
    [found] = sample.answer(Request("POST", path, KEYS, json.dumps(body).encode())).json()
    assert found["Opportunities"][0]["OwnerName"] == "Agent Two"


def test_an_owner_s_guid_is_the_same_whatever_its_case():
    ravi = User("ravi@example.com", id="0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f")
    simulator = Simulator(rate=None, account=an_account(users=(ravi,)))
    assert capture(simulator, {"Owner": ravi.id.upper()})["ExceptionType"] is None


def test_any_text_is_an_owner_where_the_account_has_no_users_of_its_own():
    simulator = Simulator(rate=None)
    capture(simulator, {"Owner": "somebody"})
    assert simulator.opportunities[0].fields["Owner"] == "somebody"


RULES = {
    "FirstName": AttributeRule(mandatory=True, max_length=5),
    "mx_Income": AttributeRule("Number"),
    "Source": AttributeRule("Select", options=("Website", "Branch")),
}


@pytest.mark.parametrize(
    ("lead", "exception"),
    [
        ({"FirstName": "Ashaaa"}, "MXInvalidInputException"),
        ({"FirstName": "Asha", "mx_Income": "a lot"}, "MXInvalidDataTypeException"),
        ({"FirstName": "Asha", "mx_City": "Pune"}, "MXUnknownAttributeException"),
        ({"mx_Income": "5"}, "MXMandatoryAttributeMissingException"),
    ],
)
def test_a_capture_that_breaks_the_rule_of_an_attribute_is_refused(lead, exception):
    simulator = Simulator(rate=None, account=an_account(RULES))
    assert complaint(simulator, lead={"EmailAddress": "asha@example.com"} | lead)[0] == exception


def test_on_leads_an_unknown_option_is_stored_without_a_word():
    simulator = Simulator(rate=None, account=an_account(RULES))
    said = capture(simulator, lead=ASHA | {"Source": "Websight"})
    assert said["ExceptionType"] is None
    assert simulator.leads[said["RelatedProspectId"]]["Source"] == "Websight"


def test_a_read_only_field_is_refused_even_when_it_is_sent_blank():
    simulator = Simulator(rate=None, account=an_account(mx_Custom_9=FieldRule(read_only=True)))
    assert "is read only" in complaint(simulator, {"mx_Custom_9": ""})[1]


def test_a_user_without_an_id_has_one_that_stays_the_same():
    users = (User("asha@example.com", "Asha"), User("ravi@example.com", "Ravi"))
    one, other = (ask(Simulator(rate=None, account=an_account(users=users)), USERS).json() for _ in range(2))
    assert one == other
    assert len({user["ID"] for user in one}) == 2


@pytest.mark.parametrize("path", METADATA)
@pytest.mark.parametrize(
    ("kind", "status"),
    [("http_503", 503), ("unreadable_200", 200), ("envelope_500", 500), ("limit_403", 403)],
)
def test_faults_strike_the_metadata_calls_as_all_others(path, kind, status):
    name = path.rpartition("/")[2].partition("?")[0]
    simulator = Simulator(rate=None, faults=[Fault(kind, call=name, times=1)])
    struck, honest = ask(simulator, path), ask(simulator, path)
    assert [call.fault for call in simulator.calls] == [kind, ""]
    assert (struck.status, honest.status) == (status, 200)
    assert struck.body != honest.body


def test_a_fault_can_strike_the_calls_about_one_type_alone():
    fault = Fault("http_503", call="GetOpportunityTypeMetadata", matching="12001")
    simulator = Simulator(rate=None, account=read_account(SAMPLE), faults=[fault])
    assert [ask(simulator, f"{TYPE}?code={code}").status for code in (12000, 12001)] == [200, 503]


@pytest.mark.parametrize("path", METADATA)
def test_the_metadata_calls_need_keys_and_count_towards_the_limit(path):
    simulator = Simulator((1, 5.0), clock=lambda: 0.0)
    assert simulator.answer(Request("GET", f"/v2/{path}")).status == 401
    assert ask(simulator, path).status == 429


@pytest.mark.parametrize("offset", [-600, 0, 3600.5])
def test_every_answer_tells_the_account_s_own_time(offset):
    simulator = Simulator((1, 5.0), clock=lambda: 0.0, account=Account(clock_offset=offset))
    for path in (USERS, USERS, "nowhere"):
        told = parsedate_to_datetime(dict(ask(simulator, path).headers)["Date"])
        assert abs((told - datetime.now(UTC)).total_seconds() - offset) < 60


def test_keys_of_another_region_are_told_the_right_host_by_every_call_but_the_one_that_works_anywhere():
    simulator = Simulator(rate=None, account=Account(region_host="api-in21.leadsquared.com"))
    for path in METADATA:
        reply = ask(simulator, path)
        assert (reply.status, reply.exception) == (401, "MXInvalidAccessDetailsException")
        assert "api-in21.leadsquared.com" in reply.json()["ExceptionMessage"]
    assert "api-in21.leadsquared.com" in capture(simulator)["ExceptionMessage"]
    assert not simulator.leads
    assert ask(simulator, WHO).json()["LSQCommonServiceURLs"]["api"] == "api-in21.leadsquared.com"
    assert ask(simulator, USERS, Host="api-in21.leadsquared.com").status == 200


def test_the_sample_account_is_what_its_file_says(sample):
    assert list(sample.account.opportunity_types) == [12000, 12001]
    assert len(sample.account.attribute_rules) == 10
    assert len(sample.opportunities) == 1


def account_file(tmp_path, text):
    path = tmp_path / "account.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_documented_account_file_can_be_used(tmp_path):
    docs = str(import_module("importer.simulator.account_file").__doc__)
    text = docs.partition("```yaml\n")[2].partition("```")[0]
    account = read_account(account_file(tmp_path, text))
    unsaid = {name for name in Account.__slots__ if getattr(account, name) == getattr(Account(), name)}
    assert unsaid <= {"organisation", "user_email", "refusal", "time_zone", "country_code"}
    assert len(Simulator(account=account).opportunities) == 1


def test_everything_wrong_in_an_account_file_is_said_at_once_with_its_line(tmp_path):
    text = """\
users: [{first_name: Asha}]
attribute_rules:
  FirstName: {data_type: Txt, max_length: -1}
opportunity_types:
  12000: {name: Home loan, can_delete: 1}
faults: []
"""
    with pytest.raises(ValueError, match="email is missing") as wrong:
        read_account(account_file(tmp_path, text))
    said = str(wrong.value).splitlines()
    assert [line.partition(":")[0] for line in said] == [f"account.yaml, line {n}" for n in (1, 3, 3, 5, 6)]


@pytest.mark.skipif(os.name != "posix", reason="signals of other processes are POSIX's")
def test_importer_simulate_serves_the_account_of_a_file(folder, start):
    process = start("simulate", "--port", "0", "--account", SAMPLE)
    call = urllib.request.Request(f"{announced(process)}/v2/{USERS}", headers=KEYS)  # noqa: S310 (loopback)
    with urllib.request.urlopen(call) as reply:  # noqa: S310 (loopback)
        assert [user["ID"] for user in json.load(reply)][1] == AGENT_TWO
        assert reply.headers["Date"].endswith("GMT")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0


def test_an_account_file_with_a_wrong_word_is_refused(folder, importer, tmp_path):
    done = importer("simulate", "--account", account_file(tmp_path, "organization: ACME\n"))
    assert done.exit_code == 2
    assert "'organization' is not known here" in done.stderr
