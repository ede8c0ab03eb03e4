"""A mapping is held against the account before any row: names, options, kinds, lengths, what is mandatory."""

import json
import os
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from importer.owners import SEARCHES
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
from tests.conftest import result_rows

SAMPLE = Path(__file__).parents[1] / "data_samples" / "account.yaml"

KNOWN = """\
version: 1
day_first: true
time_zone: Asia/Kolkata
lead:
  search_by: EmailAddress
  attributes:
    EmailAddress: {column: Email, kind: email}
    FirstName: First Name
opportunity:
  event_code: 12000
  fields:
    mx_Custom_1: Product
"""


@pytest.fixture
def serve(connect):
    """Serves an account, with faults, in the place of what it served before; the environment leads to it."""
    with ExitStack() as served:
        port = 0

        def begin(account: Account, *faults: Fault) -> Simulator:
            nonlocal port
            served.close()
            simulator = served.enter_context(
                Simulator(rate=None, account=account, faults=faults).serving(port)
            )
            port = int(simulator.url.rpartition(":")[2])
            connect(simulator.url)
            return simulator

        yield begin


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr("importer.learning.PAUSES", (0.01, 0.01))


@pytest.fixture
def sample(serve):
    return serve(read_account(SAMPLE))


def fields(*lines: str) -> str:
    return KNOWN + "".join(f"    {line}\n" for line in lines)


def captures(simulator: Simulator) -> int:
    return sum(call.path.endswith("Capture") for call in simulator.calls)


def test_a_mapping_that_the_account_takes_is_sent(folder, sample, importer):
    folder.mapping(fields("mx_Custom_5: {column: Amount, kind: number}"))
    sheet = folder.sheet("a@example.com,A,Loan,5", headings="Email,First Name,Product,Amount")
    assert importer("run", sheet, "--yes").exit_code == 0
    assert [each.fields["mx_Custom_5"] for each in sample.opportunities[1:]] == ["5"]


FORTY = Account(
    opportunity_types={
        12000: OpportunityType(
            "Home loan",
            other_fields=False,
            fields={
                **{f"mx_Custom_{n}": FieldRule(display_name=f"Field {n}") for n in range(1, 41)},
                "mx_Custom_1": FieldRule(mandatory=True, display_name="Opportunity Name"),
                "mx_Custom_3": FieldRule("Number", display_name="Loan Amount"),
                "mx_Custom_4": FieldRule("Dropdown", options=("North", "South"), display_name="Region"),
                "mx_Custom_5": FieldRule("Date", display_name="Visit Day"),
                "mx_Custom_6": FieldRule(read_only=True, display_name="Score"),
                "mx_Custom_7": FieldRule(max_length=20, display_name="Remarks"),
                "mx_Custom_8": FieldRule("Dropdown", options=("Flat", "House"), display_name="Property"),
                "mx_Branch_Office": FieldRule(mandatory=True, display_name="Branch"),
            },
        )
    },
    attributes=frozenset({"FirstName", "LastName", "mx_City"}),
)
FAULTY = """\
version: 1
lead:
  search_by: EmailAddress
  attributes:
    EmailAddress: {column: Email, kind: email}
    FirstNme: First Name
    mx_Town: Town
opportunity:
  event_code: 12000
  fields:
    mx_Custom_1: Product
    mx_Custom_2: Pin
    mx_Custom_3: Amount
    mx_Custom_4: {column: Region, choices: [North, Soth]}
    mx_Custom_5: {column: Visit, kind: datetime}
    mx_Custom_6: Score
    mx_Custom_7: {column: Remarks, max_length: 50}
    mx_Custom_8: {value: Hose}
    Feild 9: Hall
"""
PLANTED = {
    6: ("'FirstNme' is no lead attribute", "did you mean FirstName?"),
    7: ("'mx_Town' is no lead attribute", "importer account lists those that there are"),
    10: ('mx_Branch_Office ("Branch") is mandatory', "add mx_Branch_Office:"),
    13: ("kind text does not suit it", "write kind: number"),
    14: ("'Soth' is no option", "did you mean South?"),
    15: ("kind datetime does not suit it", "write kind: date"),
    16: ('mx_Custom_6 ("Score") is read-only', "remove it"),
    17: ("at most 20 characters", "write max_length: 20"),
    18: ("'Hose' is no option", "did you mean House?"),
    19: ("'Feild 9' is no opportunity field", 'did you mean mx_Custom_9 ("Field 9")?'),
}


def test_ten_faults_among_forty_fields_are_ten_messages_in_one_go(folder, serve, importer):
    simulator = serve(FORTY)
    mapping = folder.mapping(FAULTY + "".join(f"    mx_Custom_{n}: C{n}\n" for n in range(10, 41)))
    done = importer("run", folder.sheet("a@example.com", headings="Email"), "--mapping", mapping, "--yes")
    told = [line.strip() for line in done.stderr.splitlines() if line.startswith("  line ")]
    assert [int(text.split(":")[0].removeprefix("line ")) for text in told] == list(PLANTED)
    for (found, would_do), text in zip(PLANTED.values(), told, strict=True):
        assert found in text
        assert would_do in text
    assert (done.exit_code, captures(simulator)) == (2, 0)


