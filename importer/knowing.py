"""What the account says about a mapping, asked once and only when it is needed."""

from dataclasses import dataclass, field
from pathlib import Path

from importer.account import Waits, identify, nameless
from importer.account_schema import NOTE, AccountSchema
from importer.account_store import known
from importer.ages import aged
from importer.cell_text import visible
from importer.changes import changes, last_used, used
from importer.errors import ImportStopped, MappingError, NoAccess, StopRule, UsageError
from importer.journal import Account, Journal
from importer.leadsquared import LeadSquared
from importer.learning import Lately, Learning
from importer.mapping import Mapping, document_in, glance, load_mapping, mapping_of
from importer.pace import Pace
from importer.plan import NoneFits, Plan, make_plan
from importer.reading import Reading
from importer.settings import Settings
from importer.tell import Tell
from importer.yaml_lines import Document

What = tuple[Path, Path | None, Reading]
"""The sheet, the mapping where one is named, and how the sheet is read: as `make_plan` takes them."""

NOT_COMPARED = "The mapping was not compared with the account in LeadSquared"


def plan_for_demo(what: What, kept: AccountSchema | None) -> Plan | None:
    """As `plan_alone`, where what is kept of the account may tell what names mean."""
    plan = plan_alone(what)
    return make_plan(*what, lambda _: kept) if plan is None and kept else plan


def plan_alone(what: What) -> Plan | None:
    """The plan, where the mapping can stand for itself; None: perhaps it can with the account.

    Raises UsageError, MappingError or SheetError where no account could mend that.
    """
    try:
        return make_plan(*what)
    except MappingError as fault:
        if not fault.faults:
            raise
    except NoneFits as fault:
        if not fault.may_fit:
            raise
    return None


