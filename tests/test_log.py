"""What is written down while a command works: events for programs, lines in a file, and no personal data."""

import json
import os
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from importer.log import Log
from importer.log_file import MOST_BYTES, LogFile
from importer.simulator import Account, Fault, OpportunityType, Simulator

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .*")


def events(text):
    """Every line is an object with what all events have."""
    found = [json.loads(line) for line in text.splitlines()]
    for event in found:
        assert datetime.fromisoformat(event["time"]).tzinfo == UTC
        assert event["time"].endswith("Z")
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", event["event"])
        assert event["level"] in ("info", "warning", "error")
    return found


def named(text, name):
    return [event for event in events(text) if event["event"] == name]


def test_a_run_writes_one_event_a_line_and_nothing_else(folder, connected, importer):
    sheet = folder.sheet("asha@example.com,Asha,Loan", "no address,Ravi,Loan", "zoe@example.com,Zoë,Loan")
    done = importer("run", sheet, "--log", "json", "--output", "out.csv", "--rate", "500/1")
    assert done.exit_code == 1
    [began] = named(done.stderr, "run.began")
    assert {
        "run": 1, "sheet": str(sheet), "rows": 3, "to_send": 2, "invalid": 1, "rate": "500/1"
    }.items() <= began.items()  # fmt: skip
    assert began["mapping"].endswith("enquiries.yaml")
    [ended] = named(done.stderr, "run.ended")
    assert {"run": 1, "exit_code": 1, "result": "out.csv", "stopped": None, "level": "warning"}.items() <= (
        ended.items()
    )
    assert ended["outcomes"]["Created"] == 2
    assert ended["outcomes"]["Invalid"] == 1
    assert ended["seconds"] > 0
    last = events(done.stderr)[-1]
    assert {"event": "command.ended", "command": "run", "exit_code": 1}.items() <= last.items()


def test_a_run_that_a_rule_has_stopped_says_so_and_goes_on_as_the_same(folder, connected, importer):
    sheet = folder.sheet("asha@example.com,Asha,Loan", "no address,Ravi,Loan")
    stopped = importer("run", sheet, "--log", "json", "--stop-if-invalid", "--log-values")
    assert stopped.exit_code == 3
    [ended] = named(stopped.stderr, "run.ended")
    assert (ended["stopped"], ended["level"]) == ("rule", "warning")
    assert ended["text"] == "Nothing was sent: invalid rows: 1 (--stop-if-invalid)."
    again = importer("run", sheet, "--log", "json")
    assert [event["run"] for event in named(again.stderr, "run.resumed")] == [1]


def test_json_on_stdout_goes_together_with_json_on_stderr(folder, connected, importer):
    done = importer("run", folder.people(2), "--log", "json", "--json")
    assert json.loads(done.stdout)["outcomes"]["Created"] == 2
    assert events(done.stderr)


def test_sentences_of_our_own_are_in_the_log(folder, connected, importer):
    done = importer("run", folder.people(2), "--log", "json")
    said = [event["text"] for event in named(done.stderr, "said")]
    assert "enquiries.csv: 2 rows, 2 to send." in said


def test_without_the_option_people_read_what_they_always_did(folder, connected, importer):
    folder.people(2)
    done = importer("run", "enquiries.csv", "--log-file", "import.log")
    assert "enquiries.csv: 2 rows, 2 to send." in done.stderr.splitlines()
    assert "{" not in done.stderr
    assert "run.began" not in done.stderr


@pytest.mark.parametrize(
    ("words", "exit_code", "stopped"),
    [
        (("run", "gone.csv"), 2, "unusable"),
        (("run", "enquiries.csv", "--limit", "many"), 2, "unusable"),
        (("run", "enquiries.csv", "--log-file", "enquiries.csv"), 2, "unusable"),
        (("undo", "7"), 2, "unusable"),
        (("reconcile", "7"), 2, "unusable"),
    ],
)
def test_a_command_that_cannot_start_ends_with_an_event(
    folder, connected, importer, words, exit_code, stopped
):
    folder.people(2)
    done = importer(*words, "--log", "json")
    assert done.exit_code == exit_code
    [end] = events(done.stderr)[-1:]
    assert (end["event"], end["level"], end["stopped"]) == ("command.ended", "error", stopped)
    assert "text" not in end
    quoting = importer(*words, "--log", "json", "--log-values")
    assert events(quoting.stderr)[-1]["text"]


