"""What an account's administrators have set up: opportunity types, fields, lead attributes and users."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Under this name the metadata have what a mapping calls the note.
NOTE = "ActivityEvent_Note"

# Where a capture does not send these, LeadSquared has a value of its own.
FILLED_IN = ("ProspectID", "OwnerId", "Owner", "Status")


@dataclass(frozen=True, slots=True)
class SchemaField:
    """An opportunity field, or a lead attribute. What LeadSquared did not say is as the defaults have it.

    data_type:  LeadSquared's own word, such as `Dropdown`; how it is spelt differs between accounts.
    max_length: in characters; None: not told.
    options:    the only values that it takes, in their order; empty: any.
    parent:     schema name of the dropdown on which the options depend; "": none.
    """

    schema_name: str
    display_name: str = ""
    data_type: str = ""
    is_mandatory: bool = False
    is_read_only: bool = False
    max_length: int | None = None
    options: tuple[str, ...] = ()
    takes_several: bool = False
    parent: str = ""

    @property
    def is_needed(self) -> bool:
        """Whether a capture that does not send it is refused."""
        return self.is_mandatory and not self.is_read_only and self.schema_name not in FILLED_IN


@dataclass(frozen=True, slots=True)
class OpportunityType:
    """can_delete: whether the account lets opportunities of this type be deleted; None: not told."""

    event_code: int
    name: str
    can_delete: bool | None = None


@dataclass(frozen=True, slots=True)
class AccountUser:
    """Somebody who can own an opportunity, while active."""

    id: str
    name: str
    email: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class AccountSchema:
    """All that is known of an account; None, or no entry in `fields`: it was never read.

    fields:  opportunity fields by event code.
    read_at: when each part was read, UTC, `yyyy-mm-dd hh:mm:ss`, by the part's name: `types`, `attributes`,
             `users`, and `fields 12000` for a type.
    fresh:   the parts that this run has read itself; what is kept may have changed since.
    """

    types: tuple[OpportunityType, ...] | None = None
    fields: Mapping[int, tuple[SchemaField, ...]] = field(default_factory=dict)
    attributes: tuple[SchemaField, ...] | None = None
    users: tuple[AccountUser, ...] | None = None
    read_at: Mapping[str, str] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()

    def longest_note(self, event_code: int) -> int | None:
        """How long the account lets the note of an opportunity of this type be; None: not told."""
        fields = self.fields.get(event_code, ())
        return next((each.max_length for each in fields if each.schema_name == NOTE), None)

    @property
    def is_known(self) -> bool:
        """Whether anything of it was ever read."""
        return bool(self.read_at)
