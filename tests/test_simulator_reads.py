"""The simulator's look-ups: which opportunities and leads they show, how, and how much later."""

import json
from datetime import UTC, datetime

import pytest

from importer.simulator import Account, Existing, Fault, FieldRule, OpportunityType, Request, Simulator

KEYS = {"x-LSQ-AccessKey": "access", "x-LSQ-SecretKey": "secret"}
CAPTURE = "OpportunityManagement.svc/Capture"
BY_FIELD = "OpportunityManagement.svc/GetOpportunitiesByUniqueLeadField"
OF_LEAD = "OpportunityManagement.svc/GetOpportunitiesOfLead"
BY_ID = "OpportunityManagement.svc/GetOpportunitiesById"
LEADS = "LeadManagement.svc/Leads.Get"
TRAIL = "ProspectActivity.svc/Retrieve"
ASHA = "asha@example.com"


def request(path, body=None, **query):
    parameters = "&".join(f"{name}={value}" for name, value in query.items())
    sent = b"" if body is None else json.dumps(body).encode()
    return Request("POST", f"/v2/{path}?{parameters}", KEYS, sent)


def ask(simulator, path, body=None, **query):
    return simulator.answer(request(path, body, **query))


def capture_body(email=ASHA, fields=None, **opportunity):
    lead = {"EmailAddress": email, "SearchBy": "EmailAddress"}
    named = [{"SchemaName": name, "Value": value} for name, value in (fields or {}).items()]
    return {
        "LeadDetails": [{"Attribute": name, "Value": value} for name, value in lead.items()],
        "Opportunity": {"OpportunityEventCode": 12000, "Fields": named, **opportunity},
    }


def capture(simulator, *email, **parts):
    return ask(simulator, CAPTURE, capture_body(*email, **parts)).json()


def lookup(value=ASHA, name="EmailAddress", **parts):
    return {"Parameter": {"LookupName": name, "LookupValue": value, "SqlOperator": "="}, **parts}


def columns(*names):
    return {"Include_CSV": ",".join(names)}


def listed(simulator, *value, **parts):
    answer = ask(simulator, BY_FIELD, lookup(*value, **parts)).json()
    return answer["List"]


def trail(simulator, prospect_id, event=12000, **parts):
    body = {"Parameter": {"ActivityEvent": event}, "Paging": {"Offset": "0", "RowCount": "100"}, **parts}
    return ask(simulator, TRAIL, body, leadId=prospect_id).json()["ProspectActivities"]


def data(entry):
    return {pair["Key"]: pair["Value"] for pair in entry["Data"]}


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def simulator():
    return Simulator(rate=None)


def test_an_opportunity_is_found_by_a_unique_attribute_of_its_lead(simulator):
    said = capture(simulator, fields={"mx_Custom_1": "Home loan", "Owner": ""}, OpportunityNote="ref-a-1")
    capture(simulator, "ravi@example.com")
    body = lookup("Asha@Example.com", Columns=columns("OpportunityNote", "mx_Custom_1", "mx_Custom_9"))
    answer = ask(simulator, BY_FIELD, body).json()
    [row] = answer["List"]
    created_at = simulator.opportunities[0].created_at
    assert answer["RecordCount"] == 1
    assert row == {
        "OpportunityId": said["CreatedOpportunityId"],
        "RelatedProspectId": said["RelatedProspectId"],
        "ProspectId": said["RelatedProspectId"],
        "FirstName": None,
        "OpportunityEvent": "12000",
        "OpportunityEventType": "2",
        "Score": "0",
        "PACreatedOn": created_at,
        "PAModifiedOn": created_at,
        "Status": "Open",
        "Owner": row["Owner"],
        "OwnerName": "ops",
        "OpportunityNote": "ref-a-1",
        "mx_Custom_1": "Home loan",
        "mx_Custom_9": None,
    }


def test_a_row_without_named_columns_has_the_custom_fields_but_not_the_note(simulator):
    capture(simulator, fields={"mx_Custom_1": "Home loan"}, OpportunityNote="ref-a-1")
    [row] = listed(simulator)
    assert row["mx_Custom_1"] == "Home loan"
    assert "ref-a-1" not in row.values()


@pytest.mark.parametrize("path", [BY_FIELD, LEADS])
@pytest.mark.parametrize("value", ["9999900000", "+919999900000", "+91 9999900000", " +91-9999900000"])
def test_a_phone_in_another_shape_than_the_stored_one_is_not_found(path, value):
    simulator = Simulator(account=Account(leads=({"Phone": "+91-9999900000"},)))
    reply = ask(simulator, path, lookup(value, "Phone"))
    assert reply.status == 200
    assert reply.json() in ([], {"RecordCount": 0, "List": []})
    assert ask(simulator, LEADS, lookup("+91-9999900000", "Phone")).json()


