"""What a whole mapping file may hold, and what it means.

The texts below each name are what an editor shows for it (see mapping_schema.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, WithJsonSchema

from importer import mapping_texts as texts
from importer import schema_parts as parts
from importer import templates
from importer.account_schema import AccountSchema, AccountUser
from importer.mapping_source import FieldSource, Name, Names, Source, Strict, Template, Text, Truth
from importer.yaml_lines import Document, Keys, where

UNIQUE = ("EmailAddress", "Phone", "Mobile", "ProspectID")
"""The lead attributes that are unique in every account."""

LAST_ROW = 1_048_576  # no Excel sheet has more rows

UNIQUE_NAME = parts.one_of((*UNIQUE, "ProspectId"), "^mx_")
REFERENCE = parts.one_of(
    ("note", "none"),
    r"^(?!(?:[nN][oO][tT][eE]|[nN][oO][nN][eE]|Status|Owner)$)(?:mx_[A-Za-z0-9_]+|[A-Z][A-Za-z0-9_]*)$",
)


def _version(value: object) -> object:
    return 1 if value == "1" else value


def _as_attribute(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("ProspectID" if name == "ProspectId" else name for name in names)


def _as_time(source: Source) -> Source:
    return source if "kind" in source.model_fields_set else source.model_copy(update={"kind": "datetime"})


class Lead(Strict):
    """The person: what finds the lead, and what is written to it."""

    search_by: Annotated[
        Names,
        AfterValidator(_as_attribute),
        Field(min_length=1),
        WithJsonSchema(parts.several(UNIQUE_NAME, least=1)),
    ]
    """The unique attribute that finds the lead; of several, the first that the row has."""
    own_guid: Truth = False
    """true: the sheet gives the lead's id, as attribute ProspectID of kind guid."""
    attributes: dict[str, Source] = Field(min_length=1, json_schema_extra=parts.NAMES)
    """Lead attributes by schema name, or the name that people see, each with its source.

    Name: Heading is short for {column: Heading}.
    """

    @property
    def needed(self) -> tuple[str, ...]:
        """The attributes without which no row can be sent; of several to search by, none is needed alone."""
        sole = self.search_by if len(self.search_by) == 1 else ()
        return (*sole, "ProspectID") if self.own_guid else sole


