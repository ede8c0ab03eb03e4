"""The real limit, counted where the calls arrive."""

import json
import urllib.request

import pytest

from tests.conftest import announced, outcomes


def ledger(url):
    """What the simulator saw and stored, by its own account."""
    with urllib.request.urlopen(f"{url}/simulator/ledger") as answer:  # noqa: S310 (loopback)
        return json.load(answer)


def most_in_a_window(arrived):
    return max(sum(first <= at < first + 5 for at in arrived) for first in arrived)


@pytest.mark.slow
def test_two_runs_at_once_share_the_limit(folder, connect, start):
    url = announced(start("simulate", "--port", "0", "--rate", "25/5"))
    connect(url, rate="25/5")
    sheets = [
        folder.people(50),
        folder.sheet(*(f"q{n}@example.com,Q,Loan {n}" for n in range(50)), name="2.csv"),
    ]
    runs = [start("run", sheet, "--output", f"out-{number}.csv") for number, sheet in enumerate(sheets)]
    for run in runs:
        stdout, stderr = run.communicate(timeout=100)
        assert run.returncode == 0, stdout + stderr
    seen = ledger(url)
    arrived = [call["arrived"] for call in seen["calls"]]
    assert most_in_a_window(arrived) <= 25
    assert len(arrived) == 108
    assert len(seen["opportunities"]) == 100
    # Both in the time that one takes for as many rows.
    assert max(arrived) - min(arrived) < 108 / 4.75


@pytest.mark.slow
def test_200_rows_never_come_faster_than_the_limit(folder, connect, start):
    simulator = start("simulate", "--port", "0", "--rate", "25/5")
    url = announced(simulator)
    connect(url, rate="25/5")
    run = start("run", folder.people(200), "--output", "out.csv")
    stdout, stderr = run.communicate(timeout=100)
    assert run.returncode == 0, stdout + stderr
    seen = ledger(url)
    arrived = [call["arrived"] for call in seen["calls"] if call["path"].endswith("Capture")]
    sent = {(o["fields"]["mx_Custom_1"]) for o in seen["opportunities"]}
    assert sent == {f"Loan {number}" for number in range(1, 201)}
    assert {lead["FirstName"] for lead in seen["leads"].values()} == {f"Person {n}" for n in range(1, 201)}
    assert most_in_a_window(arrived) <= 25
    assert outcomes(folder.path / "out.csv") == ["Created"] * 200