def told(done) -> list[str]:
    """The faults of the mapping that were told."""
    return [line.strip() for line in done.stderr.splitlines() if line.startswith("  line ")]


def test_names_that_people_see_are_sent_as_schema_names(folder, sample, importer):
    folder.mapping(
        "version: 1\nlead:\n  search_by: Email\n  attributes:\n    Email: {column: Email, kind: email}\n"
        "    first name: First Name\nopportunity:\n  event_code: 12000\n  fields:\n"
        '    Opportunity Name: Product\n    "Loan Amount": {column: Amount, kind: number}\n'
        "    Branch: Branch\n"
    )
    headings = "Email,First Name,Product,Amount,Branch"
    sheet = folder.sheet("a@example.com,A,Loan,5,pune", headings=headings)
    assert importer("run", sheet, "--yes").exit_code == 0
    created = sample.opportunities[-1]
    assert created.fields == {"mx_Custom_1": "Loan", "mx_Custom_5": "5", "mx_Custom_3": "Pune"}
    assert sample.leads[created.prospect_id]["FirstName"] == "A"


def test_a_display_name_and_the_schema_name_that_it_means_are_not_mapped_both(folder, sample, importer):
    mapping = folder.mapping(fields("Opportunity Name: Other"))
    done = importer("check", folder.people(1), "--mapping", mapping)
    [fault] = told(done)
    assert fault.startswith("line 13: opportunity.fields.Opportunity Name: ")
    assert fault.endswith("means the same as mx_Custom_1 in line 12 (keep one of them)")


def test_a_name_that_two_fields_have_is_not_guessed(folder, serve, importer):
    kind = OpportunityType(
        "Loan",
        other_fields=False,
        fields={name: FieldRule(display_name="Amount") for name in ("mx_Custom_5", "mx_Custom_6")},
    )
    serve(Account(opportunity_types={12000: kind}))
    folder.mapping(KNOWN.replace("mx_Custom_1: Product", "Amount: Product"))
    [fault] = told(importer("check", folder.people(1)))
    assert (
        "'Amount' is the name of 2 opportunity fields (write one of these: mx_Custom_5, mx_Custom_6)" in fault
    )


@pytest.mark.parametrize(("name", "sent"), [("Discount", "mx_Custom_5"), ("Discount %", "mx_Custom_6")])
def test_of_two_names_that_are_nearly_the_same_the_one_that_is_written_is_meant(
    folder, serve, importer, name, sent
):
    shown = {"mx_Custom_5": "Discount", "mx_Custom_6": "Discount %", "mx_Custom_1": "Name"}
    kind = OpportunityType("Loan", other_fields=False, fields={
        schema_name: FieldRule(display_name=display) for schema_name, display in shown.items()
    })  # fmt: skip
    simulator = serve(Account(opportunity_types={12000: kind}))
    folder.mapping(fields(f"{name}: Off"))
    sheet = folder.sheet("a@example.com,A,Loan,5", headings="Email,First Name,Product,Off")
    assert importer("run", sheet, "--yes").exit_code == 0
    assert simulator.opportunities[-1].fields == {"mx_Custom_1": "Loan", sent: "5"}
    folder.mapping(fields(f"{name.upper()}: Off"))
    assert "is the name of 2 opportunity fields" in told(importer("check", sheet))[0]


def test_names_that_people_see_need_the_account(folder, sample, importer, monkeypatch):
    folder.mapping(fields('"Loan Amount": Amount'))
    monkeypatch.delenv("LSQ_ACCESS_KEY")
    done = importer("check", folder.people(1), "--mapping", "mappings/enquiries.yaml")
    assert done.exit_code == 2
    assert "names as people see them need the account" in told(done)[0]


def test_where_nobody_can_say_what_names_mean_the_same_command_continues(
    folder, connect, importer, nobody_answers, serve
):
    folder.mapping(KNOWN.replace("FirstName:", "First Name:"))
    connect(nobody_answers)
    done = importer("run", folder.people(1), "--yes")
    assert done.exit_code == 5
    assert "LeadSquared does not answer" in done.stderr
    simulator = serve(read_account(SAMPLE))
    assert importer("run", folder.people(1), "--yes").exit_code == 0
    assert captures(simulator) == 1


def test_a_night_with_names_goes_on_with_what_is_kept(folder, serve, importer):
    serve(read_account(SAMPLE))
    folder.mapping(KNOWN.replace("FirstName:", "First Name:"))
    importer("run", folder.people(1), "--yes")
    simulator = serve(read_account(SAMPLE), *(Fault("http_502", call=call) for call in METADATA))
    assert importer("run", folder.people(2, name="2.csv"), "--yes").exit_code == 0
    assert captures(simulator) == 1


def test_a_demo_understands_names_by_what_is_kept(folder, sample, importer):
    folder.mapping(KNOWN.replace("FirstName:", "First Name:"))
    assert importer("check", folder.people(1)).exit_code == 0
    done = importer("run", folder.people(1), "--demo", "--yes")
    assert done.exit_code == 0
    assert captures(sample) == 0


