"""`importer draft`: a mapping from headings and values, each guess explained, the unsure ones marked."""

import csv
import re
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.draft import draft
from importer.errors import SheetError
from importer.mapping import Mapping, Source, load_mapping
from importer.plan import make_plan
from importer.reading import AS_FOUND
from tests.test_mapping import ROOT
from tests.test_mapping_schema import EDITOR, as_an_editor_sees_it

DRAFTED = Path("mappings", "leads.yaml")
SAMPLES = sorted(
    path
    for path in (ROOT / "data_samples").rglob("*")
    if path.suffix in (".csv", ".xlsx", ".xls", ".txt") and "expected" not in path.name
)


@pytest.fixture
def drafted(folder, importer):
    """The mapping that is drafted for a sheet of these headings and rows."""

    def call(headings, *rows, options=()) -> Mapping:
        sheet = folder.sheet(*rows, name="leads.csv", headings=headings)
        done = importer("draft", sheet, *options)
        assert done.exit_code == 0, done.stderr
        return load_mapping(DRAFTED)

    return call


def comment(name) -> str:
    """What the draft says beside this name, over all its lines."""
    lines = DRAFTED.read_text(encoding="utf-8").splitlines()
    (at,) = [
        number for number, line in enumerate(lines) if re.match(rf"[# ]*{re.escape(name)}(?::|$|  )", line)
    ]
    said = [lines[at].rpartition("  # ")[2]]
    for line in lines[at + 1 :]:
        if not re.match(r" {9,}# ", line):
            break
        said.append(line.strip(" #"))
    return " ".join(said)


def unconfirmed(mapping) -> set[str]:
    return {guessed for _, guessed in mapping.unconfirmed}


PEOPLE = ("Asha,asha@example.com,HL", "Ravi,ravi@example.com,PL")


def test_a_known_heading_becomes_its_attribute_and_what_the_account_decides_is_to_be_confirmed(drafted):
    mapping = drafted("First Name,E-mail ID,Loan Type", *PEOPLE)
    attributes = mapping.lead.attributes
    assert mapping.lead.search_by == ("EmailAddress",)
    assert (attributes["EmailAddress"].column, attributes["EmailAddress"].kind) == ("E-mail ID", "email")
    assert attributes["EmailAddress"].required
    assert attributes["FirstName"].column == "First Name"
    assert mapping.opportunity.fields["mx_Custom_1"].column == "Loan Type"
    assert unconfirmed(mapping) == {"opportunity.event_code", "opportunity.fields.mx_Custom_1"}


def test_each_guess_says_why(drafted):
    drafted("First Name,E-mail ID,Colour", *PEOPLE, ",,")
    assert comment("EmailAddress") == "known heading; all 2 different values look like e-mail addresses"
    assert comment("event_code") == "made up: write the number of your opportunity type in LeadSquared"
    assert comment("mx_Custom_3") == "column C; the heading is not known; 2 different values"


def test_blank_cells_are_counted(drafted):
    drafted("First Name,E-mail ID", "Asha,asha@example.com", "Ravi,")
    assert comment("EmailAddress").endswith("1 of 2 cells blank")


def test_the_operator_is_told_where_it_is_and_what_is_next(folder, importer):
    sheet = folder.sheet(*PEOPLE, name="Leads of May (1).csv", headings="First Name,E-mail ID,Loan Type")
    done = importer("draft", sheet.name)
    path = Path("mappings", "leads_of_may_1.yaml")
    assert f"{path} is written, with 3 of 3 columns mapped." in done.stdout
    (line, _), _ = load_mapping(path).unconfirmed
    assert f"  line {line}: opportunity.event_code" in done.stdout
    assert "importer check" in done.stdout.splitlines()[-1]
    assert f"--mapping {path}" in done.stdout


def test_the_command_that_is_next_reads_the_sheet_the_same_way(folder, importer):
    (folder.path / "leads.csv").write_bytes("First Name|E-mail ID\nZoë|zoe@example.com\n".encode("cp850"))
    done = importer("draft", "leads.csv", "--encoding", "cp850", "--delimiter", "|")
    assert done.exit_code == 0
    assert "--encoding cp850 --delimiter '|'" in done.stdout