def test_an_unexpected_end_names_the_place_and_no_value(connected, folder, importer, monkeypatch):
    def broken(options):
        raise ValueError("asha@example.com")

    monkeypatch.setattr("importer.commands.reconcile", broken)
    done = importer("reconcile", "--log", "json", "--log-file", "import.log")
    [end] = events(done.stderr)
    assert (end["exit_code"], end["stopped"], end["level"]) == (70, "bug", "error")
    assert re.search(r"ValueError in .*test_log.py:\d+", end["bug"])
    assert "asha" not in done.stderr + (folder.path / "import.log").read_text(encoding="utf-8")


def test_nothing_is_asked_and_an_undo_needs_yes(folder, connected, importer):
    importer("run", folder.people(3))
    refused = importer("undo", 1, "--log", "json", "--log-values")
    assert refused.exit_code == 2
    assert "add --yes" in events(refused.stderr)[-1]["text"]
    done = importer("undo", 1, "--log", "json", "--yes")
    assert done.exit_code == 0
    [began] = named(done.stderr, "undo.began")
    assert (began["run"], began["opportunities"]) == (1, 3)
    [ended] = named(done.stderr, "undo.ended")
    assert ended["outcomes"]["Undone"] == 3


def test_a_reconcile_writes_what_it_asks_for_and_how_that_ended(folder, connect, importer):
    faults = [
        Fault("drop", stores=True, matching="Loan 2", times=1),
        Fault("envelope_500", call="Leads.Get", times=6),
    ]
    with Simulator(rate=None, account=Account(list_lag=1e9), faults=faults).serving() as simulator:
        connect(simulator.url)
        lost = importer("run", folder.people(3), "--patience", "0.1", "--log", "json")
        assert named(lost.stderr, "answer.lost")
        done = importer("reconcile", "--patience", "1", "--log", "json")
    [began] = named(done.stderr, "reconcile.began")
    assert (began["unknown"], began["asked_for"]) == (1, 1)
    [ended] = named(done.stderr, "reconcile.ended")
    assert ended["outcomes"]["Created"] == 1


def test_outages_and_refusals_are_events_with_their_end(folder, connect, importer):
    faults = [
        Fault("http_503", nth=(1,)),
        Fault("http_503", call="UserByAccessKey.Get", nth=(2, 3)),
        Fault("limit_429", nth=(8,), message="API calls exceeded the limit of 20 in 1 second(s)"),
    ]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url, rate="20/1")
        done = importer("run", folder.people(12), "--log", "json", "--patience", "0.1")
    assert len(simulator.opportunities) == 12
    [began] = named(done.stderr, "outage.began")
    assert (began["calls"], began["level"]) == ("captures", "warning")
    [over] = named(done.stderr, "outage.over")
    assert over["seconds"] > 0
    assert named(done.stderr, "limit.refused")
    assert named(done.stderr, "limit.over")


def test_progress_is_written_once_a_minute():
    lines: list[str] = []
    moments = iter([0, *range(10, 190, 10), 180])
    now = [0.0]
    log = Log(lines.append, clock=lambda: now[0])
    log.begin(100, 10)
    for now[0] in moments:
        log.ended("Created")
    log.end()
    told = [json.loads(line) for line in lines]
    assert [event["event"] for event in told] == ["run.progress"] * 3
    assert {"done": 17, "rows": 100, "outcomes": {"Created": 7}, "per_second": 0.12}.items() <= told[
        0
    ].items()


