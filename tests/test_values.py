"""What is sent for a cell of each kind, and what a cell that is not of its kind is told."""

import json
from decimal import Decimal
from typing import get_args

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from importer.cell_text import Bad
from importer.mapping import Kind
from importer.values import KINDS, ValueRules, converter

STATUSES = ValueRules(choices=("Open", "Won", "Lost"))


def sent(kind: str, cell: str, rules: ValueRules | None = None) -> str:
    return converter(kind, rules or ValueRules())(cell)


def refused(kind: str, cell: str, rules: ValueRules | None = None) -> tuple[str, str]:
    with pytest.raises(Bad) as bad:
        sent(kind, cell, rules)
    return bad.value.code, str(bad.value)


def test_every_kind_of_a_mapping_can_be_sent():
    assert set(KINDS) == set(get_args(Kind))


VISIBLE = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]), min_size=1).filter(str.strip)


@given(VISIBLE)
def test_text_is_sent_exactly_as_typed(cell):
    assert sent("text", cell) == cell


@pytest.mark.parametrize(
    "cell", ["NA", "N/A", "null", "None", "#N/A", "0012345", " outer space ", "two\nlines\t!"]
)
def test_text_that_other_programs_change_is_left_alone(cell):
    assert sent("text", cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("क्\u200dष", id="Devanagari joiner"),
        pytest.param("മലയാള\u200d", id="Malayalam chillu"),
        pytest.param("نامه\u200cها", id="Persian non-joiner"),
        pytest.param("👩\u200d👧", id="family of emoji"),
        pytest.param("José Ñandú 李小龍", id="letters of many scripts"),
        pytest.param("e\u0301", id="accent of its own"),
    ],
)
def test_the_spelling_of_every_script_is_kept(cell):
    assert sent("text", cell) == cell


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("\ufeffAsha", "Asha"),
        ("As\u200bha\x00", "Asha"),
        ("Asha\u200d\u200e", "Asha"),
        ("\u202aAsha\u202c", "Asha"),
        ("\u202a\u200eAsha", "Asha"),
        ("a\ud800b", "ab"),
        ("a\x01b\x1fc\x7fd\x85e", "abcde"),
        ("Flat 4\x0bPark Road\x0cPune", "Flat 4\nPark Road\nPune"),
        ("line\r\nbreak", "line\r\nbreak"),
    ],
)
def test_what_nobody_sees_is_not_sent(cell, kept):
    assert sent("text", cell) == kept


@given(st.text())
def test_whatever_a_cell_holds_can_be_written_as_utf_8(cell):
    assert json.dumps(sent("text", cell), ensure_ascii=False).encode()


@pytest.mark.parametrize("kind", sorted(get_args(Kind)))
@pytest.mark.parametrize("cell", ["", "   ", "\t\n", "\u00a0", "\u200b \ufeff", "\x00"])
def test_a_cell_without_anything_to_see_is_blank_for_every_kind(kind, cell):
    assert sent(kind, cell, STATUSES if "choice" in kind else None) == ""


@pytest.mark.parametrize("kind", sorted(set(get_args(Kind)) - {"text"}))
@given(cell=st.text(min_size=1))
def test_no_cell_is_too_strange_to_be_read_or_refused(kind, cell):
    try:
        said = sent(kind, cell, STATUSES if "choice" in kind else ValueRules(region="IN"))
    except Bad as bad:
        said = str(bad)
    assert said == said.strip()
    assert len(said) < 500


@pytest.mark.parametrize("cell", ["asha@example.com", "Asha.Rao+loan@mail.example.co.in", "ஆஷா@example.com"])
def test_an_email_address_is_sent_as_typed_without_outer_space(cell):
    assert sent("email", f" {cell}\u00a0") == cell


