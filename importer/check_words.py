"""How the report of a check reads: problems by cause, and what the mapping could say of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from importer.cell_names import on_worksheet
from importer.check import CheckReport
from importer.spelling import counted
from importer.streams import out
from importer.summary import Group
from importer.unknown_choices import MOST, UnknownValues


def _problems_in_words(groups: Iterable[Group], worksheet: str) -> Iterator[str]:
    """A paragraph for each cause and column."""
    for code, count, column, places, example in groups:
        first, _, others = places.partition(", ")
        place = on_worksheet(worksheet, first)
        yield f"{code}: {counted(count, 'cell')}{column and f' in {column}'}"
        yield f"  {place}{column and f', {column}'}: {example}"
        if others:
            yield f"  and in {others}"


def _unknown_in_words(unknown: UnknownValues, mapping: Path) -> str:
    """What to paste into the mapping, and where."""
    number = len(unknown.counts)
    if unknown.is_cut:
        return (
            f"{unknown.column}: more than {MOST:,} values are not among its choices. See whether it "
            f"is the right column, and whether {unknown.where} has choices at all ({mapping}, line "
            f"{unknown.line})."
        )
    them, mean = ("value is", "it means") if number == 1 else (f"{number:,} values are", "they mean")
    one = "One " if number == 1 else ""
    said = f"{unknown.column}: {one}{them} not among its choices. To say which of these {mean}, put this"
    return f"{said} {_place(unknown)} {mapping}:\n{unknown.block}".rstrip()


def _place(unknown: UnknownValues) -> str:
    if unknown.known:
        return f"in place of values: and what belongs to it, from line {unknown.line} on in"
    if unknown.short:
        return f"in place of line {unknown.line} of"
    if unknown.margin is None:
        return f"within the braces of {unknown.where}, after a comma, in line {unknown.line} of"
    return f"above line {unknown.line} of"


def check_as_json(report: CheckReport) -> dict[str, Any]:
    """What it has in place of a run's outcomes."""
    return {
        "problems": report.problems,
        "causes": [
            {"code": code, "column": column, "cells": count, "first": places, "example": example}
            for code, count, column, places, example in report.causes
        ],
        "unknown_values": [
            {"column": each.column, "where": each.where, "line": each.line, "values": each.counts}
            for each in report.unknown
        ],
        "unused_columns": report.unused,
    }


def tell_check(report: CheckReport) -> None:
    for line in _problems_in_words(report.causes, report.worksheet):
        out(line)
    for unknown in report.unknown:
        out(_unknown_in_words(unknown, report.mapping))
    good = report.rows - report.invalid - report.repeated - report.left_out - report.known
    known = f", {report.known:,} with an opportunity by an earlier result" if report.known else ""
    hidden = f", {report.left_out:,} hidden and left out" if report.left_out else ""
    out(
        f"{counted(report.rows, 'row')}: {good:,} good, {report.invalid:,} invalid, "
        f"{report.repeated:,} the same as a row above{known}{hidden}. Nothing was sent."
    )
    if report.result:
        out(f"Annotated workbook: {report.result}")
