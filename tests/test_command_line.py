"""Starting the program: with words, without, by dropping a sheet on it."""

import pytest

from importer.own_window import is_opened_from_desktop
from importer.spelling import for_powershell

DESKTOP, TERMINAL, SCHEDULER = (1, "explorer.exe"), (1, "powershell.exe"), (1, "svchost.exe")


def test_without_words_everything_is_shown_that_can_be_done(importer):
    done = importer()
    assert done.exit_code == 2
    assert "exit codes:" in done.stdout


def test_a_sheet_alone_is_run(folder, connected, importer):
    done = importer(folder.people(2))
    assert done.exit_code == 0, done.stderr
    assert len(connected.opportunities) == 2


def test_a_sheet_alone_that_is_not_there_is_said_to_be_missing(folder, connected, importer):
    folder.people(1)
    done = importer("enquiry.csv")
    assert done.exit_code == 2
    assert "there is no file enquiry.csv (did you mean enquiries.csv?)" in done.stderr


@pytest.mark.parametrize(
    ("started_by", "waits"),
    [
        pytest.param({9: (8, "importer.exe"), 8: DESKTOP}, True, id="a double-click"),
        pytest.param(
            {9: (8, "python.exe"), 8: (7, "python.exe"), 7: (6, "importer.exe"), 6: DESKTOP},
            True,
            id="a virtual environment",
        ),
        pytest.param({9: (8, "Python.EXE"), 8: (7, "py.exe"), 7: (1, "EXPLORER.EXE")}, True, id="capitals"),
        pytest.param({9: (8, "importer.exe"), 8: (7, "cmd.exe"), 7: DESKTOP}, False, id="a terminal"),
        pytest.param({9: (8, "importer.exe"), 8: TERMINAL}, False, id="another terminal"),
        pytest.param({9: (8, "importer.exe"), 8: SCHEDULER}, False, id="the scheduler, which nobody watches"),
        pytest.param({9: (8, "importer.exe")}, False, id="a parent that is gone"),
        pytest.param({9: (8, "python.exe"), 8: (9, "python.exe")}, False, id="numbers that were used again"),
        pytest.param({}, False, id="a system that does not tell"),
    ],
)
def test_the_window_waits_only_where_the_desktop_has_opened_it(started_by, waits):
    assert is_opened_from_desktop(started_by, 9) is waits


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        (r"C:\Sheets\leads.csv", r"C:\Sheets\leads.csv"),
        ("--rate=25/5", "--rate=25/5"),
        (";", "';'"),
        ("$5 a|b & c.csv", "'$5 a|b & c.csv'"),
        ("Asha's leads.xlsx", "'Asha''s leads.xlsx'"),
    ],
)
def test_a_command_that_is_shown_can_be_pasted_into_powershell(word, typed):
    assert for_powershell(word) == typed
