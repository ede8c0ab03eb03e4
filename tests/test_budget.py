"""A day's calls are counted over all runs of an account, and end a run that needs more."""

import sqlite3

import pytest

from importer.account import identify, nameless, pace_of
from importer.answers import Rate
from importer.journal import Account, Journal
from importer.leadsquared import LeadSquared
from importer.pace import Pace
from importer.settings import Settings
from importer.simulator import Fault, Simulator
from importer.tell import Tell
from tests.conftest import outcomes


@pytest.fixture
def allow(monkeypatch):
    """Sets how many calls a day may take."""
    return lambda calls: monkeypatch.setenv("LSQ_DAILY_CALLS", str(calls))


def calls_by_file(state):
    """Today's calls in each pace file, fewest first."""
    found = []
    for path in state.glob("pace-*.db"):
        with sqlite3.connect(path) as database:
            found.append(database.execute("SELECT coalesce(sum(calls), 0) FROM days").fetchone()[0])
        database.close()
    return sorted(found)


def test_when_a_days_calls_are_spent_the_run_stops_and_leaves_no_row_unclear(
    folder, connect, importer, allow
):
    with Simulator(rate=None, faults=[Fault("slow_answer", seconds=0.2)]).serving() as simulator:
        connect(simulator.url)
        allow(8)
        sheet = folder.people(8)
        done = importer("run", sheet, "--output", "1.csv")
        again = importer("run", sheet, "--output", "2.csv")
        assert len(simulator.calls) == 8
        allow(100)
        importer("run", sheet, "--output", "3.csv")
    assert (done.exit_code, again.exit_code) == (3, 3)
    assert "8 calls were spent today by all runs, and LSQ_DAILY_CALLS allows 8." in done.stdout + done.stderr
    assert outcomes(folder.path / "1.csv") == ["Created"] * 4 + ["NotSent"] * 4
    assert outcomes(folder.path / "2.csv") == ["Created"] * 4 + ["NotSent"] * 4
    assert outcomes(folder.path / "3.csv") == ["Created"] * 8
    assert len(simulator.opportunities) == 8


def test_before_sending_it_says_when_a_days_calls_will_be_spent(folder, connected, importer, allow):
    allow(1000)
    done = importer("run", folder.people(10))
    assert "LSQ_DAILY_CALLS" not in done.stderr
    allow(1010)
    done = importer("run", folder.people(1010), "--limit", "1000")
    assert "LSQ_DAILY_CALLS (1,010) will be reached after about 992 of them, at " in done.stderr


def test_every_run_joins_the_accounts_pace_and_only_the_first_asks_before_it_knows(
    folder, connected, importer, tmp_path
):
    importer("run", folder.people(2))
    assert calls_by_file(tmp_path / "state") == [1, 6]
    importer("run", folder.people(3))
    assert calls_by_file(tmp_path / "state") == [1, 11]


def test_a_name_that_another_run_has_learned_meanwhile_leads_to_the_same_pace(simulator, tmp_path):
    settings = Settings(simulator.url, "a", "b", state=tmp_path)
    with (
        Journal(tmp_path) as journal,
        LeadSquared(settings) as leadsquared,
        pace_of(settings, journal) as pace,
    ):
        journal.remember(settings.key_hash, Account("DEMO by another run", "DEMO"))
        account = identify(leadsquared, settings, journal, pace, Tell())
        with pace_of(settings, journal) as other:
            assert other.turn() > 0
    assert account.name == "DEMO by another run" != nameless(settings).name


def test_a_turn_without_a_call_is_no_call(tmp_path):
    with Pace(Rate(1000, 1), tmp_path, "account", daily=10) as pace:
        while pace.turn():
            pass
        assert (pace.calls_left(), pace.calls) == (9, 1)
        pace.unused()
        assert (pace.calls_left(), pace.calls) == (10, 0)