@pytest.mark.parametrize(
    "cell",
    [
        "asha",
        "asha@",
        "@example.com",
        "a@b@example.com",
        "asha@example",
        "a@example.com; b@example.com",
    ],
)
def test_what_is_no_email_address_is_refused_with_the_reason(cell):
    code, message = refused("email", cell)
    assert code == "EMAIL-INVALID"
    assert message.startswith(f"{cell!r} is not an e-mail address such as asha@example.com (")


def test_an_email_address_that_is_too_long_is_refused():
    assert refused("email", f"asha@{'mail.' * 50}example.com")[0] == "EMAIL-INVALID"


PART = st.text("aZ9._+-", min_size=1, max_size=70)


@given(local=PART, domain=PART, end=st.sampled_from([".com", ".co.in", ".test", ".local", "", ".c0m"]))
def test_the_short_way_for_addresses_says_what_the_library_says(local, domain, end):
    address = f"{local}@{domain}{end}"
    try:
        known = bool(validate_email(address, check_deliverability=False))
    except EmailNotValidError:
        known = False
    if known:
        assert sent("email", address) == address
    else:
        assert refused("email", address)[0] == "EMAIL-INVALID"


@pytest.mark.parametrize("cell", ["Yes", "y", "TRUE", "1", " on ", "✓"])
def test_words_for_yes(cell):
    assert sent("boolean", cell) == "true"


@pytest.mark.parametrize("cell", ["No", "N", "False", "0", "off"])
def test_words_for_no(cell):
    assert sent("boolean", cell) == "false"


def test_a_word_that_is_neither_yes_nor_no_is_refused():
    assert refused("boolean", "maybe") == ("BOOLEAN-UNKNOWN", "'maybe' is neither yes nor no")
    assert sent("boolean", "haan", ValueRules(values={"Haan": "true"})) == "true"


GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize("cell", [GUID, GUID.upper(), f"{{{GUID}}}", f" {GUID} "])
def test_a_guid_is_sent_in_its_usual_form(cell):
    assert sent("guid", cell) == GUID


@pytest.mark.parametrize("cell", ["12", GUID[:-1], GUID.replace("-", ""), "{" + GUID, GUID + "\n0"])
def test_what_is_no_guid_is_refused(cell):
    assert refused("guid", cell)[0] == "GUID-INVALID"


@pytest.mark.parametrize(
    ("kind", "cell", "rules", "code", "message"),
    [
        ("number", "0", ValueRules(min=Decimal(1)), "NUMBER-SMALL", "'0' is less than 1"),
        ("integer", "9,00,000", ValueRules(max=Decimal(100)), "NUMBER-LARGE", "'9,00,000' is more than 100"),
        ("text", "abc", ValueRules(max_length=2), "TEXT-LONG", "'abc' has more than 2 characters"),
        ("text", "a", ValueRules(min_length=2), "TEXT-SHORT", "'a' has fewer than 2 characters"),
        (
            "text",
            "12",
            ValueRules(pattern="[A-Z]+"),
            "PATTERN-BROKEN",
            "'12' does not fit the pattern [A-Z]+",
        ),
    ],
)
def test_a_value_outside_its_limits_is_refused(kind, cell, rules, code, message):
    assert refused(kind, cell, rules) == (code, message)


def test_all_broken_limits_are_named_at_once():
    message = "'abc' has more than 2 characters and does not fit the pattern [A-Z]+"
    assert refused("text", "abc", ValueRules(max_length=2, pattern="[A-Z]+")) == ("TEXT-LONG", message)


def test_characters_are_counted_and_not_bytes():
    assert sent("text", "नमस्ते", ValueRules(max_length=6)) == "नमस्ते"


def test_a_pattern_is_for_the_whole_value():
    assert refused("text", "AB1", ValueRules(pattern="[A-Z]+"))[0] == "PATTERN-BROKEN"


def test_a_long_cell_is_cut_where_it_is_quoted():
    _, message = refused("boolean", "x" * 500)
    assert message == f"'{'x' * 60}…' is neither yes nor no"