def test_a_mapping_with_names_is_not_passed_over(folder, sample, importer):
    folder.mapping(KNOWN.replace("FirstName:", "First Name:"))
    folder.mapping(KNOWN, name="other.yaml")
    done = importer("run", folder.people(1), "--yes")
    assert done.exit_code == 2
    assert "Several mappings fit this sheet (mappings/enquiries.yaml, mappings/other.yaml)" in done.stderr
    assert captures(sample) == 0


def test_without_the_account_a_mapping_with_names_is_not_passed_over_either(folder, importer, monkeypatch):
    monkeypatch.delenv("LSQ_ACCESS_KEY", raising=False)
    folder.mapping(KNOWN.replace("FirstName:", "First Name:"))
    folder.mapping(KNOWN, name="other.yaml")
    done = importer("check", folder.people(1))
    assert done.exit_code == 2
    assert "Whether mappings/enquiries.yaml fits too only the account can tell" in done.stderr


def test_unknown_values_of_a_short_source_can_be_pasted(folder, sample, importer):
    folder.mapping(fields("Branch: Office"))
    sheet = folder.sheet("a@example.com,A,Loan,New Dehli", headings="Email,First Name,Product,Office")
    done = importer("check", sheet)
    block = done.stdout[done.stdout.index("    Branch:\n") :].split("\n1 row")[0]
    assert "in place of line 13 of" in done.stdout
    folder.mapping(KNOWN + block + "\n")
    assert importer("check", sheet).exit_code == 0


def test_an_event_code_that_the_account_does_not_have_is_told_with_those_that_it_has(
    folder, sample, importer
):
    folder.mapping(KNOWN.replace("12000", "12009"))
    done = importer("run", folder.people(1), "--yes")
    assert told(done) == [
        "line 10: opportunity.event_code: 12009 is no opportunity type of this account "
        "(it has 12000 (Home Loan), 12001 (Loan Against Property))"
    ]
    assert (done.exit_code, captures(sample)) == (2, 0)


def test_faults_of_the_file_and_of_the_account_come_in_one_go(folder, sample, importer):
    folder.mapping(
        fields("mx_Custom_5: {column: A, kind: number, min: 5, max: 1}", "mx_Custom_3: {value: Poona}")
    )
    done = importer("check", folder.people(1))
    assert [line.partition(":")[0] for line in told(done)] == ["line 13", "line 14"]


ROWS = {
    "mx_Custom_3: {column: X}": ("Poona", "CHOICE-UNKNOWN"),
    "mx_Custom_4: {column: X, kind: multi_choice}": ("PAN Card; Selfie", "CHOICE-UNKNOWN"),
    "mx_Custom_10: {column: X}": ("x" * 251, "TEXT-LONG"),
    "Owner: {column: X, kind: owner}": ("nobody@example.com", "OWNER-UNKNOWN"),
    "Owner : {column: X, kind: owner}": ("gone@example.com", "OWNER-INACTIVE"),
    "Owner  : {column: X, kind: owner}": ("Agent  two", "OWNER-AMBIGUOUS"),
}


@pytest.mark.parametrize("line", ROWS)
def test_a_row_is_checked_by_what_the_account_takes(folder, sample, importer, line):
    value, code = ROWS[line]
    folder.mapping(fields(line.replace(" :", ":")))
    sheet = folder.sheet(f"a@example.com,A,Loan,{value}", headings="Email,First Name,Product,X")
    done = importer("check", sheet)
    assert done.exit_code == 1
    assert f"{code}: 1 cell in X" in done.stdout
    assert importer("run", sheet, "--yes").exit_code == 1
    assert captures(sample) == 0


@pytest.mark.parametrize(
    "owner", ["Agent One", "agent.one@EXAMPLE.com", "11111111-0000-4000-8000-000000000001"]
)
def test_an_owner_is_sent_as_the_id_of_the_user(folder, sample, importer, owner):
    folder.mapping(fields("Owner: {column: Owner, kind: owner}"))
    sheet = folder.sheet(f"a@example.com,A,Loan,{owner}", headings="Email,First Name,Product,Owner")
    assert importer("run", sheet, "--yes").exit_code == 0
    assert sample.opportunities[-1].fields["Owner"] == "11111111-0000-4000-8000-000000000001"


def test_for_many_unknown_owners_the_one_that_is_meant_is_sought_only_so_often(folder, sample, importer):
    folder.mapping(fields("Owner: {column: Owner, kind: owner}"))
    words = [*(f"Agent Onee {n}" for n in range(SEARCHES)), "Agent Onee", "Agent Onee 0"]
    rows = [f"p{n}@example.com,P,Loan {n},{word}" for n, word in enumerate(words)]
    sheet = folder.sheet(*rows, headings="Email,First Name,Product,Owner")
    importer("run", sheet, "--yes", "--output", "owners.csv")
    said = [row["ExceptionMessage"] for row in result_rows(folder.path / "owners.csv")]
    assert ["did you mean 'Agent One'?" in text for text in said] == [True] * SEARCHES + [False, True]
    assert "'Agent Onee' is no user of this account (write the user's e-mail address)" in said[SEARCHES]