def test_quiet_leaves_only_the_end_and_the_file_has_all(folder, connected, importer):
    done = importer("run", folder.people(2), "--quiet", "--log", "json", "--log-file", "import.log")
    assert [event["event"] for event in events(done.stderr)] == ["command.ended"]
    written = (folder.path / "import.log").read_text(encoding="utf-8")
    assert events(written)[0]["event"] == "run.began"
    plain = importer("run", folder.people(2), "--quiet", "--log-file", "plain.log")
    assert plain.stderr == ""
    assert "run.began run=2" in (folder.path / "plain.log").read_text(encoding="utf-8")


def test_the_log_file_goes_on_where_it_was_with_a_time_on_every_line(folder, connected, importer):
    for name in ("a.csv", "b.csv"):
        importer("run", folder.people(2, name), "--log-file", "import.log", "--log-values")
    text = (folder.path / "import.log").read_text(encoding="utf-8")
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    assert "Z a.csv: 2 rows, 2 to send." in text
    assert "Z b.csv: 2 rows" in text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_only_its_user_can_read_the_log_file(folder, connected, importer):
    (folder.path / "import.log").touch(0o644)
    importer("run", folder.people(1), "--log-file", "import.log")
    assert stat.S_IMODE((folder.path / "import.log").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("enquiries.csv", "name of a sheet or mapping"),
        ("new.result.xlsx", "name of a sheet or mapping"),
        ("mappings/enquiries.yaml", "name of a sheet or mapping"),
        ("leads.txt", "another file of this command"),
        ("linked.log", "another file of this command"),
        ("notes.txt", "is no log of the importer"),
        ("state/journal.db", "is no log of the importer"),
        ("mappings", "is a folder"),
        ("gone/import.log", "there is no folder"),
        ("x" * 300, "cannot be written"),
    ],
)
def test_a_log_file_that_cannot_be_one_is_refused_before_anything_is_sent(
    folder, connected, importer, name, says
):
    importer("run", folder.people(1))
    sheet = folder.people(2, "leads.txt")
    os.link(sheet, folder.path / "linked.log")
    (folder.path / "notes.txt").write_text("Mine.\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    done = importer("run", sheet, "--log-file", name)
    assert done.exit_code == 2
    assert says in done.stderr
    assert len(connected.opportunities) == 1
    assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["leads.prom", "keys.env", "night/summary.json", "night/mappings.yaml"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_log_is_no_other_file_of_a_pass(folder, connected, importer, name, is_there):
    (folder.path / "night").mkdir()
    keys, log = folder.path / "keys.env", folder.path / name
    keys.touch(0o600)
    if is_there:
        log.touch(0o600)
    elif log == keys:
        keys.unlink()
    words = ["--metrics", "leads.prom", "--env-file", "keys.env", "--log-file", name]
    done = importer("nightly", "night", *words)
    assert done.exit_code == 2
    assert f"--log-file: {name} " in done.stderr
    assert not connected.calls


def full(path):
    """A log that has no room for another line."""
    line = b'{"time": "2026-01-01T00:00:00.000Z", "event": "said", "level": "info", "text": "."}\n'
    path.write_bytes(line * (MOST_BYTES // len(line)))


def test_a_log_that_is_full_makes_room_and_five_old_ones_are_kept(folder, connected, importer):
    log = folder.path / "import.log"
    full(log)
    for number in range(1, 8):
        (folder.path / f"import.log.{number}").write_text(f"{number}", encoding="utf-8")
    importer("run", folder.people(1), "--log", "json", "--log-file", log)
    assert named(log.read_text(encoding="utf-8"), "run.ended")
    assert (folder.path / "import.log.1").stat().st_size > MOST_BYTES - 1000
    assert [(folder.path / f"import.log.{number}").read_text() for number in range(2, 8)] == [*"123467"]


def test_a_log_that_cannot_be_renamed_grows_on(folder, connected, importer):
    log = folder.path / "import.log"
    full(log)
    # As on Windows, where another process holds the file.
    for number in (4, 5):
        (folder.path / f"import.log.{number}" / "held").mkdir(parents=True)
    done = importer("run", folder.people(3), "--log", "json", "--log-file", log)
    assert done.exit_code == 0
    assert not named(done.stderr, "log.failed")
    assert named(log.read_text(encoding="utf-8"), "run.ended")
    assert log.stat().st_size > MOST_BYTES


def test_two_processes_may_write_to_one_log_and_neither_is_lost(folder, connected, start):
    full(folder.path / "import.log")
    for name in ("a.csv", "b.csv"):
        folder.sheet(*(f"{number}@{name}.example.com,Asha,Loan" for number in range(40)), name=name)
    both = [start("run", name, "--log", "json", "--log-file", "import.log") for name in ("a.csv", "b.csv")]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(connected.opportunities) == 80


ON_A_SMALL_DISK = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
runpy.run_module("importer", run_name="__main__")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the way to hamper a process is Linux's")
@pytest.mark.parametrize(
    ("spelling", "says"), [("plain", "cannot be written any more. The work goes on."), ("json", "log.failed")]
)
def test_a_log_on_a_full_disk_is_said_once_and_stops_nothing(folder, connected, spelling, says):
    log = folder.path / "import.log"
    start = b'{"time": "2026-01-01T00:00:00.000Z"}\n'
    log.write_bytes(start + b"." * (1_999_970 - len(start)))
    folder.people(5)
    words = ["run", "enquiries.csv", "--quiet", "--log", spelling, "--log-file", "import.log"]
    done = subprocess.run(
        [sys.executable, "-c", ON_A_SMALL_DISK, *words], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0
    assert len(connected.opportunities) == 5
    assert done.stderr.count(says) == 1
    assert "Traceback" not in done.stderr
    assert log.stat().st_size == 2_000_000


def test_a_line_that_a_full_disk_has_cut_off_spoils_no_other(tmp_path):
    failed: list[str] = []
    log = LogFile(tmp_path / "import.log", failed.append)
    log.write("first")
    if sys.platform == "linux":
        import resource

        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
        log.write("second")
        log.write("third")
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert len(failed) == 1
    log.write("fourth")
    log.close()
    assert (tmp_path / "import.log").read_text(encoding="utf-8").splitlines()[-1] == "fourth"


CANARY = "canary"
"""Stands in every value of the sheet and every text of LeadSquared's, in capitals or small letters."""

CHOOSY = """\
version: 1
day_first: true
lead:
  search_by: EmailAddress
  attributes:
    EmailAddress: {column: Email, kind: email, required: true}
    FirstName: First Name
    Phone: {column: Mobile, kind: phone, region: IN}
opportunity:
  event_code: 12000
  note: Note
  fields:
    mx_Custom_1: {column: Product, kind: choice, choices: [Loan, Card], required: true}
    mx_Custom_3: {column: Visit, kind: date}
    mx_Custom_5: {column: Amount, kind: number, min: 1}
    Owner: {column: Owner, kind: guid}
"""
HEADINGS = "Email,First Name,Mobile,Note,Product,Visit,Amount,Owner,Canary Extra"
ODD = (
    "canary1@example.com,Canary One,+91 98765 43210,canary note,Loan,2026-03-31,5,,canary",
    " canary2@example.com,{{canary}},098765 43210,canary <b>note</b>,loan,31-Mar-2026,\"₹ 1,000\",,",
    "canary3@example.com,#N/A canary,,{{canary}}," "Loan,,7,,",
    f"canary4@example.com,<canary>,,{'canary ' * 60},Loan,,7,,",
    "canary at nowhere,Canary Five,,,Loan,,,,",
    "canary6@example.com,Canary,canary phone,,Loan,,,,",
    "canary7@example.com,Canary,,,Canary choice,,,,",
    "canary8@example.com,Canary,,,Loan,canary day,,,",
    "canary9@example.com,Canary,,,Loan,,canary amount,,",
    "canary10@example.com,Canary,,,Loan,,,canary owner,",
    "canary11@example.com,Canary,,,,,,,",
)  # fmt: skip
SAID = "canary11@example.com is no value for Canary"
HOPELESS = Fault("envelope_500", exception="MXInvalidActivityFieldsException", message=SAID)
WAYS = {
    "a finished run": ((), ODD, ["run", "SHEET"]),
    "refused rows": ((Fault("refused", message=SAID),), ODD, ["run", "SHEET", "--verify"]),
    "all rows refused alike": (
        (HOPELESS,),
        [f"canary{n}@example.com,Canary,,,Loan,,{n},," for n in range(1, 31)],
        ["run", "SHEET"],
    ),
    "keys refused": (
        (
            Fault(
                "envelope_500",
                call="UserByAccessKey.Get",
                exception="MXInvalidAccessDetailsException",
                message=SAID,
            ),
        ),
        ODD,
        ["run", "SHEET"],
    ),
    "an unreadable account": (
        (Fault("envelope_500", call="LeadsMetaData.Get", exception="MXException", message=SAID),),
        ODD,
        ["run", "SHEET"],
    ),
    "a read back that is refused": (
        (Fault("envelope_500", call="Retrieve", exception="MXException", message=SAID),),
        ODD,
        ["run", "SHEET", "--verify", "--patience", "0.1"],
    ),
    "too many errors": ((), ODD, ["run", "SHEET", "--max-errors", "1"]),
    "a sheet whose headings are values": (
        (),
        ["canary,canary"],
        ["run", "SHEET", "--header-row", "2", "--mapping", "mappings/enquiries.yaml"],
    ),
}

WITHOUT_VALUES = ("a sheet whose headings are values",)


@pytest.fixture(params=["json", "plain"])
def written(folder, importer, request):
    """Runs a command with a log; what it has written on stderr (if that is a log) and in the file."""

    def call(*words):
        spelling = request.param
        done = importer(*words, "--log", spelling, "--log-file", f"{spelling}.log")
        text = (folder.path / f"{spelling}.log").read_text(encoding="utf-8")
        assert text
        return (done.stderr if spelling == "json" else "") + text

    return call


@pytest.mark.parametrize("way", WAYS)
def test_no_value_is_in_a_log_unless_it_is_asked_for(folder, connect, written, way):
    faults, rows, (verb, _, *more) = WAYS[way]
    folder.mapping(CHOOSY)
    sheet = folder.sheet(*rows, headings=HEADINGS)
    with Simulator(rate=None, faults=list(faults)).serving() as simulator:
        connect(simulator.url)
        silent = written(verb, sheet, *more)
        assert CANARY not in silent.lower()
        quoting = written(
            verb, folder.sheet(*rows, headings=HEADINGS, name="again.csv"), *more, "--log-values"
        )
    if way not in WITHOUT_VALUES:
        assert CANARY in quoting.lower()


def test_nor_in_that_of_an_undo(folder, connect, importer, written):
    refused = Fault("envelope_500", call="Delete", exception="MXInvalidOperationException", message=SAID)
    with Simulator(rate=None, faults=[refused]).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(3))
        assert CANARY not in written("undo", 1, "--yes").lower()
        assert CANARY in written("undo", 1, "--yes", "--log-values").lower()


def test_nor_what_has_changed_in_the_account(folder, connect, written):
    logs, port = [], 0
    for name, *words in (("Old canary",), ("New canary",), ("Newest canary", "--log-values")):
        account = Account(opportunity_types={12000: OpportunityType(name)})
        with Simulator(rate=None, account=account).serving(port) as simulator:
            port = int(simulator.url.rpartition(":")[2])
            connect(simulator.url)
            logs.append(written("run", folder.people(2), *words))
    assert "account.changed" in logs[1]
    assert CANARY not in logs[1]
    assert 'is now called \\"Newest canary' in logs[2] or 'is now called "Newest canary' in logs[2]
