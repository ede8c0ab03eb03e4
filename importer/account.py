"""The account: whose LeadSquared it is, by the keys."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importer.answers import OverLimit, Rate
from importer.errors import Unreachable
from importer.journal import Account, Journal
from importer.leadsquared import LeadSquared
from importer.outage import LONGEST_PAUSE
from importer.pace import Pace
from importer.settings import Settings
from importer.tell import Tell

# Together with the timeouts of the question, a host that never answers is given up within a minute.
PAUSES = (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Waits:
    """How a LeadSquared that does not answer is waited for: pauses in seconds, and what waits for one."""

    pauses: Sequence[float]
    sleep: Callable[[float], None]


def pauses_of(seconds: float) -> list[float]:
    """Growing ones, that come to so many seconds in all."""
    pauses: list[float] = []
    while left := seconds - sum(pauses):
        pauses.append(min(left, 2.0 ** len(pauses), LONGEST_PAUSE))
    return pauses


def pace_of(settings: Settings, journal: Journal, rate: Rate | None = None) -> Pace:
    """The pace that all runs of these keys' account share, as far as its name is known.

    `rate`: the limit, where it is not that of the settings.
    """
    account = journal.account_of(settings.key_hash) or nameless(settings)
    return Pace(rate or settings.limit, settings.state, account.name, settings.daily_calls)


def identify(
    leadsquared: LeadSquared, settings: Settings, journal: Journal, pace: Pace, tell: Tell,
    waits: Waits | None = None,
) -> Account:  # fmt: skip
    """One read that proves the keys and names the account, whose pace is joined; remembered per key.

    Raises AccessRefused where the keys are refused, Unreachable where nobody answers in time.
    """
    _take_turns_of_others(settings, journal, pace)
    organisation = _ask(leadsquared, settings, pace, tell, waits or Waits(PAUSES, time.sleep))
    # A key that went by another name once keeps it, or what was sent with it would not be recognised.
    if known := journal.account_of(settings.key_hash):
        # Another run may have learned it since this one began.
        pace.join(known.name)
        return known
    account = Account(f"{settings.host} {organisation}", organisation) if organisation else nameless(settings)
    journal.remember(settings.key_hash, account)
    pace.join(account.name)
    if not organisation:
        tell.say(
            "These keys may not ask which organisation they belong to, so the account goes by its "
            "access key: with another key, rows that were sent with this one are not recognised."
        )
    return account


def _take_turns_of_others(settings: Settings, journal: Journal, pace: Pace) -> None:
    """A key that is new here may belong to any account known at this host, whose limit it counts to."""
    if journal.account_of(settings.key_hash):
        return
    for name in journal.accounts_at(settings.host):
        with Pace(pace.rate, settings.state, name) as other:
            while wait := other.turn():
                time.sleep(wait)


def nameless(settings: Settings) -> Account:
    """The account where LeadSquared does not name it: host + a hash of the access key."""
    return Account(f"{settings.host} key {settings.key_hash}", "")


def _ask(leadsquared: LeadSquared, settings: Settings, pace: Pace, tell: Tell, waits: Waits) -> str:
    for pause in (*waits.pauses, None):
        while wait := pace.turn():
            time.sleep(wait)
        try:
            taken_at = pace.clock()
            user = leadsquared.user()
        except Unreachable as trouble:
            if pause is None:
                raise Unreachable(
                    f"LeadSquared does not answer at {settings.host} (LSQ_API_HOST): {trouble}."
                ) from trouble
            tell.event(
                "account.unanswered",
                f"LeadSquared does not answer ({trouble}): trying again in {pause:.0f} s.",
                "warning",
                again_in_seconds=pause,
            )
            waits.sleep(pause)
            continue
        if not isinstance(user, OverLimit):
            return user.organisation
        pace.refused(taken_at, user.rate)
    raise Unreachable("LeadSquared refuses every call for the rate limit: other programs use all of it.")
