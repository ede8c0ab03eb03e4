"""What an account holds before the first call, and the rules that its administrators have set."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from importer.simulator.replies import LIMITS, REFUSALS
from importer.simulator.times import READ_TIMES, is_moment
from importer.simulator.window import WINDOWS

COMMENT_FIELD = "mx_Custom_19"

NOTE_FIELD = "ActivityEvent_Note"
"""The note among the fields of a type; a capture sends it as `OpportunityNote`."""

WORDS: Mapping[str, Collection[str]] = {
    "refusal": REFUSALS,
    "limit_reply": LIMITS,
    "limit_window": WINDOWS,
    "trail_offset": ("rows", "pages"),
    "read_times": READ_TIMES,
}
"""The settings of an account that take one of a few words."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one opportunity field takes.

    data_type:    a word of `data_types.DATA_TYPES`.
    options:      the only values that it takes; empty: any.
    depends_on:   the dropdown whose value decides the options, by `options_for`.
    display_name: what people see; "": the schema name.
    read_only:    a capture that sends it is refused.
    multi_select: it takes several options, joined by `;`.
    """

    data_type: str = "String"
    mandatory: bool = False
    max_length: int | None = None
    options: tuple[str, ...] = ()
    depends_on: str = ""
    options_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    display_name: str = ""
    read_only: bool = False
    multi_select: bool = False

    @property
    def every_option(self) -> tuple[str, ...]:
        """The options, whatever they depend on."""
        dependent = (option for options in self.options_for.values() for option in options)
        return self.options or tuple(dict.fromkeys(dependent))


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """What one lead attribute takes.

    Its options bind nobody: a value that is none of them is stored all the same.

    data_type:    a word of `data_types.DATA_TYPES`.
    mandatory:    a new lead must have it.
    display_name: what people see; "": the schema name.
    multi_select: it takes several options.
    """

    data_type: str = "Text"
    mandatory: bool = False
    max_length: int | None = None
    options: tuple[str, ...] = ()
    display_name: str = ""
    multi_select: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works in the account. id: a GUID; "": one that follows from the e-mail."""

    email: str
    first_name: str = ""
    last_name: str = ""
    role: str = "Sales_User"
    active: bool = True
    id: str = ""


@dataclass(frozen=True, slots=True)
class OpportunityType:
    """One opportunity type.

    fields:          rules by schema name; a field without a rule takes any text.
    other_fields:    whether fields without a rule exist at all.
    status_comments: comments on status change: `mx_Custom_19` is mandatory when Status is sent.
    duplicate_rule:  the fields and lead attributes that are equal in duplicates, such as
                     `ProspectID` (the same lead) and `mx_Custom_1`; empty: nothing is a duplicate.
    can_delete:      whether its opportunities may be deleted.
    """

    name: str
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    other_fields: bool = True
    statuses: tuple[str, ...] = ("Open", "Won", "Lost")
    status_comments: bool = False
    duplicate_rule: tuple[str, ...] = ()
    note_length: int = 200
    can_delete: bool = True

    @property
    def standard_fields(self) -> dict[str, FieldRule]:
        """The fields that every type has. The metadata calls Status mandatory; a capture may leave it out."""
        fields = {
            NOTE_FIELD: FieldRule(display_name="Notes", max_length=self.note_length),
            "Status": FieldRule("SearchableDropdown", mandatory=True, options=self.statuses),
            "Owner": FieldRule("ActiveUsers"),
        }
        if self.status_comments:
            fields[COMMENT_FIELD] = FieldRule(display_name="Comments")
        return fields

    def rule(self, schema_name: str) -> FieldRule | None:
        """The field's rule; None where there is no such field."""
        otherwise = FieldRule() if self.other_fields else None
        return self.fields.get(schema_name) or self.standard_fields.get(schema_name, otherwise)


@dataclass(frozen=True, slots=True)
class Existing:
    """An opportunity that is there before the first call.

    lead:       a unique value of its lead.
    created_at: `yyyy-mm-dd hh:mm:ss`, UTC; "": as the simulator starts.
    """

    lead: str
    event_code: int = 12000
    note: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    created_at: str = ""

    def __post_init__(self) -> None:
        if self.created_at and not is_moment(self.created_at):
            raise ValueError(f"created_at: {self.created_at!r} is not a time such as 2026-11-23 10:30:00")


