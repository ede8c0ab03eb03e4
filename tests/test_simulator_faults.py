"""The simulator as a fault machine: which fault strikes when, and a faults file."""

import json

import pytest

from importer.simulator import (
    Account,
    Ending,
    Fault,
    FieldRule,
    OpportunityType,
    Request,
    Simulator,
    read_faults,
)
from importer.simulator.faults_file import __doc__ as faults_file_docs

KEYS = {"x-LSQ-AccessKey": "access", "x-LSQ-SecretKey": "secret"}
USER = Request("GET", "/v2/Authentication.svc/UserByAccessKey.Get", KEYS)


def request(email="asha@example.com", note="", **opportunity) -> Request:
    lead = [{"Attribute": "EmailAddress", "Value": email}, {"Attribute": "SearchBy", "Value": "EmailAddress"}]
    opportunity = {"OpportunityEventCode": 12000, "OpportunityNote": note, **opportunity}
    sent = json.dumps({"LeadDetails": lead, "Opportunity": opportunity}).encode()
    return Request("POST", "/v2/OpportunityManagement.svc/Capture", KEYS, sent)


def struck(*faults, calls=10, **options):
    """The places of the captures that a fault strikes."""
    simulator = Simulator(rate=None, faults=faults, **options)
    for number in range(calls):
        simulator.answer(request(f"lead{number}@example.com", note=f"note {number}"))
    return [call.number for call in simulator.calls if call.fault]


@pytest.mark.parametrize(
    ("when", "places"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ({"times": 2}, [1, 2]),
        ({"nth": (3, 7)}, [3, 7]),
        ({"every": 4}, [4, 8]),
        ({"every": 2, "times": 3}, [2, 4, 6]),
        ({"matching": "lead4@"}, [5]),
        ({"matching": "note 8"}, [9]),
        ({"matching": "EmailAddres", "times": 1}, [1]),
        ({"matching": "Attribute"}, []),
        ({"share": 0.0}, []),
        ({"share": 1.0, "every": 5}, [5, 10]),
    ],
)
def test_a_fault_strikes_where_all_its_conditions_hold(when, places):
    assert struck(Fault("http_502", **when)) == places


def test_a_share_is_drawn_by_the_seed():
    fault = Fault("http_502", share=0.3)
    places = struck(fault, calls=300, seed=1)
    assert places == struck(fault, calls=300, seed=1) != struck(fault, calls=300, seed=2)
    assert 60 <= len(places) <= 120


def test_of_several_faults_the_first_that_fits_strikes():
    simulator = Simulator(faults=[Fault("http_502", times=1), Fault("http_503", times=1)])
    assert [simulator.answer(request()).status for _ in range(3)] == [502, 503, 200]


def test_calls_that_the_limit_refuses_are_not_counted_by_faults():
    times = iter([0.0, 1.0, 6.0])
    simulator = Simulator((1, 5.0), clock=times.__next__, faults=[Fault("http_502", nth=(2,))])
    assert [simulator.answer(request()).status for _ in range(3)] == [200, 429, 502]


def test_a_fault_may_strike_another_call_than_capture():
    simulator = Simulator(faults=[Fault("http_500", call="UserByAccessKey.Get", nth=(2,))])
    assert [simulator.answer(call).status for call in (USER, request(), USER)] == [200, 200, 500]


@pytest.mark.parametrize("stores", [True, False])
@pytest.mark.parametrize(
    ("kind", "ending", "status"),
    [
        ("html_200", Ending.SENT, 200),
        ("empty_200", Ending.SENT, 200),
        ("unreadable_200", Ending.SENT, 200),
        ("status_0_without_id", Ending.SENT, 200),
        ("status_2_without_id", Ending.SENT, 200),
        ("http_302", Ending.SENT, 302),
        ("http_403", Ending.SENT, 403),
        ("http_408", Ending.SENT, 408),
        ("http_500", Ending.SENT, 500),
        ("http_502", Ending.SENT, 502),
        ("http_503", Ending.SENT, 503),
        ("http_504", Ending.SENT, 504),
        ("drop", Ending.CLOSED, None),
        ("reset", Ending.RESET, None),
        ("hang", Ending.HUNG, None),
    ],
)
def test_nobody_can_tell_from_these_replies_whether_the_opportunity_is_stored(kind, ending, status, stores):
    simulator = Simulator(faults=[Fault(kind, stores=stores)])
    reply = simulator.answer(request())
    [call] = simulator.calls
    assert (reply.ending, call.status, call.fault) == (ending, status, kind)
    assert len(simulator.opportunities) == stores
    assert not any(opportunity.id in reply.body.decode() for opportunity in simulator.opportunities)
    assert "limit" not in reply.body.decode()


