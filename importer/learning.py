"""An account's setup read afresh, part by part; what cannot be read stays as it is kept."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from importer.account_schema import AccountSchema, OpportunityType
from importer.account_store import keep, known
from importer.ages import aged, now_written
from importer.answers import OverLimit, Unread
from importer.errors import JournalError
from importer.leadsquared import LeadSquared
from importer.pace import Pace
from importer.tell import Tell

# Seconds before a question that was not answered is asked again.
PAUSES = (1.0, 2.0)

# Seconds: after these nothing more is asked. With one slow answer on top it is about a minute.
PATIENCE = 40.0

# Seconds for which the next runs of a process go by what one has read.
LATELY = 300.0

TOO_LONG = Unread("it takes too long to answer")
NO_TURN = Unread("other runs on this machine use all the calls")
OVER_LIMIT = Unread("it refuses every call for the rate limit: other programs use all of it")

Update = Callable[[AccountSchema], AccountSchema]
"""Puts what was read into what is known."""


@dataclass(slots=True)
class Lately:
    """What was read in this process, which its next runs need not ask again so soon."""

    _read: dict[tuple[str, str], tuple[float, Update, str]] = field(default_factory=dict)

    def read(self, account: str, part: str, at: float, update: Update, written: str) -> None:
        self._read[account, part] = (at, update, written)

    def of(self, account: str, part: str, now: float) -> tuple[Update, str] | None:
        """What was read, and when as a person reads it; None where it was not, or too long ago."""
        at, update, written = self._read.get((account, part), (-math.inf, _nothing, ""))
        return (update, written) if now - at <= LATELY else None


def _nothing(schema: AccountSchema) -> AccountSchema:
    return schema


@dataclass(slots=True)
class Learning:
    """One run's questions about its account. What it has read it knows, whether that could be kept or not."""

    leadsquared: LeadSquared
    pace: Pace
    folder: Path
    account: str
    tell: Tell
    lately: Lately = field(default_factory=Lately)
    _read: dict[str, Update] = field(default_factory=dict, init=False)
    _read_at: dict[str, str] = field(default_factory=dict, init=False)
    _trouble: str = field(default="", init=False)

    def learn(self, parts: Iterable[str]) -> AccountSchema:
        """All that is known of the account, with these parts (see `AccountSchema.read_at`) read afresh.

        That is by this process within the last minutes. They are kept. Of a part that cannot be read it tells
        why, and how old is what it goes by instead. It gives up after about a minute in all. Raises StopRule,
        JournalError.
        """
        before = self._known()
        until = self.pace.clock() + PATIENCE
        is_new = False
        for part in dict.fromkeys(parts):
            if found := self.lately.of(self.account, part, self.pace.clock()):
                self._read[part], self._read_at[part] = found
                continue
            answer = _answer(_question(part, self.leadsquared), self.pace, until)
            if isinstance(answer, Unread):
                said = _not_read(part, answer.reason, before.read_at.get(part, ""))
                self.tell.event("account.unread", said, "warning", part=part)
            else:
                self._read[part], self._read_at[part] = answer, now_written()
                self.lately.read(self.account, part, self.pace.clock(), answer, self._read_at[part])
                is_new = True
        return self._kept() if is_new else self._known()

    def _known(self) -> AccountSchema:
        """What is kept, by this run or another, and over it all that this one has read."""
        schema = known(self.folder, self.account)
        for update in self._read.values():
            schema = update(schema)
        return replace(schema, read_at={**schema.read_at, **self._read_at}, fresh=frozenset(self._read))

    def _kept(self) -> AccountSchema:
        schema = self._known()
        try:
            keep(self.folder, self.account, schema)
        except JournalError as fault:
            if str(fault) != self._trouble:
                self._trouble = str(fault)
                self.tell.event("account.not_kept", self._trouble, "warning")
        return schema


def part_in_words(part: str) -> str:
    """`fields of opportunity type 12000`."""
    name, _, code = part.partition(" ")
    words = {"types": "opportunity types", "attributes": "lead attributes"}
    return f"{words.get(name, name)}{code and f' of opportunity type {code}'}"


def _not_read(part: str, reason: str, read_at: str) -> str:
    instead = f": they are taken as of {aged(read_at)}" if read_at else ", and nothing is known of them"
    return f"The account's {part_in_words(part)} could not be read from LeadSquared ({reason}){instead}."


def _answer(question: Callable[[], Update | OverLimit | Unread], pace: Pace, until: float) -> Update | Unread:
    trouble = TOO_LONG if pace.clock() >= until else NO_TURN
    for pause in (*PAUSES, 0.0):
        if not _has_turn(pace, until):
            return trouble
        taken_at = pace.clock()
        answer = question()
        if isinstance(answer, OverLimit):
            pace.refused(taken_at, answer.rate)
            trouble = OVER_LIMIT
            continue
        if not isinstance(answer, Unread) or answer.is_refused:
            return answer
        trouble = answer
        time.sleep(min(pause, max(0.0, until - pace.clock())))
    return trouble


def _has_turn(pace: Pace, until: float) -> bool:
    """Whether the turn came in time, and was taken."""
    while pace.clock() < until:
        if not (wait := pace.turn()):
            return True
        time.sleep(min(wait, max(0.0, until - pace.clock())))
    return False


def _question(part: str, leadsquared: LeadSquared) -> Callable[[], Update | OverLimit | Unread]:
    name, _, code = part.partition(" ")
    if name == "fields":
        return lambda: _fields(leadsquared, int(code))
    ask = {"types": _types, "attributes": _attributes, "users": _users}[name]
    return lambda: ask(leadsquared)


def _types(leadsquared: LeadSquared) -> Update | OverLimit | Unread:
    types = leadsquared.opportunity_types()
    if isinstance(types, OverLimit | Unread):
        return types

    def update(schema: AccountSchema) -> AccountSchema:
        # Only with its fields a type tells whether it can be deleted.
        told = {kind.event_code: kind.can_delete for kind in schema.types or ()}
        return replace(schema, types=tuple(_deletable(kind, told.get(kind.event_code)) for kind in types))

    return update


def _deletable(kind: OpportunityType, told: bool | None) -> OpportunityType:
    return replace(kind, can_delete=told) if kind.can_delete is None else kind


def _fields(leadsquared: LeadSquared, event_code: int) -> Update | OverLimit | Unread:
    answer = leadsquared.opportunity_fields(event_code)
    if isinstance(answer, OverLimit | Unread):
        return answer
    kind, fields = answer

    def update(schema: AccountSchema) -> AccountSchema:
        # One type alone would look like all that the account has.
        types = schema.types and tuple(
            replace(each, can_delete=kind.can_delete) if each.event_code == event_code else each
            for each in schema.types
        )
        return replace(schema, types=types, fields={**schema.fields, event_code: fields})

    return update


def _attributes(leadsquared: LeadSquared) -> Update | OverLimit | Unread:
    attributes = leadsquared.lead_attributes()
    if isinstance(attributes, OverLimit | Unread):
        return attributes
    return lambda schema: replace(schema, attributes=attributes)


def _users(leadsquared: LeadSquared) -> Update | OverLimit | Unread:
    users = leadsquared.users()
    return users if isinstance(users, OverLimit | Unread) else lambda schema: replace(schema, users=users)
