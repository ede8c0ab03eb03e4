"""The verb `account`: what the account's administrators have set up, as it is kept or read afresh."""

from collections.abc import Sequence
from dataclasses import dataclass

from importer.account import identify, pace_of
from importer.account_schema import AccountSchema, SchemaField
from importer.account_store import known
from importer.ages import now_written
from importer.cell_text import visible
from importer.changes import all_changes
from importer.errors import NoAccess, StopRule, Unreachable, UsageError
from importer.journal import Journal
from importer.leadsquared import LeadSquared
from importer.learning import Learning
from importer.settings import Settings
from importer.tell import Tell


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What is known of an account.

    event_code: the opportunity type that was asked for; None: only which there are.
    changes:    what differs from what was kept; None where it was not read afresh, or nothing was kept.
    """

    account: str
    schema: AccountSchema
    event_code: int | None = None
    changes: tuple[str, ...] | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        return _parts(self.event_code)

    @property
    def fields(self) -> tuple[SchemaField, ...] | None:
        """Those of the opportunity type that was asked for."""
        return None if self.event_code is None else self.schema.fields.get(self.event_code)


def look_up(event_code: int | None, refresh: bool, settings: Settings, tell: Tell) -> AccountReport:
    """What is kept; what is not, or all of it for `refresh`, is read first.

    Raises UsageError where the account has no such type, NoAccess where nothing is known and nobody can be
    asked, JournalError.
    """
    with (
        Journal(settings.state) as journal,
        LeadSquared(settings) as leadsquared,
        pace_of(settings, journal) as pace,
    ):
        account = journal.account_of(settings.key_hash)
        kept = known(settings.state, account.name) if account else AccountSchema()
        to_read = [part for part in _parts(event_code) if refresh or _is_missing(part, event_code, kept)]
        if account and not to_read:
            return AccountReport(account.name, kept, event_code)
        try:
            account = identify(leadsquared, settings, journal, pace, tell)
            learning = Learning(leadsquared, pace, settings.state, account.name, tell)
            return _read_afresh(learning, event_code, to_read)
        except (NoAccess, StopRule) as refusal:
            if account is None or not _is_known(event_code, kept):
                raise
            tell.event("account.unread", f"{refusal} What was read earlier is shown.", "warning")
            _refuse_unknown(event_code, kept)
            return AccountReport(account.name, kept, event_code)


def _read_afresh(learning: Learning, event_code: int | None, to_read: Sequence[str]) -> AccountReport:
    kept, started = known(learning.folder, learning.account), now_written()
    first = [part for part in to_read if part == "types"]
    _refuse_unknown(event_code, learning.learn(first))
    schema = learning.learn(part for part in to_read if part not in first)
    if not _is_known(event_code, schema):
        raise Unreachable("Nothing is known of this account.")
    again = [part for part in to_read if part in kept.read_at and schema.read_at[part] >= started]
    return AccountReport(
        learning.account, schema, event_code, all_changes(kept, schema, event_code) if again else None
    )


def _parts(event_code: int | None) -> tuple[str, ...]:
    """The parts that tell of this type; see `AccountSchema.read_at`."""
    return ("types",) if event_code is None else ("types", f"fields {event_code}", "attributes", "users")


def _is_known(event_code: int | None, schema: AccountSchema) -> bool:
    """Whether there is anything to tell, the name of the type aside."""
    parts = _parts(event_code)
    return any(part in schema.read_at for part in parts[1:] or parts)


def _is_missing(part: str, event_code: int | None, kept: AccountSchema) -> bool:
    # A type that nobody knew may be there by now.
    is_new = part == "types" and event_code is not None and not _has(event_code, kept)
    return part not in kept.read_at or is_new


def _has(event_code: int, schema: AccountSchema) -> bool:
    return any(kind.event_code == event_code for kind in schema.types or ())


def _refuse_unknown(event_code: int | None, schema: AccountSchema) -> None:
    if event_code is not None and schema.types and not _has(event_code, schema):
        listed = ", ".join(f"{kind.event_code} ({visible(kind.name)})" for kind in schema.types)
        raise UsageError(f"{event_code} is no opportunity type of this account: it has {listed}.")