@pytest.mark.parametrize(
    ("kind", "status", "exception"),
    [
        ("refused", 200, "MXInvalidActivityFieldsException"),
        ("refused_status_0", 200, "MXInvalidActivityFieldsException"),
        ("envelope_200", 200, "MXInvalidActivityFieldsException"),
        ("envelope_500", 500, "MXInvalidActivityFieldsException"),
        ("envelope_without_status", 500, "MXInvalidActivityFieldsException"),
        ("is_mx_exception", 500, "MXInvalidActivityFieldsException"),
        ("limit_429", 429, "MXAPIRateLimitExceededException"),
        ("limit_403", 403, ""),
        ("limit_200", 200, "MXAPIRateLimitExceededException"),
        ("http_400", 400, ""),
        ("http_401", 401, "MXInvalidAccessDetailsException"),
        ("http_404", 404, ""),
        ("http_405", 405, ""),
        ("http_429", 429, ""),
    ],
)
def test_a_refusal_stores_nothing(kind, status, exception):
    simulator = Simulator(faults=[Fault(kind)])
    reply = simulator.answer(request())
    [call] = simulator.calls
    assert (reply.status, call.exception) == (status, exception)
    assert exception.encode() in reply.body
    assert (b"API calls exceeded the limit of 25 in 5 second(s)" in reply.body) is kind.startswith("limit")
    assert simulator.opportunities == []


@pytest.mark.parametrize(
    ("kind", "status", "exception"), [("partial", 2, None), ("refused_with_id", 1, "MXException")]
)
def test_an_answer_with_an_id_was_created_whatever_the_rest_says(kind, status, exception):
    simulator = Simulator(faults=[Fault(kind)])
    said = simulator.answer(request()).json()
    assert [opportunity.id for opportunity in simulator.opportunities] == [said["CreatedOpportunityId"]]
    assert (said["Status"], said["ExceptionType"]) == (status, exception)
    assert (said["PrimaryAction"], said["SecondaryAction"], said["IsUnique"]) == (1, 2, True)


def test_a_partial_success_needs_a_success():
    simulator = Simulator(faults=[Fault("partial")], account=Account(refusal="refused"))
    reply = simulator.answer(request(OpportunityEventCode=1))
    assert reply.json()["Status"] == 1
    assert reply.json()["ExceptionType"] == "MXInvalidActivityException"


def test_the_words_of_a_refusal_can_be_set():
    exception, message = "MXDuplicateEntryException", "A Lead with same Email already exists."
    for kind in ("envelope_500", "refused", "http_401", "partial"):
        said = Simulator(faults=[Fault(kind, exception=exception, message=message)]).answer(request()).json()
        assert (said["ExceptionType"], said["ExceptionMessage"]) == (exception, message)
    limit = Fault("limit_403", message="API calls exceeded the limit of 10 in 5 second(s)")
    assert b"limit of 10 in 5" in Simulator(faults=[limit]).answer(request()).body


@pytest.mark.parametrize(("kind", "stored_while_waiting"), [("slow_answer", 1), ("slow_storing", 0)])
def test_a_slow_call_is_stored_before_or_after_its_wait(kind, stored_while_waiting):
    simulator = Simulator(faults=[Fault(kind, seconds=3)])
    steps = simulator.steps(request())
    assert 3 in iter(steps.__next__, None) if kind == "slow_storing" else [next(steps), next(steps)][1] == 3
    assert len(simulator.opportunities) == stored_while_waiting
    list(steps)
    assert [call.status for call in simulator.calls] == [200]
    assert len(simulator.opportunities) == 1


