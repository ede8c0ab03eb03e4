"""What the account has set up is read from LeadSquared, kept, shown, and held against what it was."""

import json
import os
import stat
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from importer.simulator import (
    Account,
    AttributeRule,
    Fault,
    FieldRule,
    OpportunityType,
    Simulator,
    User,
    read_account,
)
from tests.conftest import Folder

SAMPLE = Path(__file__).parents[1] / "data_samples" / "account.yaml"
METADATA = ("GetOpportunityTypes", "GetOpportunityTypeMetadata", "LeadsMetaData.Get", "Users.Get")

LOAN = OpportunityType(
    "Home Loan",
    other_fields=False,
    fields={
        "mx_Custom_1": FieldRule(display_name="Opportunity Name", mandatory=True, max_length=100),
        "mx_Custom_2": FieldRule("Dropdown", display_name="Branch", options=("Pune", "Kochi")),
        "mx_Custom_3": FieldRule("Number", display_name="Amount"),
    },
)
ACCOUNT = Account(
    organisation="ONE",
    opportunity_types={12000: LOAN, 12001: OpportunityType("Car Loan", can_delete=False)},
    attribute_rules={"EmailAddress": AttributeRule("Email"), "mx_City": AttributeRule(display_name="City")},
    users=(User("one@example.com", "Agent", "One"), User("two@example.com", "Agent", "Two", active=False)),
)

OTHER_KEYS = frozenset({("other", "keys")})


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr("importer.learning.PAUSES", (0.01, 0.01))
    monkeypatch.setattr("importer.account.PAUSES", (0.01,))


@pytest.fixture
def serve(folder, connect):
    """Serves an account, with faults; the environment leads to it."""
    served = []

    def begin(*faults: Fault, account: Account = ACCOUNT) -> Simulator:
        serving = Simulator(rate=None, account=account, faults=faults).serving()
        served.append(serving)
        simulator = serving.__enter__()
        connect(simulator.url)
        return simulator

    yield begin
    for serving in served:
        serving.__exit__(None, None, None)


def asked(simulator: Simulator) -> Counter[str]:
    """How often each of the calls for metadata came."""
    names = (call.path.rpartition("/")[2] for call in simulator.calls)
    return Counter(name for name in names if name in METADATA)


def with_fields(**fields: FieldRule) -> Account:
    loan = replace(LOAN, fields=fields)
    return replace(ACCOUNT, opportunity_types={12000: loan, 12001: OpportunityType("Car Loan")})


def kept_files(folder: Folder) -> list[Path]:
    return list((folder.path / "state").glob("account-*.json"))


def edit_kept(folder: Folder, **members: object) -> None:
    [file] = kept_files(folder)
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | members), encoding="utf-8")


def make_old(folder: Folder, moment: str = "2026-11-20 10:00:00") -> None:
    [file] = kept_files(folder)
    edit_kept(folder, read_at=dict.fromkeys(json.loads(file.read_text(encoding="utf-8"))["read_at"], moment))


def test_without_a_code_the_types_are_listed(serve, importer):
    simulator = serve()
    done = importer("account")
    assert done.exit_code == 0
    assert "  12000  Home Loan\n  12001  Car Loan\n" in done.stdout
    assert asked(simulator) == {"GetOpportunityTypes": 1}


def test_with_a_code_everything_is_shown_that_a_mapping_can_name(serve, importer):
    serve(account=read_account(SAMPLE))
    lines = [" ".join(line.split()) for line in importer("account", 12000).stdout.splitlines()]
    assert "Opportunity type 12000: Home Loan" in lines
    assert "mx_Custom_1 Opportunity Name String text mandatory; at most 100 characters" in lines
    assert "mx_Custom_3 Branch Dropdown choice one of Pune, Mumbai, Kochi, New Delhi" in lines
    assert any(line.startswith("mx_Custom_2 Stage") and "depends on Status" in line for line in lines)
    assert "mx_Custom_9 Application Number String text read-only" in lines
    assert "mx_Languages Languages MultiSelect multi_choice several of English, Hindi, Marathi" in lines
    assert "Agent One agent.one@example.com 11111111-0000-4000-8000-000000000001" in lines


def test_somebody_who_is_no_longer_active_is_not_shown(serve, importer):
    serve()
    shown = importer("account", 12000).stdout
    assert "one@example.com" in shown
    assert "two@example.com" not in shown


def test_many_options_are_counted_in_words_and_whole_in_json(serve, importer):
    options = tuple(f"Branch number {n}" for n in range(1, 41))
    serve(account=with_fields(mx_Custom_2=FieldRule("Dropdown", options=options)))
    shown = importer("account", 12000).stdout
    assert "one of Branch number 1, Branch number 2" in shown
    assert "and 37 others" in shown
    said = json.loads(importer("account", 12000, "--json").stdout)
    [field] = [each for each in said["fields"] if each["schema_name"] == "mx_Custom_2"]
    assert field["options"] == list(options)
    assert field["kind"] == "choice"


