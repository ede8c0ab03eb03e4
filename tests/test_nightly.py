"""`importer nightly`: every file of the inbox ends where it belongs, once, whatever comes in between."""

import errno
import json
import os
import re
import signal
import time
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from importer import inbox, outage
from importer.deadline import Deadline, read_deadline
from importer.errors import Interrupted
from importer.order import Order
from importer.results import PROGRESS_EVERY
from importer.rules import Rules
from importer.run import run
from importer.settings import read_settings
from importer.simulator import Fault, Simulator
from importer.tell import Tell
from tests.conftest import MAPPING, free_port, outcomes
from tests.nights import HEADINGS, Night, rows_of


@pytest.fixture
def night(tmp_path):
    return Night(tmp_path / "night")


@pytest.fixture
def nightly(importer, night):
    def call(*words: object):
        return importer("nightly", night.path, "--details", *words)

    return call


def wait_until_it_says(process, words):
    """On stderr; it is still at work then."""
    while words not in process.stderr.readline():
        assert process.poll() is None


def test_a_good_file_is_in_done_with_its_result_and_summary(night, connected, nightly):
    night.people("enquiries.csv", 3)
    done = nightly()
    assert done.exit_code == 0, done.stderr
    assert len(connected.opportunities) == 3
    folder = night.own_folder("done", "enquiries.csv")
    assert sorted(each.name for each in folder.iterdir()) == [
        "enquiries.csv", "enquiries.result.xlsx", "summary.json",
    ]  # fmt: skip
    assert folder.name[:4] == time.strftime("%Y")
    assert folder.name.endswith("_enquiries")
    assert [row["Outcome"] for row in rows_of(folder / "enquiries.result.xlsx")] == ["Created"] * 3
    told = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (told["rows"], told["outcomes"]["Created"], told["exit_code"]) == (3, 3, 0)
    assert told["path"] == str(folder / "enquiries.csv")
    assert night.trays()["inbox"] == []
    assert str(folder) in done.stdout


def test_a_file_with_rows_for_a_person_is_in_attention(night, connected, nightly):
    night.put("enquiries.csv", "person1@example.com,Person 1,Loan", "no address,Person 2,Loan")
    assert nightly().exit_code == 1
    assert len(connected.opportunities) == 1
    assert night.trays()["attention"] == ["enquiries.csv"]
    assert night.summary["needs_person"] is True


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.xlsx", b"PK\x03\x04 and no more", "damaged or cut off"),
        ("other.csv", b"Colour,Size\nred,5\n", "No mapping in mappings/ fits this sheet"),
        ("empty.csv", b"", "empty"),
    ],
)
def test_an_unusable_file_is_in_failed_with_the_reason_and_stops_no_other(
    night, connected, nightly, name, content, said
):
    night.file(name, content, age=900)
    night.people("good.csv", 2)
    done = nightly()
    assert done.exit_code == 2
    assert len(connected.opportunities) == 2
    assert night.trays()["failed"] == [name]
    assert night.trays()["done"] == ["good.csv"]
    reason = (night.own_folder("failed", name) / "reason.txt").read_text(encoding="utf-8")
    assert said in reason
    assert "working" not in reason
    assert reason.startswith(f"Nothing of {name} was imported.\n")
    assert reason.endswith(f"Once that is mended, put {name} back into {night.path / 'inbox'}.\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has fewer names")
@pytest.mark.parametrize(
    "stem",
    [
        "Leads\u00a0Pune", "\U0001f468\u200d\U0001f469\u200d\U0001f467 leads", "\u0645\u06cc\u200c\u062e",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "of next year \U0001faff",
        "\u200fleads", "soft\u00adhyphen",
    ],
)  # fmt: skip
def test_a_file_with_a_harmless_name_is_imported_whatever_its_script(
    night, connected, nightly, importer, stem
):
    (night.path / "mappings.yaml").write_text('"*.csv": mappings/enquiries.yaml\n', encoding="utf-8")
    night.people(f"{stem}.csv", 1)
    done = nightly("--log-file", night.path / "log", "--metrics", night.path / "nightly.prom")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert night.trays()["done"] == [f"{stem}.csv"]
    assert f"{stem}.csv: 1 row: Created 1" in done.stdout
    [told] = night.summary["files"]
    assert (Path(told["path"]).exists(), Path(told["result"]).name) == (True, f"{stem}.result.xlsx")
    assert importer("history").exit_code == importer("results", 1).exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize(
    "name",
    [
        "two\nlines.csv",
        "red\x1b[31m.csv",
        "next\x85line.csv",
        "x\u2028y.csv",
        "xslx\u202evsc.csv",
        "\u2067a.csv",
    ],
)
def test_a_file_whose_name_would_change_what_is_shown_is_left(night, connected, nightly, name):
    night.people(name, 1)
    done = nightly()
    assert done.exit_code == 2
    assert "has a name with signs that change how text is shown: rename it" in done.stderr
    assert name not in done.stdout + done.stderr
    assert night.trays()["inbox"] == [name]


def test_the_longest_unchanged_file_is_the_first(night, connected, nightly):
    for name, age, first in (("b.csv", 900, 1), ("c.csv", 70, 2), ("a.csv", 300, 3)):
        night.people(name, 1, first=first, age=age)
    nightly()
    assert [file["file"] for file in night.summary["files"]] == ["b.csv", "a.csv", "c.csv"]