@pytest.mark.parametrize("kind", ["drop", "reset", "hang", "http_502", "html_200", "status_0_without_id"])
def test_a_capture_may_be_stored_when_its_answer_has_long_been_lost(kind):
    times = iter([100.0, 101.0, 119.0, 120.0, 121.0])
    fault = Fault(kind, store_later=20, times=1)
    simulator = Simulator(rate=None, clock=times.__next__, faults=[fault])
    simulator.answer(request())
    stored = []
    for _ in range(4):
        simulator.answer(USER)
        stored.append([opportunity.call for opportunity in simulator.opportunities])
    assert stored == [[], [], [1], [1]]
    assert [opportunity.stored_at for opportunity in simulator.opportunities] == [120.0]
    assert simulator.calls[0].fault == kind


def test_a_capture_that_is_stored_late_meets_what_came_before_it():
    times = iter([0.0, 1.0, 30.0])
    fault = Fault("drop", store_later=20, times=1)
    simulator = Simulator(rate=None, clock=times.__next__, faults=[fault])
    for call in (request(), request(), USER):
        simulator.answer(call)
    assert [opportunity.call for opportunity in simulator.opportunities] == [2, 1]
    assert len(simulator.leads) == 1


def test_half_a_body_is_half_of_the_honest_one():
    simulator = Simulator(faults=[Fault("half_body")])
    reply = simulator.answer(request())
    assert (reply.ending, reply.json()["CreatedOpportunityId"]) == (
        Ending.HALF,
        simulator.opportunities[0].id,
    )


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({"kind": "drp"}, r"'drp' is not a kind of fault \(one of: refused, .*drop"),
        ({"kind": "limit_429", "stores": True}, "limit_429 never stores"),
        ({"kind": "http_400", "stores": True}, "http_400 never stores"),
        ({"kind": "partial", "stores": False}, "partial always stores"),
        ({"kind": "partial", "call": "UserByAccessKey.Get"}, "partial is an answer to Capture, not to User"),
        ({"kind": "slow_answer"}, "slow_answer needs seconds"),
        ({"kind": "partial", "store_later": 5}, "store_later is for captures that may be stored in spite of"),
        ({"kind": "drop", "store_later": 5, "stores": False}, "store_later is for captures"),
        ({"kind": "drop", "store_later": 5, "call": "Retrieve"}, "store_later is for captures"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(fault, complaint):
    with pytest.raises(ValueError, match=complaint):
        Fault(**fault)


def test_a_fault_at_a_call_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"'Destroy' is not a call \(one of: Capture, "):
        Simulator(faults=[Fault("http_500", call="Destroy")])


FAULTS_FILE = """\
account:
  organisation: ACME
  keys: [[$access, secret]]
  allows_user_call: false
  refusal: refused
  limit_reply: limit_403
  limit_window: fixed
  attributes: [FirstName]
  opportunity_types:
    12005:
      name: Car loan
      status_comments: true
      duplicate_rule: [ProspectID, mx_Custom_1]
      fields:
        mx_Custom_1: {mandatory: true, max_length: 100}
        mx_Custom_2: {data_type: Dropdown, depends_on: Status, options_for: {Won: [Paid], Lost: [NO]}}
  leads:
    - {EmailAddress: asha@example.com}
  opportunities:
    - {lead: asha@example.com, event_code: 12005, created_at: "2026-11-23 10:30:00"}
  clock_offset: -600.5
  list_lag: 120
  trail_lag: 5
  lead_lag: 1.5
  note_key: ""
  trail_fields: [mx_Custom_1]
  trail_offset: pages
  read_times: json_date
latency: [0, 0.2]
faults:
  - {kind: http_502, stores: true, nth: [3, 7]}
  - {kind: hang, call: UserByAccessKey.Get, times: 1}
  - {kind: drop, store_later: 20}
"""


