"""Rows whose answer was lost: LeadSquared is asked for them, and nothing is guessed."""

import itertools
import json
import os

import openpyxl
import pytest

from importer import http_client
from importer.answers import Trace
from importer.journal import Journal
from importer.order import Order
from importer.questions import one_round
from importer.rules import Rules
from importer.run import run
from importer.sent import Sent
from importer.settings import read_settings
from importer.simulator import Account, Existing, Fault, OpportunityType, Simulator
from importer.tell import Tell
from tests.conftest import MAPPING, outcomes, result_rows

LOST = (
    "drop", "reset", "half_body", "html_200", "empty_200", "unreadable_200", "status_0_without_id",
    "status_2_without_id", "http_302", "http_403", "http_408", "http_500", "http_502", "http_503", "http_504",
)  # fmt: skip


def products(simulator):
    return sorted(str(opportunity.fields["mx_Custom_1"]) for opportunity in simulator.opportunities)


def paths(simulator):
    return [call.path.rpartition("/")[2] for call in simulator.calls]


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("stores", [True, False], ids=["stored", "not stored"])
@pytest.mark.parametrize("place", [1, 3, 5], ids=["first", "middle", "last"])
def test_every_row_ends_created_once_whatever_became_of_its_answer(
    folder, connect, importer, kind, stores, place
):
    if kind == "half_body" and not stores:
        pytest.skip("half an answer means that there was one")
    with Simulator(
        rate=None, faults=[Fault(kind, stores=stores, matching=f"Loan {place}", times=1)]
    ).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(5), "--patience", "0.1", "--output", "out.csv")
    assert done.exit_code == 0, done.stderr
    assert products(simulator) == [f"Loan {number}" for number in range(1, 6)]
    lines = result_rows(folder.path / "out.csv")
    assert [line["Outcome"] for line in lines] == ["Created"] * 5
    stored = {str(each.fields["mx_Custom_1"]): each.id for each in simulator.opportunities}
    assert [line["CreatedOpportunityId"] for line in lines] == [stored[line["Product"]] for line in lines]


@pytest.mark.parametrize("call", ["Capture", "UserByAccessKey.Get", "GetOpportunitiesByUniqueLeadField"])
def test_an_answer_that_comes_bit_by_bit_is_given_up(folder, connect, importer, monkeypatch, call):
    monkeypatch.setattr(http_client, "WHOLE", 1.0)
    drip = Fault("drip", call=call, times=1)
    lost = Fault("drop", stores=True, matching="Loan 1", times=1)
    with Simulator(rate=None, faults=[drip, lost]).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(3), "--patience", "0.1")
        assert done.exit_code == 0, done.stderr
        assert products(simulator) == ["Loan 1", "Loan 2", "Loan 3"]


MEAN = [
    pytest.param(Account(list_lag=1e9), id="the list never shows it"),
    pytest.param(Account(list_lag=1e9, note_key="mx_Custom_1"), id="the note has another key in the trail"),
    pytest.param(Account(list_lag=1e9, note_key=""), id="the trail has no note"),
    pytest.param(Account(list_lag=1e9, note_key="", trail_fields=()), id="the trail has nothing at all"),
    pytest.param(Account(list_lag=1e9, trail_lag=0.3), id="the trail lags"),
    pytest.param(Account(list_lag=1e9, lead_lag=0.3), id="the lead lags"),
    *(
        pytest.param(Account(list_lag=1e9, read_times=spelt), id=f"times are spelt {spelt}")
        for spelt in ("plain", "milliseconds", "american", "json_date")
    ),
]


@pytest.mark.parametrize("account", MEAN)
def test_a_stored_row_is_found_however_the_account_shows_it(folder, connect, importer, account):
    faults = [Fault("drop", stores=True, matching="Loan 2", times=1)]
    with Simulator(rate=None, account=account, faults=faults).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(3), "--patience", "1.5", "--output", "out.csv")
    assert done.exit_code == 0, done.stderr
    assert len(simulator.captures) == len(simulator.opportunities) == 3
    line = result_rows(folder.path / "out.csv")[1]
    assert line["CreatedOpportunityId"] in {each.id for each in simulator.opportunities}
    assert line["RelatedProspectId"] in simulator.leads


