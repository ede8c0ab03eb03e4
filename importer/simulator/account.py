"""What an account holds before the first call, and the rules that its administrators have set."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from importer.simulator.replies import LIMITS, REFUSALS

COMMENT_FIELD = "mx_Custom_19"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one opportunity field takes.

    data_type:   `String`, `Number`, `Boolean`, `Date`, `DateTime` or `Dropdown`.
    options:     the only values that it takes; empty: any.
    depends_on:  the dropdown whose value decides the options, by `options_for`.
    """

    data_type: str = "String"
    mandatory: bool = False
    max_length: int | None = None
    options: tuple[str, ...] = ()
    depends_on: str = ""
    options_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpportunityType:
    """One opportunity type.

    fields:          rules by schema name; a field without a rule takes any text.
    other_fields:    whether fields without a rule exist at all.
    status_comments: comments on status change: `mx_Custom_19` is mandatory when Status is sent.
    duplicate_rule:  the fields and lead attributes that are equal in duplicates, such as
                     `ProspectID` (the same lead) and `mx_Custom_1`; empty: nothing is a duplicate.
    """

    name: str
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    other_fields: bool = True
    statuses: tuple[str, ...] = ("Open", "Won", "Lost")
    status_comments: bool = False
    duplicate_rule: tuple[str, ...] = ()
    note_length: int = 200

    def rule(self, schema_name: str) -> FieldRule | None:
        """The field's rule; None where there is no such field."""
        if schema_name in self.fields:
            return self.fields[schema_name]
        if schema_name == "Status":
            return FieldRule("Dropdown", options=self.statuses)
        known = self.other_fields or schema_name == "Owner"
        return FieldRule() if known or (schema_name == COMMENT_FIELD and self.status_comments) else None


@dataclass(frozen=True, slots=True)
class Existing:
    """An opportunity that is there before the first call; `lead` is a unique value of its lead."""

    lead: str
    event_code: int = 12000
    note: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """One LeadSquared account. As it stands it takes any attribute and any field.

    keys:                  the pairs of access key and secret key that it takes; None: any that are not empty.
    allows_user_call:      whether the keys may ask who they belong to (UserByAccessKey.Get).
    refusal:               the shape in which its rules refuse a capture, a word of `replies.REFUSALS`.
    limit_reply:           the shape in which its rate limit refuses a call, a word of `replies.LIMITS`.
    limit_counts_refusals: whether calls that the limit refused count towards the limit.
    unique_attributes:     each can find a lead, and belongs to one lead only.
    attributes:            the lead attributes that exist; None: any.
    mandatory_attributes:  what a new lead must have.
    leads, opportunities:  what is there before the first call.
    """

    organisation: str = "DEMO"
    user_email: str = "ops@example.com"
    time_zone: str = "Asia/Kolkata"
    country_code: str = "91"
    keys: frozenset[tuple[str, str]] | None = None
    allows_user_call: bool = True
    refusal: str = "envelope_500"
    limit_reply: str = "limit_429"
    limit_counts_refusals: bool = False
    unique_attributes: tuple[str, ...] = ("EmailAddress", "Phone", "Mobile", "ProspectID")
    attributes: frozenset[str] | None = None
    mandatory_attributes: tuple[str, ...] = ()
    opportunity_types: Mapping[int, OpportunityType] = field(
        default_factory=lambda: {12000: OpportunityType("Home loan")}
    )
    leads: tuple[Mapping[str, str], ...] = ()
    opportunities: tuple[Existing, ...] = ()

    def __post_init__(self) -> None:
        if self.refusal not in REFUSALS:
            raise ValueError(f"refusal: {self.refusal!r} is none of {', '.join(REFUSALS)}")
        if self.limit_reply not in LIMITS:
            raise ValueError(f"limit_reply: {self.limit_reply!r} is none of {', '.join(LIMITS)}")

    def takes(self, access_key: str, secret_key: str) -> bool:
        if self.keys is None:
            return bool(access_key and secret_key)
        return (access_key, secret_key) in self.keys