def test_an_address_is_like_that_of_a_user_only_before_its_domain(folder, sample, importer):
    folder.mapping(fields("Owner: {column: Owner, kind: owner}"))
    rows = ("a@example.com,A,Loan,agent.one@exmaple.com", "b@example.com,B,Loan,ravi.sharma@example.com")
    sheet = folder.sheet(*rows, headings="Email,First Name,Product,Owner")
    importer("run", sheet, "--yes", "--output", "owners.csv")
    near, far = (row["ExceptionMessage"] for row in result_rows(folder.path / "owners.csv"))
    assert "'agent.one@exmaple.com' is no user of this account (did you mean 'Agent One'?)" in near
    assert "'ravi.sharma@example.com' is no user of this account (write the user's e-mail address)" in far


def test_an_option_that_has_the_separator_in_it_is_one(folder, serve, importer):
    papers = FieldRule("Dropdown", options=("PAN, original", "PAN", "Photo"), multi_select=True)
    known = {"mx_Custom_1": FieldRule(), "mx_Custom_4": papers}
    kind = OpportunityType("Loan", other_fields=False, fields=known)
    simulator = serve(Account(opportunity_types={12000: kind}))
    sheet = folder.sheet('a@example.com,A,Loan,"Photo, PAN, original"', headings="Email,First Name,Product,X")
    several = "kind: multi_choice, separator: ','"
    for line in (f"{{column: X, {several}}}", f"{{value: 'PAN, original, Photo', {several}}}"):
        folder.mapping(fields(f"mx_Custom_4: {line}"))
        assert importer("run", sheet, "--yes", "--again").exit_code == 0
    assert [each.fields["mx_Custom_4"] for each in simulator.opportunities] == [
        "Photo;PAN, original", "PAN, original;Photo",
    ]  # fmt: skip
    folder.mapping(
        fields(f"mx_Custom_4: {{column: X, choices: ['PAN, original'], {several}, default: Photo}}")
    )
    assert "'Photo' is not among the choices" in told(importer("check", sheet))[0]


@pytest.mark.parametrize("choices", ["", ", choices: [House, Flat]"])
@pytest.mark.parametrize("default", ["H", " h ", "House"])
def test_a_default_is_translated_as_a_cell_is(folder, sample, importer, default, choices):
    folder.mapping(
        fields(f"mx_Custom_11: {{column: X, values: {{H: House}}, default: '{default}'{choices}}}")
    )
    sheet = folder.sheet("a@example.com,A,Loan,", headings="Email,First Name,Product,X")
    done = importer("run", sheet, "--yes")
    assert done.exit_code == 0, done.stderr
    assert sample.opportunities[-1].fields["mx_Custom_11"] == "House"


def test_each_of_several_words_of_a_default_is_translated(folder, sample, importer):
    settings = "kind: multi_choice, values: {pan: PAN Card, pay: Salary Slips}, default: Pan; pay"
    folder.mapping(fields(f"mx_Custom_4: {{column: X, {settings}}}"))
    sheet = folder.sheet("a@example.com,A,Loan,", headings="Email,First Name,Product,X")
    assert importer("run", sheet, "--yes").exit_code == 0
    assert sample.opportunities[-1].fields["mx_Custom_4"] == "PAN Card;Salary Slips"
    folder.mapping(fields(f"mx_Custom_4: {{column: X, {settings} card}}"))
    assert "'pay card' is no option" in told(importer("check", sheet))[0]


@pytest.mark.parametrize(
    ("kind", "several", "cure"), [("boolean", False, "choice"), ("integer", True, "multi_choice")]
)
def test_options_of_a_field_of_any_type_are_the_only_values(folder, serve, importer, kind, several, cure):
    field = FieldRule("Radio", options=("Yes", "10"), multi_select=several)
    known = {"mx_Custom_1": FieldRule(), "mx_Custom_30": field}
    opportunity = OpportunityType("Loan", other_fields=False, fields=known)
    simulator = serve(Account(opportunity_types={12000: opportunity}))
    folder.mapping(fields(f"mx_Custom_30: {{column: X, kind: {kind}}}"))
    sheet = folder.sheet("a@example.com,A,Loan,yes", headings="Email,First Name,Product,X")
    [fault] = told(importer("run", sheet, "--yes"))
    assert f"kind {kind} does not suit it (write kind: {cure})" in fault
    assert captures(simulator) == 0


def test_a_blank_cell_of_a_mandatory_field_is_a_problem_without_required(folder, sample, importer):
    folder.mapping(KNOWN)
    done = importer("check", folder.sheet("a@example.com,A,", "b@example.com,,Loan"))
    assert "REQUIRED: 1 cell in First Name" in done.stdout
    assert "REQUIRED: 1 cell in Product" in done.stdout