def test_a_lead_is_found_with_all_its_attributes_or_with_the_named_ones(simulator):
    capture(simulator)
    [(prospect_id, lead)] = simulator.leads.items()
    created_on = simulator.opportunities[0].created_at
    assert ask(simulator, LEADS, lookup()).json() == [{**lead, "CreatedOn": created_on}]
    [named] = ask(simulator, LEADS, lookup(Columns=columns("FirstName"))).json()
    assert named == {"ProspectID": prospect_id, "FirstName": None}


def test_two_leads_of_one_address_are_both_found(simulator):
    both = [simulator.steps(request(CAPTURE, capture_body())) for _ in range(2)]
    for steps in both:
        next(steps)
    for steps in both:
        list(steps)
    assert len(ask(simulator, LEADS, lookup()).json()) == len(listed(simulator)) == 2


def test_nothing_is_found_of_a_lead_that_nobody_knows(simulator):
    assert ask(simulator, BY_FIELD, lookup()).json() == {"RecordCount": 0, "List": []}
    assert ask(simulator, LEADS, lookup()).json() == []
    of_lead = ask(simulator, OF_LEAD, leadId="7", opportunityType=12000)
    assert of_lead.json() == {"RecordCount": 0, "List": []}
    assert ask(simulator, TRAIL, {}, leadId="7").json() == {"RecordCount": 0, "ProspectActivities": []}


@pytest.mark.parametrize("path", [BY_FIELD, LEADS])
@pytest.mark.parametrize(
    ("body", "exception"),
    [
        (lookup(name="Emial"), "MX"),
        ({"Parameter": {"LookupName": "EmailAddress", "LookupValue": "a"}}, "MXInvalidInputException"),
    ],
)
def test_a_look_up_that_cannot_be_is_refused_with_an_exception(simulator, path, body, exception):
    reply = ask(simulator, path, body)
    assert reply.status == 500
    assert reply.exception.startswith(exception)
    assert reply.json()["ExceptionType"] == reply.exception


@pytest.mark.parametrize(("name", "status"), [("FirstName", 200), ("LastName", 500)])
def test_leads_are_found_by_the_attributes_that_the_account_has(name, status):
    simulator = Simulator(account=Account(attributes=frozenset({"FirstName"})))
    assert ask(simulator, LEADS, lookup("Asha", name)).status == status


def test_only_unique_attributes_find_opportunities_but_any_finds_leads():
    simulator = Simulator(account=Account(leads=({"EmailAddress": ASHA, "FirstName": "Asha"},)))
    assert ask(simulator, BY_FIELD, lookup("asha", "FirstName")).exception == "MXInvalidInputException"
    assert [lead["EmailAddress"] for lead in ask(simulator, LEADS, lookup("asha", "FirstName")).json()] == [
        ASHA
    ]


@pytest.mark.parametrize(
    ("shape", "status", "said"), [("envelope_200", 200, "Error"), ("refused_status_0", 500, "Error")]
)
def test_a_look_up_is_refused_in_the_accounts_shape_of_an_envelope(shape, status, said):
    reply = ask(Simulator(account=Account(refusal=shape)), BY_FIELD, lookup(name="Emial"))
    assert (reply.status, reply.json()["Status"]) == (status, said)


@pytest.mark.parametrize(
    ("path", "body", "query"),
    [
        (BY_FIELD, None, {}),
        (BY_FIELD, [], {}),
        (BY_FIELD, {}, {}),
        (BY_FIELD, {"Parameter": {"LookupName": "Phone", "SqlOperator": "="}}, {}),
        (BY_FIELD, lookup(7), {}),
        (BY_FIELD, lookup(Paging={"PageIndex": 0}), {}),
        (BY_FIELD, lookup(Paging={"PageSize": "many"}), {}),
        (BY_FIELD, lookup(Paging={"PageSize": True}), {}),
        (BY_FIELD, lookup(Columns=["mx_Custom_1"]), {}),
        (LEADS, lookup(Sorting="CreatedOn"), {}),
        (OF_LEAD, None, {"opportunityType": 12000}),
        (OF_LEAD, [], {"leadId": "7", "opportunityType": 12000}),
        (TRAIL, {}, {}),
        (TRAIL, {"Paging": {"Offset": -1}}, {"leadId": "7"}),
        (TRAIL, {"Parameter": {"ActivityEvent": "all"}}, {"leadId": "7"}),
        (BY_ID, {}, {}),
        (BY_ID, {"SearchParameters": [{"EventCode": 12000, "ProspectActivityId": "a"}]}, {}),
        (BY_ID, {"SearchParameters": [{"EventCode": 12000, "ProspectActivityId": [7]}]}, {}),
    ],
)
def test_a_look_up_of_a_wrong_shape_is_a_400(simulator, path, body, query):
    assert ask(simulator, path, body, **query).status == 400