def test_what_lands_late_is_waited_for_and_not_sent_again(folder, connect, importer):
    with Simulator(
        rate=None, faults=[Fault("drop", store_later=0.5, matching="Loan 2", times=1)]
    ).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(3), "--patience", "3", "--output", "out.csv")
        assert outcomes(folder.path / "out.csv") == ["Created"] * 3
        assert len(simulator.captures) == len(simulator.opportunities) == 3


def test_other_rows_go_on_while_one_is_asked_for(folder, connect, importer):
    account = Account(list_lag=1e9, trail_lag=0.5)
    faults = [Fault("drop", stores=True, matching="Loan 2", times=1)]
    with Simulator(rate=None, account=account, faults=faults).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(30), "--patience", "3")
    last_capture = max(place for place, path in enumerate(paths(simulator)) if path == "Capture")
    assert "Retrieve" in paths(simulator)[last_capture:]
    assert len(simulator.opportunities) == 30


def test_later_rows_of_its_lead_wait_until_it_is_found(folder, connect, importer):
    account = Account(list_lag=1e9, trail_lag=0.3)
    faults = [Fault("drop", stores=True, matching="Loan 1")]
    with Simulator(rate=None, account=account, faults=faults).serving() as simulator:
        connect(simulator.url)
        rows = [f"asha@example.com,Asha,Loan {number}" for number in (1, 2, 3)]
        importer("run", folder.sheet(*rows, "ravi@example.com,Ravi,Loan 4"), "--patience", "3")
    sent = [body["Opportunity"]["Fields"][0]["Value"] for body in simulator.captures]
    assert sent == ["Loan 1", "Loan 4", "Loan 2", "Loan 3"]
    assert len(simulator.opportunities) == 4


def test_a_read_that_fails_proves_nothing(folder, connect, importer):
    faults = [
        Fault("drop", stores=False, matching="Loan 2", times=1),
        Fault("envelope_500", call="Leads.Get"),
    ]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(3), "--patience", "0.1", "--output", "out.csv")
    assert done.exit_code == 1
    assert len(simulator.captures) == 3
    line = result_rows(folder.path / "out.csv")[1]
    assert line["Outcome"] == "Unknown"
    assert "importer reconcile" in line["Advice"]
    [reference] = (
        capture["Opportunity"]["OpportunityNote"]
        for capture in simulator.captures
        if capture["Opportunity"]["Fields"][0]["Value"] == "Loan 2"
    )
    assert reference in line["Advice"]


def test_a_row_that_never_lands_is_sent_five_times_at_most(folder, connect, importer):
    with Simulator(rate=None, faults=[Fault("drop", stores=False, matching="Loan 2")]).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(3), "--patience", "0.1", "--output", "out.csv")
    assert done.exit_code == 1
    sent = [body["Opportunity"]["Fields"][0]["Value"] for body in simulator.captures]
    assert sent.count("Loan 2") == 5
    line = result_rows(folder.path / "out.csv")[1]
    assert line["Outcome"] == "Unknown"
    assert "5 times" in line["Advice"]


def test_before_each_further_send_it_is_asked_for(folder, connect, importer):
    with Simulator(rate=None, faults=[Fault("drop", stores=False, matching="Loan 2")]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(2), "--patience", "0.1")
    captures = [place for place, path in enumerate(paths(simulator)) if path == "Capture"]
    for before, after in itertools.pairwise(captures[1:]):
        assert "Leads.Get" in paths(simulator)[before:after]


def test_without_a_reference_a_lost_row_is_never_sent_again_by_itself(folder, connect, importer):
    folder.mapping(MAPPING.replace("event_code: 12000", "event_code: 12000\n  reference: none"))
    with Simulator(
        rate=None, faults=[Fault("drop", stores=False, matching="Loan 2", times=1)]
    ).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(3)
        importer("run", sheet, "--patience", "0.1", "--output", "1.csv")
        importer("run", sheet, "--patience", "0.1", "--output", "2.csv")
    assert outcomes(folder.path / "1.csv") == ["Created", "Unknown", "Created"]
    assert outcomes(folder.path / "2.csv") == ["Skipped", "Unknown", "Skipped"]
    assert "reference: none" in result_rows(folder.path / "1.csv")[1]["Advice"]
    assert len(simulator.captures) == 3