def test_a_dropdown_without_the_one_on_which_it_depends_is_a_warning(folder, sample, importer):
    folder.mapping(fields("mx_Custom_2: Stage"))
    sheet = folder.sheet("a@example.com,A,Loan,Disbursed", headings="Email,First Name,Product,Stage")
    done = importer("check", sheet)
    assert done.exit_code == 0
    assert 'the options of mx_Custom_2 ("Stage") depend on Status, which is not mapped' in done.stderr


def test_a_dropdown_that_is_filled_where_its_parent_is_blank_is_a_warning(folder, sample, importer):
    folder.mapping(fields("mx_Custom_2: Stage", "Status: Status"))
    headings = "Email,First Name,Product,Stage,Status"
    sheet = folder.sheet(
        "a@example.com,A,Loan,Disbursed,Won", "b@example.com,B,Loan,Disbursed,", headings=headings
    )
    done = importer("check", sheet)
    assert done.exit_code == 0
    assert "D3, Stage: is filled, and Status, on which its options depend, is blank." in done.stderr


METADATA = ("GetOpportunityTypes", "LeadsMetaData.Get", "GetOpportunityTypeMetadata")


def test_a_night_goes_on_with_what_is_kept_where_metadata_cannot_be_read(folder, serve, importer):
    account = read_account(SAMPLE)
    serve(account)
    folder.mapping(fields("mx_Custom_3: Branch"))
    headings = "Email,First Name,Product,Branch"
    importer("run", folder.sheet("a@example.com,A,Loan,Pune", headings=headings), "--yes")
    broken = serve(account, *(Fault("http_502", call=call) for call in METADATA))
    sheet = folder.sheet(
        "b@example.com,B,Loan,Kochi", "c@example.com,C,Loan,Poona", headings=headings, name="2.csv"
    )
    done = importer("run", sheet, "--yes", "--output", "2.result.csv")
    assert "could not be read from LeadSquared" in done.stderr
    assert [row["Outcome"] for row in result_rows(folder.path / "2.result.csv")] == ["Created", "Invalid"]
    assert captures(broken) == 1


def test_where_nothing_could_ever_be_read_nothing_is_held_against_the_mapping(folder, serve, importer):
    simulator = serve(read_account(SAMPLE), *(Fault("http_401", call=call) for call in METADATA))
    folder.mapping(fields("mx_Custom_99: Branch"))
    done = importer("run", folder.people(1), "--yes")
    assert "nothing is known of them" in done.stderr
    assert captures(simulator) == 1


def test_without_users_no_owner_is_guessed_and_nothing_is_sent(folder, serve, importer):
    simulator = serve(read_account(SAMPLE), Fault("http_502", call="Users.Get"))
    folder.mapping(fields("Owner: {column: Owner, kind: owner}"))
    sheet = folder.sheet("a@example.com,A,Loan,Agent One", headings="Email,First Name,Product,Owner")
    done = importer("run", sheet, "--yes")
    assert done.exit_code == 5
    assert "line 13: kind owner needs the users of the account" in done.stderr
    assert captures(simulator) == 0


def test_offline_asks_for_nothing_and_says_so(folder, sample, importer):
    folder.mapping(fields("mx_Custom_99: Branch"))
    done = importer("check", folder.people(1), "--offline")
    assert "was not compared with the account in LeadSquared (--offline)." in done.stderr
    assert (done.exit_code, sample.calls) == (0, ())


def test_a_check_without_keys_works_and_says_what_was_not_compared(folder, importer, monkeypatch):
    monkeypatch.delenv("LSQ_ACCESS_KEY", raising=False)
    done = importer("check", folder.people(1))
    assert done.exit_code == 0
    assert "was not compared with the account in LeadSquared (without LSQ_API_HOST" in done.stderr


def test_a_check_goes_on_where_nobody_answers(folder, connect, importer, nobody_answers):
    connect(nobody_answers)
    done = importer("check", folder.people(1))
    assert done.exit_code == 0
    assert "was not compared with the account in LeadSquared: LeadSquared does not answer" in done.stderr


def test_what_has_changed_since_the_mapping_was_last_used_is_said(folder, serve, importer):
    account = read_account(SAMPLE)
    serve(account)
    folder.mapping(fields("mx_Custom_3: Branch"))
    headings = "Email,First Name,Product,Branch"
    importer("run", folder.sheet("a@example.com,A,Loan,Pune", headings=headings), "--yes")
    kind = account.opportunity_types[12000]
    rule = replace(kind.fields["mx_Custom_3"], options=("Pune", "Mumbai"))
    changed = replace(kind, fields={**kind.fields, "mx_Custom_3": rule})
    serve(replace(account, opportunity_types={12000: changed}))
    done = importer("check", folder.sheet("b@example.com,B,Loan,Pune", headings=headings))
    assert "Since this mapping was last used: " in done.stderr
    assert "Kochi" in done.stderr


