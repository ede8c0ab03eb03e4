"""`run --unless-open`: a lead that has an open opportunity of this type gets no second one."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import openpyxl
import pytest

from importer import freshness
from importer.answers import Listed
from importer.decisions import Next, Wishes
from importer.entries import Entries
from importer.journal import Journal
from importer.records import Ended, Outcome
from importer.runs import Runs
from importer.simulator import Account, Existing, Fault, FieldRule, OpportunityType, Simulator
from importer.unsettled import Unsettled
from importer.waiting import Ready
from tests.conftest import MAPPING, free_port, outcomes, result_rows
from tests.test_sender import BEGINNING, capture

NOW = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
LIST = "GetOpportunitiesByUniqueLeadField"
ASHA, RAVI = "asha@example.com", "ravi@example.com"
TYPES = {12000: OpportunityType("Home loan"), 12001: OpportunityType("Car loan")}


def holding(*existing: Existing, **more: object) -> Account:
    """An account in which Asha and Ravi are leads, with these opportunities."""
    leads = ({"EmailAddress": ASHA}, {"EmailAddress": RAVI})
    return Account(opportunity_types=TYPES, leads=leads, opportunities=existing, **more)  # type: ignore[arg-type]


def calls(simulator, name):
    return sum(call.path.endswith(f"/{name}") for call in simulator.calls)


@pytest.fixture
def run(folder, connect, importer):
    """Runs a sheet with --unless-open; the finished program, and the lines of its result."""

    def call(simulator, sheet, *words, output="out.csv"):
        connect(simulator.url)
        done = importer("run", sheet, "--output", output, "--patience", "0.1", *words, "--unless-open")
        return done, result_rows(folder.path / output)

    return call


def test_a_row_whose_lead_has_an_open_opportunity_is_skipped_with_its_id(folder, run):
    with Simulator(
        rate=None, account=holding(Existing(ASHA, fields={"Status": "oPeN "}))
    ).serving() as simulator:
        [there] = simulator.opportunities
        done, [asha, ravi] = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1", f"{RAVI},Ravi,Loan 2"))
        assert len(simulator.captures) == 1
    assert done.exit_code == 0, done.stderr
    assert (asha["Outcome"], asha["ConflictedOpportunityId"]) == ("Skipped", there.id)
    assert asha["CreatedOpportunityId"] == asha["SentAt"] == ""
    assert asha["RelatedProspectId"] == there.prospect_id
    assert asha["ExceptionType"] == "OpenOpportunity"
    assert there.id in asha["ExceptionMessage"]
    assert "without --unless-open" in asha["Advice"]
    assert ravi["Outcome"] == "Created"


@pytest.mark.parametrize(
    "closed",
    [
        Existing(ASHA, fields={"Status": "Won"}),
        Existing(ASHA, fields={"Status": "Lost"}),
        Existing(ASHA, event_code=12001, fields={"Status": "Open"}),
        Existing(RAVI, fields={"Status": "Open"}),
    ],
    ids=["won", "lost", "of another type", "of another lead"],
)
def test_what_is_closed_or_another_is_no_reason_to_skip(folder, run, closed):
    with Simulator(rate=None, account=holding(closed)).serving() as simulator:
        done, [line] = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1"))
        assert calls(simulator, LIST) == len(simulator.captures) == 1
    assert (done.exit_code, line["Outcome"]) == (0, "Created")


def test_an_opportunity_of_which_the_status_is_not_told_counts_as_open(folder, run):
    types = {12000: OpportunityType("Home loan", statuses=())}
    account = Account(
        opportunity_types=types, leads=({"EmailAddress": ASHA},), opportunities=(Existing(ASHA),)
    )
    with Simulator(rate=None, account=account).serving() as simulator:
        _, [line] = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1"))
        assert not simulator.captures
    assert line["Outcome"] == "Skipped"
    assert "does not say how it stands" in line["ExceptionMessage"]


def test_the_open_one_is_found_behind_more_than_a_hundred_newer_ones(folder, run):
    newer = [Existing(ASHA, fields={"Status": "Won"}, created_at="2026-11-02 00:00:00")] * 250
    open_one = Existing(ASHA, fields={"Status": "Open"}, created_at="2026-11-01 00:00:00")
    with Simulator(rate=None, account=holding(*newer, open_one)).serving() as simulator:
        oldest = simulator.opportunities[-1].id
        _, [line] = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1"))
        assert calls(simulator, LIST) == 3
        assert not simulator.captures
    assert line["ConflictedOpportunityId"] == oldest


def test_there_is_one_read_for_each_row_and_it_is_said_before(folder, run):
    with Simulator(rate=None).serving() as simulator:
        done, lines = run(simulator, folder.people(30))
        assert calls(simulator, LIST) == len(simulator.captures) == len(simulator.opportunities) == 30
    assert {line["Outcome"] for line in lines} == {"Created"}
    assert "this takes up to 60 calls, two for each row, and twice the time" in done.stderr


def test_a_type_that_knows_no_status_open_is_refused(folder, connect, importer):
    fields = {"mx_Custom_1": FieldRule(), "mx_Custom_5": FieldRule("Number")}
    kind = OpportunityType("Loan", fields, other_fields=False, statuses=("New", "Done"))
    with Simulator(rate=None, account=Account(opportunity_types={12000: kind})).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(2), "--unless-open")
        assert not simulator.captures
    assert done.exit_code == 2
    assert "--unless-open: opportunity type 12000 has no status Open (it has New, Done)" in done.stderr


def test_what_was_undone_counts_no_longer(folder, connect, importer):
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1), "--yes")
        assert importer("undo", 1, "--yes").exit_code == 0
        sheet = folder.sheet("person1@example.com,Person 1,Another loan", name="2.csv")
        assert importer("run", sheet, "--unless-open", "--yes").exit_code == 0
        assert len(simulator.opportunities) == 1


def test_the_reads_count_towards_the_calls_of_the_day(folder, run, monkeypatch):
    monkeypatch.setenv("LSQ_DAILY_CALLS", "24")
    with Simulator(rate=None).serving() as simulator:
        done, lines = run(simulator, folder.people(30))
        assert len(simulator.calls) == 24
        sent = len(simulator.captures)
    assert done.exit_code == 3
    assert "LSQ_DAILY_CALLS (24) will be reached after about 10 of them" in done.stderr
    assert [line["Outcome"] for line in lines].count("Created") == sent
    assert 0 < sent <= 10


def test_the_second_row_of_a_lead_is_skipped_although_the_list_lags(folder, run):
    with Simulator(rate=None, account=holding(list_lag=1e9)).serving() as simulator:
        rows = [f"{ASHA},Asha,Loan {number}" for number in (1, 2)]
        done, [first, second] = run(simulator, folder.sheet(*rows))
        assert len(simulator.captures) == 1
        assert calls(simulator, LIST) == 2
    assert (done.exit_code, first["Outcome"], second["Outcome"]) == (0, "Created", "Skipped")
    assert second["ConflictedOpportunityId"] == first["CreatedOpportunityId"]
    assert "by row 2:" in second["ExceptionMessage"]


def test_what_another_sheet_made_just_now_counts_although_the_list_lags(folder, run):
    with Simulator(rate=None, account=holding(list_lag=1e9)).serving() as simulator:
        _, [first] = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1", name="a.csv"), output="a-out.csv")
        _, [second] = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 2", name="b.csv"))
        assert len(simulator.captures) == 1
    assert second["ConflictedOpportunityId"] == first["CreatedOpportunityId"]
    assert "by row 2 of run 1:" in second["ExceptionMessage"]


def test_a_row_that_was_sent_as_won_keeps_no_later_row_of_its_lead(folder, run):
    folder.mapping(MAPPING + "    Status: {column: Status, choices: [Open, Won]}\n")
    rows = [f"{ASHA},Asha,Loan 1,Won", f"{ASHA},Asha,Loan 2,Open", f"{ASHA},Asha,Loan 3,Won"]
    sheet = folder.sheet(*rows, headings="Email,First Name,Product,Status")
    with Simulator(rate=None, account=holding(list_lag=1e9)).serving() as simulator:
        _, lines = run(simulator, sheet)
    assert [line["Outcome"] for line in lines] == ["Created", "Created", "Skipped"]


def test_a_duplicate_that_the_list_does_not_show_counts_too(folder, run, connect, importer, monkeypatch):
    types = {12000: OpportunityType("Home loan", duplicate_rule=("ProspectID",))}
    with Simulator(rate=None, account=Account(opportunity_types=types, list_lag=1e9)).serving() as simulator:
        connect(simulator.url)
        monkeypatch.setenv("IMPORTER_STATE", str(folder.path / "of a colleague"))
        importer("run", folder.sheet(f"{ASHA},Asha,Loan 0", name="theirs.csv"))
        rows = [f"{ASHA},Asha,Loan {number}" for number in (1, 2)]
        _, [first, second] = run(simulator, folder.sheet(*rows))
        assert len(simulator.captures) == 2
    assert (first["Outcome"], second["Outcome"]) == ("Duplicate", "Skipped")
    assert second["ConflictedOpportunityId"] == first["ConflictedOpportunityId"]


def test_what_another_run_may_have_made_just_now_counts_too(folder, run, connect, importer):
    faults = [
        Fault("http_503", call="Capture", stores=True, nth=(1,)),
        Fault("http_403", call=LIST, times=6),
    ]
    with Simulator(rate=None, account=holding(list_lag=1e9), faults=faults).serving() as simulator:
        connect(simulator.url)
        sheet = folder.sheet(f"{ASHA},Asha,Loan 1", name="a.csv")
        importer("run", sheet, "--output", "a-out.csv", "--patience", "0.1")
        [first] = result_rows(folder.path / "a-out.csv")
        _, [second] = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 2", name="b.csv"))
        assert len(simulator.opportunities) == 1
    assert (first["Outcome"], second["Outcome"]) == ("Unknown", "Skipped")
    assert "row 2 of run 1, of which nobody knows how it ended" in second["ExceptionMessage"]


def test_a_row_that_was_absent_and_then_skipped_can_still_be_sent(folder, connect, start, importer):
    account = holding(Existing(ASHA, fields={"Status": "Open"}))
    fault = Fault("hang", call="Capture", stores=False, nth=(1,))
    with Simulator(rate=None, account=account, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        sheet = folder.sheet(f"{ASHA},Asha,Loan 1")
        process = start("run", sheet, "--yes")
        while not simulator.captures:
            time.sleep(0.01)
        process.kill()
        process.communicate()
        words = ("--yes", "--patience", "0.1", "--output")
        importer("run", sheet, *words, "1.csv", "--unless-open")
        assert outcomes(folder.path / "1.csv") == ["Skipped"]
        simulator._store.delete(simulator.opportunities[0].id)
        importer("run", sheet, *words, "2.csv", "--unless-open")
        assert outcomes(folder.path / "2.csv") == ["Created"]
        assert len(simulator.opportunities) == 1


UNREAD = ("drop", "reset", "empty_200", "html_200", "unreadable_200", "http_302", "http_500", "http_503")


@pytest.mark.parametrize("kind", UNREAD)
def test_a_row_waits_until_its_read_succeeds(folder, run, kind):
    account = holding(Existing(ASHA, fields={"Status": "Open"}))
    faults = [Fault(kind, call=LIST, times=2)]
    with Simulator(rate=None, account=account, faults=faults).serving() as simulator:
        done, [asha, ravi] = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1", f"{RAVI},Ravi,Loan 2"))
        assert len(simulator.captures) == 1
        assert calls(simulator, LIST) == 4
    assert done.exit_code == 0, done.stderr
    assert (asha["Outcome"], ravi["Outcome"]) == ("Skipped", "Created")


@pytest.mark.parametrize("kind", UNREAD)
def test_while_no_read_succeeds_nothing_is_sent_and_the_same_command_continues(folder, run, kind):
    sheet, port = folder.people(3), free_port()
    with Simulator(rate=None, faults=[Fault(kind, call=LIST)]).serving(port) as simulator:
        done, lines = run(simulator, sheet, "--give-up-after", "1")
        assert not simulator.captures
    assert done.exit_code == 5
    assert "To continue: importer" in done.stdout
    assert {line["Outcome"] for line in lines} == {"NotSent"}
    with Simulator(rate=None).serving(port) as simulator:
        done, lines = run(simulator, sheet)
        assert calls(simulator, LIST) == len(simulator.captures) == 3
    assert (done.exit_code, {line["Outcome"] for line in lines}) == (0, {"Created"})


def test_a_read_that_hangs_sends_nothing(folder, run, monkeypatch):
    monkeypatch.setattr("importer.leadsquared.READ_TIMEOUTS", httpx.Timeout(0.3))
    with Simulator(rate=None, faults=[Fault("hang", call=LIST)]).serving() as simulator:
        done, lines = run(simulator, folder.people(3), "--give-up-after", "1")
        assert not simulator.captures
    assert (done.exit_code, {line["Outcome"] for line in lines}) == (5, {"NotSent"})


def test_a_read_that_is_slow_is_waited_for(folder, run):
    faults = [Fault("slow_answer", call=LIST, seconds=0.3)]
    with Simulator(rate=None, account=holding(Existing(ASHA)), faults=faults).serving() as simulator:
        _, lines = run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1", f"{RAVI},Ravi,Loan 2"))
    assert [line["Outcome"] for line in lines] == ["Skipped", "Created"]


@pytest.mark.parametrize("kind", ["http_403", "envelope_500", "http_401"])
def test_a_row_for_which_the_question_is_refused_is_held_with_its_later_rows(folder, run, kind):
    sheet = folder.sheet(f"{ASHA},Asha,Loan 1", f"{RAVI},Ravi,Loan 2", f"{ASHA},Asha,Loan 3")
    port = free_port()
    with Simulator(rate=None, faults=[Fault(kind, call=LIST, matching=ASHA)]).serving(port) as simulator:
        done, [first, other, later] = run(simulator, sheet)
        assert len(simulator.captures) == 1
        assert calls(simulator, LIST) == 2
    assert done.exit_code == 1
    assert "To continue: importer" in done.stdout
    assert [line["Outcome"] for line in (first, other, later)] == ["NotSent", "Created", "NotSent"]
    assert first["ExceptionType"] == "OpenNotTold"
    assert first["ExceptionMessage"].startswith("LeadSquared did not say whether the lead has an open opp")
    assert first["Advice"]
    assert later["Advice"]
    with Simulator(rate=None).serving(port) as simulator:
        done, lines = run(simulator, sheet)
        assert len(simulator.captures) == 1
    assert done.exit_code == 0
    assert [line["Outcome"] for line in lines] == ["Created", "Created", "Skipped"]


def test_many_later_rows_of_a_held_lead_do_not_hold_up_other_leads(folder, run):
    rows = [f"{ASHA},Asha,Loan {number}" for number in range(600)]
    with Simulator(rate=None, faults=[Fault("http_403", call=LIST, matching=ASHA)]).serving() as simulator:
        _, lines = run(simulator, folder.sheet(*rows, f"{RAVI},Ravi,Loan"))
    assert [line["Outcome"] for line in lines] == ["NotSent"] * 600 + ["Created"]


def test_where_the_question_is_refused_for_row_after_row_the_run_ends(folder, run):
    with Simulator(rate=None, faults=[Fault("http_403", call=LIST)]).serving() as simulator:
        done, lines = run(simulator, folder.people(300))
        assert not simulator.captures
        # 20 rows, and what was on its way by then.
        assert calls(simulator, LIST) < 100
    assert done.exit_code == 5
    assert "refuses to say which leads have an open opportunity" in done.stderr
    assert len(lines) == 300
    assert {line["Outcome"] for line in lines} == {"NotSent"}


def test_a_read_over_the_limit_is_asked_again(folder, run):
    said = "API calls exceeded the limit of 1000 in 1 second(s)"
    faults = [Fault("limit_429", call=LIST, nth=(2, 5), message=said)]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        done, lines = run(simulator, folder.people(6))
        assert len(simulator.captures) == 6
        assert calls(simulator, LIST) == 8
    assert (done.exit_code, {line["Outcome"] for line in lines}) == (0, {"Created"})


def test_captures_refused_for_good_end_the_run_though_questions_are_answered(folder, run, monkeypatch):
    monkeypatch.setattr(freshness, "HOLDS_FOR", 0.3)
    with Simulator(rate=None, faults=[Fault("limit_429", call="Capture")]).serving() as simulator:
        done, lines = run(simulator, folder.people(3), "--give-up-after", "2")
        assert not simulator.opportunities
    assert done.exit_code == 5
    assert "LeadSquared has refused every row for its limit for 2 s" in done.stderr
    assert {line["Outcome"] for line in lines} == {"NotSent"}


def test_reads_and_captures_together_keep_the_limit(folder, connect, importer):
    with Simulator((10, 2.0)).serving() as simulator:
        connect(simulator.url, rate="10/2")
        done = importer("run", folder.people(10), "--unless-open")
        assert simulator.busiest(2.0) <= 10
        assert calls(simulator, LIST) == len(simulator.captures) == 10
    assert done.exit_code == 0


def test_a_lost_answer_is_cleared_up_and_not_taken_for_an_open_opportunity(folder, run):
    faults = [Fault("drop", stores=True, matching="Loan 2", times=1)]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        done, lines = run(simulator, folder.people(3))
        assert len(simulator.opportunities) == 3
    assert (done.exit_code, {line["Outcome"] for line in lines}) == (0, {"Created"})


def test_a_row_that_was_proven_absent_is_asked_for_before_it_is_sent_again(folder, run):
    faults = [Fault("drop", stores=False, matching="Loan 2", times=1)]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        done, _ = run(simulator, folder.people(3))
        order = [call.path.rpartition("/")[2] for call in simulator.calls]
        assert len(simulator.opportunities) == 3
    assert done.exit_code == 0
    last_capture = len(order) - 1 - order[::-1].index("Capture")
    assert order[last_capture - 1] == LIST


def test_a_row_that_was_sent_before_is_not_forgotten_where_its_lead_cannot_be_asked_for(folder, run):
    faults = [
        Fault("drop", stores=False, times=1),
        Fault("http_403", call=LIST, matching="Status", nth=tuple(range(2, 1000))),
    ]
    sheet, port = folder.people(1), free_port()
    with Simulator(rate=None, faults=faults).serving(port) as simulator:
        done, [line] = run(simulator, sheet)
        assert len(simulator.captures) == 1
    assert (done.exit_code, line["Outcome"]) == (1, "NotSent")
    assert line["SentAt"]
    assert line["Advice"].startswith("Sent, but LeadSquared was asked several times")
    with Simulator(rate=None).serving(port) as simulator:
        done, [line] = run(simulator, sheet)
        asked = [call.path.rpartition("/")[2] for call in simulator.calls]
        assert len(simulator.opportunities) == 1
    assert (done.exit_code, line["Outcome"]) == (0, "Created")
    assert asked.index("Leads.Get") < asked.index("Capture")


def test_summary_counts_the_rows_that_were_skipped_for_it(folder, run, importer):
    account = holding(Existing(ASHA), Existing(RAVI))
    with Simulator(rate=None, account=account).serving() as simulator:
        run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1", f"{RAVI},Ravi,Loan 2"))
        importer("results", 1, "--output", "out.xlsx")
    summary = openpyxl.load_workbook(folder.path / "out.xlsx")["Summary"]
    assert ["OpenOpportunity", 2] in [list(row[:2]) for row in summary.iter_rows(values_only=True)]


def test_the_run_goes_on_as_it_was_started_also_without_the_option(folder, run, importer):
    account = holding(Existing(ASHA, fields={"Status": "Open"}))
    sheet = folder.sheet(f"{RAVI},Ravi,Loan 1", f"{ASHA},Asha,Loan 2")
    with Simulator(rate=None, account=account).serving() as simulator:
        run(simulator, sheet, "--limit", "1")
        done = importer("run", sheet, "--output", "out.csv")
        assert len(simulator.captures) == 1
        assert outcomes(folder.path / "out.csv") == ["Created", "Skipped"]
        assert "It was started with --unless-open, and goes on so" in done.stderr
        # It has finished: this is a new run, which does not ask.
        importer("run", sheet, "--output", "again.csv")
        assert outcomes(folder.path / "again.csv") == ["Skipped", "Created"]
        assert len(simulator.captures) == 2


def test_a_result_that_is_run_again_asks_anew_for_rows_of_open_opportunities(folder, run, importer):
    account = holding(Existing(ASHA, fields={"Status": "Open"}))
    with Simulator(rate=None, account=account).serving() as simulator:
        run(simulator, folder.sheet(f"{ASHA},Asha,Loan 1"))
        _, [line] = run(simulator, folder.path / "out.csv", output="second.csv")
        assert (line["Outcome"], line["ExceptionType"]) == ("Skipped", "OpenOpportunity")
        importer("run", folder.path / "second.csv", "--output", "third.csv")
        assert outcomes(folder.path / "third.csv") == ["Created"]


def test_a_rehearsal_takes_it_too(folder, importer):
    sheet = folder.sheet(f"{ASHA},Asha,Loan 1", f"{ASHA},Asha,Loan 2")
    done = importer("run", sheet, "--demo", "--unless-open", "--rate", "1000/1", "--output", "out.csv")
    assert done.exit_code == 0
    assert outcomes(folder.path / "out.csv") == ["Created", "Skipped"]


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
def test_killed_again_and_again_it_neither_loses_nor_doubles_a_row(folder, connect, start):
    leads = [f"lead{number}@example.com" for number in range(40)]
    account = Account(
        leads=tuple({"EmailAddress": lead} for lead in leads),
        opportunities=tuple(Existing(lead) for lead in leads[::4]),
        list_lag=1e9,
    )
    sheet = folder.sheet(*(f"{lead},A,{deal} {lead}" for lead in leads for deal in ("First", "Second")))
    words = ("run", sheet, "--output", "out.csv", "--patience", "1", "--unless-open")
    with Simulator(rate=None, latency=(0.02, 0.06), account=account).serving() as simulator:
        connect(simulator.url, rate="50/1")
        for kills in range(1, 5):
            process = start(*words)
            while len(simulator.captures) < 5 * kills:
                time.sleep(0.01)
            process.kill()
            process.communicate()
        process = start(*words)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr
        sent = [body["LeadDetails"][0]["Value"] for body in simulator.captures]
    assert sorted(sent) == sorted(set(leads) - set(leads[::4]))
    [result] = sorted(folder.path.glob("out*.csv"), key=lambda path: path.stat().st_mtime_ns)[-1:]
    lines = result_rows(result)
    assert len(lines) == 80
    assert sorted(line["Outcome"] for line in lines) == ["Created"] * 30 + ["Skipped"] * 50
    assert all(line["CreatedOpportunityId"] or line["ConflictedOpportunityId"] for line in lines)


@dataclass
class Turns:
    now: float = 0.0
    own_spacing: float = 0.2

    def clock(self) -> float:
        return self.now

    def seconds_for(self, calls: int) -> float:
        return calls * 0.2


@pytest.fixture
def desk(tmp_path):
    """What stands between the rows and the sender, with --unless-open; its journal, and the clock."""
    with Journal(tmp_path) as journal:
        runs, turns = Runs(journal), Turns()
        entries = Entries(journal, runs.begin(BEGINNING, NOW).number)
        wishes = Wishes(unless_open=True)
        yield Unsettled(journal, entries, runs.is_running, turns, wishes=wishes), journal, turns


def looked_up(unsettled, ready):
    assert unsettled.decide(ready) is Next.ASK
    assert unsettled.hear(unsettled.inquiries.next(), Listed((), 0)) is Next.DECIDE
    assert unsettled.decide(ready) is Next.SEND


def test_an_answer_holds_for_seconds_and_then_the_lead_is_asked_for_again(desk):
    unsettled, journal, turns = desk
    ready, other = (Ready(one, journal.prints("a", one)) for one in (capture(2), capture(3)))
    looked_up(unsettled, ready)
    looked_up(unsettled, other)
    turns.now = 9
    assert unsettled.depart(ready, NOW)
    turns.now = 11
    assert not unsettled.depart(other, NOW)
    assert unsettled.decide(other) is Next.ASK


def test_an_answer_holds_until_the_turn_comes_also_where_very_many_runs_share_the_pace(desk):
    unsettled, journal, turns = desk
    ready = Ready(capture(2), journal.prints("a", capture(2)))
    looked_up(unsettled, ready)
    turns.own_spacing = 12.0
    turns.now = 25
    assert unsettled.decide(ready) is Next.SEND
    assert unsettled.depart(ready, NOW)


def test_what_another_run_makes_after_the_answer_came_is_seen_as_the_row_departs(desk):
    unsettled, journal, _ = desk
    ready, same = (Ready(one, journal.prints("a", one)) for one in (capture(2, ASHA), capture(3, ASHA)))
    looked_up(unsettled, ready)
    other = Entries(journal, Runs(journal).begin(BEGINNING, NOW).number)
    assert other.sending(same, NOW, (), False, lambda sent: False)
    other.settle(Outcome(3, Ended.CREATED, created_id="o-1", sent_at=NOW))
    assert not unsettled.depart(ready, NOW)
    skipped = unsettled.decide(ready)
    assert (skipped.ended, skipped.conflicted_id) == (Ended.SKIPPED, "o-1")