def test_a_draft_is_checked_and_rehearsed_at_once_and_sent_once_it_is_confirmed(
    folder, connected, importer, drafted
):
    drafted("First Name,E-mail ID,Loan Type", *PEOPLE)
    assert importer("check", "leads.csv", "--mapping", DRAFTED).exit_code == 0
    assert importer("run", "leads.csv", "--mapping", DRAFTED, "--demo").exit_code == 0
    refused = importer("run", "leads.csv", "--mapping", DRAFTED)
    assert refused.exit_code == 2
    assert "opportunity.fields.mx_Custom_1 is still to be confirmed" in refused.stderr
    assert not connected.opportunities
    text = DRAFTED.read_text(encoding="utf-8").replace("confirm: true", "confirm: false")
    DRAFTED.write_text(text, encoding="utf-8")
    assert importer("run", "leads.csv", "--mapping", DRAFTED).exit_code == 0
    assert len(connected.opportunities) == 2


@pytest.mark.parametrize("options", [(), ("--output", "mappings/leads.yaml")])
def test_a_file_that_exists_is_never_written_over(folder, importer, options):
    folder.mapping("mine", "leads.yaml")
    folder.sheet(*PEOPLE, name="leads.csv")
    done = importer("draft", "leads.csv", *options)
    assert done.exit_code == 2
    assert f"{DRAFTED} exists already" in done.stderr
    assert DRAFTED.read_text(encoding="utf-8") == "mine"


def test_the_folder_of_mappings_is_made(folder, importer):
    for path in folder.path.glob("mappings/*"):
        path.unlink()
    (folder.path / "mappings").rmdir()
    folder.sheet(*PEOPLE, name="leads.csv")
    assert importer("draft", "leads.csv").exit_code == 0
    assert DRAFTED.exists()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("leads.csv", "ends in .yaml"),
        ("nowhere/at/all.yaml", "cannot be written"),
        ("leads.csv/x.yaml", "cannot be written"),
    ],
)
def test_a_place_where_no_mapping_can_be_is_said_so(folder, importer, output, said):
    sheet = folder.sheet(*PEOPLE, name="leads.csv")
    before = sheet.read_bytes()
    done = importer("draft", sheet, "--output", output)
    assert done.exit_code == 2
    assert said in done.stderr
    assert sheet.read_bytes() == before


def test_a_sheet_that_is_none_gives_no_mapping(folder, importer):
    (folder.path / "leads.csv").write_bytes(b"")
    done = importer("draft", "leads.csv")
    assert done.exit_code == 2
    assert "empty" in done.stderr
    assert not DRAFTED.exists()


def test_an_event_code_that_is_given_needs_no_confirming(drafted):
    mapping = drafted("First Name,E-mail ID", *PEOPLE, options=("--event-code", "12034"))
    assert mapping.opportunity.event_code == 12034
    assert mapping.unconfirmed == ()


@pytest.mark.parametrize("given", ["0", "x", "-1", "12.5", "²"])
def test_an_event_code_that_is_none_is_refused(folder, importer, given):
    folder.sheet(*PEOPLE, name="leads.csv")
    done = importer("draft", "leads.csv", f"--event-code={given}")
    assert done.exit_code == 2
    assert "--event-code" in done.stderr
    assert not DRAFTED.exists()


@pytest.mark.parametrize(
    ("heading", "attribute"),
    [
        *[("Surname", "LastName"), ("Family name", "LastName"), ("Pin Code", "mx_Zip"), ("ZIP", "mx_Zip")],
        *[("Lead Source", "Source"), ("Organisation", "Company"), ("Designation", "JobTitle")],
        *[("utm_campaign", "SourceCampaign"), ("Address", "mx_Street1"), ("Town", "mx_City")],
        *[("Student's City", "mx_City"), ("City (current)", "mx_City"), ("CITY*", "mx_City")],
    ],
)
def test_headings_are_known_however_people_write_them(drafted, heading, attribute):
    mapping = drafted(f"{heading},E-mail ID", "x,asha@example.com", "y,ravi@example.com")
    assert mapping.lead.attributes[attribute].column == heading
    assert unconfirmed(mapping) == {"opportunity.event_code"}