def test_a_change_is_told_again_until_a_run_has_sent_something(folder, serve, importer, monkeypatch):
    account = read_account(SAMPLE)
    serve(account)
    folder.mapping(fields("mx_Custom_3: Branch"))
    headings = "Email,First Name,Product,Branch"
    importer("run", folder.sheet("a@example.com,A,Loan,Pune", headings=headings), "--yes")
    kind = account.opportunity_types[12000]
    rule = replace(kind.fields["mx_Custom_3"], options=("Pune", "Mumbai"))
    serve(
        replace(
            account, opportunity_types={12000: replace(kind, fields={**kind.fields, "mx_Custom_3": rule})}
        )
    )
    rows = ("b@example.com,B,Loan,Pune", "no address,C,Loan,Pune")
    sheet = folder.sheet(*rows, name="2.csv", headings=headings)
    refused = importer("run", sheet, "--stop-if-invalid")
    assert refused.exit_code == 3, refused.stderr
    assert "Kochi" in refused.stderr
    sent = importer("run", sheet, "--yes")
    assert "Kochi" in sent.stderr
    assert "Kochi" not in importer("run", sheet, "--yes").stderr


def test_a_mapping_that_is_saved_while_the_account_answers_is_sent_as_it_was_read(folder, serve, start):
    simulator = serve(read_account(SAMPLE), Fault("slow_answer", call="LeadsMetaData.Get", seconds=1.5))
    mapping = folder.mapping(KNOWN)
    process = start("run", folder.people(1), "--yes")
    while not any(call.path.endswith("GetOpportunityTypes") for call in simulator.calls):
        time.sleep(0.01)
    mapping.write_text(KNOWN.replace("12000", "12001"), encoding="utf-8")
    assert (process.wait(30), captures(simulator)) == (0, 1)
    assert simulator.opportunities[-1].event_code == 12000


def test_how_old_the_account_is_is_told_of_what_the_mapping_needs_of_it(folder, sample, importer):
    for code in ("12001", "12000"):
        importer("account", code)
    [file] = Path(os.environ["IMPORTER_STATE"]).glob("account-*.json")
    kept = json.loads(file.read_text(encoding="utf-8"))
    old = {"users": "2025-01-01 00:00:00", "fields 12001": "2025-01-02 00:00:00"}
    kept["read_at"] |= {**old, "fields 12000": "2025-03-04 05:06:07"}
    file.write_text(json.dumps(kept), encoding="utf-8")
    folder.mapping(KNOWN.replace("mx_Custom_1: Product", "Opportunity Name: Product"))
    said = importer("check", folder.people(1), "--offline").stderr
    assert "The account was taken as of 2025-03-04 05:06 UTC, " in said
    folder.mapping(fields("Owner: {column: X, kind: owner}").replace("FirstName:", "First Name:"))
    sheet = folder.sheet("a@example.com,A,Loan,Agent One", headings="Email,First Name,Product,X")
    assert (
        "The account was taken as of 2025-01-01 00:00 UTC, " in importer("check", sheet, "--offline").stderr
    )


def test_who_says_offline_and_needs_users_is_told_to_leave_it_out(folder, sample, importer):
    folder.mapping(fields("Owner: {column: Owner, kind: owner}"))
    sheet = folder.sheet("a@example.com,A,Loan,Agent One", headings="Email,First Name,Product,Owner")
    done = importer("run", sheet, "--yes", "--offline")
    assert (done.exit_code, captures(sample)) == (5, 0)
    assert "leave --offline out" in done.stderr


NEW = "22222222-0000-4000-8000-000000000009"
GONE = "11111111-0000-4000-8000-000000000004"
OF_ONE_OWNER = (
    f"Owner: {{value: {GONE}, kind: guid}}",
    f"Owner: {{column: Owner, kind: guid, default: {GONE}}}",
)


@pytest.mark.parametrize("line", OF_ONE_OWNER)
def test_a_mapping_that_names_somebody_who_is_gone_is_told_before_any_row(folder, sample, importer, line):
    folder.mapping(fields(line))
    done = importer("run", folder.people(1), "--yes")
    [fault] = told(done)
    assert "is a user of LeadSquared who is no longer active" in fault
    assert (done.exit_code, captures(sample)) == (2, 0)


@pytest.mark.usefixtures("hurried")
def test_somebody_who_came_after_the_users_were_kept_can_be_named_by_id(folder, serve, importer):
    account = read_account(SAMPLE)
    serve(account)
    importer("account", "12000")
    with_new = replace(account, users=(*account.users, User("new@example.com", "New", "One", id=NEW)))
    folder.mapping(fields(f"Owner: {{value: {NEW}, kind: guid}}"))
    simulator = serve(with_new, Fault("http_502", call="Users.Get"))
    assert importer("run", folder.people(1), "--yes").exit_code == 0
    assert simulator.opportunities[-1].fields["Owner"] == NEW
    simulator = serve(with_new)
    assert importer("run", folder.people(2), "--yes").exit_code == 0
    assert simulator.opportunities[-1].fields["Owner"] == NEW


