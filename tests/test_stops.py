"""Runs that end before their time: what stops them, what they leave, and how they go on."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time

import pytest

from importer.journal import Journal
from importer.order import Order
from importer.records import Ended
from importer.rules import Rules
from importer.run import run
from importer.runs import Runs
from importer.settings import read_settings
from importer.simulator import Account, Fault, FieldRule, OpportunityType, Simulator
from importer.tell import Tell
from tests.conftest import MAPPING, outcomes

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals of other processes are POSIX's")


def test_wrong_keys_cost_one_call(folder, connect, importer):
    with Simulator(rate=None, account=Account(keys=frozenset({("other", "keys")}))).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(3), "--output", "out.csv")
    assert done.exit_code == 5
    assert "LSQ_ACCESS_KEY" in done.stderr
    assert len(simulator.calls) == 1
    assert outcomes(folder.path / "out.csv") == ["NotSent"] * 3


def test_keys_refused_in_the_middle_stop_the_run_and_leave_no_row_unclear(folder, connect, importer):
    with Simulator(rate=None, faults=[Fault("http_401", nth=(3,))]).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(6)
        done = importer("run", sheet, "--output", "1.csv")
        importer("run", sheet, "--output", "2.csv")
    assert done.exit_code == 5
    assert "Unknown" not in outcomes(folder.path / "1.csv")
    assert outcomes(folder.path / "2.csv") == ["Created"] * 6
    assert len(simulator.opportunities) == 6


def test_when_nobody_answers_every_good_row_waits_for_the_next_start(
    folder, connect, importer, nobody_answers, monkeypatch
):
    monkeypatch.setattr("importer.account.PAUSES", (0.01,))
    connect(nobody_answers)
    sheet = folder.sheet("asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan")
    done = importer("run", sheet, "--output", "out.csv")
    assert done.exit_code == 5
    assert "does not answer" in done.stderr
    assert outcomes(folder.path / "out.csv") == ["NotSent", "Invalid"]
    assert done.stdout.splitlines()[-1].startswith("To continue: ")
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        importer("run", sheet, "--output", "later.csv")
    assert outcomes(folder.path / "later.csv") == ["Created", "Invalid"]


def test_a_run_that_nobody_answered_is_the_one_that_goes_on(folder, connect, importer, monkeypatch):
    monkeypatch.setattr("importer.account.PAUSES", (0.01,))
    faults = [Fault("http_503", call="UserByAccessKey.Get", times=2)]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(2)
        assert importer("run", sheet).exit_code == 5
        assert importer("run", sheet).exit_code == 0
    [only] = json.loads(importer("history", "--json").stdout)
    assert only["outcomes"]["Created"] == 2


def test_a_host_that_hangs_is_given_up_within_a_minute():
    from importer.account import PAUSES
    from importer.http_client import QUESTION_TIMEOUTS

    questions = len(PAUSES) + 1
    longest = (QUESTION_TIMEOUTS.connect or 0) + (QUESTION_TIMEOUTS.read or 0)
    assert sum(PAUSES) + questions * max(longest, QUESTION_TIMEOUTS.read or 0) < 60


def test_a_limit_of_rows_leaves_the_rest_for_the_next_start(folder, connected, importer):
    sheet = folder.people(5)
    first = importer("run", sheet, "--limit", "2", "--output", "out.csv")
    assert first.exit_code == 0
    assert outcomes(folder.path / "out.csv") == ["Created"] * 2 + ["NotSent"] * 3
    importer("run", sheet, "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Created"] * 5
    assert len(connected.opportunities) == 5


def test_one_invalid_row_can_keep_all_from_being_sent(folder, connected, importer):
    sheet = folder.sheet("asha@example.com,Asha,Home loan", "wrong,Ravi,Home loan")
    done = importer("run", sheet, "--stop-if-invalid", "--output", "out.csv")
    assert done.exit_code == 3
    assert outcomes(folder.path / "out.csv") == ["NotSent", "Invalid"]
    assert not connected.captures


def test_too_many_errors_stop_the_run(folder, connect, importer):
    faults = [Fault("envelope_500", matching="Loan", exception="MXInvalidInputException")]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(200)
        done = importer("run", sheet, "--max-errors", "3", "--output", "out.csv")
    ended = outcomes(folder.path / "out.csv")
    assert done.exit_code == 3
    assert "--max-errors 3" in done.stderr
    assert "NotSent" in ended
    assert 4 <= ended.count("Rejected") == len(simulator.captures)


def test_a_share_of_errors_counts_from_row_100_on(folder, connected, importer):
    sheet = folder.sheet(*["wrong,Ravi,Home loan"] * 2, *(f"p{n}@example.com,P,Loan" for n in range(97)))
    assert importer("run", sheet, "--max-errors", "1%").exit_code == 1
    sheet = folder.sheet(*["wrong,Ravi,Home loan"] * 2, *(f"q{n}@example.com,Q,Loan" for n in range(98)))
    assert importer("run", sheet, "--max-errors", "1%").exit_code == 3


def test_errors_that_are_all_in_the_sheet_count_too(folder, connected, importer):
    assert importer("run", folder.sheet(*["wrong,Ravi,Home loan"] * 5), "--max-errors", "1").exit_code == 3


def test_a_share_of_errors_is_a_share_of_the_rows_that_have_ended(folder, connect, importer):
    faults = [Fault("envelope_500", nth=tuple(range(1, 15)), exception="MXInvalidInputException")]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        assert importer("run", folder.people(300), "--max-errors", "5%").exit_code == 3
    assert 100 <= len(simulator.captures) < 200


def test_the_same_refusal_for_the_first_20_rows_spares_the_rest(folder, connected, importer):
    folder.mapping(MAPPING.replace("12000", "12999"))
    done = importer("run", folder.people(200), "--offline", "--output", "out.csv")
    assert done.exit_code == 3
    assert "event_code" in done.stderr
    assert 20 <= len(connected.captures) < 100
    assert "NotSent" in outcomes(folder.path / "out.csv")


def test_a_refusal_that_another_row_may_not_meet_spares_nothing(folder, connect, importer):
    faults = [Fault("envelope_500", exception="MXDuplicateEntryException", message="No.")]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        assert importer("run", folder.people(40)).exit_code == 1
    assert len(simulator.captures) == 40


def test_a_field_that_is_mapped_and_blank_in_20_rows_spares_nothing(folder, connect, importer):
    folder.mapping(MAPPING.replace("required: true}\n    mx_Custom_5", "default: ''}\n    mx_Custom_5"))
    account = Account(
        opportunity_types={12000: OpportunityType("Loan", fields={"mx_Custom_1": FieldRule(mandatory=True)})}
    )
    with Simulator(rate=None, account=account).serving() as simulator:
        connect(simulator.url)
        blank = (f"person{number}@example.com,Person," for number in range(25))
        done = importer("run", folder.sheet(*blank, "asha@example.com,Asha,Loan"), "--output", "out.csv")
    assert done.exit_code == 1
    assert outcomes(folder.path / "out.csv") == ["Rejected"] * 25 + ["Created"]


def test_two_sheets_at_once_make_no_lead_twice(folder, connect, start):
    with Simulator(rate=None, latency=(0.5, 0.5)).serving() as simulator:
        connect(simulator.url, rate="40/1")
        sheets = [
            folder.sheet(*(f"p{row}@example.com,P,{name} {row}" for row in range(20)), name=f"{name}.csv")
            for name in ("loans", "cards")
        ]
        for process in [start("run", sheet) for sheet in sheets]:
            assert process.communicate(timeout=60)[0]
    assert len(simulator.opportunities) == 40
    assert len(simulator.leads) == 20


@pytest.mark.parametrize("word", ["many", "5.5", "101%", "-1", "%"])
def test_max_errors_that_mean_nothing_are_refused(folder, connected, importer, word):
    done = importer("run", folder.people(1), f"--max-errors={word}")
    assert done.exit_code == 2
    assert "--max-errors" in done.stderr


def test_rejected_rows_are_tried_again_after_a_run_that_ended_by_itself(folder, connect, importer):
    faults = [Fault("envelope_500", nth=(1,)), Fault("http_401", nth=(3,))]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(4)
        importer("run", sheet, "--output", "out.csv")
        assert outcomes(folder.path / "out.csv")[0] == "Rejected"
        importer("run", sheet, "--output", "out.csv")
    assert outcomes(folder.path / "out.csv") == ["Created"] * 4


def capture_count(simulator):
    return len(simulator.captures)


def wait_until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to this"
        time.sleep(0.01)


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_signal_hears_out_what_is_in_the_air(folder, connect, start, importer, number):
    with Simulator(rate=None, latency=(0.05, 0.1)).serving() as simulator:
        connect(simulator.url, rate="20/1")
        sheet = folder.people(60)
        process = start("run", sheet, "--output", "out.csv")
        wait_until(lambda: capture_count(simulator) >= 5)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=20)
        ended = outcomes(folder.path / "out.csv")
        assert process.returncode == 4, stderr
        assert ended.count("Created") == len(simulator.opportunities) < 60
        assert set(ended) == {"Created", "NotSent"}
        assert stdout.splitlines()[-1].startswith("To continue: ")
        connect(simulator.url)
        importer("run", sheet, "--output", "out.csv")
        assert outcomes(folder.path / "out.csv") == ["Created"] * 60
        assert len(simulator.opportunities) == 60


@posix_only
def test_what_leadsquared_refused_stays_refused_when_a_killed_run_goes_on(folder, connect, start, importer):
    faults = [Fault("envelope_500", nth=(1,)), Fault("hang", stores=True, nth=(3,))]
    with Simulator(rate=None, faults=faults).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(4)
        process = start("run", sheet)
        wait_until(lambda: capture_count(simulator) >= 3)
        process.kill()
        process.wait()
        done = importer("run", sheet, "--output", "out.csv", "--patience", "1")
        assert "was not finished: it goes on" in done.stderr
        assert outcomes(folder.path / "out.csv") == ["Rejected", "Created", "Created", "Created"]
        assert len(simulator.opportunities) == 3
        importer("run", sheet, "--output", "next.csv")
    assert outcomes(folder.path / "next.csv") == ["Created", "Skipped", "Skipped", "Skipped"]


def test_a_silence_of_leadsquared_is_given_up_and_the_next_start_goes_on(folder, connect, start, importer):
    simulator = Simulator(rate=None, latency=(0.05, 0.1))
    sheet = folder.people(30)
    words = ("run", sheet, "--output", "out.csv", "--give-up-after", "3", "--patience", "2")
    with simulator.serving():
        connect(simulator.url, rate="10/1")
        process = start(*words)
        wait_until(lambda: capture_count(simulator) >= 5)
        port = int(simulator.url.rsplit(":", 1)[1])
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 5, stderr
    assert "LeadSquared has not answered for 3 s." in stderr
    assert stdout.splitlines()[-1].startswith("To continue: ")
    ended = outcomes(folder.path / "out.csv")
    assert set(ended) <= {"Created", "Unknown", "NotSent"}
    with simulator.serving(port):
        assert importer(*words).exit_code == 0
    assert outcomes(folder.path / "out.csv") == ["Created"] * 30
    assert len(simulator.opportunities) == 30


@posix_only
def test_a_second_signal_leaves_at_once(folder, connect, start):
    with Simulator(rate=None, faults=[Fault("hang", stores=True, nth=(2,))]).serving() as simulator:
        connect(simulator.url)
        process = start("run", folder.people(3))
        wait_until(lambda: capture_count(simulator) >= 2)
        process.send_signal(signal.SIGINT)
        # The first one must have been heard before the second comes.
        assert any("Stopping" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 4


def test_the_same_sheet_twice_at_once_is_refused(folder, connect, start, importer):
    with Simulator(rate=None, latency=(0.1, 0.2)).serving() as simulator:
        connect(simulator.url, rate="5/1")
        sheet = folder.people(20)
        start("run", sheet)
        wait_until(lambda: capture_count(simulator) >= 1)
        done = importer("run", sheet)
        before = capture_count(simulator)
    assert done.exit_code == 6
    assert "being imported" in done.stderr
    assert before < 20


def test_two_copies_of_one_sheet_at_once_make_no_duplicates(folder, connect, start):
    with Simulator(rate=None, latency=(0.05, 0.1)).serving() as simulator:
        connect(simulator.url, rate="40/1")
        folder.people(40, name="copy.csv")
        runs = [start("run", sheet) for sheet in (folder.people(40), "copy.csv")]
        for process in runs:
            process.communicate(timeout=60)
    products = [str(opportunity.fields["mx_Custom_1"]) for opportunity in simulator.opportunities]
    assert sorted(products) == sorted(f"Loan {number}" for number in range(1, 41))


def test_a_sheet_that_is_written_over_while_it_is_sent_is_not_read_on(folder, connect, start):
    with Simulator(rate=None, latency=(0.05, 0.1)).serving() as simulator:
        connect(simulator.url, rate="100/1")
        sheet = folder.people(2000)
        process = start("run", sheet)
        wait_until(lambda: capture_count(simulator) >= 5)
        sheet.write_text(sheet.read_text(encoding="utf-8").replace("Loan", "Other"), encoding="utf-8")
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 7, stderr
    assert "saved again" in stderr
    assert not [each for each in simulator.opportunities if "Other" in str(each.fields["mx_Custom_1"])]


def test_a_sheet_that_is_changed_meanwhile_is_not_mixed_up_with_the_old_one(folder, connect, start, importer):
    with Simulator(rate=None, latency=(0.05, 0.1)).serving() as simulator:
        connect(simulator.url, rate="20/1")
        sheet = folder.people(20)
        before = sheet.read_bytes()
        process = start("run", sheet, "--output", "out.csv")
        wait_until(lambda: capture_count(simulator) >= 3)
        folder.people(21)
        _, stderr = process.communicate(timeout=20)
        assert process.returncode == 7
        assert "importer results 1" in stderr
        sheet.write_bytes(before)
        importer("results", "1", "--output", "out.csv")
    assert outcomes(folder.path / "out.csv").count("Created") == len(simulator.opportunities)


def test_a_journal_that_is_none_stops_before_anything_is_sent(folder, connected, importer, tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    (state / "journal.db").write_bytes(b"This is a letter and no database. " * 100)
    done = importer("run", folder.people(3))
    assert done.exit_code == 7
    assert "damaged" in done.stderr
    assert not connected.captures


def test_a_bug_is_told_without_what_the_cells_hold(folder, connected, importer, monkeypatch):
    def broken(*_):
        raise ValueError("person1@example.com")

    monkeypatch.setattr("importer.plan.compile_rows", broken)
    done = importer("run", folder.people(1))
    assert done.exit_code == 70
    assert "ValueError" in done.stderr
    assert "person1" not in done.stderr


def test_json_tells_of_a_stop_as_well(folder, connected, importer):
    done = importer("run", "nothing-here.csv", "--json")
    report = json.loads(done.stdout)
    assert (report["exit_code"], report["rows"], report["result"]) == (2, 0, None)
    assert "nothing-here.csv" in report["stopped"]


def test_a_run_remembers_the_account_by_its_key(folder, connect, importer, tmp_path):
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(1))
    with Journal(tmp_path / "state") as journal:
        [begun] = Runs(journal).all()
    assert begun.organisation == "DEMO"
    assert begun.account.endswith("DEMO")


def test_an_account_that_was_nameless_once_stays_the_same_account(folder, connect, importer):
    with Simulator(
        rate=None, faults=[Fault("http_403", call="UserByAccessKey.Get", times=1)]
    ).serving() as simulator:
        connect(simulator.url)
        sheet = folder.people(3)
        importer("run", sheet)
        importer("run", sheet, "--output", "2.csv")
    assert outcomes(folder.path / "2.csv") == ["Skipped"] * 3
    assert len(simulator.opportunities) == 3


def test_an_error_in_place_of_the_account_is_no_account(folder, connect, importer, monkeypatch):
    monkeypatch.setattr("importer.account.PAUSES", (0.01,))
    with Simulator(
        rate=None, faults=[Fault("envelope_200", call="UserByAccessKey.Get")]
    ).serving() as simulator:
        connect(simulator.url)
        assert importer("run", folder.people(1)).exit_code == 5
    assert not simulator.captures


def test_later_rows_of_a_lead_wait_when_its_row_was_cut_off(folder, connect, importer, tmp_path):
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        sheet = folder.sheet(
            *(f"asha@example.com,Asha,Loan {number}" for number in (1, 2)), "ravi@example.com,R,Loan 3"
        )
        importer("run", sheet, "--limit", "1")
        with Journal(tmp_path / "state") as journal:
            # What a kill leaves behind, while the request is on its way.
            journal.database.execute("UPDATE entries SET ended = 'sending'")
            journal.database.execute("UPDATE runs SET exit_code = NULL")
        importer("run", sheet, "--output", "out.csv", "--patience", "1")
    assert outcomes(folder.path / "out.csv") == ["Unknown", "NotSent", "Created"]


def test_a_no_at_the_prompt_sends_nothing(folder, connected, tmp_path):
    class Refusing(Tell):
        def confirm(self, question):
            return False

    order = Order(folder.people(2), output=tmp_path / "out.csv")
    report = run(order, read_settings(os.environ), Rules(), Refusing())
    assert (report.exit_code, report.outcomes[Ended.NOT_SENT]) == (4, 2)
    assert not connected.captures


@posix_only
def test_a_reader_that_leaves_does_not_end_the_run(folder, connected):
    words = f"{shlex.quote(sys.executable)} -m importer run {folder.people(5)} --output out.csv 2>&1 | true"
    subprocess.run(["/bin/sh", "-c", words], check=True, timeout=60)
    assert outcomes(folder.path / "out.csv") == ["Created"] * 5


def test_keys_that_may_not_ask_who_they_are_can_still_send(folder, connect, importer):
    with Simulator(rate=None, account=Account(allows_user_call=False)).serving() as simulator:
        connect(simulator.url)
        done = importer("run", folder.people(2))
    assert done.exit_code == 0
    assert "the account goes by its access key" in done.stderr
    assert len(simulator.opportunities) == 2


@pytest.mark.parametrize("kind", ["limit_429", "limit_403", "limit_200"])
def test_a_refusal_by_the_limit_that_never_ends_is_said_and_given_up(folder, connect, importer, kind):
    with Simulator(rate=None, faults=[Fault(kind)]).serving() as simulator:
        connect(simulator.url, rate="50/0.2")
        done = importer("run", folder.people(3), "--output", "out.csv", "--give-up-after", "2")
    assert done.exit_code == 5
    assert "LeadSquared has refused every row for its limit for 2 s" in done.stderr
    assert outcomes(folder.path / "out.csv") == ["NotSent"] * 3


IN_CODE_FROM_TEXT = """
import os, signal, importer.commands
def history(options):
    exec("os.kill(os.getpid(), signal.SIGTERM)\\nwhile True: pass", globals())
