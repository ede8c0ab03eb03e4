"""The simulator deletes one opportunity at a time, for ever, and says success more often than it should."""

import json

import pytest

from importer.simulator import Account, Fault, OpportunityType, Request, Simulator

KEYS = {"x-LSQ-AccessKey": "access", "x-LSQ-SecretKey": "secret"}
DELETE = "OpportunityManagement.svc/Delete"
CAPTURE = "OpportunityManagement.svc/Capture"
DONE = {"Status": "Success", "Message": {"IsSuccessful": True}}


def post(path, body) -> Request:
    return Request("POST", f"/v2/{path}", KEYS, json.dumps(body).encode())


def capture_request(fields=None) -> Request:
    lead = {"EmailAddress": "asha@example.com", "SearchBy": "EmailAddress"}
    named = [{"SchemaName": name, "Value": value} for name, value in (fields or {}).items()]
    return post(CAPTURE, {
        "LeadDetails": [{"Attribute": name, "Value": value} for name, value in lead.items()],
        "Opportunity": {"OpportunityEventCode": 12000, "Fields": named},
    })  # fmt: skip


def capture(simulator, fields=None):
    return simulator.answer(capture_request(fields)).json()


def delete(simulator, opportunity_id, parameter="Id"):
    return simulator.answer(Request("GET", f"/v2/{DELETE}?{parameter}={opportunity_id}", KEYS))


def account(**rules) -> Account:
    return Account(opportunity_types={12000: OpportunityType("Home loan", **rules)})


@pytest.fixture
def simulator():
    return Simulator(rate=None)


def test_a_deleted_opportunity_is_gone_and_the_ledger_keeps_its_id(simulator):
    ids = [capture(simulator)["CreatedOpportunityId"] for _ in range(3)]
    for gone in (ids[2], ids[0]):
        reply = delete(simulator, gone.upper())
        assert (reply.status, reply.json()) == (200, DONE)
    assert [opportunity.id for opportunity in simulator.opportunities] == [ids[1]]
    assert simulator.deleted == [ids[2], ids[0]]
    ledger = simulator.answer(Request("GET", "/simulator/ledger")).json()
    assert ledger["deleted"] == simulator.deleted


def test_no_read_shows_a_deleted_opportunity_and_its_lead_and_activities_stay(simulator):
    created = capture(simulator)
    gone, lead = created["CreatedOpportunityId"], created["RelatedProspectId"]
    delete(simulator, gone)
    lookup = {"LookupName": "EmailAddress", "LookupValue": "asha@example.com", "SqlOperator": "="}
    sought = {"EventCode": 12000, "ProspectActivityId": [gone], "Columns": {"Include_CSV": "Owner"}}
    of_lead = f"OpportunityManagement.svc/GetOpportunitiesOfLead?leadId={lead}&opportunityType=12000"
    by_field = "OpportunityManagement.svc/GetOpportunitiesByUniqueLeadField"
    by_id = "OpportunityManagement.svc/GetOpportunitiesById"
    assert simulator.answer(post(by_field, {"Parameter": lookup})).json()["RecordCount"] == 0
    assert simulator.answer(post(of_lead, {})).json()["RecordCount"] == 0
    assert simulator.answer(post(by_id, {"SearchParameters": [sought]})).json()[0]["RecordCount"] == 0
    trail = simulator.answer(post(f"ProspectActivity.svc/Retrieve?leadId={lead}", {})).json()
    assert [entry["EventCode"] for entry in trail["ProspectActivities"]] == [33]
    assert list(simulator.leads) == [lead]
    assert len(simulator.activities) == 1


@pytest.mark.parametrize("parameter", ["id", "ID", "opportunityId"])
def test_a_wrong_parameter_deletes_nothing_and_says_success(simulator, parameter):
    there = capture(simulator)["CreatedOpportunityId"]
    assert delete(simulator, there, parameter).json() == DONE
    assert (len(simulator.opportunities), simulator.deleted) == (1, [])


def test_an_unknown_id_and_one_that_is_deleted_already_say_success(simulator):
    there = capture(simulator)["CreatedOpportunityId"]
    for opportunity_id in ("0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f", there, there):
        assert delete(simulator, opportunity_id).json() == DONE
    assert simulator.deleted == [there]


def test_a_type_that_allows_no_delete_refuses_it():
    simulator = Simulator(rate=None, account=account(can_delete=False))
    reply = delete(simulator, capture(simulator)["CreatedOpportunityId"])
    assert (reply.status, reply.json()["Status"]) == (500, "Error")
    assert reply.exception.startswith("MX")
    assert (len(simulator.opportunities), simulator.deleted) == (1, [])


def test_only_get_deletes(simulator):
    there = capture(simulator)["CreatedOpportunityId"]
    assert simulator.answer(post(f"{DELETE}?Id={there}", {})).status == 405
    assert not simulator.deleted


def test_what_is_deleted_has_no_duplicates():
    simulator = Simulator(rate=None, account=account(duplicate_rule=("ProspectID", "mx_Custom_1")))
    delete(simulator, capture(simulator, {"mx_Custom_1": "Loan"})["CreatedOpportunityId"])
    again = capture(simulator, {"mx_Custom_1": "Loan"})
    assert again["IsUnique"]
    assert again["CreatedOpportunityId"] == simulator.opportunities[0].id


def test_a_duplicate_that_is_deleted_while_a_capture_is_under_way_is_created_anew():
    simulator = Simulator(rate=None, account=account(duplicate_rule=("ProspectID", "mx_Custom_1")))
    there = capture(simulator, {"mx_Custom_1": "Loan"})["CreatedOpportunityId"]
    under_way = simulator.steps(capture_request({"mx_Custom_1": "Loan"}))
    next(under_way)
    delete(simulator, there)
    assert list(under_way) == [0.0]
    [opportunity] = simulator.opportunities
    assert opportunity.id != there


@pytest.mark.parametrize(("stores", "left"), [(True, 0), (False, 1)])
def test_an_answer_that_breaks_off_says_nothing_of_what_was_deleted(stores, left):
    fault = Fault("drop", call="Delete", stores=stores)
    simulator = Simulator(rate=None, faults=[fault])
    delete(simulator, capture(simulator)["CreatedOpportunityId"])
    assert simulator.calls[-1].status is None
    assert (len(simulator.opportunities), len(simulator.deleted)) == (left, 1 - left)