def test_a_file_that_may_still_grow_is_left_for_the_next_pass(night, connected, nightly):
    growing = night.people("growing.csv", 2, age=5)
    done = nightly()
    assert done.exit_code == 0
    assert night.trays()["inbox"] == ["growing.csv"]
    assert "growing.csv was changed within the last 60 seconds" in done.stderr
    os.utime(growing, (time.time() - 61, time.time() - 61))
    nightly()
    assert night.trays()["done"] == ["growing.csv"]
    assert len(connected.opportunities) == 2


@pytest.mark.parametrize("name", ["~$book.xlsx", ".hidden.csv", "Thumbs.db", ".~lock.book.csv#"])
def test_what_is_no_file_of_a_person_is_left_out(night, connected, nightly, name):
    night.file(name, b"x")
    done = nightly()
    assert done.exit_code == 0
    assert night.trays()["inbox"] == [name]
    assert night.summary["left"] == []


@pytest.mark.parametrize("name", ["big.csv.part", "big.xlsx.crdownload", "big.tmp"])
def test_a_partial_file_waits_and_is_told(night, connected, nightly, name):
    night.file(name, b"Email\n")
    assert nightly().exit_code == 0
    assert [(left["file"], left["needs_person"]) for left in night.summary["left"]] == [(name, False)]


@pytest.mark.parametrize("lock", ["~$book.csv", ".~lock.book.csv#"])
def test_a_file_that_is_open_in_excel_waits_until_it_is_closed(night, connected, nightly, lock):
    night.people("book.csv", 1)
    mark = night.file(lock, b"")
    nightly()
    assert not connected.opportunities
    mark.unlink()
    nightly()
    assert len(connected.opportunities) == 1


@pytest.mark.skipif(os.name != "posix", reason="Windows has names of texts only")
@pytest.mark.parametrize("tray", ["inbox", "working"])
def test_a_folder_whose_name_is_no_text_keeps_no_file_from_its_place(night, connected, nightly, tray):
    night.people("a.csv", 2)
    (night.path / tray).mkdir(exist_ok=True)
    odd = night.path / tray / os.fsdecode(b"M\xe4rz")
    odd.mkdir()
    (odd / "x.csv").write_text("Email\n", encoding="utf-8")
    done = nightly()
    assert done.exit_code in (0, 2), done.stderr
    assert night.trays()["done"] == ["a.csv"]
    assert [left["file"] for left in night.summary["left"]] == ["M\\xe4rz"]


@pytest.mark.parametrize(("age", "needs_person"), [(7200, False), (90_000, True)])
def test_a_file_that_waits_for_more_than_a_day_needs_a_person(
    night, connected, nightly, monkeypatch, age, needs_person
):
    night.people("a.csv.part", 1)
    night.people("b.csv", 1)
    night.file("~$b.csv", b"")
    monkeypatch.setattr(inbox, "LONG", 86_400 - age)
    nightly()
    assert [left["needs_person"] for left in night.summary["left"]] == [needs_person] * 2


def test_a_disk_that_is_full_in_the_midst_loses_no_report(night, connected, nightly, monkeypatch):
    mkdir = Path.mkdir

    def refused(path, *values, **named):
        if path.name.endswith("_b"):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        mkdir(path, *values, **named)

    monkeypatch.setattr(Path, "mkdir", refused)
    night.people("a.csv", 2, age=900)
    night.people("b.csv", 1, first=7)
    done = nightly()
    assert done.exit_code == 7
    assert "No space left on device" in night.summary["stopped"]
    assert [file["file"] for file in night.summary["files"]] == ["a.csv"]
    assert (night.summary["rows"], night.trays()["inbox"]) == (2, ["b.csv"])
    monkeypatch.undo()


def test_what_a_later_file_settles_of_an_earlier_one_is_no_bug(night, connect, nightly, monkeypatch):
    monkeypatch.setattr(outage, "LONGEST_PAUSE", 0.1)
    night.people("a.csv", 2, age=900)
    night.put("b.csv", "person1@example.com,Person 1,Loan 1", "b@example.com,B,Loan b", age=800)
    reads = ("GetOpportunitiesByUniqueLeadField", "Leads.Get", "Retrieve")
    lost = Fault("drop", stores=True, matching="Loan 1", times=1)
    with Simulator(
        rate=None, faults=[lost, *(Fault("http_500", call=call, times=6) for call in reads)]
    ).serving() as simulator:
        connect(simulator.url)
        done = nightly("--patience", "0.1")
        assert len(simulator.opportunities) == 3
    assert done.exit_code == 1, done.stderr
    assert night.summary["stopped"] is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_mappings_that_cannot_be_read_leave_every_file_where_it_is(night, connected, nightly):
    night.people("a.csv", 1)
    (night.path / "mappings").chmod(0)
    try:
        done = nightly()
    finally:
        (night.path / "mappings").chmod(0o755)
    assert done.exit_code == 2
    assert f"{night.path / 'mappings'} cannot be read" in night.summary["stopped"]
    assert night.trays()["inbox"] == ["a.csv"]


