"""Cells that a spreadsheet would run as formulas are made harmless, and come back as they were."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.formulas import guard, unguard


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-1+2",
        "\t=1",
        "\r=1",
        "+91 98765 43210 ext. 4",
        "-²",
        "'=1",
        "''-5",
    ],
)
def test_what_a_spreadsheet_would_run_or_hide_gets_an_apostrophe(text):
    assert guard(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    ["", "Asha", "+919876543210", "+91 (98765) 432-10", "-12.50", "-1,200", "-", "O'Neil", "'quoted'", "a=b"],
)
def test_everything_else_stays_as_it_is(text):
    assert guard(text) == text


@given(st.text() | st.text(alphabet="'=@+-\t\r\n1 a"))
@example("''=1")
@example("+1\n")
def test_undoing_a_guard_gives_back_every_text(text):
    assert unguard(guard(text)) == text
