"""`importer draft` with an account: names, kinds and options come from it, and nothing is made up."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer.mapping import load_mapping
from importer.simulator import Fault, FieldRule, Simulator, read_account
from importer.yaml_lines import read_document
from tests.test_mapping import ROOT

SAMPLE = read_account(ROOT / "data_samples" / "account.yaml")
ONLY_LOANS = replace(SAMPLE, opportunity_types={12000: SAMPLE.opportunity_types[12000]})
TARGET = "mappings/enquiries_2.yaml"


@pytest.fixture
def drafted(folder, connect, importer):
    """Drafts a mapping for rows below these headings; the text of its file, and how the program ended."""

    def draft(headings: str, *rows: str, account=ONLY_LOANS, faults=(), words=()):
        with Simulator(rate=None, account=account, faults=faults).serving() as simulator:
            connect(simulator.url)
            sheet = folder.sheet(*rows, headings=headings)
            done = importer("draft", sheet, "--output", TARGET, *words)
        target = folder.path / TARGET
        return (target.read_text(encoding="utf-8") if target.exists() else ""), done

    return draft


def lines(text: str) -> dict[str, str]:
    """The lines of a mapping by their first word."""
    return {line.split(":")[0].strip(): line.strip() for line in text.splitlines() if ":" in line}


def test_columns_get_the_fields_that_have_their_names(drafted):
    text, _ = drafted(
        "Email,First Name,Opportunity Name,Loan Amount,Existing Customer",
        "a@example.com,A,Loan 1,5,yes", "b@example.com,B,Loan 2,6,no",
    )  # fmt: skip
    said = lines(text)
    assert said["mx_Custom_1"].startswith("mx_Custom_1: Opportunity Name")
    assert "# Opportunity Name" in said["mx_Custom_1"]
    assert said["mx_Custom_5"].startswith("mx_Custom_5: {column: Loan Amount, kind: ")
    assert "kind: boolean" in said["mx_Custom_6"]
    assert "confirm: true}" not in text
    assert said["event_code"].startswith("event_code: 12000")
    assert "Home Loan" in said["event_code"]


def test_what_is_only_nearly_a_name_is_to_be_confirmed(drafted):
    text, _ = drafted("Email,First Name,Opportunity Name,Property Typ", "a@example.com,A,Loan,Flat")
    assert "mx_Custom_11: {column: Property Typ, confirm: true}" in text


def test_a_column_of_which_the_account_has_nothing_gets_no_made_up_name(drafted):
    text, _ = drafted("Email,First Name,Opportunity Name,Shoe Size", "a@example.com,A,Loan,44")
    assert "#?: Shoe Size" in text
    assert text.count("mx_Custom_") == 1


def test_what_is_mandatory_comes_first_and_what_is_missing_is_said(drafted):
    text, done = drafted("Email,Branch,Loan Amount", "a@example.com,Pune,5")
    assert "#mx_Custom_1: {column: ?}" in text
    assert "Opportunity Name: mandatory in LeadSquared, and no column" in text.replace("\n", " ")
    assert 'mx_Custom_1 ("Opportunity Name") is mandatory in LeadSquared, and not mapped' in done.stdout
    assert done.exit_code == 0


def test_what_is_mandatory_stands_above_the_rest(drafted):
    text, _ = drafted("Email,Branch,Status,First Name,Opportunity Name", "a@example.com,Pune,Open,A,Loan")
    assert text.index("mx_Custom_1:") < text.index("mx_Custom_3:")
    assert text.index("FirstName:") < text.index("EmailAddress:")


def test_an_owner_by_name_is_of_kind_owner(drafted):
    rows = ("a@example.com,A,Loan,Agent One", "b@example.com,B,Loan,Agent Two")
    text, _ = drafted("Email,First Name,Opportunity Name,Owner", *rows)
    assert "Owner: {column: Owner, kind: owner}" in text


@pytest.mark.parametrize("heading", ["Notes", "Agent's Words"])
def test_a_column_of_the_note_becomes_the_note_and_no_field(drafted, heading):
    kind = ONLY_LOANS.opportunity_types[12000]
    renamed = {**kind.fields, "ActivityEvent_Note": FieldRule(display_name="Agent's Words")}
    account = replace(ONLY_LOANS, opportunity_types={12000: replace(kind, fields=renamed)})
    text, _ = drafted(f"Email,First Name,{heading}", "a@example.com,A,called twice", account=account)
    assert f'note: "{{{heading}}}"' in text
    assert "ActivityEvent_Note" not in text


def test_words_that_are_no_options_are_to_be_confirmed_also_where_they_are_many(drafted):
    rows = (f"a{number}@example.com,A,Loan,Place {number}" for number in range(60))
    text, _ = drafted("Email,First Name,Opportunity Name,Branch", *rows)
    assert "mx_Custom_3: {column: Branch, confirm: true}" in text
    assert "'Place 0'" in text


def test_a_read_only_field_is_never_mapped(drafted):
    text, _ = drafted("Email,First Name,Opportunity Name,Application Number", "a@example.com,A,Loan,7")
    assert "mx_Custom_9" not in text


SHEETS = [
    ("E-mail ID,Full Name,Deal Name,Amount,Stage,Status", "a@example.com,A B,Loan,5 lakh,New,Open"),
    ("Email,First Name,Opportunity Name,Loan Amount,Site Visit At", "a@example.com,A,Loan,many,tomorrow"),
    ("Mail,Name,Opportunity Name,Branch,Documents Received,Languages", "a@example.com,A,L,Poona,PAN;X,Hindi"),
    ("Phone Number,First Name,Opportunity Name,Remarks,Date of Birth", "9812345678,A,Loan,x,31/01/2000"),
]


@pytest.mark.parametrize(("headings", "row"), SHEETS, ids=[headings for headings, _ in SHEETS])
def test_the_account_has_nothing_against_a_draft(drafted, headings, row):
    _, done = drafted(headings, row)
    assert done.exit_code == 0
    assert "LeadSquared refuses it as it is" not in done.stdout


def test_a_column_of_choices_is_checked_by_the_options_of_the_account(drafted):
    rows = [f"p{n}@example.com,P,Loan {n},{'Flat' if n % 2 else 'House'}" for n in range(12)]
    text, done = drafted("Email,First Name,Opportunity Name,Property Type", *rows)
    assert done.exit_code == 0
    assert lines(text)["mx_Custom_11"].startswith("mx_Custom_11: Property Type")


def test_a_heading_that_means_the_same_is_to_be_confirmed(drafted):
    text, _ = drafted(
        "Email,First Name,Opportunity Name,D.O.B.,Loan amt (Rs)", "a@example.com,A,L,31/01/2000,5"
    )
    assert "mx_Date_of_Birth" in text
    assert "mx_Custom_5" in text


def test_of_several_types_one_is_to_be_named(drafted):
    _, done = drafted("Email,First Name", "a@example.com,A", account=SAMPLE)
    assert done.exit_code == 2
    assert "--event-code: say which opportunity type it is: 12000 (Home Loan), 12001" in done.stderr


def test_an_event_code_that_the_account_does_not_have_writes_nothing(drafted):
    text, done = drafted("Email,First Name", "a@example.com,A", words=("--event-code", "5"))
    assert (text, done.exit_code) == ("", 2)
    assert "--event-code: 5 is no opportunity type of this account" in done.stderr


@pytest.mark.parametrize("words", [("--offline",), ()], ids=["offline", "fields cannot be read"])
def test_without_the_account_guesses_are_made_as_ever(drafted, folder, words):
    faults = [Fault("http_403", call=call) for call in ("GetOpportunityTypeMetadata", "LeadsMetaData.Get")]
    text, done = drafted("Email,First Name,Loan Amount", "a@example.com,A,5", faults=faults, words=words)
    assert done.exit_code == 0
    assert "are made up" in text
    assert load_mapping(folder.path / TARGET).unconfirmed


PAPERS = "Email,First Name,Opportunity Name,Documents Received"


@pytest.fixture
def papers(drafted):
    """Drafts a mapping for these cells; all that it says of them."""

    def draft(*cells: str) -> Any:
        rows = (f'p{n}@example.com,P,Loan {n},"{cell}"' for n, cell in enumerate(cells))
        text, _ = drafted(PAPERS, *rows)
        tree: Any = read_document(text).tree
        return tree["opportunity"]["fields"]["mx_Custom_4"]

    return draft


@pytest.mark.parametrize(("mark", "said"), [(";", {}), ("|", {"separator": "|"}), (",", {"separator": ","})])
def test_several_options_in_a_cell_are_parted_as_the_sheet_does(papers, importer, mark, said):
    cells = (f"PAN Card{mark} Salary Slips", "Bank Statement", f"PAN Card{mark}Bank Statement")
    assert papers(*cells) == {"column": "Documents Received", "kind": "multi_choice", **said}
    assert importer("check", "enquiries.csv", "--mapping", TARGET, "--offline").exit_code == 0


@pytest.mark.parametrize("cell", ["Bank Statement / PAN Card", "Selfie"])
def test_what_parts_several_options_is_to_be_confirmed_where_no_cell_shows_it(papers, cell):
    said = papers(cell, "PAN Card")
    assert said == {"column": "Documents Received", "kind": "multi_choice", "confirm": "true"}
    assert "parted by ; (see separator:)" in commented(Path(TARGET))


def test_one_option_in_each_cell_of_several_is_no_guess(papers):
    assert papers("PAN Card", "Bank Statement") == {"column": "Documents Received", "kind": "multi_choice"}


def test_a_word_that_is_no_option_among_several_is_said(papers):
    cells = ("PAN Card; Selfie", "Selfie; PAN Card", "Bank Statement; Selfie", "PAN Card")
    assert papers(*cells * 3)["confirm"] == "true"
    assert "not among LeadSquared's options: 'Selfie' (translate" in commented(Path(TARGET))


@pytest.mark.parametrize("cell", ["PAN Card;Selfie", "7"])
def test_several_of_which_nobody_knows_the_options_are_a_text(drafted, cell):
    papers = ONLY_LOANS.opportunity_types[12000].fields["mx_Custom_4"]
    account = with_fields(mx_Custom_4=replace(papers, options=()))
    text, done = drafted(PAPERS, f"a@example.com,A,Loan,{cell}", account=account)
    assert (lines(text)["mx_Custom_4"].startswith("mx_Custom_4: Documents Received"), done.exit_code) == (
        True,
        0,
    )


def commented(path: Path) -> str:
    """All of a file on one line, without what begins the lines of a comment."""
    return " ".join(path.read_text(encoding="utf-8").replace("#", " ").split())


def with_fields(**changed: Any):
    """The account, in which these fields of a loan are others."""
    kind = ONLY_LOANS.opportunity_types[12000]
    return replace(ONLY_LOANS, opportunity_types={12000: replace(kind, fields={**kind.fields, **changed})})


@pytest.mark.parametrize(
    ("heading", "name"), [("Status", "Status"), ("Owner", "Owner"), ("Deal Owner", "Owner")]
)
def test_a_read_only_place_is_not_mapped_by_its_meaning_either(drafted, heading, name):
    account = with_fields(**{name: FieldRule(read_only=True)})
    text, done = drafted(
        f"Email,First Name,Opportunity Name,{heading}", "a@example.com,A,L,x", account=account
    )
    assert (f"\n    {name}:" in text, f"#?: {heading}" in text) == (False, True)
    assert (done.exit_code, "LeadSquared refuses it" in done.stdout) == (0, False)
    assert f"{name} is read-only in LeadSquared" in commented(Path(TARGET))


def test_of_two_names_that_are_nearly_the_same_each_column_gets_its_own(drafted):
    shown = {"mx_Custom_40": "Discount", "mx_Custom_41": "Discount %"}
    account = with_fields(**{name: FieldRule("Number", display_name=shown[name]) for name in shown})
    headings = "Email,First Name,Opportunity Name,Discount %,Discount"
    text, _ = drafted(headings, "a@example.com,A,L,5,100", "b@example.com,B,M,6,200", account=account)
    tree: Any = read_document(text).tree
    said = tree["opportunity"]["fields"]
    assert said["mx_Custom_40"] == {"column": "Discount", "kind": "integer"}
    assert said["mx_Custom_41"] == {"column": "Discount %", "kind": "integer"}


def test_a_field_whose_name_is_written_as_the_heading_does_not_take_the_leads_column(drafted):
    account = with_fields(mx_Custom_40=FieldRule(display_name="E-mail"))
    text, _ = drafted("E-mail,First Name,Opportunity Name", "a@example.com,A,L", account=account)
    assert lines(text)["EmailAddress"].startswith("EmailAddress:")
    assert "E-mail" in text.partition("EmailAddress:")[2].partition("opportunity:")[0]
    assert 'mx_Custom_40 ("E-mail") has this name too' in commented(Path(TARGET))


def test_names_that_no_file_can_hold_are_spelt_out_in_a_draft(drafted):
    account = with_fields(mx_Custom_40=FieldRule(display_name="Shoe\x1b[2J Size"))
    text, done = drafted(
        "Email,First Name,Opportunity Name,Shoe[2J Size", "a@example.com,A,L,5", account=account
    )
    assert done.exit_code == 0, done.stderr
    assert "# Shoe\\x1b[2J Size" in text
