"""Texts with columns in braces."""

import pytest

from importer import templates


@pytest.mark.parametrize(
    ("template", "columns", "text"),
    [
        ("{Campaign}, branch {Branch}", ("Campaign", "Branch"), "Diwali, branch Pune"),
        ("{Branch}/{ Branch }", ("Branch",), "Pune/Pune"),
        ("{{Branch}} is {Branch}", ("Branch",), "{Branch} is Pune"),
        ("{{{Branch}}}", ("Branch",), "{Pune}"),
        ("{Odd}", ("Odd",), "{Branch} \\1"),
        ("plain", (), "plain"),
        ("", (), ""),
    ],
)
def test_braces_become_the_text_of_their_column(template, columns, text):
    cells = {"Campaign": "Diwali", "Branch": "Pune", "Odd": "{Branch} \\1"}
    assert templates.fault(template) is None
    assert templates.columns(template) == columns
    assert templates.render(template, cells) == text


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{Campaign", "a single { "),
        ("Campaign}", "a single } "),
        ("{A{B}}", "a single { "),
        ("{{A}", "a single } "),
        ("note {}", "no heading"),
        ("note { }", "no heading"),
    ],
)
def test_braces_that_do_not_fit_are_told(template, fault):
    assert (templates.fault(template) or "").startswith(fault)
