"""The real limit, counted where the calls arrive."""

import json
import urllib.request

import pytest

from tests.conftest import announced, outcomes


@pytest.mark.slow
def test_200_rows_never_come_faster_than_the_limit(folder, connect, start):
    simulator = start("simulate", "--port", "0", "--rate", "25/5")
    url = announced(simulator)
    connect(url, rate="25/5")
    run = start("run", folder.people(200), "--output", "out.csv")
    stdout, stderr = run.communicate(timeout=100)
    assert run.returncode == 0, stdout + stderr
    with urllib.request.urlopen(f"{url}/simulator/ledger") as answer:  # noqa: S310 (loopback)
        ledger = json.load(answer)
    arrived = [call["arrived"] for call in ledger["calls"] if call["path"].endswith("Capture")]
    sent = {(o["fields"]["mx_Custom_1"]) for o in ledger["opportunities"]}
    assert sent == {f"Loan {number}" for number in range(1, 201)}
    assert {lead["FirstName"] for lead in ledger["leads"].values()} == {f"Person {n}" for n in range(1, 201)}
    assert all(sum(first <= at < first + 5 for at in arrived) <= 25 for first in arrived)
    assert outcomes(folder.path / "out.csv") == ["Created"] * 200