@pytest.fixture
def faults_file(tmp_path):
    def write(text):
        path = tmp_path / "faults.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_faults_file_says_account_latency_and_faults(faults_file):
    said = read_faults(faults_file(FAULTS_FILE))
    assert said.faults == (
        Fault("http_502", stores=True, nth=(3, 7)),
        Fault("hang", call="UserByAccessKey.Get", times=1),
        Fault("drop", store_later=20),
    )
    assert said.latency == (0.0, 0.2)
    assert (said.account.organisation, said.account.keys) == ("ACME", frozenset({("$access", "secret")}))
    assert (said.account.refusal, said.account.limit_reply) == ("refused", "limit_403")
    assert said.account.limit_window == "fixed"
    assert said.account.clock_offset == -600.5
    assert (said.account.list_lag, said.account.trail_lag, said.account.lead_lag) == (120, 5, 1.5)
    assert (said.account.note_key, said.account.trail_fields) == ("", ("mx_Custom_1",))
    assert (said.account.trail_offset, said.account.read_times) == ("pages", "json_date")
    assert said.account.opportunity_types == {
        12005: OpportunityType(
            "Car loan",
            status_comments=True,
            duplicate_rule=("ProspectID", "mx_Custom_1"),
            fields={
                "mx_Custom_1": FieldRule(mandatory=True, max_length=100),
                "mx_Custom_2": FieldRule(
                    "Dropdown", depends_on="Status", options_for={"Won": ("Paid",), "Lost": ("NO",)}
                ),
            },
        )
    }
    simulator = Simulator(account=said.account, faults=said.faults, latency=said.latency)
    assert [(kept.event_code, kept.created_at) for kept in simulator.opportunities] == [
        (12005, "2026-11-23 10:30:00")
    ]


def test_the_documented_faults_file_can_be_used(faults_file):
    said = read_faults(faults_file(str(faults_file_docs).partition("```yaml\n")[2].partition("```")[0]))
    simulator = Simulator(account=said.account, faults=said.faults, latency=said.latency)
    assert (len(said.faults), len(simulator.leads), len(simulator.opportunities)) == (6, 1, 1)


def test_an_empty_faults_file_is_an_account_without_faults(faults_file):
    said = read_faults(faults_file("# nothing yet\n"))
    assert (said.account, said.faults) == (Account(), ())


def test_everything_wrong_in_a_faults_file_is_said_at_once_with_its_line(faults_file):
    text = """\
acount: {}
account:
  organisation: 22824
  allows_user_call: 1
  opportunity_types:
    a:
      name: Home loan
    12000:
      fields:
        mx_Custom_1: {data_type: Text}
faults:
  - {kind: drp}
  - {nth: 3}
  - kind: hang
    seconds: soon
  - {kind: partial, stores: false}
  - {kind: hang, times: -1}
latency: [1]
"""
    with pytest.raises(ValueError, match="acount") as wrong:
        read_faults(faults_file(text))
    said = str(wrong.value).splitlines()
    assert said[0] == "faults.yaml, line 1: 'acount' is not known here (one of: account, faults, latency)"
    assert said[1] == "faults.yaml, line 3: 22824 is not text (put it in quotes)"
    assert [line.partition(":")[0].removeprefix("faults.yaml, line ") for line in said] == [
        "1", "3", "4", "6", "12", "13", "15", "16", "17", "18"
    ]  # fmt: skip
    assert "'drp' is not known here (one of: refused, refused_status_0," in said[4]


def test_the_members_that_a_faults_file_may_not_leave_out_are_named(faults_file):
    with pytest.raises(ValueError, match="line 2: kind is missing"):
        read_faults(faults_file("faults:\n  - {every: 3}\n"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- a\n", "faults.yaml: .* is not a list of names with values"),
        ("account: 3\n", "faults.yaml, line 1: 3 is not a list of names with values"),
        ("faults: {kind: drop}\n", "faults.yaml, line 1: .* is not a list, such as"),
        ("account: {list_lag: -1}\n", "faults.yaml, line 1: -1 is below 0"),
        ("faults: [\n", "faults.yaml is not YAML"),
        ("faults: []\nfaults: []\n", "faults.yaml is not YAML"),
    ],
)
def test_a_faults_file_of_another_shape_is_refused(faults_file, text, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_faults(faults_file(text))
