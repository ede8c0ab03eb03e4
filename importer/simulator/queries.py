"""The bodies of the calls that search, read strictly: what they ask for, or why they have the wrong shape."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from importer.simulator.arrival import Arrival
from importer.simulator.asked import member
from importer.simulator.replies import Refusal
from importer.simulator.rules import INVALID_INPUT

PAGE_SIZE = 25
"""Where none is asked for (documented of a lead's activities)."""

LARGEST_PAGE = 1000
"""More are not given, whatever is asked for."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is asked for."""

    skipped: int
    size: int

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        return items[self.skipped : self.skipped + self.size]


@dataclass(frozen=True, slots=True)
class View:
    """How a list is to be shown; no columns: those that the call shows by itself."""

    columns: tuple[str, ...]
    sort_by: str
    newest_first: bool
    paging: Paging


def optional_body(arrival: Arrival) -> Any:
    """The body of a call that may be sent without one."""
    return arrival.body if arrival.request.body.strip() else {}


def read_lookup(body: Any) -> tuple[str, str] | Refusal:
    """The attribute and its value. Raises ValueError for a wrong shape."""
    parameter = member(body, "Parameter", dict, None)
    name = member(parameter, "LookupName", str, None)
    value = member(parameter, "LookupValue", str, None)
    if member(parameter, "SqlOperator", str, "") != "=":
        return Refusal(INVALID_INPUT, "Invalid SqlOperator value provided")
    return name, value


def read_view(body: Any) -> View:
    """Raises ValueError for a wrong shape."""
    sorting = member(body, "Sorting", dict, {})
    return View(
        columns=read_columns(body),
        sort_by=member(sorting, "ColumnName", str, "CreatedOn"),
        newest_first=whole(sorting, "Direction", 1) == 1,
        paging=_pages(member(body, "Paging", dict, {})),
    )


def read_columns(body: Any) -> tuple[str, ...]:
    names = member(member(body, "Columns", dict, {}), "Include_CSV", str, "").split(",")
    return tuple(name.strip() for name in names if name.strip())


def read_offset(body: Any, counts_pages: bool) -> Paging:
    """The paging of a lead's activities, counted from 0."""
    paging = member(body, "Paging", dict, {})
    size = min(whole(paging, "RowCount", PAGE_SIZE), LARGEST_PAGE)
    return Paging(whole(paging, "Offset", 0) * (size if counts_pages else 1), size)


def whole(node: Any, name: str, absent: int) -> int:
    """A number, which LeadSquared takes as text too."""
    value = member(node, name, object, absent)
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", str(value)):
        raise ValueError(f"{name} is to be a whole number")
    return int(value)


def _pages(paging: Any) -> Paging:
    index = whole(paging, "PageIndex", 1)
    size = min(whole(paging, "PageSize", PAGE_SIZE), LARGEST_PAGE)
    if not index:
        raise ValueError("PageIndex begins at 1")
    return Paging((index - 1) * size, size)
