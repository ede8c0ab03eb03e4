"""LeadSquared's answers to questions → traces of opportunities. Pure; what is no clear answer is Unread."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from importer.answers import Listed, Standing, Trace, Unread

# How reads were seen to spell a moment, all of them UTC.
LAYOUTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%dT%H:%M:%S")
EPOCH = re.compile(r"/Date\((?P<milliseconds>-?\d+)(?:[+-]\d{4})?\)/")

OPPORTUNITY_IDS = ("OpportunityId", "ProspectActivityId", "Id")
CREATED = ("PACreatedOn", "CreatedOn")
LEADS = ("RelatedProspectId", "ProspectId", "ProspectID")

NO_ANSWER = "its answer cannot be read"


def read_list(text: str) -> list[Trace] | Unread:
    """Opportunities as flat rows: `{"RecordCount": n, "List": [...]}`."""
    return _traces(_member(text, "List"))


def read_standings(text: str) -> Listed | Unread:
    """The same, by how each stands."""
    rows = _member(text, "List")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return Unread(NO_ANSWER)
    return Listed(tuple(map(_standing, rows)), _total(text))


def read_trail(text: str) -> list[Trace] | Unread:
    """All of a lead's activities: `{"RecordCount": n, "ProspectActivities": [...]}`."""
    traces = _traces(_member(text, "ProspectActivities"))
    total = _total(text)
    if isinstance(traces, list) and (total is None or total > len(traces)):
        # Only a whole trail proves that something is not in it.
        return Unread(f"it shows only {len(traces)} of {total or 'unknown many'} activities")
    return traces


def read_by_id(text: str) -> list[Trace] | Unread:
    """Opportunities by their ids: a list with `Opportunities` for each type."""
    answer = _json(text)
    if not isinstance(answer, list) or not all(isinstance(part, dict) for part in answer):
        return Unread(NO_ANSWER)
    found = [part.get("Opportunities") or [] for part in answer]
    return _traces([row for rows in found if isinstance(rows, list) for row in rows])


def read_leads(text: str) -> list[str] | Unread:
    """The ids of leads; none where LeadSquared has no such lead."""
    answer = _json(text)
    if not isinstance(answer, list):
        return Unread(NO_ANSWER)
    ids = [_first(lead, LEADS[::-1]) for lead in answer if isinstance(lead, dict)]
    return ids if all(ids) and len(ids) == len(answer) else Unread(NO_ANSWER)


def _member(text: str, name: str) -> object:
    answer = _json(text)
    if not isinstance(answer, dict):
        return None
    # Where nothing was found, the list itself may be missing.
    return [] if answer.get(name) is None and answer.get("RecordCount") == 0 else answer.get(name)


def _traces(rows: object) -> list[Trace] | Unread:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return Unread(NO_ANSWER)
    return [
        Trace(
            _first(row, OPPORTUNITY_IDS),
            _first(row, LEADS),
            _moment(_first(row, CREATED)),
            tuple(_texts(row)),
        )
        for row in rows
    ]


def _first(row: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((value for name in names if isinstance(value := row.get(name), str) and value), "")


def _total(text: str) -> int | None:
    answer = _json(text)
    total = answer.get("RecordCount") if isinstance(answer, dict) else None
    return total if isinstance(total, int) else None


def _standing(row: dict[str, Any]) -> Standing:
    return Standing(
        _first(row, OPPORTUNITY_IDS), _first(row, LEADS), _told(row, "OpportunityEvent"), _told(row, "Status")
    )


def _told(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _texts(child)


def _moment(text: str) -> datetime | None:
    if epoch := EPOCH.fullmatch(text):
        try:
            return datetime.fromtimestamp(int(epoch["milliseconds"]) / 1000, UTC)
        except (OverflowError, ValueError, OSError):
            return None
    for layout in LAYOUTS:
        try:
            return datetime.strptime(text, layout).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _json(text: str) -> object:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
