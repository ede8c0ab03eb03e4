"""Faults of mapping files: each told once, with its line and what would do, and all at once."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping import load_mapping
from tests.test_mapping import GOOD, KINDS, changed, read

A, F = "    mx_A: {column: A, ", "    mx_F: {column: F, "
LA, OF = "lead.attributes.mx_A", "opportunity.fields.mx_F"


def faults(text) -> tuple[str, ...]:
    with pytest.raises(MappingError) as stopped:
        read(text)
    return stopped.value.faults


FAULTS = [
    # names and shapes
    (1, "version: 2", "version: '2' is not possible here (possible are 1)"),
    (2, "nam: x", "nam: there is no 'nam' here (did you mean name? Possible are version, name, "),
    (2, "event_code: 12", "event_code: 'event_code' does not belong here (write it below opportunity:)"),
    (2, "note: x", "note: 'note' does not belong here"),
    (2, "name: [a]", "name: a list cannot stand here (a text is wanted"),
    (2, "name:", "name: nothing is written here (write a value, in quotes if it starts with #"),
    (2, "name: #1", "name: nothing is written here"),
    (2, "name: ~", "name: nothing is written here"),
    (2, "name: *x", "name: *x points elsewhere in the file (write it out here)"),
    (2, "name: !!str x", "name: what starts with ! has no meaning in a mapping (remove it)"),
    (2, "version: 1", "version: stands here a second time, after line 1 (keep one of them)"),
    (2, "? [a, {b: c}]\n: [x, {y: z}]", "?: a name of several parts"),
    (2, "header_row: 0", "header_row: '0' is too small (write 1 or more)"),
    (2, f"header_row: {10**30}", f"header_row: '{10**30}' is too large (write 1048576 or less)"),
    (2, "header_row: first", "header_row: 'first' is not a whole number (write it in digits)"),
    (2, "day_first: maybe", "day_first: 'maybe' is neither true nor false (write one of them)"),
    (2, 'worksheet: " "', "worksheet: is blank (write the heading or the text)"),
    (3, "time_zone: Asia/Kolkatta", "time_zone: 'Asia/Kolkatta' is not a time zone (did you mean Asia/Kolka"),
    (3, "time_zone: kolkata", "time_zone: 'kolkata' is not a time zone (did you mean Asia/Kolkata?)"),
    (3, "time_zone: IST", "time_zone: 'IST' is not a time zone (such as Asia/Kolkata)"),
    (3, "time_zone: Asia", "time_zone: 'Asia' is not a time zone"),
    (18, 'identity: [A, ""]', "identity[2]: is blank"),
    (18, "identity: {A: b}", "identity: a block with names of its own cannot stand here (write one name, or"),
    # lead
    (5, "  serch_by: EmailAddress", "lead.serch_by: there is no 'serch_by' here (did you mean search_by?"),
    (5, "  search_by: []", "lead.search_by: nothing is in it (write at least one)"),
    (
        5,
        "  search_by: EmailAdress",
        "lead.search_by: 'EmailAdress' is not unique, so it finds no lead (did you ",
    ),
    (
        5,
        "  search_by: FirstName",
        "lead.search_by: 'FirstName' is not unique, so it finds no lead (possible are",
    ),
    (
        5,
        "  search_by: [EmailAddress, FirstName]",
        "lead.search_by: 'FirstName' is not unique, so it finds no",
    ),
    (5, "  search_by: [EmailAddress, Phone]", "lead.search_by: 'Phone' is not among the attributes (mapped"),
    (6, "  own_guid: true", "lead.own_guid: no ProspectID is among the attributes (add ProspectID: {column:"),
    (8, "    EmailAddress: {column: E, blank: clear}", "lead.attributes.EmailAddress.blank: a lead is found"),
    (8, "    EmailAddress: {value: a@example.com}", "lead.attributes.EmailAddress.value: rows with the same"),
    (9, "    SearchBy: X", "lead.attributes.SearchBy: set by search_by, not an attribute (remove it here)"),
    (9, "    __UseUserDefinedGuid__: X", "lead.attributes.__UseUserDefinedGuid__: set by own_guid: true"),
    (9, "    ProspectId: X", "lead.attributes.ProspectId: as an attribute it is spelt ProspectID"),
    (
        16,
        "    ActivityEvent_Note: Remark",
        "opportunity.fields.ActivityEvent_Note: it is the opportunity's note (write note: ",
    ),
    (9, "    First Name: FirstName", "lead.attributes.First Name: 'First Name' is not a schema name (on the"),
    (9, '    "": FirstName', "lead.attributes.: '' is not a schema name"),
    (9, "    EmailAddress: Mail", "lead.attributes.EmailAddress: stands here a second time, after line 8"),
    (9, "    FirstName: [First, Last]", "lead.attributes.FirstName: a list cannot stand here (write the set"),
    # a source
    (9, f"{A}kind: emial}}", f"{LA}.kind: 'emial' is not a kind (did you mean email? The kinds are {KINDS})"),
    (9, f"{A}kind: zzz}}", f"{LA}.kind: 'zzz' is not a kind (the kinds are {KINDS})"),
    (9, f"{A}requird: true}}", f"{LA}.requird: there is no 'requird' here (did you mean required? Possible"),
    (9, f"{A}fields: {{x: y}}}}", f"{LA}.fields: 'fields' does not belong here (write it below opportunity:"),
    (9, f"{A}value: B}}", f"{LA}: has column and value (keep one of them)"),
    (9, "    mx_A: {kind: text}", f"{LA}: has no value (add column: a heading, value: the same for every ro"),
    (9, '    mx_A: {column: ""}', f"{LA}.column: is blank"),
    (9, "    mx_A: {value: X, aliases: [B]}", f"{LA}.aliases: means nothing beside value (remove it)"),
    (9, '    mx_A: {text: "{X}", aliases: B}', f"{LA}.aliases: means nothing beside text (remove it)"),
    (9, "    mx_A: {text: X}", f"{LA}.text: names no column in braces (write {{Heading}}, or value: instead"),
    (9, "    mx_A: {text: {X}}", f"{LA}.text: a block with names of its own cannot stand here (a text is wa"),
    (9, '    mx_A: {text: "{X"}', f"{LA}.text: '{{X': a single {{ (write {{Heading}}, or {{{{ for the brace"),
    (9, f"{A}min: 1}}", f"{LA}.min: means nothing for kind text (it is for number, integer)"),
    (9, f"{A}kind: date, max: 1}}", f"{LA}.max: means nothing for kind date"),
    (9, f"{A}kind: number, min: 5, max: 1.5}}", f"{LA}.min: 5 is more than max 1.5 (exchange them)"),
    (9, f"{A}kind: number, min: x}}", f"{LA}.min: 'x' is not a number (write it such as 1500.50)"),
    (9, f"{A}kind: number, min: NaN}}", f"{LA}.min: 'NaN' is not a number"),
    (9, f"{A}min_length: 5, max_length: 1}}", f"{LA}.min_length: 5 is more than max_length 1 (exchange them"),
    (9, f"{A}max_length: 0}}", f"{LA}.max_length: '0' is too small (write 1 or more)"),
    (9, f"{A}pattern: '(a'}}", f"{LA}.pattern: '(a' is not a pattern: missing )"),
    (9, f"{A}formats: '%d.%m.%Y'}}", f"{LA}.formats: means nothing for kind text (it is for date, datetime)"),
    (9, f"{A}kind: date, formats: dd.mm.yyyy}}", f"{LA}.formats[1]: 'dd.mm.yyyy' has no day (write it such"),
    (9, f"{A}kind: date, formats: ['%d.%m.%Y', '%d.%m']}}", f"{LA}.formats[2]: '%d.%m' has no year"),
    (9, f"{A}kind: date, formats: '%d.%Q.%Y'}}", f"{LA}.formats[1]: '%d.%Q.%Y': %Q is no part of a date"),
    (9, f"{A}kind: date, formats: '%d.%m.%Y %d'}}", f"{LA}.formats[1]: '%d.%m.%Y %d' has the day twice"),
    (9, f"{A}kind: phone, region: india}}", f"{LA}.region: 'india' is not a country's two capital letters"),
    (
        9,
        f"{A}kind: phone, region: in}}",
        f"{LA}.region: 'in' is not a country's two capital letters (did you ",
    ),
    (
        9,
        f"{A}kind: phone, region: UK}}",
        f"{LA}.region: 'UK' is not a country's two capital letters (did you ",
    ),
    (
        9,
        f"{A}kind: phone, region: XX}}",
        f"{LA}.region: 'XX' is not a country's two capital letters (such as ",
    ),
    (9, f"{A}region: IN}}", f"{LA}.region: means nothing for kind text (it is for phone)"),
    (9, f"{A}separator: ','}}", f"{LA}.separator: means nothing for kind text (it is for multi_choice)"),
    (9, f"{A}kind: multi_choice, choices: a, separator: ''}}", f"{LA}.separator: nothing is between the quo"),
    (9, f"{A}kind: choice}}", f"{LA}: kind choice has no choices (add choices: [One, Two], or values:)"),
    (9, f"{A}kind: guid, choices: [a]}}", f"{LA}.choices: means nothing for kind guid"),
    (9, f"{A}choices: [Open, Won], default: open}}", f"{LA}.default: 'open' is not among the choices (did y"),
    (9, f"{A}choices: [Open], values: {{o: Opn}}}}", f"{LA}.values.o: 'Opn' is not among the choices (did y"),
    (9, f"{A}kind: multi_choice, choices: [a, b], default: a; c}}", f"{LA}.default: 'c' is not among the ch"),
    (9, f"{A}blank: empty}}", f"{LA}.blank: 'empty' is not possible here (possible are leave, clear)"),
    (9, f"{A}blank: clear, required: true}}", f"{LA}.required: required and blank: clear contradict each ot"),
    (9, f"{A}blank: clear, default: x}}", f"{LA}.default: default and blank: clear contradict each other"),
    # opportunity
    (11, "  event_code: 12OOO", "opportunity.event_code: '12OOO' is not a whole number (write it in digits)"),
    (11, "  event_code: -1", "opportunity.event_code: '-1' is too small (write 1 or more)"),
    (12, "  note: branch {Branch}}", "opportunity.note: 'branch {Branch}}': a single } (write {Heading}, or"),
    (12, "  nte: x", "opportunity.nte: there is no 'nte' here (did you mean note? Possible are event_code, "),
    (12, '  note: "{}"', "opportunity.note: '{}': no heading is between the braces {}"),
    (12, "  note: {{Branch}}", "opportunity.note: a block with names of its own cannot stand here"),
    (13, "  on_duplicate: overwite", "opportunity.on_duplicate: 'overwite' is not possible here (did you me"),
    (14, "  reference: notes", "opportunity.reference: 'notes' is no place for a reference (did you mean no"),
    (
        14,
        "  reference: None",
        "opportunity.reference: 'None' is no place for a reference (did you mean none? ",
    ),
    (
        14,
        "  reference: NOTE",
        "opportunity.reference: 'NOTE' is no place for a reference (did you mean note? ",
    ),
    (14, "  reference: mx_Custom_1", "opportunity.reference: mx_Custom_1 holds something else already"),
    (14, "  reference: Status", "opportunity.reference: Status holds something else already"),
    (14, "  date_time: {column: D, kind: number}", "opportunity.date_time.kind: must be date or datetime"),
    (16, f"{F}kind: choice}}", f"{OF}: kind choice has no choices"),
    (16, "    mx_F: {value: Opn, choices: [Open]}", f"{OF}.value: 'Opn' is not among the choices (did you m"),
    (16, "    mx_F: {fields: {}}", f"{OF}.fields: has no field (add one, or remove fields)"),
    (16, f"{F}fields: {{a: b}}}}", f"{OF}: a custom field set has nothing but fields (remove column)"),
    (16, "    mx_F: {fields: {a: {column: B, kind: nmber}}}", f"{OF}.fields.a.kind: 'nmber' is not a kind ("),
    (17, '    Owner: {value: ""}', "opportunity.fields.Owner.value: an empty Owner harms LeadSquared's auto"),
    (17, "    Owner: {column: O, blank: clear}", "opportunity.fields.Owner.blank: an empty Owner harms"),
    # not YAML
    (2, "\tname: x", "a tab stands here (indent with spaces)"),
    (2, "name: @x", "a text that starts with this sign needs quotes around it"),
    (2, "name: a: b", "a ':' does not fit here (a text with a colon in it needs quotes around it"),
    (2, "name", "a ':' is missing (write name: value, with a space after the colon)"),
    (2, "name: {Campaign}, branch", "this does not fit the lines above it (lines of one level start below e"),
    (2, 'name: "\\d"', "a backslash inside double quotes (use single quotes around it: '\\d+')"),
    (2, 'name: "\\U00110000"', "a backslash inside double quotes"),
    (2, 'name: "\\UFFFFFFFF"', "a backslash inside double quotes"),
    (2, 'name: "\\ud800"', "a backslash inside double quotes"),
    (2, '"\\ud800": x', "a backslash inside double quotes"),
    (1, "%YAML x\n---", "this cannot be read (look for a missing quote, bracket, colon or space here"),
    (2, "name: 'x", "a quote is opened and never closed"),
    (2, "name: [a, b", "a bracket or brace is opened and never closed, or a comma is missing"),
    (2, "name: \x07", "a sign that no text can hold (remove it)"),
    (2, f"name: {'[' * 50}", "more than 20 levels inside each other (no mapping needs so many)"),
    (2, "---", "a second document starts here (a mapping file is one; remove the ---)"),
]


@pytest.mark.parametrize(("line", "written", "fault"), FAULTS)
def test_a_fault_is_told_once_with_its_line_and_what_would_do(line, written, fault):
    (told,) = faults(changed((line, written)))
    assert told.startswith(f"line {line}: {fault}")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ([(1, "")], "line 1: version: is missing (write version: 1 at the top)"),
        ([(5, "")], "line 4: lead.search_by: is missing (write search_by: EmailAddress"),
        ([(5, "  search_by:")], "line 5: lead.search_by: nothing is written here"),
        ([(11, "")], "line 10: opportunity.event_code: is missing (write event_code: and the number"),
        ([(8, ""), (9, "")], "line 7: lead.attributes: nothing is written here"),
        ([(n, "") for n in range(4, 10)], "line 1: lead: is missing (write lead: and below it search_by"),
        (
            [(12, ""), (13, "  on_duplicate: overwrite")],
            "line 13: opportunity.on_duplicate: overwrite with the",
        ),
        (
            [(12, ""), (13, "  on_duplicate: fill_blanks")],
            "line 13: opportunity.on_duplicate: fill_blanks with",
        ),
        (
            [(5, "  search_by: Phone"), (8, "")],
            "line 7: lead.attributes: none of them is unique, so no lead could be found (add EmailAddress,"
            " Phone, Mobile, ProspectID, or an attribute of your account's own that is unique there, mx_…)",
        ),
        (
            [(4, "lead: x"), *((n, "") for n in range(5, 10))],
            "line 4: lead: 'x' cannot stand here (write the",
        ),
        ([(5, "  search_by: []"), (8, "    Phone: Phone")], "line 5: lead.search_by: nothing is in it"),
        (
            [(5, "  search_by: ProspectId"), (8, "    ProspectId: Id")],
            "line 8: lead.attributes.ProspectId: as an",
        ),
        (
            [(6, "  own_guid: true"), (9, "    ProspectID: Id")],
            "line 9: lead.attributes.ProspectID.kind: own_guid needs an id (write kind: guid)",
        ),
    ],
)
def test_a_fault_between_several_lines_is_told_where_it_can_be_mended(changes, fault):
    (told,) = faults(changed(*changes))
    assert told.startswith(fault)


def test_attributes_of_which_none_is_unique_are_told_besides_a_search_by_that_finds_no_lead():
    for search_by in ("FirstName", "[]"):
        told = faults(changed((5, f"  search_by: {search_by}"), (8, "")))
        assert [fault.split(":")[0] for fault in told] == ["line 5", "line 7"]


@pytest.mark.parametrize("reference", ["none", "mx_Custom_40"])
def test_writing_over_needs_no_note_where_the_reference_is_elsewhere(reference):
    mapping = read(changed((12, ""), (13, "  on_duplicate: overwrite"), (14, f"  reference: {reference}")))
    assert mapping.opportunity.reference == reference


def test_all_faults_are_told_at_once_in_the_order_of_their_lines():
    text = changed(
        (2, "nam: x"),
        (3, "time_zone: Asia/Kolkatta"),
        (5, "  search_by: Email"),
        (6, "  own_guid: perhaps"),
        (8, "    EmailAddress: {column: Email, kind: emial, pattern: '('}"),
        (9, "    mx_A: {}\n    mx_B: B\n    mx_B: Again"),
        (11, "  event_code:"),
        (12, "  note: '{Campaign'"),
        (13, "  on_duplicate: keeep"),
        (14, "  reference: Status"),
        (16, "    mx_F: {fields: {a: {column: X, kind: nmber}, b: {colum: Y}, c: {column: Z, region: IN}}}"),
    )
    with pytest.raises(MappingError) as stopped:
        read(text)
    lines = [int(fault.removeprefix("line ").partition(":")[0]) for fault in stopped.value.faults]
    assert lines == [2, 3, 5, 6, 8, 8, 9, 11, 13, 14, 15, 16, 18, 18, 18]
    assert str(stopped.value).splitlines()[0] == "m.yaml: 15 faults"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty (start from a copy of mappings/home_loans.yaml)"),
        (b"# nothing\n", "is empty"),
        (b"- a\n- b\n", "has no `name: value` lines"),
        (b"version:1\n", "has no `name: value` lines"),
        ("name: Zoë".encode("latin-1"), "is not a text saved as UTF-8"),
        (GOOD.encode("utf-16"), "is not a text saved as UTF-8"),
        (b"PK\x03\x04\x90\xff", "is not a text saved as UTF-8 (a mapping is a .yaml file"),
        (b"#" * 300_000, "is too big for a mapping: more than 256 KB"),
        (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "faults"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_in_one_sentence(tmp_path, content, said):
    file = tmp_path / "m.yaml"
    file.write_bytes(content)
    with pytest.raises(MappingError) as stopped:
        load_mapping(file)
    title = str(stopped.value).splitlines()[0]
    assert title.startswith(str(file))
    assert said in title


def test_a_path_that_is_no_file_is_told_with_what_would_do(tmp_path):
    (tmp_path / "home_loans.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(MappingError, match=r"there is no such file \(did you mean .*home_loans.yaml\?\)"):
        load_mapping(tmp_path / "home_loan.yaml")
    with pytest.raises(MappingError, match=r"there is no such file \(check the name and the folder\)"):
        load_mapping(tmp_path / "absent" / "home_loan.yaml")
    with pytest.raises(MappingError, match="is a folder"):
        load_mapping(tmp_path)
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "a\0b")


PIECES = st.sampled_from(
    (
        *GOOD.splitlines(keepends=True),
        *":-?!&*%@`|>#,\t\n'\"{}[]()",
        *["  ", ": ", "- ", "null", "<<: *a", "---\n"],
    )
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join))
def test_any_text_at_all_is_a_mapping_or_a_mapping_error(text):
    with suppress(MappingError):
        read(text)
