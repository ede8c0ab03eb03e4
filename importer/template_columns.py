"""A mapping → the columns of a sheet for it, in plain words: what each is for, takes, and looks like."""

from collections.abc import Iterator
from dataclasses import dataclass

from importer import templates
from importer.account_schema import AccountSchema, SchemaField
from importer.mapping import ColumnUse, Mapping, Source
from importer.yaml_lines import Keys

_EXAMPLES = {
    **{"email": "name@example.com", "phone": "+91 98765 43210", "number": "120000.50", "integer": "3"},
    **{"boolean": "yes", "date": "2026-05-31", "datetime": "2026-05-31 14:30", "owner": "name@example.com"},
    "guid": "0f8fad5b-d9cb-469f-a165-70867728950e",
}
_TAKES = {
    **{"text": "any text", "email": "one e-mail address", "phone": "one phone number"},
    **{"number": "a number", "integer": "a whole number", "boolean": "yes or no", "date": "a date"},
    **{"datetime": "a date with its time", "choice": "one of the choices", "guid": "an id of LeadSquared"},
    **{"multi_choice": "one or several of the choices", "owner": "a user: an e-mail address or full name"},
}
_LIMITS = (
    ("min", "at least {}"),
    ("max", "at most {}"),
    ("min_length", "at least {} characters"),
    ("max_length", "at most {} characters"),
    ("pattern", "of the form {}"),
)
_WORDS = ("text", "choice", "multi_choice")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """purposes: what its cells become, the first first. source: that which takes the column alone, if any.

    users: those who can own an opportunity, where they are known: their e-mail addresses, or names.
    """

    heading: str
    purposes: tuple[str, ...]
    is_required: bool
    source: Source | None = None
    users: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.source.kind if self.source else "text"

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be picked: LeadSquared's words; where nobody names them, those that are translated.

        None for a kind that reads more than its translations, such as a date: nothing else could be typed.
        """
        if self.kind == "owner":
            return self.users
        if self.source is None or self.kind not in (*_WORDS, "boolean"):
            return ()
        if self.kind == "boolean":
            return tuple(dict.fromkeys((*self.source.values, "yes", "no")))
        return self.source.choices or tuple(self.source.values)

    @property
    def example(self) -> str:
        if self.choices and self.kind != "boolean":
            return self.choices[0]
        return _EXAMPLES.get(self.kind, "text")

    @property
    def takes(self) -> str:
        return "; ".join(self._takes())

    def _takes(self) -> Iterator[str]:
        what = "one of the choices" if self.choices and self.kind in ("text", "owner") else _TAKES[self.kind]
        if self.choices and self.kind != "boolean":
            rest = len(self.choices) - _SHOWN
            what += f": {', '.join(self.choices[:_SHOWN])}" + (f" and {rest} more" if rest > 0 else "")
        yield what
        source = self.source
        if source is None:
            return
        if source.values and self.kind not in _WORDS:
            yield f"or {', '.join(source.values)}"
        if self.kind == "multi_choice":
            yield f"several with {source.separator} between them"
        if self.kind == "phone":
            yield (
                "with + and its country code"
                if not source.region
                else f"without a country code it counts as one of {source.region}"
            )
        yield from _limits(source)


def _limits(source: Source) -> Iterator[str]:
    for name, words in _LIMITS:
        if (limit := getattr(source, name)) is not None:
            yield words.format(limit)
    if source.default is not None:
        yield f"blank counts as {source.default}"


def template_columns(mapping: Mapping) -> tuple[TemplateColumn, ...]:
    """The mapping's columns in its order, each once."""
    alone = {source.column: source for _, source in reversed(list(mapping.sources())) if source.column}
    active = (user.email or user.name for user in mapping.users or () if user.is_active)
    people = tuple(sorted(filter(None, active)))
    return tuple(
        TemplateColumn(use.name, tuple(_purposes(use, mapping)), use.required, alone.get(use.name), people)
        for use in mapping.columns()
    )


def _purposes(use: ColumnUse, mapping: Mapping) -> Iterator[str]:
    for keys, source in mapping.sources():
        if use.name in source.headings:
            part = "" if source.column else ", as a part of it"
            yield f"{_shown(keys, mapping)}{part}"
    if use.name in templates.columns(mapping.opportunity.note or ""):
        yield "a part of the opportunity's note"
    if use.name in mapping.identity:
        yield "tells which row is the same in another sheet"


def _shown(keys: Keys, mapping: Mapping) -> str:
    account = mapping.account or AccountSchema()
    if keys[0] == "lead":
        return f"the lead's {_name(str(keys[-1]), account.attributes)}"
    if keys[-1] == "date_time":
        return "when it happened"
    return f"the opportunity's {_name(str(keys[-1]), account.fields.get(mapping.opportunity.event_code))}"


def _name(schema_name: str, known: tuple[SchemaField, ...] | None) -> str:
    """As people see it, where that is known."""
    for field in known or ():
        if field.schema_name == schema_name and field.display_name:
            return field.display_name
    return schema_name
