"""The verb `doctor`: whether everything that a run needs is there, and what would do where it is not."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import available_timezones

from importer.account import identify, nameless, pace_of
from importer.answers import OverLimit, Unread
from importer.errors import JournalError, NoAccess, StopRule, UsageError
from importer.journal import Journal
from importer.key_sources import Environment
from importer.leadsquared import LeadSquared, User
from importer.pace import Pace
from importer.settings import Settings, read_settings, read_state
from importer.spelling import duration
from importer.tell import Tell

# A row that is Created is told from one that was there before by LeadSquared's time and ours.
MOST_SECONDS_OFF = 60
LEAST_FREE = 100_000_000

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `text` is what was found, or what is wrong and what would do."""

    name: str
    is_ok: bool
    text: str


def doctor(environment: Environment) -> tuple[Finding, ...]:
    """Everything that can be looked at, whatever else is wrong. Nothing is written in LeadSquared."""
    return tuple(_findings(environment))


def _findings(environment: Environment) -> Iterator[Finding]:
    yield _folder(environment)
    yield _zones()
    try:
        settings = read_settings(environment)
    except UsageError as fault:
        yield Finding("settings", False, str(fault))
        yield Finding("LeadSquared", False, "Not asked, since the settings come first.")
        return
    yield Finding("settings", True, f"{settings.host}, and a pair of keys (not shown), {environment.told()}.")
    try:
        with (
            Journal(settings.state) as journal,
            LeadSquared(settings) as leadsquared,
            pace_of(settings, journal) as pace,
        ):
            yield from _Account(settings, journal, leadsquared, pace).findings()
    except JournalError as fault:
        yield Finding("LeadSquared", False, f"Not asked, since no call may be made uncounted: {fault}")


def _folder(environment: Mapping[str, str]) -> Finding:
    folder = read_state(environment)
    try:
        with Journal(folder):
            free = shutil.disk_usage(folder).free
    except (JournalError, OSError) as fault:
        return Finding("state folder", False, f"{fault} (IMPORTER_STATE names another folder.)")
    text = f"{folder}: the journal can be written; {free / 1e9:.1f} GB are free."
    if free < LEAST_FREE:
        return Finding("state folder", False, f"{text} Make room, or name another folder in IMPORTER_STATE.")
    return Finding("state folder", True, text)


def _zones() -> Finding:
    if zones := len(available_timezones()):
        return Finding("time zones", True, f"{zones} are known here.")
    return Finding(
        "time zones", False, "None is known here, so no time can be read: pip install tzdata, then try again."
    )


@dataclass(frozen=True, slots=True)
class _Account:
    """LeadSquared asked with these settings."""

    settings: Settings
    journal: Journal
    leadsquared: LeadSquared
    pace: Pace

    def findings(self) -> Iterator[Finding]:
        """What was found until the day's calls are spent, where they are."""
        try:
            yield from self._answered()
        except StopRule as spent:
            yield Finding("calls", False, f"LeadSquared was not asked for the rest: {spent}")

    def _answered(self) -> Iterator[Finding]:
        try:
            account = identify(self.leadsquared, self.settings, self.journal, self.pace, Tell())
            user = self._asked(self.leadsquared.user)
        except NoAccess as refusal:
            yield Finding("keys and host", False, str(refusal))
            yield self._limit()
            return
        is_named = account.name != nameless(self.settings).name
        whose = f"Accepted; they belong to {account.organisation}." if is_named else "Accepted."
        yield Finding("keys", True, whose)
        yield from self._told(user)
        yield self._limit()
        yield from self._metadata()

    def _told(self, user: User | OverLimit) -> Iterator[Finding]:
        if not isinstance(user, User):
            return
        if user.told_at:
            yield _clock((datetime.now(UTC) - user.told_at).total_seconds())
        if user.time_zone:
            is_known = user.time_zone in available_timezones()
            hint = f" (in a mapping: time_zone: {user.time_zone})" if is_known else ""
            yield Finding("account's time zone", True, f"{user.time_zone}{hint}.")

    def _limit(self) -> Finding:
        text = f"{self.settings.limit} calls/seconds"
        if self.pace.rate != self.settings.limit:
            text += f", and {self.pace.rate} in use, which LeadSquared or another run has named"
        left = self.pace.calls_left()
        if left == 0:
            cure = "Wait until 00:00 UTC, or set a larger LSQ_DAILY_CALLS."
            return Finding("limit", False, f"{text}; today's calls are spent. {cure}")
        today = "" if left is None else f"; {left:,} calls are left today"
        return Finding("limit", True, f"{text}{today}.")

    def _metadata(self) -> Iterator[Finding]:
        types = self._asked(self.leadsquared.opportunity_types)
        if isinstance(types, Unread) and types.right_host:
            cure = f"set LSQ_API_HOST to {types.right_host}"
            yield Finding("region", False, f"These keys belong to another region: {cure}.")
            return
        yield _read("opportunity types", types, "mappings are not compared with them")
        if isinstance(types, tuple) and types:
            code = types[0].event_code
            fields = self._asked(lambda: self.leadsquared.opportunity_fields(code))
            yield _read("opportunity fields", fields, "mappings are not compared with them")
        attributes = self._asked(self.leadsquared.lead_attributes)
        yield _read("lead attributes", attributes, "mappings are not compared with them")
        users = self._asked(self.leadsquared.users)
        yield _read("users", users, "no mapping can have kind: owner")

    def _asked(self, question: Callable[[], Answer]) -> Answer:
        while wait := self.pace.turn():
            time.sleep(wait)
        taken_at = self.pace.clock()
        answer = question()
        if isinstance(answer, OverLimit):
            self.pace.refused(taken_at, answer.rate)
        return answer


def _clock(ahead: float) -> Finding:
    """ahead: by how many seconds this machine's clock is ahead of LeadSquared's."""
    off = f"{duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} LeadSquared's"
    if abs(ahead) <= MOST_SECONDS_OFF:
        return Finding("clock", True, f"Within {MOST_SECONDS_OFF} seconds of LeadSquared's.")
    harm = "a row whose answer was lost may then be called Created where it was there before, or Duplicate"
    return Finding("clock", False, f"This machine's is {off}: {harm}. Let the system set the time by itself.")


def _read(name: str, answer: object, otherwise: str) -> Finding:
    if isinstance(answer, tuple):
        return Finding(name, True, "Can be read.")
    why = answer.reason if isinstance(answer, Unread) else "its limit of calls is used up"
    refused = isinstance(answer, Unread) and answer.is_refused
    cure = "Let the user of these keys read them in LeadSquared" if refused else "Try again later"
    return Finding(name, False, f"Cannot be read ({why}), so {otherwise}. {cure}.")
