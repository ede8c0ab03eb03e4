"""One whole night, with everything that can happen in it."""

import json
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from importer.simulator import Simulator
from tests.conftest import Finished, free_port
from tests.nights import Night, rows_of

OUTAGE = 60.0


@contextmanager
def listening():
    """A webhook on this machine; the notices that it gets."""
    notices: list[dict[str, object]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            notices.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format, *args):
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", notices
    server.shutdown()
    server.server_close()


@contextmanager
def growing(path: Path):
    """Somebody goes on writing to this file."""
    ended = threading.Event()

    def write():
        while not ended.wait(1.0):
            with path.open("a", encoding="utf-8") as file:
                file.write("late@example.com,Late,Loan\n")

    thread = threading.Thread(target=write)
    thread.start()
    yield
    ended.set()
    thread.join()


def wait_for(captures: int, simulator: Simulator) -> None:
    while len(simulator.captures) < captures:
        time.sleep(0.01)


def deals(simulator: Simulator) -> Counter[object]:
    """How often each deal is in LeadSquared."""
    return Counter(each.fields["mx_Custom_1"] for each in simulator.opportunities)


def figures_in(path: Path) -> dict[tuple[str, str], float]:
    """The samples of a metrics file, by name and by outcome or place."""
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {
        (sample.name, sample.labels.get("outcome", sample.labels.get("place", ""))): sample.value
        for family in families
        for sample in family.samples
    }


COUNTS = {
    "good.csv": {"Created": 150},
    "invalid.csv": {"Invalid": 3, "Created": 17},
    "earlier-again.csv": {"Skipped": 10},
}


def fill(night: Night) -> Path:
    """Five files that are ready, and one that somebody still writes."""
    night.people("good.csv", 150, first=100, age=900)
    bad = [f"no address {each},Person {each},Loan {each}" for each in range(300, 303)]
    good = [f"person{each}@example.com,Person {each},Loan {each}" for each in range(303, 320)]
    night.put("invalid.csv", *bad, *good, age=800)
    night.file("corrupt.xlsx", b"PK\x03\x04 and no more", age=700)
    night.people("earlier-again.csv", 10, age=600)
    return night.people("late.csv", 1, first=900, age=0)


def play(simulator: Simulator, port: int, begin: Callable[[], subprocess.Popen[str]]) -> Finished:
    """A pass that is killed, and another during which LeadSquared is gone for a minute."""
    with simulator.serving(port):
        killed = begin()
        wait_for(40, simulator)
        killed.kill()
        killed.communicate()
        second = begin()
        wait_for(100, simulator)
    time.sleep(OUTAGE)
    with simulator.serving(port):
        stdout, stderr = second.communicate(timeout=300)
    return Finished(second.returncode, stdout, stderr)


def counted(outcomes: Mapping[str, int]) -> dict[str, int]:
    return {word: count for word, count in outcomes.items() if count}


def check_summaries(night: Night) -> None:
    """Each file's agrees with its workbook, and the pass's with all of them."""
    for name, outcomes in COUNTS.items():
        [folder] = [each.parent for each in night.path.rglob(name)]
        rows = rows_of(folder / name.replace(".csv", ".result.xlsx"))
        assert Counter(row["Outcome"] for row in rows) == outcomes
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        assert counted(summary["outcomes"]) == outcomes
    assert counted(night.summary["outcomes"]) == {"Created": 167, "Invalid": 3, "Skipped": 10}
    assert night.summary["rows"] == 180


def check_figures(told: dict[tuple[str, str], float], last_success: float) -> None:
    assert told["importer_rows", "Created"] == 167
    assert told["importer_files", "failed"] == 1
    assert told["importer_exit_code", ""] == 2
    assert told["importer_last_success_timestamp_seconds", ""] == last_success


def check_notice(notices: list[dict[str, object]]) -> None:
    [notice] = notices
    assert "corrupt.xlsx" in json.dumps(notice)
    assert "@example.com" not in json.dumps(notice)


def check_log(lines: str) -> None:
    assert all(json.loads(line)["event"] for line in lines.splitlines())
    assert "@example.com" not in lines


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_night_ends_with_every_file_where_it_belongs_and_every_row_accounted_for(
    tmp_path, connect, start, importer, monkeypatch
):
    night, port, figures = Night(tmp_path / "night"), free_port(), tmp_path / "importer.prom"
    simulator = Simulator(rate=None)
    words = ("nightly", night.path, "--metrics", figures, "--log", "json", "--json")
    connect(f"http://127.0.0.1:{port}", rate="20/1")
    with simulator.serving(port):
        night.people("earlier.csv", 10)
        assert importer(*words).exit_code == 0
    last_success = figures_in(figures)["importer_last_success_timestamp_seconds", ""]
    late = fill(night)

    with listening() as (hook, notices), growing(late):
        monkeypatch.setenv("IMPORTER_WEBHOOK", hook)
        done = play(simulator, port, lambda: start(*words))

    assert done.exit_code == 2, done.stderr
    assert night.trays() == {
        "inbox": ["late.csv"],
        "working": [],
        "done": ["earlier-again.csv", "earlier.csv", "good.csv"],
        "attention": ["invalid.csv"],
        "failed": ["corrupt.xlsx"],
    }
    expected = [*range(1, 11), *range(100, 250), *range(303, 320)]
    assert deals(simulator) == Counter(f"Loan {each}" for each in expected)
    assert json.loads(done.stdout) == night.summary
    check_summaries(night)
    check_figures(figures_in(figures), last_success)
    check_notice(notices)
    check_log(done.stderr)

    os.utime(late, (1.0, 1.0))
    with simulator.serving(port):
        assert importer(*words).exit_code == 0
    assert (night.trays()["inbox"], night.trays()["done"][-1]) == ([], "late.csv")
