"""Where one value comes from, as a mapping file says it: the model of a source, with the kinds of text in it.

The texts below each name are what an editor shows for it (see mapping_schema.py).
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from importer import mapping_texts as texts
from importer import schema_parts as parts
from importer import templates
from importer.phones import known_region

Kind = Literal[
    "text",
    "email",
    "phone",
    "number",
    "integer",
    "boolean",
    "date",
    "datetime",
    "choice",
    "multi_choice",
    "guid",
    "owner",
]


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Truth = Annotated[bool, WithJsonSchema(parts.TRUTH)]
Amount = Annotated[Decimal, WithJsonSchema(parts.AMOUNT)]
Text = Annotated[str, WithJsonSchema(parts.ANY_TEXT)]
Name = Annotated[str, AfterValidator(texts.not_blank), WithJsonSchema(parts.NAME)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_several), WithJsonSchema(parts.several(parts.NAME))]
Template = Annotated[str, AfterValidator(texts.template), WithJsonSchema(parts.TEMPLATE)]
TemplateOfColumns = Annotated[Template, WithJsonSchema(parts.WITH_COLUMNS)]
Pattern = Annotated[str, AfterValidator(texts.pattern), WithJsonSchema(parts.ANY_TEXT)]
Region = Annotated[str, AfterValidator(known_region), WithJsonSchema(parts.REGION)]
Separator = Annotated[str, Field(min_length=1), WithJsonSchema(parts.ANY_TEXT | {"minLength": 1})]
Format = Annotated[str, AfterValidator(texts.date_format)]
Formats = Annotated[
    tuple[Format, ...], BeforeValidator(_several), WithJsonSchema(parts.several(parts.DATE_FORMAT))
]


class Strict(BaseModel):
    """A part of the mapping file: no unknown names, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Source(Strict):
    """Where one value comes from, and what it must be like: exactly one of column, value and text."""

    column: Name | None = None
    """The heading of the column in the sheet."""
    value: Text | None = None
    """The same value for every row."""
    text: TemplateOfColumns | None = None
    """A text with columns in braces: "{First Name} {Last Name}"."""
    aliases: Names = ()
    """Other headings that the column may have."""
    kind: Kind = "text"
    """What the value must be; it decides how a cell is read and what is sent."""
    required: Truth = False
    """true: the column must be in the sheet, and a row with a blank cell is Invalid."""
    values: dict[Text, Text] = Field(default_factory=dict)
    """Translations: what the cell says: what LeadSquared gets."""
    choices: Names = ()
    """The only values that may be sent, spelt as in LeadSquared."""
    min: Amount | None = None
    """The smallest number allowed."""
    max: Amount | None = None
    """The largest number allowed."""
    min_length: Annotated[int, Field(ge=0), WithJsonSchema(parts.whole(0))] | None = None
    """The fewest characters allowed."""
    max_length: Annotated[int, Field(ge=1), WithJsonSchema(parts.whole(1))] | None = None
    """The most characters allowed."""
    pattern: Pattern | None = None
    """A regular expression that the whole value must match, in single quotes: '[A-Z]{2}[0-9]+'."""
    formats: Formats = ()
    """How dates are written in the sheet, read before the usual ways, which are read as well: "%d.%m.%Y"."""
    region: Region | None = None
    """The country of phone numbers without a country code, in two capital letters: IN."""
    separator: Separator = ";"
    """What stands between the choices of a multi_choice."""
    blank: Literal["leave", "clear"] = "leave"
    """A blank cell: leave = it is not sent; clear = it is sent empty, and empties the field."""
    default: Text | None = None
    """What a blank cell counts as."""
    confirm: Truth = False
    """true: a guess; `importer run` sends nothing with the mapping until this is removed, or false."""

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, given: object) -> object:
        return {"column": given} if isinstance(given, str) else given

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns that the value is made from."""
        if self.text is not None:
            return templates.columns(self.text)
        return () if self.column is None else (self.column,)


class FieldSource(Source):
    """An opportunity field's source; with `fields` it is a custom field set."""

    fields: "dict[str, FieldSource]" = Field(
        default_factory=dict, json_schema_extra=parts.SCHEMA_NAMES | {"minProperties": 1}
    )
    """The fields of a custom field set, by schema name."""
