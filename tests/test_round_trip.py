"""From a cell to LeadSquared: what is sent is what was written, whatever program wrote the sheet."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from importer.simulator import Simulator

MAPPING = """\
version: 1
lead:
  search_by: EmailAddress
  attributes:
    EmailAddress: {column: Email, kind: email}
    FirstName: First Name
opportunity:
  event_code: 12000
  fields:
    mx_Custom_1: Product
    mx_Custom_2: Wishes
    mx_Custom_5: {column: Amount, kind: number}
    mx_Custom_6: {column: Met On, kind: date}
"""
NAMES = {
    "First Name": "FirstName",
    "Product": "mx_Custom_1",
    "Wishes": "mx_Custom_2",
    "Amount": "mx_Custom_5",
    "Met On": "mx_Custom_6",
}
EMAIL, NOT_MAPPED = "Email", "Remark"
HEADINGS = (EMAIL, *NAMES, NOT_MAPPED)
TITLES = ((), ("Enquiries of March",), ("", "made by", "Asha, Ravi"))
NUMBER_FORMATS = ("General", "0.00", "#,##0", '"₹"0.0')
DATE_FORMATS = ("yyyy-mm-dd", "dd/mm/yyyy", "d mmm yyyy hh:mm")
NUMBERS_OF_PEOPLE = count()


@dataclass(frozen=True)
class Written:
    """A cell: its value, how a person sees it, and what LeadSquared is to get for it."""

    value: str | float | date | datetime
    seen: str
    sent: str
    number_format: str = "General"


BLANK = Written("", "", "")
Entry = dict[str, Written]
"""A row by its headings; a blank row has none."""

# Pieces of text that programs stumble over, and go as typed.
AWKWARD = st.sampled_from(
    [
        *("\r", "\n", "\r\n", "\t", " ", '"', '""', "'", ",", ";", "|", "\\", "<", "&amp;", "]]>", "{{x}}"),
        *("_x000D_", "_x005F_", "_x", "=1+1", "@a", "-", "00123", "+91 98765", "1E5", "TRUE", "#N/A"),
        *("é", "e\u0301", "😀", "م\u200cم", "क्\u200dष", "👩\u200d💻", "\u00a0", "\u00ad", "\u2028", "sep=;"),
    ]
).map(lambda text: (text, text))
# What nobody sees is not sent; Word's breaks become plain ones.
UNSEEN = st.sampled_from(
    [
        *(("\x0b", "\n"), ("\x0c", "\n"), ("a\u200d", "a"), ("b\u200e", "b")),
        *((unseen, "") for unseen in "\x00\x07\x1f\x7f\x85\u200b\u202e\u2060\u2066\ufeff"),
    ]
)
ANY = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        exclude_characters="\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff\ufffe\uffff"
        + "".join(map(chr, range(0x2060, 0x206A))),
    ),
    max_size=8,
).map(lambda text: (text, text))


def _as_typed(text: str) -> Written:
    return Written(text, text, text)


def _text(pieces: Sequence[tuple[str, str]]) -> Written:
    typed, sent = ("".join(piece[which] for piece in pieces) for which in (0, 1))
    return Written(typed, typed, "" if sent.isspace() else sent)


def _number(number: float, number_format: str) -> Written:
    # A workbook of XlsxWriter holds 16 digits of it.
    stored = float(f"{number:.16G}")
    digits = f"{Decimal(repr(stored)) if stored else 0:f}"
    exact = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return Written(number, exact, exact, number_format)


def _day(day: date, number_format: str) -> Written:
    return Written(day, f"{day}", f"{day}", number_format)


def _moment(moment: datetime) -> Written:
    seen = f"{moment}".removesuffix(" 00:00:00")
    return Written(moment, seen, seen, "d mmm yyyy hh:mm:ss")


# LeadSquared refuses what looks like a script.
TEXTS = (
    st.lists(AWKWARD | ANY | UNSEEN, max_size=5)
    .map(_text)
    .filter(lambda written: "<script" not in written.sent.casefold())
)
NUMBERS = st.builds(
    _number,
    st.integers(-(10**15) + 1, 10**15 - 1)
    | st.floats(-1e14, 1e14)
    | st.sampled_from([-0.0, 0.1, 1e-7, 2.5e-10]),
    st.sampled_from(NUMBER_FORMATS),
)
DAYS = st.builds(_day, st.dates(date(1900, 3, 1)), st.sampled_from(DATE_FORMATS))
MOMENTS = st.builds(
    _moment, st.datetimes(datetime(1900, 3, 1)).map(lambda moment: moment.replace(microsecond=0))
)
ENTRIES = st.fixed_dictionaries(
    {
        EMAIL: st.just(BLANK),
        "First Name": TEXTS,
        "Product": TEXTS | NUMBERS | DAYS | MOMENTS,
        "Wishes": TEXTS,
        "Amount": NUMBERS | st.just(BLANK),
        "Met On": DAYS | st.just(BLANK),
        NOT_MAPPED: TEXTS,
    }
)


@dataclass(frozen=True)
class Table:
    """A sheet as a person laid it out."""

    titles: Sequence[Sequence[str]]
    headings: Sequence[str]
    entries: Sequence[Entry]

    def about_new_people(self) -> "Table":
        """The same with an e-mail address in each row that no other row ever has."""
        numbers = (f"person{number}@example.com" for number in NUMBERS_OF_PEOPLE)
        filled = [entry and entry | {EMAIL: _as_typed(next(numbers))} for entry in self.entries]
        return replace(self, entries=filled)

    @property
    def rows(self) -> list[list[Written]]:
        words = [*self.titles, self.headings]
        texts = [[*map(_as_typed, row)] for row in words]
        return texts + [[entry[heading] for heading in self.headings if entry] for entry in self.entries]

    @property
    def sent(self) -> dict[str, dict[str, str]]:
        """What LeadSquared is to have by e-mail address; a blank cell is not sent."""
        return {
            entry[EMAIL].sent: {name: entry[at].sent for at, name in NAMES.items() if entry[at].sent}
            for entry in self.entries
            if entry
        }


TABLES = st.builds(
    Table,
    st.lists(st.sampled_from(TITLES), max_size=2),
    st.permutations(HEADINGS),
    st.lists(ENTRIES | ENTRIES | ENTRIES | st.just({}), min_size=10, max_size=18).filter(any),
)


def write_workbook(path: Path, table: Table, is_inline: bool) -> None:
    """With each text in its cell, or all of them in a place of their own."""
    with xlsxwriter.Workbook(path, {"constant_memory": is_inline}) as book:
        codes = {cell.number_format for row in table.rows for cell in row}
        formats = {code: book.add_format({"num_format": code}) for code in sorted(codes)}
        sheet = book.add_worksheet()
        for number, row in enumerate(table.rows):
            for column, cell in enumerate(row):
                match cell.value:
                    case str() as text:
                        sheet.write_string(number, column, text)
                    case date() as moment:
                        sheet.write_datetime(number, column, moment, formats[cell.number_format])
                    case figure:
                        sheet.write_number(number, column, figure, formats[cell.number_format])


@dataclass(frozen=True)
class Dialect:
    delimiter: str = ","
    quotes_all: bool = False
    line_end: str = "\r\n"
    encoding: str = "utf-8-sig"

    def line(self, texts: Sequence[str]) -> str:
        return self.delimiter.join(map(self._cell, texts)) + self.line_end

    def _cell(self, text: str) -> str:
        needs_quotes = self.quotes_all or {*text} & {self.delimiter, '"', "\r", "\n"}
        return '"' + text.replace('"', '""') + '"' if needs_quotes else text


DIALECTS = st.builds(
    Dialect,
    st.sampled_from(",;\t|"),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)


def write_csv(path: Path, table: Table, dialect: Dialect) -> None:
    lines = (dialect.line([cell.seen for cell in row]) for row in table.rows)
    path.write_bytes("".join(lines).encode(dialect.encoding))


@pytest.fixture
def run(folder, connected, importer):
    """Runs a sheet; gives how many of its rows had each outcome."""
    folder.mapping(MAPPING)

    def run(sheet):
        done = importer("run", sheet, "--output", "result.csv", "--json")
        assert done.exit_code == 0, done.stderr
        (folder.path / "result.csv").unlink()
        return {outcome: rows for outcome, rows in json.loads(done.stdout)["outcomes"].items() if rows}

    return run


def stored(simulator: Simulator, table: Table) -> dict[str, dict[str, object]]:
    """What LeadSquared has of the people in the table, as `Table.sent` says it."""
    leads = simulator.leads
    found: dict[str, dict[str, object]] = {}
    for opportunity in simulator.opportunities:
        lead = leads[opportunity.prospect_id]
        first_name = {"FirstName": lead["FirstName"]} if "FirstName" in lead else {}
        found[lead["EmailAddress"]] = first_name | dict(opportunity.fields)
    return {email: found[email] for email in table.sent if email in found}


def slow(examples):
    """Each example is a run of a whole sheet, and all of them go to one account; so none is made smaller."""
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@slow(20)
@given(TABLES, st.booleans())
def test_what_a_workbook_holds_is_what_is_sent(folder, connected, run, table, is_inline):
    table = table.about_new_people()
    write_workbook(folder.path / "enquiries.xlsx", table, is_inline)
    assert run("enquiries.xlsx") == {"Created": len(table.sent)}
    assert stored(connected, table) == table.sent


@slow(20)
@given(TABLES, DIALECTS)
def test_what_a_csv_holds_is_what_is_sent(folder, connected, run, table, dialect):
    table = table.about_new_people()
    write_csv(folder.path / "enquiries.csv", table, dialect)
    assert run("enquiries.csv") == {"Created": len(table.sent)}
    assert stored(connected, table) == table.sent


@slow(8)
@given(TABLES, st.booleans(), DIALECTS)
def test_a_workbook_and_its_csv_copy_hold_the_same_rows(folder, connected, run, table, is_inline, dialect):
    table = table.about_new_people()
    write_workbook(folder.path / "enquiries.xlsx", table, is_inline)
    write_csv(folder.path / "copy.csv", table, dialect)
    assert run("enquiries.xlsx") == {"Created": len(table.sent)}
    assert run("copy.csv") == {"Skipped": len(table.sent)}
    assert stored(connected, table) == table.sent