AS_WRITTEN = {
    "Owner: {value: agent.one@example.com}": "owner",
    "Owner: {value: Agent One}": "owner",
    "mx_Custom_6: {value: 'yes'}": "boolean",
    "mx_Custom_6 : {value: 'True'}": "boolean",
    "mx_Custom_5: {value: '1,20,000'}": "number",
    "mx_Custom_13: {value: '31/05/2026'}": "date",
    "mx_Custom_8: {value: '31/05/2026 10:00'}": "datetime",
}


@pytest.mark.parametrize("line", AS_WRITTEN)
def test_a_constant_goes_as_it_is_written_unless_its_kind_says_what_it_is(folder, sample, importer, line):
    kind = AS_WRITTEN[line]
    folder.mapping(fields(line))
    done = importer("run", folder.people(1), "--yes")
    [fault] = told(done)
    assert f"would be sent as it is written (write kind: {kind})" in fault
    assert (done.exit_code, captures(sample)) == (2, 0)
    folder.mapping(fields(line.replace("}", f", kind: {kind}}}")))
    assert importer("run", folder.people(1), "--yes").exit_code == 0
    assert captures(sample) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Owner: {value: 11111111-0000-4000-8000-000000000001}",
        "mx_Custom_6: {value: 'true'}",
        "mx_Custom_5: {value: 120000.50}",
        "mx_Custom_13: {value: '2026-05-31'}",
        "mx_Custom_8: {value: '2026-05-31 10:00:00'}",
    ],
)
def test_a_constant_that_is_written_as_leadsquared_takes_it_needs_no_kind(folder, sample, importer, line):
    folder.mapping(fields(line))
    assert importer("run", folder.people(1), "--yes").exit_code == 0
    name, _, value = line.partition(": ")
    sent = value.removeprefix("{value: ").rstrip("}").strip("'")
    assert sample.opportunities[-1].fields[name] == sent


@pytest.mark.parametrize("shown", ["Notes", "First Name Now"])
def test_no_name_that_exists_hides_a_mandatory_field_with_a_name_like_it(folder, serve, importer, shown):
    account = read_account(SAMPLE)
    kind = account.opportunity_types[12000]
    needed = {**kind.fields, "mx_Custom_40": FieldRule(mandatory=True, display_name=shown)}
    simulator = serve(replace(account, opportunity_types={12000: replace(kind, fields=needed)}))
    folder.mapping(fields("Status: {value: Open}", "Owner: {column: Owner, kind: owner}", "FirstName: X"))
    faults = told(importer("run", folder.people(1), "--yes"))
    assert any(
        f'mx_Custom_40 ("{shown}") is mandatory in LeadSquared, and not mapped' in each for each in faults
    )
    assert captures(simulator) == 0


def test_an_attribute_of_every_account_hides_no_mandatory_one_either(folder, serve, importer):
    account = read_account(SAMPLE)
    rules = {**account.attribute_rules, "mx_Mobile": AttributeRule(display_name="Mobile Alt", mandatory=True)}
    del rules["Mobile"]
    serve(replace(account, attribute_rules=rules, unique_attributes=("EmailAddress",)))
    folder.mapping(
        KNOWN.replace("FirstName:", "Mobile: {column: M, kind: phone, region: IN}\n    FirstName:")
    )
    [fault] = told(importer("check", folder.people(1)))
    assert 'mx_Mobile ("Mobile Alt") is mandatory in LeadSquared, and not mapped' in fault


@pytest.mark.parametrize(
    "source",
    ["{value: ''}", "{value: ' '}", "{column: X, default: ''}", "{column: X, values: {NA: ''}, default: NA}"],
)
def test_a_mandatory_field_is_never_filled_with_nothing(folder, sample, importer, source):
    folder.mapping(KNOWN.replace("mx_Custom_1: Product", f"mx_Custom_1: {source}"))
    done = importer("run", folder.people(1), "--yes")
    [fault] = told(done)
    assert 'mx_Custom_1 ("Opportunity Name") is mandatory in LeadSquared, and this is empty' in fault
    assert (done.exit_code, captures(sample)) == (2, 0)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("kind", ["http_403", "http_502"])
def test_names_that_people_see_are_not_sent_where_the_fields_cannot_be_read(folder, serve, importer, kind):
    simulator = serve(read_account(SAMPLE), Fault(kind, call="GetOpportunityTypeMetadata"))
    mapping = folder.mapping(KNOWN.replace("mx_Custom_1:", "Opportunity Name:"))
    done = importer("run", folder.people(1), "--mapping", mapping, "--yes")
    assert "fields of opportunity type 12000 could not be read from LeadSquared" in done.stderr
    [fault] = told(done)
    assert "'Opportunity Name' is not a schema name" in fault
    assert "need the account's opportunity fields, which are not known" in fault
    folder.mapping(KNOWN, name="other.yaml")
    several = importer("run", folder.people(1), "--yes")
    assert "Whether mappings/enquiries.yaml fits too only the account can tell" in several.stderr
    assert (done.exit_code, several.exit_code, captures(simulator)) == (2, 2, 0)


UNFIT = {
    "mx_Custom_11": "takes nothing but its options",
    "mx_Custom_9": "is read-only",
    "mx_Custom_5": "is of type Number",
    "mx_Custom_14": "takes at most 10 characters",
}


