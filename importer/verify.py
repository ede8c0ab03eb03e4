"""Created opportunities read back: are they really there?"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from importer.answers import Unread
from importer.asking import Asking
from importer.questions import BY_ID

# A part of the patience between two looks: what was just created may not be shown at once.
PART = 1 / 6

SHOWN = 20


def missing(
    created: Mapping[str, int], event_code: int, asking: Asking, patience: float
) -> dict[str, int] | Unread:
    """Those of the created opportunities (id → row) that LeadSquared does not know, 2,000 asked for at once.

    patience: seconds for which it may go on not knowing one before that counts as missing.
    Raises Unreachable, and what `asking.go_on` raises.
    """
    until = asking.pace.clock() + patience
    left = _unknown(created, event_code, asking)
    while left and asking.pace.clock() < until:
        asking.wait(patience * PART)
        left = _unknown(created if isinstance(left, Unread) else left, event_code, asking)
    return left


def _unknown(created: Mapping[str, int], event_code: int, asking: Asking) -> dict[str, int] | Unread:
    left = dict(created)
    for ids in _parts(created):
        answer = asking.opportunities(ids, event_code)
        if isinstance(answer, Unread):
            return answer
        for trace in answer:
            left.pop(trace.opportunity_id, None)
    return left


def still_there(
    deleted: Iterable[str], event_code: int, asking: Asking, patience: float
) -> frozenset[str] | Unread:
    """Those of the deleted opportunities (ids, casefolded) that LeadSquared shows, as `missing` otherwise.

    patience: seconds for which it may go on showing one before that counts as there.
    """
    until = asking.pace.clock() + patience
    left = shown(deleted, event_code, asking)
    while left and not isinstance(left, Unread) and asking.pace.clock() < until:
        asking.wait(patience * PART)
        left = shown(left, event_code, asking)
    return left


def shown(ids: Iterable[str], event_code: int, asking: Asking) -> frozenset[str] | Unread:
    """Those of these opportunities that LeadSquared shows now, casefolded."""
    found: set[str] = set()
    for part in _parts(ids):
        answer = asking.opportunities(part, event_code)
        if isinstance(answer, Unread):
            return answer
        found |= {trace.opportunity_id.casefold() for trace in answer}
    return frozenset(found)


def in_words(created: int, missing: Mapping[str, int] | Unread) -> str:
    """What came of it, in a sentence."""
    if isinstance(missing, Unread):
        return f"The created opportunities could not be read back: {missing.reason}."
    if not created:
        return "This run has created no opportunity that could be read back."
    if not missing:
        return f"LeadSquared knows all {created:,} created opportunities."
    rows = sorted(missing.values())
    shown = ", ".join(map(str, rows[:SHOWN])) + (
        f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    )
    return (
        f"{len(rows):,} of {created:,} created opportunities are missing in LeadSquared when read back: "
        f"those of rows {shown}. Look for them there by their CreatedOpportunityId."
    )


def _parts(created: Iterable[str]) -> Iterator[list[str]]:
    ids = iter(created)
    while part := list(islice(ids, BY_ID)):
        yield part
