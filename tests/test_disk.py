"""A disk that is full, and a folder that may only be read: exit code 7, and nothing is lost or doubled."""

import os
import subprocess
import sys

import pytest

from importer.simulator import Simulator
from tests.conftest import outcomes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the ways to hamper a process are Linux's")

# No file may grow beyond the size that is given first.
ON_A_SMALL_DISK = """
import resource, runpy, sys
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
runpy.run_module("importer", run_name="__main__")
"""

# Without root's right to write everywhere (CAP_DAC_OVERRIDE and its like, dropped by PR_CAPBSET_DROP).
AS_AN_ORDINARY_USER = """
import ctypes, os, sys
for capability in (1, 2):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "importer", *sys.argv[1:]])
"""


def hampered(code: str, *words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True, encoding="utf-8", env=os.environ | {"PYTHONIOENCODING": "utf-8"}, timeout=60,
        check=False,
    )  # fmt: skip


def test_a_disk_that_is_full_in_the_middle_stops_the_run_and_loses_nothing(folder, connect, importer):
    sheet = folder.people(300)
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        done = hampered(ON_A_SMALL_DISK, 250_000, "run", sheet, "--output", "out.csv")
        stored = len(simulator.opportunities)
        assert done.returncode == 7
        assert "Nothing more is sent, since nobody could know" in done.stderr
        assert "Traceback" not in done.stderr
        assert 0 < stored < 300
        assert importer("run", sheet, "--output", "out.csv", "--patience", "2").exit_code == 0
        assert len(simulator.opportunities) == 300
    assert outcomes(folder.path / "out.csv") == ["Created"] * 300


@pytest.mark.parametrize("has_run_before", [False, True])
def test_a_journal_folder_that_may_only_be_read_stops_before_anything_is_sent(
    folder, connected, importer, tmp_path, has_run_before
):
    state = tmp_path / "state"
    state.mkdir()
    if has_run_before:
        importer("run", folder.people(2, "earlier.csv"))
    sent = len(connected.captures)
    files = [path for path in state.rglob("*") if path.is_file()]
    for path in files:
        path.chmod(0o400)
    state.chmod(0o500)
    done = hampered(AS_AN_ORDINARY_USER, "run", folder.people(3), "--output", "out.csv")
    state.chmod(0o700)
    assert done.returncode == 7
    assert "Traceback" not in done.stderr
    assert "check the folder's permissions" in done.stderr
    assert len(connected.captures) == sent


def test_a_result_that_cannot_be_written_is_made_later(folder, connected, importer, tmp_path):
    place = tmp_path / "results"
    place.mkdir(mode=0o500)
    done = hampered(AS_AN_ORDINARY_USER, "run", folder.people(3), "--output", place / "out.csv")
    place.chmod(0o700)
    assert done.returncode == 7
    assert "importer results 1" in done.stderr
    assert len(connected.opportunities) == 3
    assert importer("results", 1, "--output", place / "out.csv").exit_code == 0
    assert outcomes(place / "out.csv") == ["Created"] * 3