@pytest.mark.parametrize("reference", UNFIT)
def test_a_field_that_cannot_hold_the_reference_is_told_before_any_row(folder, serve, importer, reference):
    account = read_account(SAMPLE)
    kind = account.opportunity_types[12000]
    shorter = {**kind.fields, "mx_Custom_14": FieldRule(max_length=10, display_name="Code")}
    simulator = serve(replace(account, opportunity_types={12000: replace(kind, fields=shorter)}))
    folder.mapping(KNOWN.replace("  fields:", f"  reference: {reference}\n  fields:"))
    done = importer("run", folder.people(1), "--yes")
    [fault] = told(done)
    assert fault.startswith("line 11: opportunity.reference: ")
    assert UNFIT[reference] in fault
    assert "name a text field that is used for nothing else" in fault
    assert (done.exit_code, captures(simulator)) == (2, 0)


def test_a_field_for_texts_holds_the_reference(folder, sample, importer):
    folder.mapping(KNOWN.replace("  fields:", "  reference: mx_Custom_19\n  fields:"))
    assert importer("run", folder.people(1), "--yes").exit_code == 0
    assert sample.opportunities[-1].fields["mx_Custom_19"].startswith("ref-")


def test_where_no_user_is_listed_no_owner_is_called_unknown(folder, serve, importer):
    simulator = serve(read_account(SAMPLE), Fault("empty_list_200", call="Users.Get"))
    folder.mapping(fields("Owner: {column: Owner, kind: owner}"))
    sheet = folder.sheet(
        "a@example.com,A,Loan,agent.one@example.com", headings="Email,First Name,Product,Owner"
    )
    checked = importer("check", sheet)
    assert "OWNER-UNKNOWN" not in checked.stdout
    assert "The account's users could not be read from LeadSquared (it lists none" in checked.stderr
    done = importer("run", sheet, "--yes")
    assert "have the user of these keys allowed to read users in LeadSquared" in done.stderr
    assert (checked.exit_code, done.exit_code, captures(simulator)) == (0, 5, 0)


def test_what_was_read_is_used_where_it_cannot_be_kept(folder, sample, importer):
    importer("account")
    [kept] = (folder.path / "state").glob("account-*.json")
    kept.unlink()
    kept.mkdir()
    folder.mapping(KNOWN.replace("12000", "12009"))
    done = importer("run", folder.people(1), "--yes")
    assert "12009 is no opportunity type of this account" in told(done)[0]
    assert done.stderr.count("What is kept of the account") == 1
    assert (done.exit_code, captures(sample)) == (2, 0)


def hostile(*options: str) -> Account:
    """Names and options that would change a terminal, or break a message into lines."""
    field = FieldRule(
        "Dropdown", options=("\x1b[31mFlat", "House\nPlot", *options), display_name="Prop\x1b[2J"
    )
    known = {"mx_Custom_1": FieldRule(), "mx_Custom_11": field, "Owner": FieldRule("ActiveUsers")}
    kind = OpportunityType("Home\x1b[2J\nLoan", other_fields=False, fields=known)
    twins = (User("1@example.com", "Agent", "Two"), User("2@\x1b[2J.com", "Agent", "Two"))
    users = (*twins, User("3@example.com", "Agent\x1b[2J", "Three"))
    return replace(read_account(SAMPLE), opportunity_types={12000: kind}, users=users)


@pytest.mark.parametrize(
    ("line", "cell", "shown"),
    [
        ("mx_Custom_11: {value: Flt}", "", 'mx_Custom_11 ("Prop\\x1b[2J")'),
        ("mx_Custom_11: {value: Flt}", "", "\\x1b[31mFlat, House\\nPlot"),
        ("mx_Custom_11: {column: X}", "Shed", "is not one of \\x1b[31mFlat, House\\nPlot"),
        ("Owner: {column: X, kind: owner}", "Agent Two", "2@\\x1b[2J.com"),
        ("Owner: {column: X, kind: owner}", "Agent[2J Thre", "did you mean 'Agent\\x1b[2J Three'?"),
    ],
)
def test_what_leadsquared_calls_things_changes_no_terminal(folder, serve, importer, line, cell, shown):
    serve(hostile())
    folder.mapping(fields(line))
    done = importer(
        "check", folder.sheet(f"a@example.com,A,Loan,{cell}", headings="Email,First Name,Product,X")
    )
    assert shown in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_what_has_changed_in_leadsquared_changes_no_terminal(folder, serve, importer):
    serve(hostile())
    folder.mapping(fields("mx_Custom_11: {column: X}"))
    sheet = folder.sheet("a@example.com,A,Loan,", headings="Email,First Name,Product,X")
    importer("run", sheet, "--yes")
    serve(hostile("\x1b[5mShed"))
    assert "has 1 new option: \\x1b[5mShed" in importer("check", sheet).stderr
    folder.mapping(KNOWN.replace("12000", "12009"))
    assert "(it has 12000 (Home\\x1b[2J\\nLoan))" in importer("check", sheet).stderr