def test_an_opportunity_that_was_there_before_is_a_duplicate(folder, connect, importer):
    options = 'event_code: 12000\n  on_duplicate: overwrite\n  note: "From the fair"'
    folder.mapping(MAPPING.replace("event_code: 12000", options))
    account = Account(
        opportunity_types={12000: OpportunityType("Loan", duplicate_rule=("ProspectID", "mx_Custom_1"))},
        leads=({"EmailAddress": "person1@example.com"},),
        opportunities=(
            Existing(
                "person1@example.com", fields={"mx_Custom_1": "Loan 1"}, created_at="2026-01-05 10:00:00"
            ),
        ),
    )
    faults = [Fault("drop", stores=True, nth=(1,))]
    with Simulator(rate=None, account=account, faults=faults).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1), "--patience", "1", "--output", "out.csv")
    [line] = result_rows(folder.path / "out.csv")
    [opportunity] = simulator.opportunities
    assert line["Outcome"] == "Duplicate"
    assert line["ConflictedOpportunityId"] == opportunity.id
    assert not line["CreatedOpportunityId"]


def test_a_row_that_landed_twice_all_the_same_is_said_so(folder, connect, importer):
    # The first send lands only after the whole patience; when the second is asked for, both are there.
    faults = [Fault("drop", store_later=0.6, nth=(1,)), Fault("drop", stores=True, nth=(2,), seconds=1.0)]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1), "--patience", "0.2", "--output", "out.csv")
    [line] = result_rows(folder.path / "out.csv")
    first, second = sorted(each.id for each in simulator.opportunities)
    assert line["Outcome"] == "Created"
    assert {line["CreatedOpportunityId"]} | {line["Advice"].split()[-1]} == {first, second}


def test_a_reference_is_not_found_in_a_longer_one():
    sent = Sent(
        1, 2, b"", "Unknown", "", "", "2026-11-24 00:00:00", "", 1, "ref-bcdfghjk-2", "OpportunityNote",
        False, ("EmailAddress", "asha@example.com"), {}, 12000, "a", True,
    )  # fmt: skip
    other, own = (Trace(name, "", None, (f"From the fair ref-bcdfghjk-{name}",)) for name in ("21", "2"))
    asked = one_round(sent)
    next(asked)
    with pytest.raises(StopIteration) as end:
        asked.send([other, own])
    assert end.value.value == [own]


def lose_one_for_good(folder, connect, importer, simulator):
    """A run that ends with its second row Unknown, though it was stored."""
    connect(simulator.url)
    sheet = folder.people(3)
    importer("run", sheet, "--patience", "0.1", "--output", "1.csv")
    assert outcomes(folder.path / "1.csv") == ["Created", "Unknown", "Created"]
    return sheet


UNASKED = [
    Fault("drop", stores=True, matching="Loan 2", times=1),
    Fault("envelope_500", call="Leads.Get", times=6),
]
HIDDEN = Account(list_lag=1e9)


def test_the_next_run_of_the_sheet_asks_first(folder, connect, importer):
    with Simulator(rate=None, account=HIDDEN, faults=UNASKED).serving() as simulator:
        sheet = lose_one_for_good(folder, connect, importer, simulator)
        done = importer("run", sheet, "--patience", "1", "--output", "2.csv")
        assert done.exit_code == 0
        importer("results", "1", "--output", "1.csv")
    assert outcomes(folder.path / "2.csv") == ["Skipped"] * 3
    assert outcomes(folder.path / "1.csv") == ["Created"] * 3
    assert len(simulator.opportunities) == 3