def test_a_name_with_a_line_break_stays_on_its_line(serve, importer):
    serve(account=with_fields(mx_Custom_1=FieldRule(display_name="Two\nlines \x1b[31m")))
    assert "Two\\nlines \\x1b[31m" in importer("account", 12000).stdout


def test_what_was_read_once_is_kept_and_shown_with_its_age(serve, importer, folder):
    simulator = serve()
    importer("account", 12000)
    make_old(folder)
    calls = len(simulator.calls)
    shown = importer("account", 12000).stdout
    assert "Fields, as of 2026-11-20 10:00 UTC, " in shown
    assert len(simulator.calls) == calls


def test_what_is_kept_can_be_shown_while_the_keys_are_refused(serve, importer):
    simulator = serve()
    importer("account", 12000)
    simulator.account = replace(ACCOUNT, keys=OTHER_KEYS)
    for words in (("account", 12000), ("account", 12000, "--refresh")):
        done = importer(*words)
        assert done.exit_code == 0
        assert "mx_Custom_2" in done.stdout
        assert "changed" not in done.stdout
    assert "What was read earlier is shown." in done.stderr


def test_only_its_owner_may_read_what_is_kept(serve, importer, folder):
    serve()
    importer("account", 12000)
    [file] = kept_files(folder)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each for each in file.parent.iterdir() if each.suffix == ".tmp"] == []


def test_a_refresh_tells_everything_that_has_changed(serve, importer):
    simulator = serve()
    importer("account", 12000)
    simulator.account = replace(
        with_fields(
            mx_Custom_1=FieldRule(display_name="Name", max_length=50),
            mx_Custom_2=FieldRule("Dropdown", display_name="Branch", options=("Kochi", "Delhi")),
            mx_Custom_4=FieldRule(display_name="Tenure"),
        ),
        users=(User("three@example.com", "Agent", "Three"),),
    )
    done = importer("account", 12000, "--refresh")
    told = done.stdout.split("\n\n")[1].splitlines()
    assert told == [
        "Changed since it was read before:",
        '  Field mx_Custom_1 ("Opportunity Name") is now called "Name".',
        '  Field mx_Custom_1 ("Opportunity Name") is no longer mandatory.',
        '  Field mx_Custom_1 ("Opportunity Name") takes at most 50 characters now; it was 100.',
        '  Field mx_Custom_2 ("Branch") has 1 new option: Delhi.',
        '  Field mx_Custom_2 ("Branch") has lost 1 option: Pune.',
        '  Field mx_Custom_3 ("Amount") is no longer in LeadSquared.',
        '  Field mx_Custom_4 ("Tenure") is new.',
        "  User Agent Three (three@example.com) is new.",
        "  User Agent One (one@example.com) is no longer active.",
    ]
    assert "Nothing has changed since it was read before." in importer("account", 12000, "--refresh").stdout


def test_a_refresh_of_the_types_tells_which_came_and_went(serve, importer):
    simulator = serve()
    importer("account")
    simulator.account = replace(ACCOUNT, opportunity_types={12000: LOAN, 12002: OpportunityType("Bike Loan")})
    assert json.loads(importer("account", "--refresh", "--json").stdout)["changes"] == [
        "Opportunity type 12001 (Car Loan) is no longer in LeadSquared.",
        "Opportunity type 12002 (Bike Loan) is new.",
    ]


def test_a_code_that_is_none_names_those_that_are(serve, importer):
    simulator = serve()
    done = importer("account", 77)
    assert done.exit_code == 2
    assert (
        "77 is no opportunity type of this account: it has 12000 (Home Loan), 12001 (Car Loan)."
        in done.stderr
    )
    assert asked(simulator) == {"GetOpportunityTypes": 1}


def test_a_type_that_came_since_is_found(serve, importer):
    simulator = serve()
    importer("account")
    simulator.account = replace(ACCOUNT, opportunity_types={12002: OpportunityType("Bike Loan")})
    done = importer("account", 12002)
    assert done.exit_code == 0
    assert "Opportunity type 12002: Bike Loan" in done.stdout


def test_refused_keys_end_with_5_where_nothing_is_known(serve, importer):
    serve(account=replace(ACCOUNT, keys=OTHER_KEYS))
    done = importer("account", 12000, "--json")
    assert done.exit_code == 5
    said = json.loads(done.stdout)
    assert said["exit_code"] == 5
    assert "refuses the keys" in said["stopped"]


