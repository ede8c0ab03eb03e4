"""Figures of the last run, as node_exporter reads them."""

import os
import signal
import stat
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from importer.errors import SheetError, StopRule, Unreachable
from importer.metrics import write_metrics
from importer.passes import ATTENTION, DONE, FAILED, WORKING
from importer.simulator import Account, Simulator
from importer.tell import Tell
from tests.passes_at_hand import TOLD_TO_NOBODY, a_bad_night, a_file, a_pass
from tests.test_log import named

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes and signals are POSIX's")

SUCCESS = "importer_last_success_timestamp_seconds"
LAST_RUN = "importer_last_run_timestamp_seconds"


def told(file):
    """What the file says: by metric, and by outcome or place where it has one."""
    figures = {}
    for family in text_string_to_metric_families(file.read_text(encoding="utf-8")):
        assert family.type == "gauge"
        assert family.documentation
        for sample in family.samples:
            labels = dict(sample.labels)
            assert labels.pop("name") == file.stem
            figures[" ".join([sample.name, *labels.values()])] = sample.value
    return figures


def rows(file):
    return {key.split()[1]: value for key, value in told(file).items() if key.startswith("importer_rows ")}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "leads.prom"


def test_a_run_tells_its_rows_calls_and_exit_code(folder, connected, importer, file):
    sheet = folder.sheet("asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan")
    assert importer("run", sheet, "--metrics", file).exit_code == 1
    words = ("Created", "Duplicate", "Rejected", "Invalid", "Skipped", "Unknown", "NotSent")
    assert rows(file) == dict.fromkeys(words, 0) | {"Created": 1, "Invalid": 1}
    figures = told(file)
    assert figures["importer_calls"] == len(connected.calls) > 1
    assert figures["importer_refusals"] == 0
    assert figures["importer_exit_code"] == 1
    assert figures["importer_seconds"] > 0
    assert figures[LAST_RUN] > 0
    assert SUCCESS not in figures
    assert not [key for key in figures if key.startswith("importer_files")]


def test_calls_that_the_limit_refused_are_counted(folder, connect, importer, file):
    with Simulator((10, 1.0)).serving() as simulator:
        connect(simulator.url, rate="100/1")
        assert importer("run", folder.people(20), "--metrics", file).exit_code == 0
    figures = told(file)
    refused = sum(call.exception == "MXAPIRateLimitExceededException" for call in simulator.calls)
    assert figures["importer_refusals"] == refused > 0
    assert figures["importer_calls"] == len(simulator.calls)


def test_the_last_success_stays_until_there_is_another(folder, connected, importer, file):
    importer("run", folder.people(1), "--metrics", file)
    good = told(file)
    assert good[SUCCESS] == good[LAST_RUN]
    importer("run", folder.sheet("wrong,Ravi,Home loan", name="bad.csv"), "--metrics", file)
    bad = told(file)
    assert bad[SUCCESS] == good[SUCCESS]
    assert bad[LAST_RUN] > good[LAST_RUN]
    importer("run", folder.people(2, name="more.csv"), "--metrics", file)
    assert told(file)[SUCCESS] > bad[LAST_RUN]


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xff\xfe\x00",
        b"importer_last_success_timestamp_seconds",
        b'importer_last_success_timestamp_seconds{name="leads"} soon\n',
        b"importer_last_success_timestamp_seconds NaN\n",
        b"{",
        b'{"x\n# TYPE\n#',
    ],
)
def test_a_file_that_somebody_has_spoilt_is_written_anew(file, before):
    file.write_bytes(before)
    write_metrics(file, a_pass(a_file(FAILED, exit_code=2)), Tell())
    figures = told(file)
    assert figures["importer_exit_code"] == 2
    assert SUCCESS not in figures


def test_a_run_that_is_stopped_by_its_rule_tells_it(folder, connected, importer, file):
    sheet = folder.sheet("asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan")
    assert importer("run", sheet, "--stop-if-invalid", "--metrics", file).exit_code == 3
    assert told(file)["importer_exit_code"] == 3
    assert rows(file)["NotSent"] == 1


def test_refused_keys_are_told(folder, connect, importer, file):
    with Simulator(rate=None, account=Account(keys=frozenset({("other", "keys")}))).serving() as simulator:
        connect(simulator.url)
        assert importer("run", folder.people(3), "--metrics", file).exit_code == 5
    assert told(file)["importer_exit_code"] == 5
    assert told(file)["importer_calls"] == len(simulator.calls)
    assert rows(file)["NotSent"] == 3


def test_a_run_that_could_not_begin_is_told_too(folder, connected, importer, file):
    importer("run", folder.people(1), "--metrics", file)
    good = told(file)[SUCCESS]
    assert importer("run", folder.path / "missing.csv", "--metrics", file).exit_code == 2
    figures = told(file)
    assert figures["importer_exit_code"] == 2
    assert figures[SUCCESS] == good
    assert set(rows(file).values()) == {0}


@posix_only
def test_an_interrupted_run_is_told(folder, connect, start, file):
    with Simulator(rate=None, latency=(0.05, 0.1)).serving() as simulator:
        connect(simulator.url)
        process = start("run", folder.people(300), "--metrics", file)
        while len(simulator.captures) < 3:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 4
    assert told(file)["importer_exit_code"] == 4
    assert rows(file)["NotSent"] > 0