@pytest.mark.parametrize(
    ("heading", "attribute"),
    [
        *[("Campagin", "SourceCampaign"), ("Sir Name", None), ("DOB", "mx_Date_Of_Birth")],
        *[("Lead Stage", "ProspectStage"), ("Full Name", "FirstName"), ("Customer Name", "FirstName")],
    ],
)
def test_what_is_only_likely_is_to_be_confirmed(drafted, heading, attribute):
    mapping = drafted(f"{heading},E-mail ID", "x,asha@example.com", "y,ravi@example.com")
    guessed = {f"lead.attributes.{attribute}"} if attribute else set()
    assert unconfirmed(mapping) == {"opportunity.event_code", *guessed}


def test_values_speak_where_a_heading_does_not(drafted):
    mapping = drafted("Who,Where to write", "Asha,asha@example.com", "Ravi,ravi@example.com")
    assert mapping.lead.attributes["EmailAddress"].column == "Where to write"
    assert "lead.attributes.EmailAddress" in unconfirmed(mapping)
    assert "to confirm: only its values speak for this, not its heading" in comment("EmailAddress")


def test_values_that_speak_against_a_heading_are_a_doubt(drafted):
    mapping = drafted("Email,Mobile", "at home,9812345678", "at work,9812345679")
    assert mapping.lead.search_by == ("Mobile",)
    assert "lead.attributes.EmailAddress" in unconfirmed(mapping)
    assert "its cells do not look like e-mail addresses" in comment("EmailAddress")


def test_a_lead_without_an_email_is_found_by_its_phone(drafted):
    mapping = drafted("E-mail ID,Mobile No.", ",9812345678", "ravi@example.com,9812345679")
    assert mapping.lead.search_by == ("EmailAddress", "Mobile")
    assert mapping.lead.attributes["Mobile"].region == "IN"
    assert not any(use.required for use in mapping.columns())


def test_two_phones_get_an_attribute_each_and_a_third_is_named_as_unused(drafted):
    row = "asha@example.com,9812345678,+91 9812345679,9812345670"
    mapping = drafted("Email,Mobile,WhatsApp,Alternate Number", row, row.replace("asha", "ravi"))
    columns = {name: source.column for name, source in mapping.lead.attributes.items()}
    assert columns == {"EmailAddress": "Email", "Mobile": "Mobile", "Phone": "WhatsApp"}
    assert "lead.attributes.Phone" in unconfirmed(mapping)
    assert "Mobile is taken by 'Mobile'" in comment("#   D, 'Alternate Number'")


def test_of_two_columns_for_one_attribute_the_one_with_values_gets_it(drafted):
    mapping = drafted("Email,E-mail ID", ",asha@example.com", ",ravi@example.com")
    assert mapping.lead.attributes["EmailAddress"].column == "E-mail ID"


def test_remarks_become_the_note(drafted):
    mapping = drafted("Email,Remarks", "asha@example.com,call her", "ravi@example.com,")
    assert mapping.opportunity.note == "{Remarks}"


def test_owners_that_are_no_ids_are_not_sent(drafted):
    mapping = drafted("Email,Owner", "asha@example.com,Ravi", "ravi@example.com,Meera")
    assert "Owner" not in mapping.opportunity.fields
    assert "as an owner it needs kind: owner" in comment("#mx_Custom_3")


def test_owners_that_are_ids_are_sent(drafted):
    ids = ("5d1c1f0a-0000-4000-8000-000000000001", "5d1c1f0a-0000-4000-8000-000000000002")
    mapping = drafted("Email,Owner", f"asha@example.com,{ids[0]}", f"ravi@example.com,{ids[1]}")
    assert mapping.opportunity.fields["Owner"].kind == "guid"


@pytest.mark.parametrize(
    ("words", "choices", "to_confirm"),
    [("Open Won lost", ("Open", "Won", "Lost"), False), ("New Hot Cold", ("New", "Hot", "Cold"), True)],
)
def test_a_status_that_is_not_one_of_every_account_is_to_be_confirmed(drafted, words, choices, to_confirm):
    rows = [f"person{n}@example.com,{words.split()[n % 3]}" for n in range(30)]
    mapping = drafted("Email,Status", *rows)
    assert set(mapping.opportunity.fields["Status"].choices) == set(choices)
    assert ("opportunity.fields.Status" in unconfirmed(mapping)) is to_confirm