def test_reconcile_asks_later_and_mends_the_result_workbook(folder, connect, importer):
    with Simulator(rate=None, account=HIDDEN, faults=UNASKED).serving() as simulator:
        lose_one_for_good(folder, connect, importer, simulator)
        done = importer("reconcile", "--patience", "1", "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["rows"], report["outcomes"]["Created"]) == (0, 1, 1)
    assert outcomes(folder.path / "1.csv") == ["Created"] * 3


def test_what_reconcile_finds_absent_is_sent_by_the_next_run(folder, connect, importer):
    faults = [Fault("drop", stores=False, matching="Loan 2", times=1), UNASKED[1]]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        sheet = lose_one_for_good(folder, connect, importer, simulator)
        done = importer("reconcile", "1", "--patience", "0.1")
        assert done.exit_code == 0
        assert "NotSent 1" in done.stdout
        assert outcomes(folder.path / "1.csv") == ["Created", "NotSent", "Created"]
        assert len(simulator.opportunities) == 2
        importer("run", sheet, "--patience", "0.1", "--output", "2.csv")
    assert outcomes(folder.path / "2.csv") == ["Skipped", "Created", "Skipped"]
    assert len(simulator.opportunities) == 3


def test_with_nothing_unknown_reconcile_says_so(folder, connected, importer):
    importer("run", folder.people(1))
    assert importer("reconcile").stdout == "No row is Unknown.\n"


def test_a_run_of_another_account_is_not_reconciled(folder, connect, importer):
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1))
    with Simulator(rate=None, account=Account(organisation="OTHER")).serving() as simulator:
        connect(simulator.url)
        done = importer("reconcile", "1")
    assert done.exit_code == 2
    assert "another account" in done.stderr


def test_a_row_that_is_no_longer_in_the_sheet_is_asked_for_and_listed(folder, connect, importer):
    with Simulator(rate=None, account=HIDDEN, faults=UNASKED).serving() as simulator:
        lose_one_for_good(folder, connect, importer, simulator)
        sheet = folder.sheet("person1@example.com,Person 1,Loan 1", "new@example.com,New,Loan 9")
        done = importer("run", sheet, "--patience", "1")
        assert done.exit_code == 0, done.stderr
    book = openpyxl.load_workbook(folder.path / "enquiries.result.xlsx")
    shown = [row[:3] for row in book["Summary"].iter_rows(values_only=True)]
    book.close()
    stored = next(each.id for each in simulator.opportunities if each.fields["mx_Custom_1"] == "Loan 2")
    assert ("Created", 3, stored) in shown


def test_nothing_of_a_lead_stays_in_the_journal_once_its_row_is_settled(folder, connect, importer, tmp_path):
    with Simulator(
        rate=None, faults=[Fault("drop", stores=True, matching="Loan 2", times=1)]
    ).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(3), "--patience", "1")
    with Journal(tmp_path / "state") as journal:
        kept = journal.database.execute("SELECT lookup_name, lookup_value FROM entries").fetchall()
    assert kept == [("", "")] * 3


def test_created_opportunities_are_read_back(folder, connected, importer):
    done = importer("run", folder.people(3), "--verify")
    assert done.exit_code == 0
    assert "LeadSquared knows all 3 created opportunities." in done.stderr
    assert paths(connected).count("GetOpportunitiesById") == 1


def test_an_opportunity_that_is_gone_when_it_is_read_back_is_reported(folder, connected):
    class Deleting(Tell):
        """Somebody at LeadSquared, who deletes what row 3 made as soon as it is read back."""

        said = ""

        def say(self, sentence):
            self.said += sentence
            if sentence.startswith("Reading"):
                stored = {each.fields["mx_Custom_1"]: each.id for each in connected.opportunities}
                connected._store.opportunities.pop(stored["Loan 2"])

    somebody = Deleting()
    order = Order(folder.people(3), verify=True, patience=0.2)
    report = run(order, read_settings(os.environ), Rules(), somebody)
    assert report.exit_code == 1
    assert "1 of 3 created opportunities are missing" in somebody.said
    assert "rows 3" in somebody.said


def test_ids_that_cannot_be_read_back_are_no_missing_ones(folder, connect, importer):
    faults = [Fault("http_500", call="GetOpportunitiesById")]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(2), "--verify", "--patience", "0.2")
    assert done.exit_code == 1
    assert "could not be read back" in done.stderr
