"""The worksheet Summary: blocks of figures and facts, one below the other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from importer.cell_writer import CellWriter
from importer.looks import TINTS, Looks
from importer.records import Cell

WIDTHS = (32, 10, 50, 36, 70)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the worksheet Summary; without headings it is a list of facts."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str | int, ...]]


def as_json(blocks: Sequence[Block]) -> str:
    """The blocks as the journal keeps them."""
    return json.dumps([[each.title, each.headings, each.rows] for each in blocks], ensure_ascii=False)


def from_json(text: str) -> list[Block]:
    """The blocks that `as_json` gave; none for ""."""
    kept = json.loads(text) if text else []
    return [Block(title, tuple(headings), [tuple(row) for row in rows]) for title, headings, rows in kept]


def write_summary(book: Any, looks: Looks, blocks: Sequence[Block]) -> None:
    """Add the worksheet to the workbook, unless there is nothing to show on it."""
    if not blocks:
        return
    taken = book.worksheets()[0].get_name().casefold() == "summary"
    worksheet = book.add_worksheet("Summary (run)" if taken else "Summary")
    for column, width in enumerate(WIDTHS):
        worksheet.set_column(column, column, width)
    cells = CellWriter(worksheet)
    at = 0
    for block in blocks:
        at = _write_block(cells, looks, block, at) + 1


def _write_block(cells: CellWriter, looks: Looks, block: Block, at: int) -> int:
    """Write the block from row `at` on; the row after its last."""
    cells.text(at, 0, block.title, looks.get("title"))
    for column, heading in enumerate(block.headings):
        cells.text(at + 1, column, heading, looks.get("heading"))
    first = at + 2 if block.headings else at + 1
    for row, entry in enumerate(block.rows, first):
        if block.headings:
            cells.make_room(row, [str(value) for value in entry], WIDTHS)
        for column, value in enumerate(entry):
            look = value if value in TINTS else "entry" if block.headings else "fact"
            cells.cell(row, column, Cell(value), looks.get(look))
    return first + len(block.rows)