@dataclass(slots=True)
class Knowing:
    """The account of these keys, and its schema.

    is_offline: nothing is asked about the schema; what is kept of it still names users and fields.
    lately:     what other runs of this process have asked just now.
    waits:      how it is waited for; None: shortly.
    """

    leadsquared: LeadSquared
    settings: Settings
    journal: Journal
    pace: Pace
    tell: Tell
    is_offline: bool = False
    lately: Lately = field(default_factory=Lately)
    waits: Waits | None = None
    _account: tuple[Account, ImportStopped | None] | None = field(default=None, init=False)
    _learning: Learning | None = field(default=None, init=False)

    def account(self) -> tuple[Account, ImportStopped | None]:
        """Whose keys they are; as far as that is known where LeadSquared cannot be used, and why not."""
        if self._account is None:
            self._account = self._identified()
        return self._account

    def _identified(self) -> tuple[Account, ImportStopped | None]:
        try:
            account = identify(
                self.leadsquared, self.settings, self.journal, self.pace, self.tell, self.waits
            )
            return account, None
        except (NoAccess, StopRule) as refusal:
            return self._remembered(), refusal

    def _remembered(self) -> Account:
        return self.journal.account_of(self.settings.key_hash) or nameless(self.settings)

    def plan(self, what: What) -> Plan:
        """As `make_plan`, with the names that only the account knows, and with all that it has against it."""
        account, refusal = self._whose()
        if known(self.settings.state, account.name).is_known or not (self.is_offline or refusal):
            return make_plan(*what, self.schema)
        try:
            return make_plan(*what)
        except (MappingError, NoneFits) as fault:
            if refusal and fault.needs_account:
                # The mapping may be good: only nobody can say what its names mean.
                raise refusal from fault
            raise

    def mapping(self, path: Path) -> Mapping:
        """The mapping in this file, held against the account as far as that can be asked."""
        account, refusal = self._whose()
        if self.is_offline or refusal:
            self._not_compared(f"{NOT_COMPARED}{f': {refusal}' if refusal else ' (--offline).'}")
            return load_mapping(path, known(self.settings.state, account.name))
        document = document_in(path)
        return mapping_of(document, path, self.schema(document))

    def held(self, plan: Plan) -> Plan:
        """The plan held against the account, as far as that can be asked. Raises MappingError, SheetError."""
        account, refusal = self._whose()
        if self.is_offline or refusal:
            self._say_not_compared(plan.mapping, refusal)
            # Nothing says that what is kept still holds; only whom it names is needed.
            users = known(self.settings.state, account.name).users
            return plan if plan.mapping.account else plan.held_against(AccountSchema(users=users))
        schema = plan.mapping.account or self.schema(plan.mapping.document)
        self._tell_changes(plan.mapping, schema, account)
        return plan if plan.mapping.account else plan.held_against(schema)

    def _say_not_compared(self, mapping: Mapping, refusal: ImportStopped | None) -> None:
        why = f": {refusal}" if refusal else " (--offline)."
        parts = ["types", "attributes", f"fields {mapping.opportunity.event_code}"]
        parts += ["users"] if any(source.kind == "owner" for _, source in mapping.sources()) else []
        kept = mapping.account.read_at if mapping.account else {}
        if ages := [kept[part] for part in parts if part in kept]:
            self._not_compared(
                f"The account was taken as of {aged(min(ages))}, by which the mapping was compared{why}"
            )
        else:
            self._not_compared(f"{NOT_COMPARED}{why}")

    def _not_compared(self, sentence: str) -> None:
        self.tell.event("account.not_compared", sentence, "warning")

    def _tell_changes(self, mapping: Mapping, schema: AccountSchema, account: Account) -> None:
        if before := last_used(self.settings.state, mapping.path, account.name):
            code = mapping.opportunity.event_code
            fields = {*mapping.opportunity.fields, *([NOTE] if mapping.opportunity.note else [])}
            for change in changes(before, schema, code, fields, mapping.lead.attributes):
                said = f"Since this mapping was last used: {visible(change)}"
                self.tell.event("account.changed", said, "warning")

    def use(self, mapping: Mapping) -> None:
        """The mapping is used with the account as it is known now; changes are told from here on."""
        account, refusal = self._whose()
        if mapping.account and not self.is_offline and not refusal:
            used(self.settings.state, mapping.path, account.name, mapping.account)

    def _whose(self) -> tuple[Account, ImportStopped | None]:
        return (self._remembered(), None) if self.is_offline else self.account()

    def schema(self, mapping: Document) -> AccountSchema:
        """All that is known of the account, read afresh as far as it can be and the mapping needs it."""
        account, refusal = self._whose()
        if self.is_offline or refusal:
            return known(self.settings.state, account.name)
        event_code, names_users = glance(mapping)
        types = self._learn(account, "types").types
        is_there = not types or event_code in {each.event_code for each in types}
        parts = [f"fields {event_code}"] if event_code and is_there else []
        parts += ["users"] if names_users else []
        return self._learn(account, "attributes", *parts)

    def for_draft(self, event_code: int | None) -> tuple[int | None, AccountSchema]:
        """As `account_for_draft`. Raises NoAccess and StopRule too."""
        account, refusal = self.account()
        kept = known(self.settings.state, account.name)
        if refusal and kept.is_known:
            self._not_compared(f"The account is taken as it was when it was read last, since {refusal}")
        elif refusal:
            raise refusal
        types = (kept if refusal else self._learn(account, "types")).types or ()
        codes = [kind.event_code for kind in types]
        if event_code and codes and event_code not in codes:
            listed = ", ".join(f"{kind.event_code} ({visible(kind.name)})" for kind in types)
            raise UsageError(
                f"--event-code: {event_code} is no opportunity type of this account (it has {listed})."
            )
        if event_code is None and len(codes) == 1:
            event_code = codes[0]
        elif event_code is None and codes:
            listed = ", ".join(f"{kind.event_code} ({visible(kind.name)})" for kind in types)
            raise UsageError(f"--event-code: say which opportunity type it is: {listed}.")
        parts = ["attributes", *([f"fields {event_code}"] if event_code else [])]
        return event_code, kept if refusal else self._learn(account, *parts)

    def _learn(self, account: Account, *parts: str) -> AccountSchema:
        if self._learning is None:
            state = self.settings.state
            self._learning = Learning(
                self.leadsquared, self.pace, state, account.name, self.tell, self.lately
            )
        return self._learning.learn(parts)
