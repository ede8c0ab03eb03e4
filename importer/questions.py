"""Did it land? One round of questions to LeadSquared about a row whose answer was lost."""

import re
from collections.abc import Callable, Generator, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

from importer.answers import Listed, OverLimit, Trace, Unread
from importer.sent import Sent

BY_ID = 2_000
"""Opportunities per call, as LeadSquared allows."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""What LeadSquared created earlier than this before a row was sent was not created by that row."""


class Reads(Protocol):
    """What is asked of LeadSquared; as `LeadSquared` has it."""

    def opportunities_with(
        self, lookup: tuple[str, str], column: str
    ) -> list[Trace] | OverLimit | Unread: ...
    def standings(self, lookup: tuple[str, str], page: int) -> Listed | OverLimit | Unread: ...
    def leads_with(self, lookup: tuple[str, str]) -> list[str] | OverLimit | Unread: ...
    def trail(self, lead: str, event_code: int) -> list[Trace] | OverLimit | Unread: ...
    def opportunities(
        self, ids: list[str], event_code: int, column: str
    ) -> list[Trace] | OverLimit | Unread: ...


Question = Callable[[Reads], object]
Round = Generator[Question, Any, list[Trace] | None]
"""Yields questions and is sent the list that answers each."""


def one_round(sent: Sent) -> Round:
    """Returns what carries the row's reference; an empty list where LeadSquared surely has nothing of it now.

    That is where it has no such lead, or every opportunity of this type in the trail of the lead was read
    and none carries the reference. None proves nothing. The list of opportunities lags behind, so it may
    prove that the row landed, and never that it did not.
    """
    listed = yield lambda reads: reads.opportunities_with(sent.lookup, sent.place)
    if landed := _carrying(sent, listed):
        return landed
    for lead in (yield lambda reads: reads.leads_with(sent.lookup)):
        found = yield from _in_trail(sent, lead)
        if found or found is None:
            return found
    return []


def _in_trail(sent: Sent, lead: str) -> Round:
    traces = yield partial(_trail, lead, sent.event_code)
    if found := _carrying(sent, traces):
        return found
    # A trail may show only some of an opportunity's fields, so its traces are read whole.
    ids = [trace.opportunity_id for trace in traces]
    whole: list[Trace] = []
    for first in range(0, len(ids), BY_ID):
        whole += yield partial(_by_id, ids[first : first + BY_ID], sent.event_code, sent.place)
    seen = {opportunity.opportunity_id for opportunity in whole}
    unseen = [trace for trace in traces if trace.opportunity_id not in seen]
    is_proof = not any(sent.writes_over or is_from_then(trace, sent) for trace in unseen)
    return _carrying(sent, whole) or ([] if is_proof else None)


def _trail(lead: str, event_code: int, reads: Reads) -> object:
    return reads.trail(lead, event_code)


def _by_id(ids: list[str], event_code: int, column: str, reads: Reads) -> object:
    return reads.opportunities(ids, event_code, column)


def _carrying(sent: Sent, traces: Iterable[Trace]) -> list[Trace]:
    """The traces with the reference in any text: under which name a read gives it back is not certain."""
    reference = re.compile(rf"(?<!\w){re.escape(sent.reference)}(?!\w)")
    return [trace for trace in traces if any(map(reference.search, trace.texts))]


def is_from_then(trace: Trace, sent: Sent) -> bool:
    """Whether LeadSquared may have created this when the row was first sent, or later."""
    return trace.created_on is None or trace.created_on >= _first_sent(sent) - CLOCKS_DIFFER


def is_its_own(trace: Trace, sent: Sent) -> bool:
    """Whether what carries the row's reference was created by it, as far as the times tell.

    Where the row may have written over what was there, only what is surely not older counts: an undo would
    delete it.
    """
    if not sent.writes_over:
        return is_from_then(trace, sent)
    return trace.created_on is not None and trace.created_on >= _first_sent(sent)


def _first_sent(sent: Sent) -> datetime:
    return datetime.strptime(sent.first_sent_at, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
