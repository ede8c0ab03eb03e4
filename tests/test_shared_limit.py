"""The limit is the account's: shared by runs, lowered by LeadSquared, and spent from by others too."""

import threading
import time
import urllib.request
from contextlib import suppress
from urllib.error import HTTPError

import pytest

from importer.simulator import Simulator
from tests.conftest import outcomes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def refused(simulator):
    return sum(call.exception == "MXAPIRateLimitExceededException" for call in simulator.calls)


def sender_of(simulator):
    """Which sheet each captured row came from, by the order of arrival."""
    return [str(each.fields["mx_Custom_1"]).split()[0] for each in simulator.opportunities]


def test_four_runs_share_the_limit_fairly_though_some_are_killed(folder, connect, start):
    with Simulator((25, 5.0), latency=(0.005, 0.05)).serving() as simulator:
        connect(simulator.url, rate="25/5")
        sheets = [
            folder.sheet(
                *(f"{name}{row}@example.com,P,{name} {row}" for row in range(600)), name=f"{name}.csv"
            )
            for name in "abcd"
        ]
        runs = [start("run", sheet) for sheet in sheets]
        while len(simulator.captures) < 40:
            time.sleep(0.05)
        begun = len(simulator.opportunities)
        time.sleep(30)
        shares = sender_of(simulator)[begun:]
        for _ in range(10):
            runs[3].kill()
            runs[3].communicate()
            runs[3] = start("run", sheets[3])
            time.sleep(3)
        for run in runs:
            run.kill()
        assert simulator.busiest(5.0) <= 25
        assert refused(simulator) == 0
    for name in "abcd":
        assert shares.count(name) >= 0.15 * len(shares)
    assert len(shares) >= 0.93 * 30 * 5 * 0.98


def test_a_limit_that_is_lowered_meanwhile_costs_one_burst_and_no_row(folder, connect, start):
    with Simulator((25, 5.0)).serving() as simulator:
        connect(simulator.url, rate="25/5")
        process = start("run", folder.people(80), "--output", "out.csv")
        while len(simulator.captures) < 20:
            time.sleep(0.05)
        simulator.change_limit(10, 5.0)
        _, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, stderr
    assert "LeadSquared allows only 10/5 calls: going on at that pace." in stderr
    assert outcomes(folder.path / "out.csv") == ["Created"] * 80
    assert len(simulator.opportunities) == 80
    assert 1 <= refused(simulator) <= 5


def test_others_who_take_half_of_the_limit_cost_time_and_no_row(folder, connect, start):
    stop = threading.Event()

    def foreign_client(url):
        headers = {"x-LSQ-AccessKey": "other", "x-LSQ-SecretKey": "other"}
        request = urllib.request.Request(f"{url}/v2/Authentication.svc/UserByAccessKey.Get", headers=headers)  # noqa: S310
        while not stop.wait(0.4):
            with suppress(HTTPError):
                urllib.request.urlopen(request).close()  # noqa: S310 (the simulator's own url)

    with Simulator((25, 5.0)).serving() as simulator:
        connect(simulator.url, rate="25/5")
        other = threading.Thread(target=foreign_client, args=[simulator.url])
        other.start()
        try:
            process = start("run", folder.people(100), "--output", "out.csv")
            _, stderr = process.communicate(timeout=200)
        finally:
            stop.set()
            other.join()
        assert process.returncode == 0, stderr
        assert refused(simulator) >= 1
    assert outcomes(folder.path / "out.csv") == ["Created"] * 100
    assert len(simulator.opportunities) == 100