importer.commands.history = history
import runpy, sys
sys.argv[1:] = ["history"]
runpy.run_module("importer", run_name="__main__")
"""


@posix_only
def test_a_wish_to_end_has_its_exit_code_wherever_it_comes(folder, tmp_path):
    (tmp_path / "in_code.py").write_text(IN_CODE_FROM_TEXT, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "in_code"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()[:8]) == (4, "Stopped.")


@posix_only
@pytest.mark.parametrize("streams", ["2>&-", ">&- 2>&-", "2>/dev/full", ">/dev/full 2>/dev/full"])
def test_output_that_nobody_can_read_does_not_end_the_run(folder, connected, streams):
    words = f"{shlex.quote(sys.executable)} -m importer run {folder.people(5)} --output out.csv {streams}"
    done = subprocess.run(["/bin/sh", "-c", words], check=False, timeout=60)
    assert done.returncode == 0
    assert outcomes(folder.path / "out.csv") == ["Created"] * 5


@posix_only
def test_a_terminal_that_is_closed_hears_out_what_is_in_the_air(folder, connect, start):
    with Simulator(rate=None, latency=(0.05, 0.1)).serving() as simulator:
        connect(simulator.url, rate="20/1")
        process = start("run", folder.people(60), "--output", "out.csv")
        wait_until(lambda: capture_count(simulator) >= 5)
        process.send_signal(signal.SIGHUP)
        assert process.wait(20) == 4
        assert outcomes(folder.path / "out.csv").count("Created") == len(simulator.opportunities)


def test_a_name_that_no_file_can_have_is_refused(folder, connected, importer):
    done = importer("run", folder.people(1), "--output", "x" * 300 + ".xlsx")
    assert done.exit_code == 2
    assert "no file can have this name" in done.stderr
    assert not connected.captures