def test_a_leadsquared_that_is_away_at_first_is_waited_for(night, connect, start):
    port = free_port()
    connect(f"http://127.0.0.1:{port}")
    night.people("a.csv", 2)
    process = start("nightly", night.path)
    wait_until_it_says(process, "trying again in 4 s")
    with Simulator().serving(port) as simulator:
        process.communicate()
        assert (process.returncode, len(simulator.opportunities)) == (0, 2)


@pytest.mark.skipif(os.name != "posix", reason="signals of other processes are POSIX's")
def test_while_it_waits_for_leadsquared_a_pass_can_be_ended(night, connect, start):
    connect(f"http://127.0.0.1:{free_port()}")
    night.people("a.csv", 2)
    process = start("nightly", night.path)
    wait_until_it_says(process, "trying again in 4 s")
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 4
    assert night.trays()["working"] == ["a.csv"]


def test_the_account_is_asked_once_for_many_small_files(night, connected, nightly):
    for number in range(1, 8):
        night.people(f"{number}.csv", 1, first=number, age=900)
    assert nightly().exit_code == 0
    assert len(connected.opportunities) == 7
    calls = Counter(call.path.rpartition("/")[2] for call in connected.calls)
    assert (calls["GetOpportunityTypeMetadata"], calls["Capture"]) == (1, 7)
    assert len(connected.calls) == 3 + 7 + 7


@pytest.mark.skipif(os.name != "posix", reason="signals of other processes are POSIX's")
def test_a_wish_to_end_while_a_result_is_written_ends_the_pass_after_it(night, connected, start):
    night.put("a.csv", *(f"nobody,Person {row},Loan {row}" for row in range(PROGRESS_EVERY + 100)), age=900)
    night.people("b.csv", 2)
    process = start("nightly", night.path)
    wait_until_it_says(process, "Writing the result workbook")
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert (process.returncode, len(connected.captures)) == (4, 0)
    assert night.own_folder("attention", "a.csv").joinpath("a.result.xlsx").exists()
    assert night.trays()["inbox"] == ["b.csv"]


def test_a_file_from_a_clock_that_is_ahead_waits_no_longer_than_others(
    night, connected, nightly, monkeypatch
):
    night.people("a.csv", 1, age=-20_000)
    nightly()
    assert night.trays()["inbox"] == ["a.csv"]
    monkeypatch.setattr(inbox, "SETTLED_AFTER", 0.05)
    time.sleep(0.1)
    nightly()
    assert night.trays()["done"] == ["a.csv"]


def test_trays_may_be_links_to_folders_elsewhere(night, connected, nightly, importer, tmp_path):
    for tray in ("working", "done", "attention"):
        (tmp_path / f"own {tray}").mkdir()
        (night.path / tray).symlink_to(tmp_path / f"own {tray}")
    night.people("a.csv", 2, age=900)
    night.put("b.csv", "nobody,B,Loan")
    assert nightly().exit_code == 1
    [sheet] = (tmp_path / "own done").rglob("a.csv")
    assert str(sheet.parent / "a.result.xlsx") in importer("history", 1).stdout
    (night.path / "inbox" / "a.csv").write_bytes(sheet.read_bytes())
    os.utime(night.path / "inbox" / "a.csv", (1e9, 1e9))
    assert nightly().exit_code == 0
    assert len(connected.opportunities) == 2


def test_what_can_never_be_taken_needs_a_person(night, connected, nightly, tmp_path):
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text(f"{HEADINGS}\n", encoding="utf-8")
    (night.path / "inbox" / "link.csv").symlink_to(elsewhere)
    night.file("summary.json", b"{}")
    night.file(os.fsdecode(b"no text \xff.csv"), b"Email\n")
    night.file(f"{'x' * 220}.csv", b"Email\n")
    (night.path / "inbox" / "older").mkdir()
    done = nightly()
    assert done.exit_code == 2
    told = {left["file"][:12]: left["needs_person"] for left in night.summary["left"]}
    assert told == {
        "link.csv": True, "summary.json": True, "no text \\xff": True, "x" * 12: True, "older": False,
    }  # fmt: skip
    assert len(list((night.path / "inbox").iterdir())) == 5


def test_the_state_folder_does_not_grow_with_the_files(night, connected, nightly, tmp_path):
    night.people("first.csv", 1)
    nightly()
    before = {each.name for each in (tmp_path / "state").iterdir()}
    night.people("second.csv", 1, first=2)
    nightly()
    assert {each.name for each in (tmp_path / "state").iterdir()} == before


def test_a_file_that_is_written_anew_or_removed_during_the_pass_is_not_taken(night, connect, start):
    night.people("a.csv", 20, age=900)
    night.people("b.csv", 1, first=50)
    night.people("c.csv", 1, first=60)
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url, rate="10/1")
        process = start("nightly", night.path)
        while not simulator.captures:
            time.sleep(0.01)
        night.people("b.csv", 2, first=50, age=0)
        (night.path / "inbox" / "c.csv").unlink()
        process.communicate(timeout=60)
        assert len(simulator.captures) == 20
    assert process.returncode == 0
    assert night.trays()["inbox"] == ["b.csv"]


