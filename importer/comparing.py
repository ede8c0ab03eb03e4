"""A sheet and its mapping held against the account, where nothing is sent and nothing has to be known."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from importer.account import pace_of
from importer.account_schema import AccountSchema
from importer.account_store import known
from importer.errors import JournalError, NoAccess, StopRule
from importer.journal import Journal
from importer.knowing import NOT_COMPARED, Knowing, What, plan_alone
from importer.leadsquared import LeadSquared
from importer.mapping import Mapping, load_mapping
from importer.plan import Plan, make_plan
from importer.settings import Settings
from importer.tell import Tell


def kept_of(settings: Settings) -> AccountSchema | None:
    """What is kept of the account of these keys; None where nothing is."""
    with suppress(JournalError), Journal(settings.state) as journal:
        account = journal.account_of(settings.key_hash)
        kept = known(settings.state, account.name) if account else None
        return kept if kept and kept.is_known else None
    return None


def account_for_draft(
    settings: Settings, event_code: int | None, tell: Tell
) -> tuple[int | None, AccountSchema | None]:
    """The event code, or that of the only opportunity type, and what is known of the account.

    Raises UsageError for an event code that the account does not have.
    """
    try:
        with _knowing(settings, tell) as knowing:
            return knowing.for_draft(event_code)
    except (JournalError, NoAccess, StopRule) as trouble:
        tell.event(
            "account.not_compared", f"The mapping is drafted without the account: {trouble}", "warning"
        )
        return event_code, None


def mapping_for(path: Path, settings: Settings, offline: bool, tell: Tell) -> Mapping:
    """The mapping in this file, held against the account as far as that can be asked; what cannot is said.

    Raises MappingError.
    """
    try:
        with _knowing(settings, tell, offline) as knowing:
            return knowing.mapping(path)
    except (JournalError, NoAccess, StopRule) as trouble:
        tell.event("account.not_compared", f"{NOT_COMPARED}: {trouble}", "warning")
        return load_mapping(path)


def compared(what: What, settings: Settings, offline: bool, tell: Tell) -> Plan:
    """The plan, held against the account as far as that can be asked; what cannot is said.

    Raises UsageError, MappingError, SheetError.
    """
    plan = plan_alone(what)
    try:
        with _knowing(settings, tell, offline) as knowing:
            return knowing.held(plan or knowing.plan(what))
    except (JournalError, NoAccess, StopRule) as trouble:
        tell.event("account.not_compared", f"{NOT_COMPARED}: {trouble}", "warning")
        return plan or make_plan(*what)


@contextmanager
def _knowing(settings: Settings, tell: Tell, offline: bool = False) -> Iterator[Knowing]:
    with (
        Journal(settings.state) as journal,
        LeadSquared(settings) as leadsquared,
        pace_of(settings, journal) as pace,
    ):
        yield Knowing(leadsquared, settings, journal, pace, tell, offline)
