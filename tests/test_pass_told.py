"""How a pass has ended is told, whatever happens while it is told."""

import json
import os
import signal

import pytest

from tests.nights import Night
from tests.test_log import events, named
from tests.test_metrics import told
from tests.webhooks import chatting, silent

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and pipes with names are POSIX's")


@pytest.fixture
def night(tmp_path):
    return Night(tmp_path / "night")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "leads.prom"


@pytest.fixture
def chat(monkeypatch):
    with chatting() as told:
        monkeypatch.setenv("IMPORTER_WEBHOOK", told.address)
        yield told


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_signal_cuts_only_the_notice_short(night, connected, start, file, number):
    night.put("a.csv", "asha@example.com,Asha,Loan", "no address,Ravi,Loan")
    with silent() as (url, asked):
        process = start("nightly", night.path, "--metrics", file, "--json", IMPORTER_WEBHOOK=url)
        assert asked.wait(60)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 1
    assert stderr.splitlines()[-1] == (
        "The notice was not sent by the webhook (IMPORTER_WEBHOOK): stopped while it was on its way. "
        "All else is done."
    )
    assert json.loads(stdout) == night.summary
    assert night.summary["outcomes"]["Created"] == 1
    assert told(file)["importer_rows Created"] == 1
    assert told(file)["importer_exit_code"] == 1


def test_a_notice_that_fails_is_said_also_where_quiet_is_wanted(
    night, connected, importer, monkeypatch, nobody_answers, tmp_path
):
    monkeypatch.setenv("IMPORTER_WEBHOOK", nobody_answers)
    night.put("a.csv", "no address,Ravi,Loan")
    log = tmp_path / "night.log"
    done = importer("nightly", night.path, "--quiet", "--log-file", log)
    assert done.exit_code == 1
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("The notice was not sent by the webhook (IMPORTER_WEBHOOK): no connection")
    assert sentence in log.read_text(encoding="utf-8")


def test_a_notice_that_fails_is_a_warning_in_the_log(night, connected, importer, monkeypatch, nobody_answers):
    monkeypatch.setenv("IMPORTER_WEBHOOK", nobody_answers)
    night.put("a.csv", "no address,Ravi,Loan")
    done = importer("nightly", night.path, "--quiet", "--log", "json")
    [failed, last] = events(done.stderr)
    assert (failed["event"], failed["level"]) == ("notice.failed", "warning")
    assert failed["text"].startswith("The notice was not sent")
    assert last["event"] == "command.ended"


@posix_only
def test_a_pass_that_a_refused_env_file_keeps_from_beginning_is_told(night, connected, importer, chat, file):
    night.put("a.csv", "asha@example.com,Asha,Loan")
    keys = night.path / "keys.env"
    keys.write_text("LSQ_RATE=25/5\n", encoding="utf-8")
    keys.chmod(0o644)
    done = importer("nightly", night.path, "--env-file", keys, "--log", "json", "--json", "--metrics", file)
    assert done.exit_code == 2
    assert not connected.calls
    assert night.trays()["inbox"] == ["a.csv"]
    assert "other users of this machine can read or change it" in night.summary["stopped"]
    assert json.loads(done.stdout)["stopped"] == night.summary["stopped"]
    [ended] = named(done.stderr, "pass.ended")
    assert ended["why"] == night.summary["stopped"]
    assert told(file)["importer_exit_code"] == 2
    [notice] = chat.posted
    assert notice["needs_person"] is True
    assert "keys.env" not in json.dumps(notice)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--until", "late"), "--until"),
        (("--max-errors", "some"), "--max-errors"),
        (("--metrics", "leads.txt"), "does not end in .prom"),
        (("--log-file", "night.csv"), "has the name of a sheet"),
    ],
)
def test_a_pass_that_an_option_keeps_from_beginning_is_told(night, connected, importer, chat, words, why):
    done = importer("nightly", night.path, *words, "--log", "json")
    assert done.exit_code == 2
    assert why in night.summary["stopped"]
    assert why in named(done.stderr, "pass.ended")[0]["why"]
    assert len(chat.posted) == 1


@posix_only
def test_where_the_log_is_refused_the_webhook_of_the_env_file_counts(
    night, connected, importer, chat, monkeypatch
):
    keys = night.path / "keys.env"
    keys.write_text(f"IMPORTER_WEBHOOK={chat.address}\n", encoding="utf-8")
    keys.chmod(0o600)
    monkeypatch.delenv("IMPORTER_WEBHOOK")
    done = importer("nightly", night.path, "--env-file", keys, "--log-file", night.path / "none" / "a.log")
    assert (done.exit_code, len(chat.posted)) == (2, 1)


def test_with_quiet_a_pass_without_files_prints_nothing(night, connected, importer):
    done = importer("nightly", night.path, "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_a_notice_that_cannot_be_sent_at_all_is_in_the_summary(night, connected, importer, monkeypatch):
    monkeypatch.setenv("IMPORTER_WEBHOOK", "no address")
    done = importer("nightly", night.path, "--log", "json")
    assert done.exit_code == 2
    assert "IMPORTER_WEBHOOK is no address" in night.summary["stopped"]
    assert "IMPORTER_WEBHOOK is no address" in named(done.stderr, "pass.ended")[0]["why"]


@posix_only
def test_a_signal_while_metrics_are_written_changes_nothing_of_how_a_run_ended(
    folder, connected, start, file
):
    os.mkfifo(file)
    sheet = folder.sheet("asha@example.com,Asha,Loan", "no address,Ravi,Loan")
    process = start("run", sheet, "--metrics", file, "--json")
    # It reads there what it told the last time, and waits for the end of that.
    held = os.open(file, os.O_WRONLY)
    process.send_signal(signal.SIGTERM)
    os.close(held)
    stdout, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert json.loads(stdout)["outcomes"]["Created"] == 1
    assert told(file)["importer_exit_code"] == 1