def test_a_list_comes_in_pages_the_newest_first_or_the_oldest(simulator):
    for number in range(1, 6):
        capture(simulator, OpportunityNote=str(number))

    def notes(direction, **paging):
        sorting = {"ColumnName": "CreatedOn", "Direction": direction}
        rows = listed(simulator, Columns=columns("OpportunityNote"), Sorting=sorting, Paging=paging)
        return "".join(row["OpportunityNote"] for row in rows)

    assert [notes("1", PageIndex=page, PageSize=2) for page in (1, 2, 3, 4)] == ["54", "32", "1", ""]
    assert notes("0", PageIndex="1", PageSize="2") == "12"
    assert ask(simulator, BY_FIELD, lookup(Paging={"PageSize": 2})).json()["RecordCount"] == 5


def test_a_list_is_sorted_by_any_column(simulator):
    for product in ("Villa", "Flat", "Shop"):
        capture(simulator, fields={"mx_Custom_1": product})
    rows = listed(simulator, Sorting={"ColumnName": "mx_Custom_1", "Direction": "0"})
    assert [row["mx_Custom_1"] for row in rows] == ["Flat", "Shop", "Villa"]


def test_without_paging_25_rows_come_and_never_more_than_1000():
    many = tuple(Existing(ASHA, note=str(number)) for number in range(1100))
    simulator = Simulator(rate=None, account=Account(leads=({"EmailAddress": ASHA},), opportunities=many))
    assert len(listed(simulator)) == 25
    assert len(listed(simulator, Paging={"PageIndex": 1, "PageSize": 5000})) == 1000
    [prospect_id] = simulator.leads
    assert len(trail(simulator, prospect_id, Paging={})) == 25


TWO_TYPES = Account(
    opportunity_types={12000: OpportunityType("Home loan"), 12001: OpportunityType("Car loan")},
    leads=({"EmailAddress": ASHA},),
    opportunities=(Existing(ASHA, 12000, "home"), Existing(ASHA, 12001, "car")),
)


def test_a_leads_opportunities_are_listed_by_their_type():
    simulator = Simulator(account=TWO_TYPES)
    [prospect_id] = simulator.leads
    body = {"Columns": columns("OpportunityNote")}
    answer = ask(simulator, OF_LEAD, body, leadId=prospect_id, opportunityType=12001).json()
    assert [row["OpportunityNote"] for row in answer["List"]] == ["car"]
    assert len(listed(simulator)) == 2
    for query in ({}, {"opportunityType": 12002}):
        assert ask(simulator, OF_LEAD, **{"leadId": prospect_id, **query}).exception


def test_the_trail_of_a_lead_tells_its_opportunities_of_the_asked_type(simulator):
    fields = {"mx_Custom_1": "Flat", "mx_Custom_2": "", "Owner": "x"}
    said = capture(simulator, fields=fields, OpportunityNote="ref-a-1")
    [entry] = trail(simulator, said["RelatedProspectId"])
    assert (entry["Id"], entry["EventCode"]) == (said["CreatedOpportunityId"], 12000)
    assert entry["CreatedOn"] == simulator.opportunities[0].created_at
    assert data(entry) == {"mx_Custom_1": "Flat", "Owner": "x", "NotableEventDescription": "ref-a-1"}


def test_the_trail_without_a_type_tells_the_shadows_too(simulator):
    said = capture(simulator, OpportunityNote="ref-a-1")
    answer = ask(simulator, TRAIL, leadId=said["RelatedProspectId"]).json()
    assert [entry["EventCode"] for entry in answer["ProspectActivities"]] == [33, 12000]
    shadow, entry = answer["ProspectActivities"]
    assert shadow["Id"] != entry["Id"]
    assert data(shadow) == data(entry)
    assert [entry["EventCode"] for entry in trail(simulator, said["RelatedProspectId"], "33")] == [33]


