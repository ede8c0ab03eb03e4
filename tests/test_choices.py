"""Translations and choices: people's words in the sheet, LeadSquared's spelling on the way out."""

import pytest

from importer.values import ValueRules
from tests.test_values import STATUSES, refused, sent

LOANS = ValueRules(values={"HL": "Home loan", "PL": "Personal loan", "NA": ""})


@pytest.mark.parametrize("cell", ["Won", "won", " WON ", "w\u200bon"])
@pytest.mark.parametrize("kind", ["choice", "text"])
def test_a_choice_is_sent_as_the_mapping_spells_it(kind, cell):
    assert sent(kind, cell, STATUSES) == "Won"


CITIES = ("Pune, Maharashtra", "Kochi, Kerala, India", "Kochi", "Delhi")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Pune, Maharashtra", "Pune, Maharashtra"),
        ("delhi,pune,maharashtra", "Delhi;Pune, Maharashtra"),
        ("Kochi, Kerala, India, Kochi, Delhi", "Kochi, Kerala, India;Kochi;Delhi"),
        ("Home, Delhi", "Pune, Maharashtra;Delhi"),
        ("Here, there, Kochi", "Delhi;Kochi"),
    ],
)
def test_a_choice_that_has_the_separator_in_it_stays_whole(cell, value):
    rules = ValueRules(
        choices=CITIES, separator=",", values={"Home": "Pune, Maharashtra", "here,there": "Delhi"}
    )
    assert sent("multi_choice", cell, rules) == value


def test_a_part_of_a_choice_that_has_the_separator_in_it_is_none():
    code, message = refused("multi_choice", "Pune, Kochi", ValueRules(choices=CITIES, separator=","))
    assert code == "CHOICE-UNKNOWN"
    assert message.startswith("'Pune' is not one of Pune, Maharashtra, ")


def test_an_unknown_choice_is_told_the_choices_and_the_nearest():
    message = "'Opne' is not one of Open, Won, Lost (did you mean 'Open'?)"
    assert refused("choice", "Opne", STATUSES) == ("CHOICE-UNKNOWN", message)
    assert refused("choice", "?", STATUSES) == ("CHOICE-UNKNOWN", "'?' is not one of Open, Won, Lost")


def test_of_many_choices_ten_are_shown():
    _, message = refused(
        "choice", "?", ValueRules(choices=tuple(f"City {number}" for number in range(1, 31)))
    )
    assert message.endswith("City 9, City 10 and 20 more")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("HL", "Home loan"),
        (" hl ", "Home loan"),
        ("home LOAN", "Home loan"),
        ("na", ""),
        ("PL", "Personal loan"),
    ],
)
def test_a_translated_text_is_a_word_of_the_mapping_or_what_it_stands_for(cell, value):
    assert sent("text", cell, LOANS) == value


def test_words_that_differ_in_case_only_are_kept_apart():
    rules = ValueRules(values={"m": "Metre", "M": "Mega"})
    assert [sent("text", cell, rules) for cell in ("m", "M", " M ")] == ["Metre", "Mega", "Metre"]


def test_a_text_that_the_mapping_does_not_translate_is_told_its_words():
    message = "'HLL' is not one of Home loan, Personal loan, HL, PL, NA (did you mean 'HL'?)"
    assert refused("text", "HLL", LOANS) == ("CHOICE-UNKNOWN", message)


def test_a_number_that_is_not_translated_is_read():
    rules = ValueRules(values={"nil": "0"})
    assert [sent("number", cell, rules) for cell in ("Nil", "1,200")] == ["0", "1200"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("HL;pl", "Home loan;Personal loan"), (" PL ; ; HL;PL ", "Personal loan;Home loan"), (";", "")],
)
def test_several_choices_are_each_translated_and_sent_once(cell, value):
    assert sent("multi_choice", cell, LOANS) == value


def test_several_choices_have_the_separator_of_the_mapping():
    rules = ValueRules(choices=("Open", "Won"), separator="|")
    assert sent("multi_choice", "won | open", rules) == "Won;Open"


def test_every_unknown_one_of_several_choices_is_named_once():
    code, message = refused("multi_choice", "Opn; Won; Lst; Opn", STATUSES)
    assert code == "CHOICE-UNKNOWN"
    assert message.count("'Opn' is not") == 1
    assert "'Lst' is not" in message