def test_two_files_of_one_name_never_overwrite_each_other(night, connected, nightly):
    for first in (1, 2, 3):
        night.people("enquiries.csv", 1, first=first)
        nightly()
    assert night.trays()["done"] == ["enquiries.csv"] * 3
    texts = {each.read_text(encoding="utf-8") for each in (night.path / "done").rglob("enquiries.csv")}
    assert len(texts) == 3
    assert len(connected.opportunities) == 3


def test_files_of_one_stem_have_folders_of_their_own(night, connected, nightly):
    night.people("a.csv", 1)
    night.people("a.txt", 1, first=2)
    nightly()
    assert night.trays()["done"] == ["a.csv", "a.txt"]


def test_a_file_that_was_imported_before_sends_nothing(night, connected, nightly):
    night.people("enquiries.csv", 3)
    nightly()
    night.people("again.csv", 3)
    assert nightly().exit_code == 0
    assert len(connected.captures) == 3
    again = night.own_folder("done", "again.csv")
    assert [row["Outcome"] for row in rows_of(again / "again.result.xlsx")] == ["Skipped"] * 3


def test_a_result_that_was_corrected_can_be_put_into_the_inbox(night, connected, nightly):
    night.put("enquiries.csv", "person1@example.com,Person 1,Loan", "no address,Person 2,Loan")
    nightly()
    result = night.own_folder("attention", "enquiries.csv") / "enquiries.result.xlsx"
    book = openpyxl.load_workbook(result)
    book.worksheets[0]["A3"] = "person2@example.com"
    book.save(night.path / "inbox" / result.name)
    os.utime(night.path / "inbox" / result.name, (1.0, 1.0))
    assert nightly().exit_code == 0
    assert len(connected.opportunities) == 2


def test_the_journal_knows_where_the_sheet_and_its_result_are_now(night, connected, nightly, importer):
    night.people("enquiries.csv", 2)
    nightly()
    folder = night.own_folder("done", "enquiries.csv")
    assert str(folder / "enquiries.csv") in importer("history", 1).stdout
    (folder / "enquiries.result.xlsx").unlink()
    made = importer("results", 1)
    assert made.exit_code == 0, made.stderr
    assert (folder / "enquiries.result.xlsx").exists()
    assert importer("undo", 1, "--yes").exit_code == 0
    assert (folder / "enquiries.undo.xlsx").exists()


def test_a_pattern_in_mappings_yaml_says_which_mapping_a_file_takes(night, connected, nightly):
    (night.path / "mappings" / "second.yaml").write_text(
        MAPPING.replace("mx_Custom_1", "mx_Custom_9"), encoding="utf-8"
    )
    night.people("partners-may.csv", 1)
    assert nightly().exit_code == 2
    assert "Several mappings fit" in next((night.path / "failed").rglob("reason.txt")).read_text()
    (night.path / "mappings.yaml").write_text(
        '"Partners-*.csv": mappings/second.yaml\n"*": mappings/enquiries.yaml\n', encoding="utf-8"
    )
    night.people("partners-june.csv", 1)
    night.people("others.csv", 1, first=2)
    assert nightly().exit_code == 0
    assert {"mx_Custom_9", "mx_Custom_1"} <= {key for each in connected.opportunities for key in each.fields}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"*.csv": mappings/none.yaml\n', "line 1: *.csv: there is no mappings/none.yaml in "),
        ("- a\n- b\n", "this is no list of file names and mappings"),
        ('"a*": [x, y]\n', "no name of one mapping file"),
        ('"a*": mappings/enquiries.yaml\n"a*": mappings\n', "line 2: a*: stands here a second time"),
        ("\t- x", "a tab stands here"),
    ],
)
def test_a_faulty_mappings_yaml_takes_no_file(night, connected, nightly, text, said):
    night.people("enquiries.csv", 1)
    (night.path / "mappings.yaml").write_text(text, encoding="utf-8")
    done = nightly()
    assert done.exit_code == 2
    assert said in done.stderr
    assert night.trays()["inbox"] == ["enquiries.csv"]


def test_a_folder_that_is_none_and_keys_that_are_missing_are_refused(night, connected, importer, monkeypatch):
    done = importer("nightly", night.path / "none", "--json")
    assert done.exit_code == 2
    assert "is no folder" in json.loads(done.stdout)["stopped"]
    night.people("enquiries.csv", 1)
    monkeypatch.delenv("LSQ_ACCESS_KEY")
    assert importer("nightly", night.path).exit_code == 2
    assert night.trays()["inbox"] == ["enquiries.csv"]


