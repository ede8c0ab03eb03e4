"""Dates and times: every way with one meaning is read, every other is refused; times are sent in UTC."""

import calendar
import locale
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.cell_text import Bad
from importer.values import ValueRules, converter

date = converter("date", ValueRules())
kolkata = converter("datetime", ValueRules(time_zone="Asia/Kolkata"))
berlin = converter("datetime", ValueRules(time_zone="Europe/Berlin"))


def refused(convert, cell):
    with pytest.raises(Bad) as bad:
        convert(cell)
    return bad.value.code, str(bad.value)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "2026-03-31",
            "2026/03/31",
            "2026.3.31",
            " 2026-3-31 ",
            "2026-03-31 10:30:00",
            "2026-03-31T23:59:59Z",
        ),
        *(
            "31-Mar-2026",
            "31 March 2026",
            "31st March, 2026",
            "31/mar/2026",
            "31Mar2026",
            "31-MAR-2026 10:30 PM",
        ),
        *(
            "March 31, 2026",
            "Mar 31 2026",
            "Mar-31-2026",
            "31/03/2026",
            "31-03-2026",
            "31.3.2026",
            "03/31/2026",
        ),
        *("31 03 2026", "31/03/2026 10:30:00 AM", "३१/०३/२०२६"),
    ],
)
def test_dates_people_type(cell):
    assert date(cell) == "2026-03-31"


def test_september_may_be_sept():
    assert date("1 Sept 2026") == "2026-09-01"


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "tomorrow",
            "2026-02-30",
            "31-Feb-2026",
            "32/01/2026",
            "13/13/2026",
            "0/5/2026",
            "10:30:00",
            "2026-03",
        ),
        *(
            "20260331",
            "2026-03-31 25:00",
            "2026-03-31 13:00 PM",
            "31/03-2026",
            "31 Foo 2026",
            "0000-01-01",
            "-",
            "45",
        ),
        *("31-03-2026 and more", "Mar 2026", "2026-03-31 10:30 IST"),
    ],
)
def test_what_is_no_date_is_refused(cell):
    message = f"{cell!r} is not a date such as 2026-03-31 or 31-Mar-2026"
    assert refused(date, cell) == ("DATE-UNREADABLE", message)


@pytest.mark.parametrize("cell", ["03/04/2026", "3-4-2026", "03.04.2026 10:30"])
def test_a_date_of_two_meanings_is_refused(cell):
    code, message = refused(date, cell)
    assert code == "DATE-AMBIGUOUS"
    assert "could be 3 April or 4 March" in message
    assert "day_first" in message


def test_the_same_day_and_month_have_one_meaning():
    assert date("03/03/2026") == "2026-03-03"


@pytest.mark.parametrize(("day_first", "sent"), [(True, "2026-04-03"), (False, "2026-03-04")])
def test_the_mapping_settles_what_comes_first(day_first, sent):
    assert converter("date", ValueRules(day_first=day_first))("03/04/2026") == sent


@pytest.mark.parametrize(("day_first", "cell"), [(True, "03/31/2026"), (False, "31/03/2026")])
def test_a_date_against_the_order_of_the_mapping_is_refused(day_first, cell):
    assert refused(converter("date", ValueRules(day_first=day_first)), cell)[0] == "DATE-UNREADABLE"


@pytest.mark.parametrize("cell", ["31/03/26", "31-Mar-26", "Mar 31, 26"])
def test_a_year_of_two_digits_is_refused(cell):
    code, message = refused(date, cell)
    assert code == "DATE-YEAR"
    assert "write all four" in message


@pytest.mark.parametrize("cell", ["46112", "46112.4375"])
def test_the_number_of_a_day_in_excel_is_told_apart(cell):
    assert refused(date, cell)[0] == "DATE-NUMBER"