@pytest.mark.parametrize(
    ("counted", "offset", "seen"), [("rows", "2", "32"), ("pages", "1", "32"), ("rows", 1, "43")]
)
def test_the_trail_comes_in_parts(counted, offset, seen):
    simulator = Simulator(account=Account(trail_offset=counted))
    for number in range(1, 6):
        said = capture(simulator, OpportunityNote=str(number))
    entries = trail(simulator, said["RelatedProspectId"], Paging={"Offset": offset, "RowCount": "2"})
    assert "".join(data(entry)["NotableEventDescription"] for entry in entries) == seen


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("OpportunityNote", {"mx_Custom_1": "Flat", "OpportunityNote": "ref-a-1"}),
        ("mx_Custom_1", {"mx_Custom_1": "ref-a-1"}),
        ("", {"mx_Custom_1": "Flat"}),
    ],
)
def test_the_trail_tells_the_note_under_the_accounts_key(key, told):
    simulator = Simulator(account=Account(note_key=key))
    said = capture(simulator, fields={"mx_Custom_1": "Flat"}, OpportunityNote="ref-a-1")
    assert data(trail(simulator, said["RelatedProspectId"])[0]) == told


def test_the_trail_tells_only_some_fields_where_the_account_says_so():
    simulator = Simulator(account=Account(trail_fields=("mx_Custom_2",)))
    said = capture(simulator, fields={"mx_Custom_1": "Flat", "mx_Custom_2": "New"})
    assert data(trail(simulator, said["RelatedProspectId"])[0]) == {"mx_Custom_2": "New"}


def test_opportunities_are_found_by_their_ids_and_unknown_ones_are_passed_over():
    simulator = Simulator(account=TWO_TYPES)
    home, car = (opportunity.id for opportunity in simulator.opportunities)
    wanted = [home.upper(), home.upper(), car, "0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"]
    parameters = [
        {"EventCode": 12000, "ProspectActivityId": wanted, "Columns": columns("OpportunityNote", "Status")},
        {"EventCode": "12001", "ProspectActivityId": [home], "Columns": columns("Status")},
    ]
    first, second = ask(simulator, BY_ID, {"SearchParameters": parameters}).json()
    assert (first["EventCode"], first["RecordCount"]) == ("12000", 1)
    assert first["Opportunities"] == [
        {
            "ProspectActivityId": home,
            "ProspectId": simulator.opportunities[0].prospect_id,
            "EmailAddress": ASHA,
            "OpportunityNote": "home",
            "Status": "Open",
        }
    ]
    assert second == {"EventCode": "12001", "RecordCount": 0, "Opportunities": []}


@pytest.mark.parametrize(
    ("ids", "named", "code", "status"),
    [(2000, "Status", 12000, 200), (2001, "Status", 12000, 500), (1, "", 12000, 500), (1, "Status", 7, 500)],
)
def test_too_many_ids_no_columns_or_an_unknown_type_are_refused(simulator, ids, named, code, status):
    first = {"EventCode": code, "ProspectActivityId": ["a"] * (ids - 1), "Columns": columns(named)}
    body = {"SearchParameters": [first, {**first, "ProspectActivityId": ["b"]}]}
    assert ask(simulator, BY_ID, body).status == status


@pytest.mark.parametrize(
    ("spelling", "told"),
    [
        ("plain", "2026-11-23 12:05:09"),
        ("milliseconds", "2026-11-23 12:05:09.000"),
        ("american", "11/23/2026 12:05:09 PM"),
        ("json_date", "/Date(1795435509000+0000)/"),
    ],
)
def test_times_are_read_in_the_accounts_spelling(spelling, told):
    kinds = {
        "mx_Custom_1": FieldRule("DateTime"),
        "mx_Custom_2": FieldRule("Boolean"),
        "mx_Custom_4": FieldRule("DateTime"),
    }
    fields = {
        "mx_Custom_1": "2026-11-23 12:05:09",
        "mx_Custom_2": "true",
        "mx_Custom_3": "2026-11-23",
        "mx_Custom_4": "soon",
    }
    account = Account(
        read_times=spelling,
        opportunity_types={12000: OpportunityType("Home loan", fields=kinds)},
        leads=({"EmailAddress": ASHA},),
        opportunities=(Existing(ASHA, fields=fields, created_at="2026-11-23 12:05:09"),),
    )
    simulator = Simulator(account=account)
    [row], [prospect_id] = listed(simulator), simulator.leads
    assert (row["PACreatedOn"], row["mx_Custom_1"], row["mx_Custom_2"]) == (told, told, "1")
    assert (row["mx_Custom_3"], row["mx_Custom_4"]) == ("2026-11-23", "soon")
    assert trail(simulator, prospect_id)[0]["CreatedOn"] == told