def test_an_empty_folder_gets_its_trays(tmp_path, connected, importer):
    (tmp_path / "new").mkdir()
    done = importer("nightly", tmp_path / "new", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["files"] == []
    assert {each.name for each in (tmp_path / "new").iterdir()} == {
        "inbox", "mappings", "working", "done", "attention", "failed", "journal.json", "summary.json",
    }  # fmt: skip


def test_a_leadsquared_that_does_not_answer_leaves_every_file_where_it_goes_on(night, connect, nightly):
    port = free_port()
    night.people("a.csv", 2, age=900)
    night.people("b.csv", 2, first=3)
    connect(f"http://127.0.0.1:{port}")
    done = nightly("--give-up-after", "1")
    assert done.exit_code == 5
    assert night.trays()["working"] == ["a.csv"]
    assert night.trays()["inbox"] == ["b.csv"]
    with Simulator(rate=None).serving(port) as simulator:
        assert nightly().exit_code == 0
        assert len(simulator.opportunities) == 4
    assert night.trays()["done"] == ["a.csv", "b.csv"]


def test_a_day_s_calls_that_are_spent_end_the_pass_and_the_file_goes_on(
    night, connected, nightly, monkeypatch
):
    night.people("a.csv", 6)
    night.people("b.csv", 1, first=9, age=100)
    monkeypatch.setenv("LSQ_DAILY_CALLS", "8")
    assert nightly().exit_code == 3
    assert night.trays()["working"] == ["a.csv"]
    assert night.trays()["inbox"] == ["b.csv"]
    assert night.summary["needs_person"] is False
    monkeypatch.delenv("LSQ_DAILY_CALLS")
    assert nightly().exit_code == 0
    assert len(connected.captures) == 7


def test_a_file_that_leadsquared_refuses_as_a_whole_needs_a_person_and_stops_no_other(
    night, connect, nightly
):
    fault = Fault("envelope_500", call="Capture", matching="Loan A", message="MXInvalidActivityException")
    with Simulator(rate=None, faults=[fault]).serving() as simulator:
        connect(simulator.url)
        rows = (f"person{each}@example.com,Person {each},Loan A" for each in range(40))
        night.put("bad.csv", *rows, age=900)
        night.people("good.csv", 2, first=100)
        done = nightly("--max-errors", 5)
        assert len(simulator.opportunities) == 2
    assert done.exit_code == 3, done.stderr
    assert night.trays()["attention"] == ["bad.csv"]
    folder = night.own_folder("attention", "bad.csv")
    reason = (folder / "reason.txt").read_text(encoding="utf-8")
    assert "more than --max-errors 5" in reason
    assert reason.startswith("bad.csv was not imported to its end.\n")
    assert reason.endswith(f"back into {night.path / 'inbox'}: what was sent is not sent twice.\n")
    assert len(rows_of(folder / "bad.result.xlsx")) == 40
    assert night.trays()["done"] == ["good.csv"]


def test_a_pass_that_is_over_time_stops_and_the_next_goes_on(night, connect, nightly):
    night.people("a.csv", 40, age=900)
    night.people("b.csv", 1, first=90)
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url, rate="10/1")
        done = nightly("--max-minutes", 0.03)
        assert done.exit_code == 4, done.stderr
        assert 0 < len(simulator.captures) < 40
        assert night.summary["needs_person"] is False
        assert "--max-minutes 0.03" in done.stderr
        assert night.trays()["working"] == ["a.csv"]
        connect(simulator.url)
        assert nightly().exit_code == 0
        assert len(simulator.captures) == len(simulator.opportunities) == 41
    result = night.own_folder("done", "a.csv") / "a.result.xlsx"
    assert [row["Outcome"] for row in rows_of(result)] == ["Created"] * 40


