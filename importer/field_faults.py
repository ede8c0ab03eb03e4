"""One source of a mapping held against the field that it fills: what LeadSquared would refuse for it."""

from collections.abc import Iterator

from importer.account_schema import SchemaField
from importer.cell_text import Bad, clean, quoted, visible
from importer.choices import parter, translated
from importer.fitting_kinds import is_text, suited
from importer.mapping_model import LAST_ROW, Mapping
from importer.mapping_source import Source
from importer.mapping_texts import did_you_mean
from importer.references import REFERENCE_LENGTH
from importer.source_rules import rules_of
from importer.values import ValueRules, converter
from importer.yaml_lines import Keys

Found = tuple[Keys, str]

LONGEST_REFERENCE = REFERENCE_LENGTH + len(str(LAST_ROW))

ANOTHER_PLACE = "name a text field that is used for nothing else"


def label(field: SchemaField) -> str:
    """`mx_Custom_3 ("Loan Amount")`."""
    is_told = field.display_name not in ("", field.schema_name)
    return f'{field.schema_name} ("{visible(field.display_name)}")' if is_told else field.schema_name


def source_faults(keys: Keys, source: Source, field: SchemaField, mapping: Mapping) -> Iterator[Found]:
    """Each with its keys, and what was found (what would do)."""
    if field.is_read_only:
        yield keys, f"{label(field)} is read-only in LeadSquared (remove it)"
        return
    if field.is_needed and source.blank == "clear":
        text = f"{label(field)} is mandatory in LeadSquared, so nothing may empty it (remove blank: clear)"
        yield (*keys, "blank"), text
    if source.value is None:
        yield from _kind_faults(keys, source, field)
    yield from _option_faults(keys, source, field)
    yield from _length_faults(keys, source, field)
    for name, text in _constants(source).items():
        if field.is_needed and not clean(text).strip():
            yield (
                (*keys, name),
                f"{label(field)} is mandatory in LeadSquared, and this is empty (write a value)",
            )
        yield from _constant_faults((*keys, name), text, field, (source, mapping))


def reference_fault(field: SchemaField) -> str | None:
    """Why this field could not hold the reference of every row, and what would do."""
    cure = f"{ANOTHER_PLACE}, or write note or none"
    if field.is_read_only:
        return f"{label(field)} is read-only in LeadSquared ({cure})"
    if field.options:
        return f"{label(field)} takes nothing but its options in LeadSquared ({cure})"
    if suited(field):
        return f"{label(field)} is of type {field.data_type or 'user'} in LeadSquared ({cure})"
    return no_room_fault(field, cure)


def no_room_fault(field: SchemaField, cure: str = f"{ANOTHER_PLACE}, or write none") -> str | None:
    """As `reference_fault`, where only its length can keep the field from it, as with the note."""
    if not field.max_length or field.max_length >= LONGEST_REFERENCE:
        return None
    text = f"LeadSquared takes at most {field.max_length} characters for {label(field)}"
    return f"{text}, and a reference has up to {LONGEST_REFERENCE} ({cure})"


def _constants(source: Source) -> dict[str, str]:
    """What is sent as it stands in the mapping."""
    constants = {}
    if source.value is not None:
        constants["value"] = source.value
    if source.default is not None:
        separator = source.separator if source.kind == "multi_choice" else ""
        constants["default"] = translated(source.default, source.values, separator)
    return constants


def _kind_faults(keys: Keys, source: Source, field: SchemaField) -> Iterator[Found]:
    kinds = suited(field)
    if kinds and source.kind not in kinds:
        place = (*keys, "kind") if "kind" in source.model_fields_set else keys
        text = f"{label(field)} is of type {field.data_type or 'user'} in LeadSquared, and kind {source.kind}"
        yield place, f"{text} does not suit it (write kind: {kinds[0]})"


def _option_faults(keys: Keys, source: Source, field: SchemaField) -> Iterator[Found]:
    """What may be sent by the mapping, and is no option in LeadSquared."""
    if not field.options:
        return
    written: dict[Keys, str] = {("choices", place): choice for place, choice in enumerate(source.choices)}
    if not source.choices:
        # Else they are held against the mapping's own choices.
        written |= {("values", cell): sent for cell, sent in source.values.items() if sent}
        written |= {(name,): text for name, text in _constants(source).items() if text}
    for place, text in written.items():
        for option in _parts(text, source, field.options):
            if option not in field.options:
                listed = f"its options are {_some(field.options)}"
                said = did_you_mean(option, field.options, listed)
                yield (*keys, *place), f"{option!r} is no option of {label(field)} in LeadSquared ({said})"


def _parts(text: str, source: Source, options: tuple[str, ...]) -> list[str]:
    return parter(source.separator, options)(text) if source.kind == "multi_choice" else [text]


def _some(options: tuple[str, ...]) -> str:
    rest = len(options) - 10
    return ", ".join(options[:10]) + (f" and {rest} more" if rest > 0 else "")


def _length_faults(keys: Keys, source: Source, field: SchemaField) -> Iterator[Found]:
    most = field.max_length
    if not most or not is_text(field):
        return
    text = f"LeadSquared takes at most {most} characters for {label(field)}"
    if source.max_length and source.max_length > most:
        yield (*keys, "max_length"), f"{text} (write max_length: {most}, or remove it)"
    if source.min_length and source.min_length > most:
        yield (*keys, "min_length"), f"{text} (write {most} or less)"
    for name, constant in _constants(source).items():
        if len(constant) > most:
            yield (*keys, name), f"{text}, and this has {len(constant)} (shorten it)"


def _constant_faults(
    keys: Keys, text: str, field: SchemaField, of: tuple[Source, Mapping]
) -> Iterator[Found]:
    """Such as a word for a number. What is no option is told as that."""
    source, mapping = of
    kinds, users = suited(field), mapping.fresh_users
    suits = source.kind in kinds and not ("owner" in kinds and users)
    if not text or not kinds or "choice" in kinds or suits:
        return
    is_of = f"{label(field)} is of type {field.data_type or 'user'} in LeadSquared, and"
    sent = _sent(text, source, mapping)
    # What the text would be if the kind did suit: LeadSquared takes that form alone, and times as UTC.
    rules = ValueRules(users=users, formats=source.formats, day_first=mapping.day_first)
    try:
        taken = converter("guid" if "owner" in kinds and not users else kinds[0], rules)(sent)
    except Bad as bad:
        yield keys, f"{is_of} {bad}"
        return
    is_same = taken == sent or ("owner" in kinds and taken.casefold() == sent.casefold())
    if source.value is not None and not is_same:
        yield keys, f"{is_of} {quoted(sent)} would be sent as it is written (write kind: {kinds[0]})"


def _sent(text: str, source: Source, mapping: Mapping) -> str:
    try:
        return converter(source.kind, rules_of(source, mapping))(text)
    except Bad:
        return text
