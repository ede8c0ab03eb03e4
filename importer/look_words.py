"""How that what `look` saw reads, in words and as JSON."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from importer.cell_names import column_letter
from importer.errors import ImportStopped
from importer.look import LookReport
from importer.profile import ColumnProfile
from importer.spelling import as_typed, counted

_WIDTH = 100
_VALUES = 15
_NAMES_OF_DELIMITERS = {"\t": "tab", " ": "blank"}


def in_words(report: LookReport) -> str:
    """The file first, then a paragraph for each column, and what to do next; lines for a terminal."""
    profile = report.profile
    paragraphs = [
        [line for name, said in _facts(report) for line in _wrapped(f"{name:<12}", said)],
        [line for notice in profile.notices for line in _wrapped("", notice)],
        *(list(_column(column)) for column in profile.columns),
        list(_next(report)),
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _facts(report: LookReport) -> Iterator[tuple[str, str]]:
    file, profile = report.file, report.profile
    yield "File", f"{report.sheet.name}, {file.kind}"
    if file.encoding:
        yield "Encoding", file.encoding
    if file.delimiter:
        yield "Delimiter", _NAMES_OF_DELIMITERS.get(file.delimiter, file.delimiter)
    if report.worksheet:
        yield "Worksheet", f"{report.worksheet}{_others(report)}"
    above = f" ({counted(profile.header_row - 1, 'row')} above)" if profile.header_row > 1 else ""
    yield "Headings", f"row {profile.header_row}{above}"
    hidden = f", {profile.hidden:,} of them hidden" if profile.hidden else ""
    yield "Rows", f"{profile.rows:,}{hidden}" if profile.rows else "none below the headings"


def _others(report: LookReport) -> str:
    others = [
        f"{one.title}{'' if one.is_visible else ' (hidden)'}"
        for one in report.file.worksheets
        if one.title != report.worksheet
    ]
    own = next(one for one in report.file.worksheets if one.title == report.worksheet)
    return f"{'' if own.is_visible else ' (hidden)'}{'; not read: ' if others else ''}{', '.join(others)}"


def _column(column: ColumnProfile) -> Iterator[str]:
    letter = f"{column_letter(column.place):<4}"
    heading = " ".join(column.heading.split()) or "(no heading)"
    if column.filled:
        yield from _wrapped(letter, f"{heading}: {_kind(column)}, {_counts(column)}")
        yield from _wrapped("    ", f"{_examples(column)}")
    else:
        yield from _wrapped(letter, f"{heading}: blank")
    for oddity in column.oddities:
        yield from _wrapped("    - ", oddity)


def _kind(column: ColumnProfile) -> str:
    said = [
        words(value) for name, words in _OPTIONS.items() if (value := column.options.get(name)) is not None
    ]
    return f"{column.kind} ({', '.join(said)})" if said else column.kind


_OPTIONS: Mapping[str, Any] = {
    "region": str,
    "day_first": lambda day_first: "day first" if day_first else "month first",
    "formats": lambda formats: ", ".join(map(_as_in_excel, formats)),
    "separator": lambda separator: f"parted by {separator}",
}


def _as_in_excel(layout: str) -> str:
    """`%d.%m.%y` → `dd.mm.yy`."""
    for directive, letters in _LETTERS.items():
        layout = layout.replace(directive, letters)
    return layout


_LETTERS = {
    **{"%d": "dd", "%m": "mm", "%b": "mmm", "%y": "yy"},
    **{"%H": "hh", "%I": "hh", "%M": "mm", "%S": "ss", "%p": "AM/PM"},
}


def _counts(column: ColumnProfile) -> str:
    counts = [f"{column.filled:,} filled"]
    if column.blank:
        counts.append(f"{column.blank:,} blank")
    counts.append(
        "all different" if column.distinct == column.filled > 1 else f"{column.distinct:,} different"
    )
    if column.fits < 1:
        # Rounded down, so that it says 100 only where all do.
        counts.append(f"{int(100 * column.fits)} % of these fit")
    return ", ".join(counts)


def _examples(column: ColumnProfile) -> str:
    if not column.values:
        return f"such as {' | '.join(column.samples)}"
    shown = ", ".join(f"{value} ({count:,})" for value, count in column.values[:_VALUES])
    rest = len(column.values) - _VALUES
    return f"{shown} and {rest} more" if rest > 0 else shown


def _next(report: LookReport) -> Iterator[str]:
    yield "To have a mapping written from this:"
    yield f"  {as_typed(['importer', 'draft', str(report.sheet), *report.reading.options])}"


def _wrapped(begin: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )


def as_json(report: LookReport) -> dict[str, Any]:
    """All of it, in the words of the dataclasses."""
    said: dict[str, Any] = {
        "sheet": str(report.sheet),
        "file": asdict(report.file),
        "worksheet": report.worksheet or None,
        **asdict(report.profile),
        "seconds": round(report.seconds, 3),
        "exit_code": 0,
        "stopped": None,
    }
    said["columns"] = [{"column": column_letter(one.pop("place")), **one} for one in said["columns"]]
    return said


def stopped_as_json(sheet: Path, stop: ImportStopped) -> dict[str, Any]:
    return {"sheet": str(sheet), "columns": [], "exit_code": stop.exit_code, "stopped": str(stop)}