def test_a_run_of_one_sheet_stops_in_time_too(folder, connect, importer):
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url, rate="10/1")
        sheet = folder.people(40)
        done = importer("run", sheet, "--max-minutes", "0.03", "--output", "out.csv")
        assert done.exit_code == 4
        connect(simulator.url)
        assert importer("run", sheet, "--output", "out.csv").exit_code == 0
        assert len(simulator.captures) == 40
    assert outcomes(folder.path / "out.csv") == ["Created"] * 40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--until", "25:00"), "--until: '25:00' is not a time of day such as 06:00."),
        (("--until", "6"), "is not a time of day"),
        (("--max-minutes", "0"), "--max-minutes: '0' is not a number of minutes such as 90."),
        (("--max-minutes", "soon"), "is not a number of minutes"),
    ],
)
def test_a_time_that_is_none_is_refused(night, connected, nightly, words, said):
    night.people("a.csv", 1)
    done = nightly(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert night.trays()["inbox"] == ["a.csv"]


def test_the_advice_to_send_a_row_again_names_a_command_that_does(
    night, connected, nightly, importer, tmp_path
):
    night.people("a.csv", 2)
    nightly()
    night.people("b.csv", 1)
    nightly()
    [row] = rows_of(night.own_folder("done", "b.csv") / "b.result.xlsx")
    [command] = re.findall(
        r"into a sheet of its own: importer (run SHEET --mapping FILE --again)$", str(row["Advice"])
    )
    sheet = tmp_path / "own.csv"
    sheet.write_text(f"{HEADINGS}\n{row['Email']},{row['First Name']},{row['Product']}\n", encoding="utf-8")
    places = {"SHEET": sheet, "FILE": night.path / "mappings" / "enquiries.yaml"}
    assert importer(*(places.get(word, word) for word in command.split())).exit_code == 0
    assert len(connected.opportunities) == 3


def test_a_wish_to_end_is_heard_while_a_big_file_is_checked(night, connected, nightly, start):
    good = (f"person{number}@example.com,Person,Loan" for number in range(3))
    night.put("a.csv", *["no address,Somebody,Loan"] * 6_000, *good)
    process = start("nightly", night.path, "--log", "json")
    while '"event": "file.began"' not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate()
    assert process.returncode == 4, stderr
    assert "run.began" not in stderr
    assert night.trays()["working"] == ["a.csv"]
    assert not list(night.path.rglob("*.result.*"))
    [told] = night.summary["files"]
    assert 0 < told["rows"] == told["outcomes"]["Invalid"] < 6_000
    assert told["stopped"] == "Stopped by the system. The check of the rows had not ended: nothing was sent."
    assert not connected.captures
    assert nightly().exit_code == 1
    assert len(connected.captures) == 3
    [told] = night.summary["files"]
    assert (told["run"], told["rows"], told["outcomes"]["Invalid"]) == (1, 6_003, 6_000)


def test_the_time_is_heeded_while_a_big_file_is_checked(folder, connected, importer):
    sheet = folder.people(600)
    over = Rules(deadline=Deadline(0.0, "--until 06:00"))
    with pytest.raises(Interrupted, match=r"\(--until 06:00\).* nothing was sent"):
        run(Order(sheet), read_settings(os.environ), over, Tell())
    assert not connected.captures
    assert "not finished (Stopped, as the time is over (--until 06:00)." in importer("history").stdout
    done = importer("run", sheet, "--limit", 2)
    assert "Run 1 of this sheet was not finished: it goes on." in done.stderr
    assert len(connected.captures) == 2


@pytest.mark.parametrize(
    ("until", "minutes", "now", "ends"),
    [
        ("06:00", None, "2026-11-26 22:15:00", "2026-11-27 06:00:00"),
        ("6:00", None, "2026-11-26 05:59:59", "2026-11-26 06:00:00"),
        ("06:00", None, "2026-11-26 06:00:00", "2026-11-27 06:00:00"),
        (None, "90", "2026-11-26 22:15:00", "2026-11-26 23:45:00"),
        ("06:00", "90", "2026-11-26 22:15:00", "2026-11-26 23:45:00"),
        ("23:00", "90", "2026-11-26 22:15:00", "2026-11-26 23:00:00"),
    ],
)
def test_the_time_is_the_next_of_this_machine_s_clock(until, minutes, now, ends):
    from datetime import datetime

    deadline = read_deadline(until, minutes, datetime.fromisoformat(now))
    assert deadline is not None
    assert datetime.fromtimestamp(deadline.at) == datetime.fromisoformat(ends)


def test_only_one_pass_at_a_time(night, connect, start, importer):
    night.people("a.csv", 60)
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url, rate="20/1")
        process = start("nightly", night.path)
        while not simulator.captures:
            time.sleep(0.01)
        done = importer("nightly", night.path)
        assert done.exit_code == 6
        assert "Another importer is working through" in done.stderr
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 4
    assert night.trays()["working"] == ["a.csv"]


def test_what_another_journal_has_begun_is_left_to_it(night, connected, nightly, monkeypatch, tmp_path):
    night.people("a.csv", 6)
    monkeypatch.setenv("LSQ_DAILY_CALLS", "8")
    assert nightly().exit_code == 3
    monkeypatch.delenv("LSQ_DAILY_CALLS")
    sent = len(connected.captures)
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "other state"))
    (night.path / "journal.json").unlink()
    done = nightly()
    assert "another computer or user" in done.stderr
    assert len(connected.captures) == sent
    assert night.trays()["working"] == ["a.csv"]


def test_with_another_journal_nothing_is_sent_again(night, connected, nightly, monkeypatch, tmp_path):
    night.people("a.csv", 3)
    nightly()
    sheet = night.own_folder("done", "a.csv") / "a.csv"
    sheet.rename(night.path / "inbox" / "a.csv")
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "other state"))
    done = nightly()
    assert done.exit_code == 2
    told = f"{night.path} belongs to another journal, in {tmp_path / 'state'}."
    assert told in done.stderr
    assert told in night.summary["stopped"]
    assert night.trays()["inbox"] == ["a.csv"]
    assert len(connected.captures) == 3
    (night.path / "journal.json").write_text("?", encoding="utf-8")
    assert "journal.json, which names the journal of this folder, cannot be read" in nightly().stderr
    assert len(connected.captures) == 3


def test_a_journal_that_was_moved_with_its_folder_goes_on(night, connected, nightly, monkeypatch, tmp_path):
    night.people("a.csv", 3)
    nightly()
    (tmp_path / "state").rename(tmp_path / "new place")
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "new place"))
    assert nightly().exit_code == 0
    told = json.loads((night.path / "journal.json").read_text(encoding="utf-8"))
    assert told["kept_in"] == str(tmp_path / "new place")


@pytest.mark.parametrize("place", ["working", "done"])
def test_ended_after_the_run_the_file_is_only_put_away(night, connected, nightly, importer, place):
    """As if the program had been ended just before, or just after, the file was moved."""
    night.people("a.csv", 3)
    nightly()
    folder = night.own_folder("done", "a.csv")
    before = night.path / "working" / folder.name
    with_journal_as_before(importer, folder, before)
    if place == "working":
        folder.rename(before)
    done = nightly()
    assert done.exit_code == 0, done.stderr
    assert len(connected.captures) == 3
    assert night.trays()["done"] == ["a.csv"]
    assert [row["Outcome"] for row in rows_of(night.own_folder("done", "a.csv") / "a.result.xlsx")] == [
        "Created"
    ] * 3
    assert str(night.own_folder("done", "a.csv")) in importer("history", 1).stdout


