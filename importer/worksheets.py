"""Which worksheet of a workbook is read, and what is said about the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from importer.errors import SheetError
from importer.file_facts import WorksheetFact


class Worksheet(Protocol):
    @property
    def title(self) -> str: ...

    @property
    def is_visible(self) -> bool: ...


W = TypeVar("W", bound=Worksheet)


@dataclass(frozen=True, slots=True)
class Chosen:
    title: str
    notices: tuple[str, ...] = ()
    all: tuple[WorksheetFact, ...] = ()


def choose(
    name: str, worksheets: Sequence[W], wanted: str | None, holds_anything: Callable[[W], bool]
) -> Chosen:
    """The wanted one of the workbook `name`, else the first visible one that holds anything.

    Raises SheetError where there is none.
    """
    if wanted is not None:
        one = named(name, worksheets, wanted)
        if not holds_anything(one):
            raise SheetError(f"{name}, worksheet {one.title}: no cell is filled (name another worksheet).")
        return Chosen(one.title, all=_facts(worksheets))
    filled = [one.title for one in worksheets if one.is_visible and holds_anything(one)]
    if not filled:
        raise SheetError(f"{name} holds no filled cell in any visible worksheet{_hidden(worksheets)}.")
    return Chosen(filled[0], _left_out(filled), _facts(worksheets))


def _facts(worksheets: Sequence[Worksheet]) -> tuple[WorksheetFact, ...]:
    return tuple(WorksheetFact(one.title, one.is_visible) for one in worksheets)


def named(name: str, worksheets: Sequence[W], title: str) -> W:
    """Raises SheetError where the workbook has no worksheet of that title."""
    for worksheet in worksheets:
        if worksheet.title.casefold() == title.casefold():  # as Excel tells them apart
            return worksheet
    visible = ", ".join(one.title for one in worksheets if one.is_visible)
    raise SheetError(f"{name} has no worksheet {title!r} (it has {visible}).")


def _hidden(worksheets: Sequence[Worksheet]) -> str:
    titles = ", ".join(one.title for one in worksheets if not one.is_visible)
    return f" (hidden: {titles}; name one to read it)" if titles else ""


def _left_out(filled: Sequence[str]) -> tuple[str, ...]:
    if len(filled) == 1:
        return ()
    return (
        f"Worksheet {filled[0]} is read, as the first that holds anything; left out: {', '.join(filled[1:])} "
        "(--worksheet, or worksheet: in the mapping, names another).",
    )
