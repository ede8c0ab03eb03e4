"""Killed at any instant and started again: nothing is lost, and nothing is sent twice."""

import os
import random
import signal
import time

import pytest

from importer.simulator import Fault, Simulator
from tests.conftest import outcomes, result_rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's"),
]
KILLS = 40
ROWS = 300

LOST = (
    Fault("drop", stores=True, share=0.05),
    Fault("reset", stores=False, share=0.05),
    Fault("http_503", call="Retrieve", share=0.1),
    Fault("half_body", call="Leads.Get", share=0.1),
)


def killed_until_done(start, sheet, seed, often=KILLS):
    """Start the run, kill it at random instants so often, then let it end; the last process."""
    chance = random.Random(seed)  # noqa: S311 (to be repeatable, not secret)
    for _ in range(often):
        process = start("run", sheet, "--output", "out.csv", "--patience", "2")
        time.sleep(chance.uniform(0.1, 2.2))
        assert process.poll() is None, "it ended before it could be killed"
        process.kill()
        process.communicate()
    last = start("run", sheet, "--output", "out.csv", "--patience", "2")
    _, stderr = last.communicate(timeout=200)
    return last, stderr


def assert_each_row_is_there_once(folder, simulator):
    stored = {str(each.fields["mx_Custom_1"]): each.id for each in simulator.opportunities}
    assert len(stored) == len(simulator.opportunities) == ROWS
    [result] = sorted(folder.path.glob("out*.csv"), key=lambda path: path.stat().st_mtime_ns)[-1:]
    lines = result_rows(result)
    assert len(lines) == ROWS
    for line in lines:
        assert line["Outcome"] in ("Created", "Skipped"), line
        assert line["CreatedOpportunityId"] == stored[line["Product"]]


@pytest.mark.parametrize("faults", [(), LOST], ids=["answers come", "a tenth of the answers is lost"])
def test_forty_kills_lose_nothing_and_double_nothing(folder, connect, start, faults):
    with Simulator(rate=None, latency=(0.02, 0.1), faults=faults, seed=7).serving() as simulator:
        connect(simulator.url, rate="20/1")
        last, stderr = killed_until_done(start, folder.people(ROWS), seed=11)
        assert last.returncode == 0, stderr
        assert_each_row_is_there_once(folder, simulator)


def test_kills_never_make_one_lead_twice(folder, connect, start):
    rows = (f"person{row % 60}@example.com,P,Loan {row}" for row in range(1, ROWS + 1))
    with Simulator(rate=None, latency=(0.02, 0.1), faults=LOST, seed=3).serving() as simulator:
        connect(simulator.url, rate="40/1")
        last, stderr = killed_until_done(start, folder.sheet(*rows), seed=5, often=10)
        assert last.returncode == 0, stderr
        assert_each_row_is_there_once(folder, simulator)
        assert len(simulator.leads) == 60


def test_a_run_that_the_system_ends_goes_on_with_the_command_of_its_last_line(folder, connect, start):
    with Simulator(rate=None, latency=(0.02, 0.1)).serving() as simulator:
        connect(simulator.url, rate="50/1")
        sheet = folder.people(ROWS)
        for stops in range(1, 4):
            process = start("run", sheet, "--output", "out.csv")
            while len(simulator.captures) < 50 * stops:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            stdout, _ = process.communicate(timeout=30)
            assert process.returncode == 4
            assert stdout.splitlines()[-1] == f"To continue: importer run {sheet} --output out.csv"
        start("run", sheet, "--output", "out.csv").communicate(timeout=60)
        assert outcomes(folder.path / "out.csv") == ["Created"] * ROWS
        assert len(simulator.captures) == ROWS