@dataclass(frozen=True, slots=True)
class Account:
    """One LeadSquared account. As it stands it takes any attribute and any field.

    keys:                  the pairs of access key and secret key that it takes; None: any that are not empty.
    allows_user_call:      whether the keys may ask who they belong to (UserByAccessKey.Get).
    refusal:               the shape in which its rules refuse a capture, a word of `replies.REFUSALS`.
    limit_reply:           the shape in which its rate limit refuses a call, a word of `replies.LIMITS`.
    limit_window:          how its rate limit counts, a word of `window.WINDOWS`: in any so many seconds, the
                           same and the refused calls too, or from one multiple of the seconds to the next.
    unique_attributes:     each can find a lead, and belongs to one lead only.
    attributes:            the lead attributes that exist, beside those that have a rule; None: any, or where
                           one has a rule no others.
    attribute_rules:       what lead attributes take, by schema name.
    mandatory_attributes:  what a new lead must have, beside the attributes whose rule says so.
    users:                 who can own an opportunity, while active; empty: any text is an owner.
    region_host:           the host that the keys are for; every other refuses all calls but
                           UserByAccessKey.Get. "": any host.
    leads, opportunities:  what is there before the first call.
    clock_offset:          by how many seconds the account's idea of UTC is ahead of this machine's.

    What its reads do not show, or only later:

    list_lag:     seconds during which GetOpportunitiesByUniqueLeadField and GetOpportunitiesOfLead do not
                  show a new opportunity.
    trail_lag:    seconds during which a lead's activities do not show it.
    lead_lag:     seconds during which Leads.Get and GetOpportunitiesByUniqueLeadField do not find a new lead.
    note_key:     the key of an opportunity's note among its activity's Data; "": it is not there.
    trail_fields: the fields that are among its activity's Data; None: all.
    trail_offset: whether `Offset` of a lead's activities means `rows` or `pages`, counted from 0.
    read_times:   how times are spelt, a word of `times.READ_TIMES`.
    """

    organisation: str = "DEMO"
    user_email: str = "ops@example.com"
    time_zone: str = "Asia/Kolkata"
    country_code: str = "91"
    keys: frozenset[tuple[str, str]] | None = None
    allows_user_call: bool = True
    refusal: str = "envelope_500"
    limit_reply: str = "limit_429"
    limit_window: str = "sliding"
    unique_attributes: tuple[str, ...] = ("EmailAddress", "Phone", "Mobile", "ProspectID")
    attributes: frozenset[str] | None = None
    attribute_rules: Mapping[str, AttributeRule] = field(default_factory=dict)
    mandatory_attributes: tuple[str, ...] = ()
    users: tuple[User, ...] = ()
    region_host: str = ""
    opportunity_types: Mapping[int, OpportunityType] = field(
        default_factory=lambda: {12000: OpportunityType("Home loan")}
    )
    leads: tuple[Mapping[str, str], ...] = ()
    opportunities: tuple[Existing, ...] = ()
    clock_offset: float = 0.0
    list_lag: float = 0.0
    trail_lag: float = 0.0
    lead_lag: float = 0.0
    note_key: str = "NotableEventDescription"
    trail_fields: tuple[str, ...] | None = None
    trail_offset: str = "rows"
    read_times: str = "plain"

    def __post_init__(self) -> None:
        for name, words in WORDS.items():
            if (said := getattr(self, name)) not in words:
                raise ValueError(f"{name}: {said!r} is none of {', '.join(words)}")

    @property
    def known_attributes(self) -> frozenset[str] | None:
        """The schema names of all lead attributes; None: any."""
        if self.attributes is None and not self.attribute_rules:
            return None
        return frozenset((*self.unique_attributes, *(self.attributes or ()), *self.attribute_rules))

    @property
    def must_have(self) -> tuple[str, ...]:
        """The attributes without which there is no new lead."""
        ruled = (name for name, rule in self.attribute_rules.items() if rule.mandatory)
        return tuple(dict.fromkeys((*self.mandatory_attributes, *ruled)))

    def takes(self, access_key: str, secret_key: str) -> bool:
        if self.keys is None:
            return bool(access_key and secret_key)
        return (access_key, secret_key) in self.keys