@pytest.mark.parametrize(
    ("layout", "cell", "sent"),
    [
        ("%d.%m.%y", "03.04.26", "2026-04-03"),
        ("%d-%b-%y", "3-apr-68", "2068-04-03"),
        ("%d-%b-%y", "3-Apr-69", "1969-04-03"),
        ("%m/%d/%Y", "03/04/2026", "2026-03-04"),
        ("%A, %d %B %Y", "Friday,  3 April 2026", "2026-04-03"),
        ("%Y%m%d", "20260403", "2026-04-03"),
        ("%d/%m/%Y %I:%M %p", "03/04/2026 10:30 pm", "2026-04-03"),
        ("%d (%m) %Y", "3 (4) 2026", "2026-04-03"),
    ],
)
def test_a_layout_of_the_mapping_is_read(layout, cell, sent):
    assert converter("date", ValueRules(formats=(layout,)))(cell) == sent


def test_other_dates_are_read_beside_the_layouts_of_the_mapping():
    declared = converter("date", ValueRules(formats=("%d.%m.%y", "%d %m %y")))
    assert [declared(cell) for cell in ("03 04 26", "2026-04-03", "3-Apr-2026")] == ["2026-04-03"] * 3
    assert refused(declared, "03/04/2026")[0] == "DATE-AMBIGUOUS"


@pytest.mark.parametrize("layout", ["%d/%m", "%q %d/%m/%Y", "%Y", "%d %d/%m/%Y", "%H:%I %d/%m/%Y", "plain"])
def test_a_layout_that_cannot_be_is_a_fault_of_the_mapping(layout):
    with pytest.raises(ValueError, match=layout[:2]):
        converter("date", ValueRules(formats=(layout,)))


def test_month_names_are_english_in_every_locale():
    own = locale.setlocale(locale.LC_TIME)
    try:
        locale.setlocale(locale.LC_TIME, "")
        assert date("31-Mar-2026") == "2026-03-31"
        assert converter("date", ValueRules(formats=("%d %B %y",)))("31 May 26") == "2026-05-31"
    finally:
        locale.setlocale(locale.LC_TIME, own)


@pytest.mark.parametrize(
    ("cell", "sent"),
    [
        ("2026-03-31 10:30:00", "2026-03-31 05:00:00"),
        ("31-Mar-2026 10:30 PM", "2026-03-31 17:00:00"),
        ("31/03/2026, 12:05 a.m.", "2026-03-30 18:35:00"),
        ("2026-03-31", "2026-03-30 18:30:00"),
        ("2026-03-31T10:30:15.999", "2026-03-31 05:00:15"),
        ("2026-03-31T10:30:00Z", "2026-03-31 10:30:00"),
        ("2026-03-31 10:30 +02:00", "2026-03-31 08:30:00"),
        ("2026-03-31 10:30:00-0430", "2026-03-31 15:00:00"),
    ],
)
def test_times_are_sent_in_utc(cell, sent):
    assert kolkata(cell) == sent


@pytest.mark.parametrize(
    ("cell", "sent"),
    [
        pytest.param("2026-01-15 12:00", "2026-01-15 11:00:00", id="winter"),
        pytest.param("2026-07-15 12:00", "2026-07-15 10:00:00", id="summer"),
        pytest.param("2026-03-29 02:30", "2026-03-29 01:30:00", id="skipped by the clocks"),
        pytest.param("2026-10-25 02:30", "2026-10-25 00:30:00", id="passed twice by the clocks"),
    ],
)
def test_clocks_that_move_give_one_time(cell, sent):
    assert berlin(cell) == sent


@pytest.mark.parametrize("cell", ["0001-01-01 00:00", "9999-12-31 23:59 -10:00", "2026-03-31 10:30 +99:99"])
def test_a_time_that_no_clock_can_show_is_refused(cell):
    assert refused(kolkata, cell)[0] == "DATE-UNREADABLE"


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))
def test_iso_times_keep_their_instant(moment):
    exact = moment.replace(microsecond=0)
    utc = converter("datetime", ValueRules())
    assert utc(exact.isoformat(" ")) == utc(exact.replace(tzinfo=UTC).isoformat()) == exact.isoformat(" ")


@given(st.dates())
def test_every_day_is_read_with_its_month_by_name(day):
    assert date(f"{day.day}-{calendar.month_abbr[day.month]}-{day.year:04}") == day.isoformat()
