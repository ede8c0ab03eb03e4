"""An hour at the documented limit; not part of a usual run: `python -m pytest -n 0 -m soak`."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from importer.simulator import Simulator
from tests.conftest import outcomes

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
CALLS, SECONDS = 25, 5.0
MEGABYTE = 1024


def memory(process: "subprocess.Popen[str]") -> int:
    """Of the process, in megabytes."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // MEGABYTE


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")
def test_an_hour_at_the_limit_is_even_unrefused_and_flat_in_memory(folder, connect, start, capsys):
    rows = int(MINUTES * 60 * CALLS / SECONDS * 0.98)
    used: list[int] = []
    with Simulator((CALLS, SECONDS), latency=(0.005, 0.1)).serving() as simulator:
        connect(simulator.url, rate="25/5")
        process = start("run", folder.people(rows), "--output", "out.csv", "--quiet")
        while process.poll() is None:
            used.append(memory(process))
            time.sleep(10)
        calls = [call for call in simulator.calls if call.path.endswith("Capture")]
        spent = calls[-1].arrived - calls[0].arrived
        share = len(calls) / (spent * CALLS / SECONDS)
        refused = sum(call.exception != "" for call in simulator.calls)
        busiest = simulator.busiest(SECONDS)
    steady = used[1:]
    with capsys.disabled():
        print(
            f"\nsoak: {rows} rows in {spent / 60:.1f} min, {share:.1%} of the limit, "
            f"busiest window {busiest}, {refused} refused, memory {min(steady)} to {max(steady)} MB"
        )
    assert outcomes(folder.path / "out.csv") == ["Created"] * rows
    assert len(simulator.opportunities) == rows
    assert (refused, busiest <= CALLS) == (0, True)
    assert share >= 0.97
    assert max(steady) - min(steady) <= 20