def with_journal_as_before(importer, folder, before):
    from importer.journal import Journal
    from importer.moved import moved

    with Journal(Path(os.environ["IMPORTER_STATE"])) as journal:
        moved(folder, before, journal)


def test_what_a_killed_pass_has_put_away_is_told_by_the_next(night, connect, start, importer):
    night.file("corrupt.xlsx", b"PK\x03\x04", age=900)
    night.people("a.csv", 60)
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url, rate="20/1")
        process = start("nightly", night.path)
        while len(simulator.captures) < 5:
            time.sleep(0.01)
        process.kill()
        process.communicate()
        connect(simulator.url)
        done = importer("nightly", night.path)
    assert done.exit_code == 2
    assert [(file["file"], file["place"]) for file in night.summary["files"]] == [
        ("corrupt.xlsx", "failed"), ("a.csv", "done"),
    ]  # fmt: skip
    assert night.summary["needs_person"] is True
    assert importer("nightly", night.path).exit_code == 0
    assert night.summary["files"] == []


def test_a_folder_without_mappings_takes_none_of_another_folder(night, folder, connected, nightly):
    (night.path / "mappings" / "enquiries.yaml").unlink()
    (night.path / "mappings").rmdir()
    night.people("a.csv", 1)
    assert nightly().exit_code == 2
    assert not connected.captures
    reason = next((night.path / "failed").rglob("reason.txt")).read_text(encoding="utf-8")
    assert f"no .yaml file in {night.path / 'mappings'}" in reason


def test_no_row_is_sent_once_the_time_is_over(folder, connect, importer):
    slow = Fault("slow_answer", seconds=0.5, call="GetOpportunityTypeMetadata", times=1)
    with Simulator(faults=[slow]).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(5), "--max-minutes", "0.005")
        assert done.exit_code == 4
        assert not simulator.captures


@pytest.mark.parametrize("words", [["--offline"], []])
def test_an_owner_that_nobody_can_tell_keeps_its_own_file_only(night, connect, nightly, words):
    owners = MAPPING.replace("{column: Owner, kind: guid}", "{column: Owner, kind: owner}")
    (night.path / "mappings" / "owners.yaml").write_text(owners, encoding="utf-8")
    (night.path / "mappings.yaml").write_text(
        '"o*.csv": mappings/owners.yaml\n"*": mappings/enquiries.yaml\n', encoding="utf-8"
    )
    night.put("o.csv", "a@example.com,A,Loan,Agent", headings=f"{HEADINGS},Owner", age=900)
    night.people("p.csv", 2)
    with Simulator(faults=[Fault("http_403", call="Users.Get")]).serving() as simulator:
        connect(simulator.url)
        done = nightly(*words)
        assert (done.exit_code, len(simulator.opportunities)) == (5, 2)
    assert (night.trays()["working"], night.trays()["done"]) == (["o.csv"], ["p.csv"])
    assert night.summary["needs_person"] is True


def test_a_sheet_that_was_saved_again_after_its_run_is_run_again(night, connected, nightly, importer):
    night.people("a.csv", 3)
    nightly()
    folder = night.own_folder("done", "a.csv")
    before = night.path / "working" / folder.name
    with_journal_as_before(importer, folder, before)
    folder.rename(before)
    with (before / "a.csv").open("a", encoding="utf-8") as file:
        file.write("late@example.com,Late,Loan late\n")
    assert nightly().exit_code == 0
    assert len(connected.opportunities) == 4


