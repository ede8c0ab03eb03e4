"""How fast rows are sent to a simulated LeadSquared: at the documented limit, and without one."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.bench.ground import Ground, tell
from tests.bench.processes import Spent, Started, started
from tests.bench.table import Line

LEAST_PACE, MOST_CPU = 4.85, 5.0
LIMIT, NO_LIMIT = "25/5", "10000/0.1"
JITTER = "latency: [0.005, 0.1]\n"
SIMULATOR_STARTS = 10.0
FEW = 10


@dataclass(frozen=True, slots=True)
class Sent:
    """What it took to send the rows. seconds: from the first arrival to the last."""

    rows: int
    seconds: float
    refused: int
    importer: Spent
    simulator: Spent

    @property
    def pace(self) -> float:
        return (self.rows - 1) / self.seconds


def send_at_limit(ground: Ground) -> list[Line]:
    few, sent = (_send(ground, rows, LIMIT, JITTER) for rows in (FEW, max(ground.rows(500), 2 * FEW)))
    # What it takes to start is the same for a row and for a hundred thousand.
    cpu = (sent.importer.cpu - few.importer.cpu) / (sent.rows - few.rows) * 1000
    return [
        Line(
            f"sending, {sent.rows:,} rows, 5–100 ms each way, limit {LIMIT}",
            f"{sent.pace:.2f} rows/s, {sent.refused} refused, "
            f"{cpu:.1f} ms CPU a row, beside {few.importer.cpu - FEW * cpu / 1000:.1f} s to start and end",
            f"{sent.importer.megabytes:.0f} MB",
            f"≥ {LEAST_PACE} rows/s; 0 refused; ≤ {MOST_CPU:.0f} ms CPU a row",
            sent.pace >= LEAST_PACE and not sent.refused and cpu <= MOST_CPU,
        )
    ]


def send_unlimited(ground: Ground) -> list[Line]:
    sent = _send(ground, ground.rows(2_000), NO_LIMIT, "")
    return [
        Line(
            f"sending, {sent.rows:,} rows, 0 ms, no limit",
            f"{sent.pace:.0f} rows/s in {sent.seconds:.1f} s; CPU of the importer {sent.importer.cpu:.1f} s "
            f"(start, check and workbook too), of the simulator {sent.simulator.cpu:.1f} s; the run took "
            f"{sent.importer.seconds:.1f} s",
            f"{sent.importer.megabytes:.0f} MB",
            "as fast as it goes",
        )
    ]


def _send(ground: Ground, rows: int, limit: str, faults: str) -> Sent:
    sheet = ground.sheet(rows, faulty=0)
    words = ["-m", "importer", "run", sheet, "--mapping", ground.mapping(), "--yes", "--quiet"]
    with _simulator(ground, limit, faults) as (port, simulator):
        tell(f"sending {rows:,} rows at {limit}")
        environment = {
            "LSQ_API_HOST": f"http://127.0.0.1:{port}",
            "LSQ_ACCESS_KEY": "access",
            "LSQ_SECRET_KEY": "secret",
            "LSQ_RATE": limit,
            # A journal of its own, and so none of these rows was sent before.
            "IMPORTER_STATE": str(ground.folder / f"state-{port}-{time.time_ns()}"),
        }
        with started(words, ground.folder, ground.folder / "log.txt", **environment) as importer:
            spent = importer.wait()
        calls = _asked(port, "/simulator/calls")["calls"]
        stored = len(_asked(port, "/simulator/opportunities")["opportunities"])
        simulator.interrupt()
        theirs = simulator.wait()
    if stored != rows:
        raise RuntimeError(f"{rows} rows were sent and {stored} are there")
    arrivals = [call["arrived"] for call in calls if call["path"].endswith("Capture")]
    refused = sum(call["exception"] != "" for call in calls)
    return Sent(rows, max(arrivals) - min(arrivals), refused, spent, theirs)


@contextmanager
def _simulator(ground: Ground, limit: str, faults: str) -> Iterator[tuple[int, Started]]:
    file = ground.folder / "faults.yaml"
    file.write_text(faults or "{}", encoding="utf-8")
    port = _free_port()
    words = ["-m", "importer", "simulate", "--port", port, "--rate", limit, "--faults", file]
    with started(words, ground.folder, ground.folder / "simulator.txt") as process:
        until = time.monotonic() + SIMULATOR_STARTS
        while not _answers(port):
            if time.monotonic() > until:
                raise RuntimeError(
                    f"the simulator does not answer:\n{process.log.read_text(encoding='utf-8')}"
                )
            time.sleep(0.05)
        yield port, process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        _asked(port, "/simulator/limit")
    except (OSError, HTTPException):
        return False
    return True


def _asked(port: int, path: str) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return json.load(connection.getresponse())
    finally:
        connection.close()
