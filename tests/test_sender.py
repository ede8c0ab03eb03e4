"""How captures leave: in turn, one of a lead at a time, and slower when LeadSquared is in trouble."""

import itertools
import sqlite3
import time

import pytest

from importer.answers import Rate
from importer.entries import Entries
from importer.journal import Journal
from importer.leadsquared import LeadSquared
from importer.outage import Outage
from importer.pace import Pace
from importer.records import Capture, Ended, Field
from importer.references import NOTE, referenced
from importer.rules import Rules
from importer.runs import Beginning, Runs
from importer.sender import Sender
from importer.settings import Settings
from importer.simulator import Fault, Simulator
from importer.tell import Tell
from importer.unsettled import Unsettled
from importer.waiting import Ready, Waiting

BEGINNING = Beginning(
    "a", "DEMO", "h", "/s.csv", "", "0", 1, "", "", "/m.yaml", 12000, 0, "1000/1", False, False, False
)


def capture(row, lead="", product="Loan"):
    email = lead or f"p{row}@example.com"
    return Capture(
        row, (("EmailAddress", email),), "EmailAddress", 12000, (Field("mx_Custom_1", f"{product} {row}"),),
        (("row", str(row)),), frozenset({f"emailaddress={email}"}),
    )  # fmt: skip


class Desk:
    """A run in a journal, and a sender for it."""

    def __init__(self, folder, url, clock=time.monotonic, watch=lambda leadsquared: leadsquared):
        self.settings = Settings(url, "a", "b", state=folder)
        self.clock = clock
        self.watch = watch

    def send(self, captures, patience=1.0):
        with Journal(self.settings.state) as journal, LeadSquared(self.settings) as leadsquared:
            runs = Runs(journal)
            run = runs.begin(BEGINNING, "2026-11-24 00:00:00")
            entries = Entries(journal, run.number)
            ready = (
                Ready(
                    referenced(each, "note", run.reference(each.row)), journal.prints("a", each),
                    run.reference(each.row), NOTE,
                )
                for each in captures
            )  # fmt: skip
            with Pace(Rate(1000, 1), self.settings.state, "a", clock=self.clock) as pace:
                unsettled = Unsettled(journal, entries, runs.is_running, pace, patience)
                Sender(unsettled, pace, self.watch(leadsquared), Rules(), Tell()).send_all(Waiting(ready))
            return {outcome.row: outcome.ended for outcome in entries.outcomes()}


@pytest.fixture
def send(tmp_path):
    """Sends captures to a simulator, on a clock of the test's choice; answers how the rows ended."""

    def all_of(simulator, captures, clock=time.monotonic):
        return Desk(tmp_path, simulator.url, clock).send(captures)

    return all_of


def test_a_row_is_in_the_journal_before_its_request_leaves(tmp_path):
    class Watched:
        """LeadSquared, with a look into the journal as another process has it before each capture."""

        def __init__(self, leadsquared):
            self.leadsquared = leadsquared

        def __getattr__(self, name):
            return getattr(self.leadsquared, name)

        def capture(self, capture):
            with sqlite3.connect(tmp_path / "journal.db") as journal:
                seen.extend(journal.execute("SELECT ended FROM entries WHERE row = ?", [capture.row]))
            journal.close()
            return self.leadsquared.capture(capture)

    seen: list[tuple[str]] = []
    with Simulator(rate=None).serving() as simulator:
        Desk(tmp_path, simulator.url, watch=Watched).send([capture(row) for row in (2, 3, 4)])
    assert seen == [("sending",)] * 3


def test_the_journal_survives_a_power_cut(tmp_path):
    with Journal(tmp_path) as journal:
        assert journal.database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_on_a_machine_that_is_always_slow_every_row_is_still_sent(send):
    ticks = itertools.count(step=0.06)
    with Simulator(rate=None).serving() as simulator:
        ended = send(simulator, [capture(row) for row in range(2, 7)], clock=lambda: next(ticks))
    assert set(ended.values()) == {Ended.CREATED}
    assert len(simulator.opportunities) == 5


def test_rows_of_other_leads_pass_a_lead_that_waits(send):
    with Simulator(
        rate=None, faults=[Fault("slow_answer", matching="Loan 3", seconds=0.5)]
    ).serving() as simulator:
        captures = [
            capture(2),
            *(capture(row, "asha@example.com") for row in (3, 4, 5)),
            capture(6),
            capture(7),
        ]
        send(simulator, captures)
    order = [opportunity.fields["mx_Custom_1"] for opportunity in simulator.opportunities]
    assert order.index("Loan 6") < order.index("Loan 4") < order.index("Loan 5")


def test_rows_of_a_lead_whose_row_is_unknown_are_held_back(send):
    faults = [
        Fault("drop", stores=True, matching="Loan 3"),
        Fault("envelope_500", call="GetOpportunitiesByUniqueLeadField"),
    ]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        ended = send(
            simulator, [capture(2), *(capture(row, "asha@example.com") for row in (3, 4)), capture(5)]
        )
    assert ended == {2: Ended.CREATED, 3: Ended.UNKNOWN, 5: Ended.CREATED}


def test_after_a_lost_answer_a_harmless_question_goes_before_the_next_capture(send):
    with Simulator(rate=None, faults=[Fault("http_502", stores=True, nth=(1,))]).serving() as simulator:
        send(simulator, [capture(2), capture(3)])
    first, second, *others = [call.path.rsplit("/")[-1] for call in simulator.calls]
    assert (first, second) == ("Capture", "UserByAccessKey.Get")
    assert sorted(others) == ["Capture", "GetOpportunitiesByUniqueLeadField"]


def test_captures_are_not_thrown_into_an_outage(send):
    faults = [
        Fault("http_503", stores=True, nth=(2,)),
        Fault("http_503", call="UserByAccessKey.Get", nth=(1, 2)),
    ]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        ended = send(simulator, [capture(row) for row in range(2, 6)])
    assert set(ended.values()) == {Ended.CREATED}
    assert len(simulator.captures) == 4


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_pauses_grow_to_a_minute_and_end_with_a_clear_answer():
    clock = Clock()
    outage = Outage(clock)
    waits = []
    outage.trouble()
    for _ in range(9):
        waits.append(outage.wait())
        clock.now += waits[-1]
        outage.unanswered()
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    outage.over()
    assert outage.may_send
    assert not outage.is_hopeless


def test_a_quarter_of_an_hour_without_an_answer_is_hopeless():
    clock = Clock()
    outage = Outage(clock)
    outage.trouble()
    clock.now = 899
    assert not outage.is_hopeless
    clock.now = 900
    assert outage.is_hopeless