def test_nobody_who_answers_ends_with_5_where_nothing_is_known(folder, connect, nobody_answers, importer):
    connect(nobody_answers)
    done = importer("account")
    assert done.exit_code == 5
    assert "does not answer" in done.stderr


def test_without_keys_it_cannot_start(folder, importer, monkeypatch):
    monkeypatch.delenv("LSQ_ACCESS_KEY", raising=False)
    assert importer("account").exit_code == 2


@pytest.mark.parametrize(
    "kind", ["http_500", "http_502", "html_200", "empty_200", "unreadable_200", "drop", "reset", "half_body"]
)
def test_a_part_that_fails_once_is_asked_for_again(serve, importer, kind):
    simulator = serve(Fault(kind, call="LeadsMetaData.Get", times=1))
    done = importer("account", 12000)
    assert "mx_City" in done.stdout
    assert "could not be read" not in done.stderr
    assert asked(simulator)["LeadsMetaData.Get"] == 2


@pytest.mark.parametrize("kind", ["http_500", "html_200", "unreadable_200", "drop"])
def test_a_part_that_cannot_be_read_stays_as_it_was(serve, importer, folder, kind):
    simulator = serve(Fault(kind, call="Users.Get", nth=(2, 3, 4, 5, 6)))
    importer("account", 12000)
    make_old(folder)
    simulator.account = replace(with_fields(mx_Custom_9=FieldRule()), users=(User("three@example.com"),))
    done = importer("account", 12000, "--refresh")
    assert done.exit_code == 0
    assert "The account's users could not be read from LeadSquared (" in done.stderr
    assert "): they are taken as of 2026-11-20 10:00 UTC, " in done.stderr
    assert "Active users, as of 2026-11-20 10:00 UTC, " in done.stdout
    assert "one@example.com" in done.stdout
    assert "mx_Custom_9" in done.stdout
    assert asked(simulator)["Users.Get"] == 1 + 3


def test_of_a_part_that_was_never_read_nothing_is_known(serve, importer):
    serve(Fault("http_500", call="Users.Get"))
    done = importer("account", 12000)
    assert done.exit_code == 0
    assert "(it answers with an error page), and nothing is known of them." in done.stderr
    assert "Active users: nothing is known of them." in done.stdout
    assert json.loads(importer("account", 12000, "--json").stdout)["users"] is None


def test_where_no_part_can_be_read_it_ends_with_5(serve, importer):
    serve(*(Fault("http_500", call=call) for call in METADATA))
    assert importer("account").exit_code == 5
    assert importer("account", 12000).exit_code == 5


def test_what_these_keys_may_not_ask_is_asked_once(serve, importer):
    simulator = serve(Fault("http_403", call="Users.Get"), Fault("http_401", call="LeadsMetaData.Get"))
    done = importer("account", 12000)
    assert done.exit_code == 0
    assert "mx_Custom_1" in done.stdout
    assert "users could not be read from LeadSquared (it refuses the question" in done.stderr
    assert "lead attributes could not be read from LeadSquared (it refuses the question" in done.stderr
    assert set(asked(simulator).values()) == {1}


def test_a_fault_of_leadsquared_s_own_is_asked_again(serve, importer):
    database = Fault("envelope_500", call="Users.Get", times=2, exception="MySqlException")
    simulator = serve(database)
    assert "one@example.com" in importer("account", 12000).stdout
    assert asked(simulator)["Users.Get"] == 3


SMALL = "API calls exceeded the limit of 500 in 0.1 second(s)"


@pytest.mark.parametrize("kind", ["limit_429", "limit_403", "limit_200"])
def test_a_part_refused_for_the_limit_is_asked_for_again(serve, importer, kind):
    simulator = serve(Fault(kind, call="LeadsMetaData.Get", times=2, message=SMALL))
    done = importer("account", 12000)
    assert "mx_City" in done.stdout
    assert done.stderr == ""
    assert asked(simulator)["LeadsMetaData.Get"] == 3


def test_a_part_that_is_always_refused_for_the_limit_is_left(serve, importer):
    simulator = serve(Fault("limit_429", call="LeadsMetaData.Get", message=SMALL))
    done = importer("account", 12000)
    assert done.exit_code == 0
    assert "(it refuses every call for the rate limit" in done.stderr
    assert asked(simulator)["LeadsMetaData.Get"] == 3


def test_a_slow_answer_is_waited_for(serve, importer):
    serve(*(Fault("slow_answer", call=call, seconds=0.3) for call in METADATA))
    done = importer("account", 12000)
    assert "one@example.com" in done.stdout
    assert done.stderr == ""