@posix_only
def test_node_exporters_user_can_read_it(folder, connected, importer, file):
    before = os.umask(0o077)
    try:
        importer("run", folder.people(1), "--metrics", file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [path.name for path in file.parent.iterdir() if "prom" in path.name] == ["leads.prom"]


def test_a_pass_adds_its_files_up(file):
    failed = a_file(FAILED, exit_code=2, outcomes={})
    write_metrics(
        file,
        a_pass(a_file(calls=5, refusals=1), a_file(ATTENTION, exit_code=1, calls=7), failed),
        Tell(),
    )
    figures = told(file)
    assert (figures["importer_calls"], figures["importer_refusals"]) == (12, 1)
    assert rows(file)["Created"] == 4
    assert rows(file)["Duplicate"] == 0
    assert {place: figures[f"importer_files {place}"] for place in (DONE, ATTENTION, FAILED, WORKING)} == {
        DONE: 1,
        ATTENTION: 1,
        FAILED: 1,
        WORKING: 0,
    }
    assert figures["importer_seconds"] == 600
    assert figures["importer_exit_code"] == 2
    assert figures[LAST_RUN] == 1774923000


@pytest.mark.parametrize(
    ("report", "is_success"),
    [
        pytest.param(a_pass(), True, id="nothing to do"),
        pytest.param(a_pass(a_file()), True, id="all done"),
        pytest.param(a_pass(a_file(), a_file(ATTENTION, exit_code=1)), False, id="rows to mend"),
        pytest.param(a_pass(a_file(FAILED, exit_code=2)), False, id="unusable"),
        pytest.param(a_pass(a_file(WORKING, exit_code=3), stopped=StopRule("spent")), False, id="a rule"),
        pytest.param(a_pass(stopped=Unreachable("no answer")), False, id="no access"),
    ],
)
def test_a_pass_is_a_success_where_nobody_has_to_look_and_nothing_stopped_it(file, report, is_success):
    write_metrics(file, report, Tell())
    assert (SUCCESS in told(file)) is is_success


def test_nothing_of_a_sheet_is_in_it(file):
    write_metrics(file, a_bad_night(SheetError(TOLD_TO_NOBODY)), Tell())
    text = file.read_text(encoding="utf-8").casefold()
    assert "meera" not in text
    assert "c17" not in text
    assert "walk-ins" not in text
    assert "partners" not in text


def test_two_jobs_of_one_host_never_tell_the_same_metric_twice(tmp_path):
    told_by = []
    for stem in ("leads", 'deals "north"'):
        file = tmp_path / f"{stem}.prom"
        write_metrics(file, a_pass(a_file()), Tell())
        told_by.append(
            {
                (sample.name, tuple(sorted(sample.labels.items())))
                for family in text_string_to_metric_families(file.read_text(encoding="utf-8"))
                for sample in family.samples
            }
        )
    assert told_by[0].isdisjoint(told_by[1])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("leads.txt", "does not end in .prom"),
        ("leads.PROM", "does not end in .prom"),
        (".prom", "does not end in .prom"),
        ("missing/leads.prom", "there is no folder"),
        ("folder.prom", "is a folder"),
        ("x" * 300 + ".prom", "no file can have this name"),
    ],
)
def test_a_file_that_nobody_would_read_is_refused_before_anything_is_sent(
    folder, connected, importer, name, why
):
    (folder.path / "folder.prom").mkdir()
    done = importer("run", folder.people(1), "--metrics", folder.path / name)
    assert done.exit_code == 2
    assert why in done.stderr
    assert not connected.calls
    assert not [path for path in folder.path.rglob("*.prom") if path.is_file()]


def test_a_demo_has_no_metrics_and_leaves_those_of_the_last_run(folder, importer, file):
    file.write_text("importer_exit_code 0\n")
    done = importer("run", folder.people(1), "--demo", "--metrics", file)
    assert done.exit_code == 2
    assert "--metrics: a demo has none" in done.stderr
    assert file.read_text() == "importer_exit_code 0\n"


@posix_only
def test_metrics_that_cannot_be_written_fail_no_run(folder, connected, importer):
    # So long that the file fits in no folder while it is written under its longer, passing name.
    locked = folder.path / ("y" * 250 + ".prom")
    done = importer("run", folder.people(2), "--quiet", "--metrics", locked)
    assert done.exit_code == 0
    assert f"The metrics could not be written to {locked}" in done.stderr
    assert len(connected.opportunities) == 2


@posix_only
@pytest.mark.parametrize("sheet", ["enquiries.csv", "missing.csv"])
def test_metrics_that_cannot_be_written_are_an_event_in_a_log(folder, connected, importer, sheet):
    locked = folder.path / ("y" * 250 + ".prom")
    folder.people(2)
    done = importer("run", sheet, "--quiet", "--log", "json", "--log-file", "run.log", "--metrics", locked)
    for log in (done.stderr, (folder.path / "run.log").read_text(encoding="utf-8")):
        [failed] = named(log, "metrics.failed")
        assert failed["level"] == "warning"
        assert f"The metrics could not be written to {locked}" in failed["text"]