def test_dates_say_whether_the_day_is_first_and_phones_in_which_zone_they_may_be(drafted):
    rows = [f"person{n}@example.com,98123456{n},{n}/04/2026 10:30,31/03/2026" for n in range(10, 29)]
    mapping = drafted("Email,Mobile,Enquiry Date,Expected Closure Date", *rows)
    assert mapping.day_first
    assert mapping.time_zone == "Asia/Kolkata"
    assert mapping.opportunity.date_time == Source(column="Enquiry Date", kind="datetime", confirm=True)
    assert mapping.opportunity.fields["mx_Custom_3"].kind == "date"
    assert "opportunity.date_time" in unconfirmed(mapping)


def test_dates_in_two_orders_are_to_be_confirmed(drafted):
    rows = [f"person{n}@example.com,{n}/04/2026,03/{n}/2026" for n in range(13, 29)]
    mapping = drafted("Email,Due Date,Close Date", *rows)
    assert mapping.day_first is None
    assert "some date columns of this sheet have the day first" in comment("mx_Custom_3")
    assert "some date columns of this sheet have the day first" in comment("mx_Custom_4")


def test_amounts_and_choices_of_the_deal_get_their_kinds(drafted):
    rows = [f'person{n}@example.com,{["HL", "PL"][n % 2]},"{n},00,000.50"' for n in range(1, 31)]
    fields = drafted("Email,Product,Loan Amount", *rows).opportunity.fields
    assert (fields["mx_Custom_1"].kind, set(fields["mx_Custom_1"].choices)) == ("choice", {"HL", "PL"})
    assert fields["mx_Custom_3"].kind == "number"


def test_a_number_that_every_row_has_is_suggested_as_identity(drafted):
    mapping = drafted("Email,Application No", "asha@example.com,A-1", "ravi@example.com,A-2")
    assert mapping.identity == ()
    assert "#identity: [Application No]" in DRAFTED.read_text(encoding="utf-8")


def test_a_column_that_only_counts_the_rows_makes_no_row_the_same_elsewhere(drafted):
    rows = (f"{n},person{n}@example.com,A-{n}" for n in range(1, 9))
    drafted("Sl No,Email,Application No", *rows)
    text = DRAFTED.read_text(encoding="utf-8")
    assert "#identity: [Application No]" in text
    assert "it only counts the rows" in comment("#   A, 'Sl No'")


def test_what_is_suggested_is_there_once_its_sign_is_removed(drafted, importer):
    drafted(
        'Email,Product,Close Date,Colour,"Shape: {a} # ""b""",Ref No',
        "asha@example.com,Loan,03/04/2026,red,round,R1",
        "ravi@example.com,Loan,05/04/2026,blue,round,R2",
    )
    text = DRAFTED.read_text(encoding="utf-8")
    DRAFTED.write_text(re.sub(r"(?m)^( *)#(?=(?:  )*\w+:)", r"\1", text), encoding="utf-8")
    mapping = load_mapping(DRAFTED)
    columns = [source.column for source in mapping.opportunity.fields.values()]
    assert {"Colour", 'Shape: {a} # "b"'} <= {*columns}
    assert mapping.day_first is True
    assert mapping.identity == ("Ref No",)
    assert importer("check", "leads.csv", "--mapping", DRAFTED).exit_code == 0


def test_what_is_suggested_is_a_guess_too(drafted, importer, connected):
    options = ("--event-code", "12000")
    drafted("Email,Colour", "asha@example.com,red", "ravi@example.com,blue", options=options)
    text = DRAFTED.read_text(encoding="utf-8")
    DRAFTED.write_text(text.replace("#fields", "fields").replace("#mx_", "mx_"), encoding="utf-8")
    done = importer("run", "leads.csv", "--mapping", DRAFTED)
    assert done.exit_code == 2
    assert "opportunity.fields.mx_Custom_3 is still to be confirmed" in done.stderr
    assert not connected.opportunities


def test_headings_that_are_there_twice_are_left_out(drafted, importer):
    drafted("Email,City,City", "asha@example.com,Pune,Delhi")
    assert "several columns have this heading" in comment("#   B, 'City'")
    assert importer("check", "leads.csv", "--mapping", DRAFTED).exit_code == 0


def test_a_sheet_without_email_or_phone_asks_for_what_finds_the_lead(drafted, importer):
    mapping = drafted("Colour,Customer Ref", "red,C1", "red,C2")
    assert mapping.lead.attributes["mx_Unique_Number"].column == "Customer Ref"
    assert "lead.attributes.mx_Unique_Number" in unconfirmed(mapping)
    assert importer("check", "leads.csv", "--mapping", DRAFTED).exit_code == 0