def test_a_host_that_hangs_is_not_asked_for_every_part(serve, importer, monkeypatch):
    monkeypatch.setattr("importer.leadsquared.METADATA_TIMEOUTS", httpx.Timeout(0.2))
    monkeypatch.setattr("importer.learning.PATIENCE", 0.3)
    simulator = serve(*(Fault("hang", call=call) for call in METADATA[1:]))
    done = importer("account", 12000)
    assert done.exit_code == 5
    assert "(the answer took too long), and nothing is known of them." in done.stderr
    assert (
        "The account's users could not be read from LeadSquared (it takes too long to answer)" in done.stderr
    )
    assert asked(simulator)["Users.Get"] == 0


def test_a_host_that_hangs_holds_nobody_for_much_more_than_a_minute():
    from importer.http_client import METADATA_TIMEOUTS
    from importer.learning import PATIENCE

    assert PATIENCE + (METADATA_TIMEOUTS.connect or 99) + (METADATA_TIMEOUTS.read or 99) <= 60


def test_what_another_version_has_kept_is_read_as_far_as_it_goes(serve, importer, folder):
    simulator = serve()
    importer("account")
    edit_kept(folder, further={"member": [1]}, attributes=[{"schema_name": "mx_City", "colour": "red"}])
    calls = len(simulator.calls)
    assert "12000  Home Loan" in importer("account").stdout
    assert len(simulator.calls) == calls


@pytest.mark.parametrize("text", ["", "{", "[]", '{"types": 7}', '{"types": [{"name": "x"}]}', "\x00"])
def test_what_is_kept_and_cannot_be_read_is_read_anew(serve, importer, folder, text):
    simulator = serve()
    importer("account")
    [file] = kept_files(folder)
    file.write_text(text, encoding="utf-8")
    done = importer("account")
    assert done.exit_code == 0
    assert "12000  Home Loan" in done.stdout
    assert asked(simulator) == {"GetOpportunityTypes": 2}


def test_whether_a_type_can_be_deleted_outlives_a_new_list_of_types(serve, importer):
    serve()
    importer("account", 12001)
    importer("account", "--refresh")
    types = json.loads(importer("account", "--json").stdout)["types"]
    assert {each["event_code"]: each["can_delete"] for each in types} == {12000: None, 12001: False}


def test_two_accounts_are_kept_apart(serve, importer):
    first = serve()
    importer("account")
    second = serve(account=replace(ACCOUNT, opportunity_types={1: OpportunityType("Other")}))
    assert "Other" in importer("account").stdout
    assert first.url != second.url


def test_each_question_takes_a_turn_of_the_shared_pace(folder, connect, importer):
    with Simulator(rate=(2, 0.5), account=ACCOUNT).serving() as simulator:
        connect(simulator.url, "2/0.5")
        done = importer("account", 12000)
    assert "one@example.com" in done.stdout
    assert all(call.status == 200 for call in simulator.calls)


def test_with_a_day_s_calls_spent_what_is_kept_is_shown(serve, importer, monkeypatch):
    simulator = serve()
    monkeypatch.setenv("LSQ_DAILY_CALLS", "5")
    importer("account", 12000)
    assert len(simulator.calls) == 5
    done = importer("account", 12000, "--refresh")
    assert done.exit_code == 0
    assert "What was read earlier is shown." in done.stderr
    assert "mx_Custom_2" in done.stdout
    assert len(simulator.calls) == 5


def test_where_it_cannot_be_kept_it_is_shown_all_the_same(serve, importer, folder):
    serve()
    importer("account")
    [file] = kept_files(folder)
    file.unlink()
    file.mkdir()
    done = importer("account", 12000)
    assert done.exit_code == 0
    assert "mx_Custom_2" in done.stdout
    assert "It is read from LeadSquared again the next time." in done.stderr
    assert [each for each in file.parent.iterdir() if each.suffix == ".tmp"] == []


def test_a_refresh_that_read_nothing_does_not_say_that_nothing_has_changed(serve, importer, folder):
    serve(*(Fault("http_500", call=call, nth=(2, 3, 4)) for call in METADATA))
    importer("account", 12000)
    make_old(folder)
    done = importer("account", 12000, "--refresh")
    assert done.exit_code == 0
    assert "mx_Custom_2" in done.stdout
    assert "changed" not in done.stdout
    assert json.loads(importer("account", 12000, "--json").stdout)["changes"] is None


def test_a_limit_that_is_lower_than_ours_is_learned(folder, connect, importer):
    with Simulator(rate=(2, 0.5), account=ACCOUNT).serving() as simulator:
        connect(simulator.url)
        done = importer("account", 12000)
    assert "one@example.com" in done.stdout
    assert "could not be read" not in done.stderr
    assert any(call.status != 200 for call in simulator.calls)