def test_a_date_is_read_as_its_midnight():
    kind = OpportunityType("Home loan", fields={"mx_Custom_1": FieldRule("Date")})
    simulator = Simulator(account=Account(opportunity_types={12000: kind}))
    capture(simulator, fields={"mx_Custom_1": "2026-11-23"})
    assert listed(simulator)[0]["mx_Custom_1"] == "2026-11-23 00:00:00"


@pytest.mark.parametrize(
    ("time", "told"),
    [("2026-01-02 00:30:00", "1/2/2026 12:30:00 AM"), ("2026-01-02 13:00:00", "1/2/2026 1:00:00 PM")],
)
def test_the_american_clock_has_twelve_hours(time, told):
    existing = Existing(ASHA, created_at=time)
    account = Account(read_times="american", leads=({"EmailAddress": ASHA},), opportunities=(existing,))
    assert listed(Simulator(account=account))[0]["PACreatedOn"] == told


def test_an_accounts_clock_may_go_wrong():
    simulator = Simulator(account=Account(clock_offset=-600))
    capture(simulator)
    created_at = datetime.fromisoformat(simulator.opportunities[0].created_at).replace(tzinfo=UTC)
    assert 595 < (datetime.now(UTC) - created_at).total_seconds() < 605


def test_a_new_opportunity_is_in_the_trail_at_once_and_in_the_lists_later():
    clock = Clock()
    account = Account(list_lag=60, leads=({"EmailAddress": ASHA},), opportunities=(Existing(ASHA),))
    simulator = Simulator(rate=None, clock=clock, account=account)
    lead = capture(simulator)["RelatedProspectId"]

    def seen():
        of_lead = ask(simulator, OF_LEAD, leadId=lead, opportunityType=12000).json()["RecordCount"]
        return len(listed(simulator)), of_lead, len(trail(simulator, lead))

    assert seen() == (1, 1, 2)
    clock.now += 59
    assert seen() == (1, 1, 2)
    clock.now += 1
    assert seen() == (2, 2, 2)


def test_the_trail_may_be_late_too():
    clock = Clock()
    simulator = Simulator(rate=None, clock=clock, account=Account(trail_lag=5))
    lead = capture(simulator)["RelatedProspectId"]
    assert trail(simulator, lead) == []
    assert ask(simulator, TRAIL, leadId=lead).json()["RecordCount"] == 0
    clock.now += 5
    assert len(trail(simulator, lead)) == 1


def test_a_new_lead_may_be_found_late_although_the_next_capture_finds_it():
    clock = Clock()
    simulator = Simulator(rate=None, clock=clock, account=Account(lead_lag=5))
    lead = capture(simulator)["RelatedProspectId"]
    assert capture(simulator)["RelatedProspectId"] == lead
    assert (ask(simulator, LEADS, lookup()).json(), listed(simulator)) == ([], [])
    assert len(trail(simulator, lead)) == 2
    clock.now += 5
    assert (len(ask(simulator, LEADS, lookup()).json()), len(listed(simulator))) == (1, 2)


def test_the_lag_begins_when_the_opportunity_is_stored():
    clock = Clock()
    account = Account(trail_lag=5)
    slow = Fault("slow_storing", seconds=60)
    simulator = Simulator(rate=None, clock=clock, account=account, faults=[slow])
    lead = capture(simulator)["RelatedProspectId"]
    clock.now += 64
    assert trail(simulator, lead) == []
    clock.now += 1
    assert len(trail(simulator, lead)) == 1


@pytest.mark.parametrize("path", [BY_FIELD, OF_LEAD, BY_ID, LEADS, TRAIL])
def test_a_fault_may_strike_a_look_up(path):
    fault = Fault("envelope_200", call=path.rpartition("/")[2], times=1)
    simulator = Simulator(faults=[fault])
    capture(simulator)
    reply = ask(simulator, path, lookup(), leadId="7", opportunityType=12000)
    assert (reply.status, reply.json()["Status"], reply.fault) == (200, "Error", "envelope_200")


@pytest.mark.parametrize(
    ("existing", "complaint"),
    [
        ({"event_code": 12005}, "no opportunity type has the event code 12005"),
        ({"created_at": "now"}, "'now'"),
    ],
)
def test_an_opportunity_from_the_start_has_a_type_and_a_true_time(existing, complaint):
    with pytest.raises(ValueError, match=complaint):
        Simulator(
            account=Account(leads=({"EmailAddress": ASHA},), opportunities=(Existing(ASHA, **existing),))
        )


def test_an_account_knows_the_words_of_its_reads():
    with pytest.raises(ValueError, match="read_times: 'german' is none of plain, milliseconds, american"):
        Account(read_times="german")