def test_a_file_that_cannot_be_put_away_stops_no_other(night, connected, nightly, monkeypatch):
    """As in Windows, where somebody has its result open."""
    rename = Path.rename

    def refused(path, target):
        if path.name.endswith("_a") and "done" in str(target):
            raise PermissionError(13, "open elsewhere", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    night.people("a.csv", 1, age=900)
    night.people("b.csv", 1, first=2)
    done = nightly()
    assert done.exit_code == 7
    assert (night.trays()["working"][0], night.trays()["done"]) == ("a.csv", ["b.csv"])
    assert night.summary["needs_person"] is True
    monkeypatch.undo()


def test_missing_keys_are_told_in_the_summary_and_the_log(night, connected, importer, monkeypatch):
    night.people("a.csv", 1)
    monkeypatch.delenv("LSQ_ACCESS_KEY")
    done = importer("nightly", night.path, "--log", "json")
    assert done.exit_code == 2
    assert "LSQ_ACCESS_KEY is not set" in night.summary["stopped"]
    assert "LSQ_ACCESS_KEY is not set" in done.stderr


def test_the_inbox_itself_is_no_folder_to_work_at(night, connected, nightly, importer):
    nightly()
    done = importer("nightly", night.path / "inbox")
    assert done.exit_code == 2
    assert f"name {night.path}, which holds it" in done.stderr
    assert list((night.path / "inbox").glob("*/")) == []


def test_a_sheet_that_is_gone_from_working_is_told(night, connected, nightly, monkeypatch):
    night.people("a.csv", 6)
    monkeypatch.setenv("LSQ_DAILY_CALLS", "8")
    nightly()
    monkeypatch.delenv("LSQ_DAILY_CALLS")
    sheet = night.own_folder("working", "a.csv") / "a.csv"
    for each in sheet.parent.glob("*.csv"):
        each.unlink()
    assert nightly().exit_code == 2
    assert night.summary["left"][0]["needs_person"] is True


def test_a_sheet_that_is_damaged_far_down_is_in_failed_with_its_row(night, connected, nightly):
    rows = "\n".join("no address,Person,Loan" for _ in range(3000))
    night.file("a.csv", f'{HEADINGS}\n{rows}\n"open,Person,Loan\n'.encode())
    assert nightly().exit_code == 2
    assert night.trays()["failed"] == ["a.csv"]
    reason = (night.own_folder("failed", "a.csv") / "reason.txt").read_text(encoding="utf-8")
    assert "3002" in reason
    assert reason.startswith("Nothing of a.csv was imported.\n")


def test_ended_while_a_file_was_taken_it_is_taken_by_the_next_pass(night, connected, nightly):
    night.people("a.csv", 1)
    half = night.path / "working" / "2026-01-05_010000_a"
    half.mkdir(parents=True)
    (half / "summary.json").write_text('{"file": "a.csv", "journal": "x"}', encoding="utf-8")
    (night.path / "working" / "2026-01-05_010001_b").mkdir()
    assert nightly().exit_code == 0
    assert list((night.path / "working").iterdir()) == []
    assert night.trays()["done"] == ["a.csv"]


def test_what_somebody_has_put_into_working_is_told_and_stays(night, connected, nightly):
    stray = night.path / "working" / "stray"
    stray.mkdir(parents=True)
    (stray / "x.csv").write_text("Email\n", encoding="utf-8")
    (night.path / "working" / "y.csv").write_text("Email\n", encoding="utf-8")
    assert nightly().exit_code == 2
    assert night.trays()["working"] == ["x.csv", "y.csv"]
    assert len([left for left in night.summary["left"] if left["needs_person"]]) == 2


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", ".Trash-1000/x.csv"])
def test_hidden_files_in_working_count_for_nothing(night, connected, nightly, name):
    hidden = night.path / "working" / name
    hidden.parent.mkdir(parents=True)
    hidden.write_bytes(b"x")
    night.people("a.csv", 1)
    assert nightly().exit_code == 0
    assert night.summary["left"] == []
    assert hidden.exists()


def with_a_name_that_no_file_can_have(folder):
    (folder / "summary.json").write_text(json.dumps({"file": "x" * 300, "journal": "x"}), encoding="utf-8")


def locked(folder):
    (folder / "x.csv").write_text("Email\n", encoding="utf-8")
    folder.chmod(0)


no_root = pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may read everything")


@pytest.mark.parametrize("spoil", [with_a_name_that_no_file_can_have, pytest.param(locked, marks=no_root)])
def test_a_folder_in_working_that_cannot_be_read_stops_no_other(night, connected, nightly, spoil):
    night.people("b.csv", 6, age=900)
    stray = night.path / "working" / "2026-01-05_010000_a"
    stray.mkdir(parents=True)
    spoil(stray)
    night.people("c.csv", 1, first=9)
    try:
        assert nightly().exit_code == 2
    finally:
        stray.chmod(0o700)
    [left] = night.summary["left"]
    assert (left["file"], left["needs_person"]) == (stray.name, True)
    assert left["why"].startswith("in working cannot be read: ")
    assert night.trays()["done"] == ["b.csv", "c.csv"]


@no_root
def test_a_file_at_work_whose_folder_is_locked_stops_no_other(night, connected, nightly, monkeypatch):
    night.people("a.csv", 6)
    monkeypatch.setenv("LSQ_DAILY_CALLS", "8")
    nightly()
    monkeypatch.delenv("LSQ_DAILY_CALLS")
    held = night.own_folder("working", "a.csv")
    held.chmod(0)
    night.people("b.csv", 1, first=9)
    assert nightly().exit_code == 2
    held.chmod(0o700)
    assert night.trays()["done"] == ["b.csv"]
    assert nightly().exit_code == 0
    assert night.trays()["done"] == ["a.csv", "b.csv"]


@pytest.mark.slow
def test_killed_again_and_again_no_file_and_no_row_is_lost_or_doubled(night, connect, start, importer):
    for number in range(4):
        night.people(f"file{number}.csv", 25, first=number * 100, age=900 - number)
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url, rate="60/1")
        for pause in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2):
            process = start("nightly", night.path, "--patience", "2")
            time.sleep(pause)
            process.kill()
            process.wait()
        done = importer("nightly", night.path, "--patience", "2")
        assert done.exit_code in (0, 1), done.stderr
        stored = [each.fields["mx_Custom_1"] for each in simulator.opportunities]
        assert len(stored) == len(set(stored)) == 100
    trays = night.trays()
    assert sorted(trays["done"] + trays["attention"]) == [f"file{number}.csv" for number in range(4)]
    assert trays["inbox"] == trays["working"] == trays["failed"] == []
    for number in range(4):
        place = "done" if f"file{number}.csv" in trays["done"] else "attention"
        result = night.own_folder(place, f"file{number}.csv") / f"file{number}.result.xlsx"
        assert len(rows_of(result)) == 25