class Opportunity(Strict):
    """What is captured for the lead."""

    event_code: Annotated[int, Field(ge=1), WithJsonSchema(parts.whole(1))]
    """The number of the opportunity type in LeadSquared."""
    note: Template | None = None
    """The opportunity's note, with columns in braces."""
    date_time: Annotated[Source, AfterValidator(_as_time)] | None = None
    """When it happened; without it LeadSquared takes the time of the import."""
    on_duplicate: Literal["keep", "overwrite", "fill_blanks"] = "keep"
    """Where LeadSquared finds the opportunity already: keep it, write over it, or fill its blank fields."""
    keep_owner: Truth = True
    """true: an opportunity that exists keeps its owner."""
    duplicate_activity: Truth = False
    """true: LeadSquared notes every duplicate that it finds as an activity of the lead."""
    reference: Annotated[str, WithJsonSchema(REFERENCE)] = "note"
    """Where the row's reference goes, by which it is found again: note, none, or a field's schema name."""
    fields: dict[str, FieldSource] = Field(default_factory=dict, json_schema_extra=parts.NAMES)
    """Opportunity fields by schema name, or the name that people see, each with its source."""
    confirm: Truth = False
    """true: event_code is a guess; `importer run` sends nothing until this is removed, or false."""


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column that the mapping takes from the sheet.

    required: the sheet is unusable without it.
    where:    the keys that name it first, `lead.attributes.Email.column`, and their line.
    """

    name: str
    aliases: tuple[str, ...]
    required: bool
    where: str
    line: int

    def joined(self, other: "ColumnUse") -> "ColumnUse":
        aliases = tuple(dict.fromkeys((*self.aliases, *other.aliases)))
        return replace(self, aliases=aliases, required=self.required or other.required)


class Mapping(Strict):
    """A whole mapping file."""

    version: Annotated[Literal[1], BeforeValidator(_version), WithJsonSchema(parts.VERSION)]
    """The version of this kind of file: 1."""
    name: Text = ""
    """What people call this import."""
    worksheet: Name | None = None
    """The worksheet to read; without it the first visible one with data."""
    header_row: Annotated[int, Field(ge=1, le=LAST_ROW), WithJsonSchema(parts.whole(1, LAST_ROW))] | None = (
        None
    )
    """The row with the headings, as Excel numbers it; without it it is found."""
    time_zone: Annotated[str, AfterValidator(texts.time_zone)] = "UTC"
    """What times in the sheet mean, such as Asia/Kolkata; LeadSquared gets UTC."""
    day_first: Truth | None = None
    """true: 03/04/2026 is 3 April; false: March 4; without it such a date is a problem."""
    lead: Lead
    opportunity: Opportunity
    identity: Names = ()
    """The columns that make a row the same row elsewhere; without them every value sent from a cell."""

    _path: Path = PrivateAttr()
    _document: Document = PrivateAttr()
    _account: AccountSchema | None = PrivateAttr(None)

    def model_post_init(self, context: Any) -> None:
        """Keeps what it is validated with: its path, and the document that knows the lines."""
        self._path, self._document = context

    @property
    def path(self) -> Path:
        """The file it came from."""
        return self._path

    @property
    def document(self) -> Document:
        """What the file held as it was read."""
        return self._document

    def held_against(self, account: AccountSchema, lead: Lead, opportunity: Opportunity) -> "Mapping":
        """The same mapping with these parts, knowing the account."""
        held = self.model_copy(update={"lead": lead, "opportunity": opportunity})
        held._account = account
        return held

    @property
    def account(self) -> AccountSchema | None:
        """What it was held against; None where it stands for itself."""
        return self._account

    @property
    def users(self) -> tuple[AccountUser, ...] | None:
        """Who can own an opportunity; None where nobody could ask."""
        return self._account.users if self._account else None

    @property
    def fresh_users(self) -> tuple[AccountUser, ...] | None:
        """As `users`; None too where they are as they were kept: somebody may have come since."""
        return self.users if self._account and "users" in self._account.fresh else None

    def line(self, *keys: str | int) -> int:
        """The line of this key in the file, or of its nearest parent there."""
        return self._document.line(keys)

    def is_short(self, *keys: str | int) -> bool:
        """Whether a source is written as a heading alone."""
        node = self._document.tree
        for key in keys:
            node = node.get(str(key)) if isinstance(node, dict) else None
        return isinstance(node, str)

    def sources(self) -> Iterator[tuple[Keys, Source]]:
        """Every source with its keys; a custom field set comes before its fields."""
        for name, source in self.lead.attributes.items():
            yield ("lead", "attributes", name), source
        if self.opportunity.date_time:
            yield ("opportunity", "date_time"), self.opportunity.date_time
        yield from _field_sources(("opportunity", "fields"), self.opportunity.fields)

    def columns(self) -> tuple[ColumnUse, ...]:
        """Every column that the mapping takes from the sheet, each heading once."""
        uses: dict[str, ColumnUse] = {}
        for use in self._uses():
            uses[use.name] = uses[use.name].joined(use) if use.name in uses else use
        return tuple(uses.values())

    def _uses(self) -> Iterator[ColumnUse]:
        needed = [("lead", "attributes", name) for name in self.lead.needed]
        for keys, source in self.sources():
            place = (*keys, "column" if source.text is None else "text")
            for heading in source.headings:
                required = source.required or keys in needed
                yield ColumnUse(heading, source.aliases, required, where(place), self.line(*place))
        for heading in templates.columns(self.opportunity.note or ""):
            yield ColumnUse(heading, (), False, "opportunity.note", self.line("opportunity", "note"))
        for number, heading in enumerate(self.identity):
            yield ColumnUse(heading, (), True, "identity", self.line("identity", number))

    @property
    def unconfirmed(self) -> tuple[tuple[int, str], ...]:
        """What is still marked as a guess: the line that says so, and what is guessed, from the top down."""
        marked: list[tuple[Keys, Keys]] = [(keys, keys) for keys, source in self.sources() if source.confirm]
        if self.opportunity.confirm:
            marked.append((("opportunity",), ("opportunity", "event_code")))
        return tuple(sorted((self.line(*keys, "confirm"), where(guessed)) for keys, guessed in marked))

    @property
    def notices(self) -> tuple[str, ...]:
        """What is allowed, and worth knowing before anything is sent."""
        return tuple(self._notices())

    def _notices(self) -> Iterator[str]:
        if "Owner" not in self.opportunity.fields:
            yield (
                "No Owner is mapped: LeadSquared's automations usually need one "
                "(add Owner under opportunity > fields, such as Owner: {column: Owner, kind: owner})."
            )
        sends_times = any(source.kind == "datetime" for _, source in self.sources())
        if sends_times and "time_zone" not in self.model_fields_set:
            yield "Times in the sheet are taken as UTC (if not, add time_zone, such as Asia/Kolkata)."
        if self.unconfirmed:
            listed = ", ".join(f"line {line} ({guessed})" for line, guessed in self.unconfirmed)
            yield (
                f"Still to be confirmed in {self.path}: {listed}. See whether each is right, then remove "
                "its confirm: true; until then nothing is sent with this mapping."
            )


def _field_sources(keys: Keys, fields: dict[str, FieldSource]) -> Iterator[tuple[Keys, Source]]:
    for name, source in fields.items():
        yield (*keys, name), source
        yield from _field_sources((*keys, name, "fields"), source.fields)


def search_by_value(name: str) -> str:
    """How LeadSquared spells this attribute as the value of `SearchBy`."""
    return "ProspectId" if name == "ProspectID" else name