def test_a_sheet_in_which_no_heading_can_be_mapped_is_refused(folder, importer):
    folder.sheet("1,2", name="leads.csv", headings="Colour,Colour")
    done = importer("draft", "leads.csv")
    assert done.exit_code == 2
    assert "No column has a heading of its own" in done.stderr
    assert not DRAFTED.exists()


def test_what_the_sheet_itself_lacks_is_said(folder, importer):
    folder.sheet(
        "Asha,asha@example.com,x", "Ravi,ravi@example.com,y", name="leads.csv", headings="Name,Email,"
    )
    done = importer("draft", "leads.csv")
    assert done.exit_code == 0
    assert "The sheet itself cannot be imported as it is:" in done.stdout
    assert "C2 holds 'x', and its column has no heading in row 1" in done.stdout


def test_headings_under_titles_are_found_again_by_a_check(drafted, importer):
    mapping = drafted("Leads of May", "", "First Name,E-mail ID", *(row[:-3] for row in PEOPLE))
    assert mapping.lead.attributes["EmailAddress"].column == "E-mail ID"
    assert "2 rows: 2 good" in importer("check", "leads.csv", "--mapping", DRAFTED).stdout


def test_a_row_of_headings_that_a_check_would_not_find_is_written_down(folder, importer):
    folder.sheet("Email,Name", "Email,Name", "asha@example.com,Asha", name="leads.csv", headings="Email,Name")
    assert importer("draft", "leads.csv", "--header-row", "3").exit_code == 0
    assert load_mapping(DRAFTED).header_row == 3
    assert "1 row: 1 good" in importer("check", "leads.csv", "--mapping", DRAFTED).stdout


@pytest.mark.parametrize(("titles", "named"), [(["May"], None), (["May", "June"], "June")])
def test_a_worksheet_is_named_where_there_are_several(folder, importer, titles, named):
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title in titles:
        page = book.create_sheet(title)
        for row in (["Email"], [f"{title}@example.com"]):
            page.append(row)
    book.save("leads.xlsx")
    done = importer("draft", "leads.xlsx", "--worksheet", titles[-1])
    assert done.exit_code == 0
    assert load_mapping(DRAFTED).worksheet == named
    assert "1 row: 1 good" in importer("check", "leads.xlsx", "--mapping", DRAFTED).stdout


def test_a_result_can_be_drafted_from_without_its_result_columns(folder, connected, importer):
    importer("run", folder.people(2), "--output", "leads.csv")
    assert importer("draft", "leads.csv").exit_code == 0
    assert "Outcome" not in DRAFTED.read_text(encoding="utf-8")
    assert "Status" not in load_mapping(DRAFTED).opportunity.fields


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_every_sample_that_can_be_read_gets_a_mapping_that_fits_it(sample, tmp_path):
    drafts_and_fits(sample, tmp_path / "drafted.yaml")


HEADINGS = st.one_of(
    st.sampled_from(
        ["Email", "E-mail ID", "Mobile", "Phone", "Name", "Status", "Remarks", "Date", "null", "~"]
    ),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text(alphabet=":#{}[]'\"\\,&*!|>%@`- \n\t\u2028\x85é", max_size=8),
)
CELLS = st.one_of(
    st.sampled_from(
        ["a@example.com", "9812345678", "03/04/2026", "31/03/2026 10:30", "Open", "1,000", "yes"]
    ),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_the_headings_the_draft_can_be_read_and_fits(tmp_path_factory, data):
    headings = data.draw(st.lists(HEADINGS, min_size=1, max_size=6))
    width = len(headings)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12))
    folder = tmp_path_factory.mktemp("sheets")
    with (folder / "leads.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    drafts_and_fits(folder / "leads.csv", folder / "drafted.yaml")


def drafts_and_fits(sheet, output):
    """Every column of the drafted mapping is in the sheet, unless the sheet itself is refused."""
    try:
        report = draft(sheet, AS_FOUND, output, None)
    except SheetError:
        assert not output.exists()
        return
    assert report.unconfirmed == load_mapping(output).unconfirmed
    assert EDITOR.is_valid(as_an_editor_sees_it(output.read_text(encoding="utf-8")))
    for fault in report.misfit.splitlines()[1:]:
        assert "its column has no heading" in fault
    if not report.misfit:
        assert make_plan(sheet, output, AS_FOUND).layout.missing == ()
