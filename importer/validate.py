"""One row of the sheet and one mapping → the Capture that is sent, or all that is wrong with the row."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Table
from typing import NamedTuple

from importer.cell_names import cell_name
from importer.cell_text import quoted, says_something
from importer.dependents import compile_dependents
from importer.errors import MappingError
from importer.example_row import example_problem
from importer.layout import Layout
from importer.lead_texts import lead_text
from importer.mapping import UNIQUE, FieldSource, Mapping, Source, search_by_value
from importer.records import Capture, Field, Invalid, OnDuplicate, Problem, Remark, Row
from importer.sources import Findings, Value, compile_cell, compile_text, compile_value
from importer.yaml_lines import Fault, Keys

ATTRIBUTES, FIELDS, DATE_TIME = (
    ("lead", "attributes"),
    ("opportunity", "fields"),
    ("opportunity", "date_time"),
)

Texts = Sequence[str | None]
"""A row's values, in the order of their sources in the mapping."""

Places = Table[Keys, int]
"""Where among a row's values each is, by the keys of its source."""

Named = tuple[tuple[str, str], ...]
"""Names and values."""

Remarks = tuple[Remark, ...]


class KnownBy(NamedTuple):
    """What a row is known again by, and what its cells say where the identity does not hold all of it."""

    identity: Named
    said: Named = ()


def compile_rows(mapping: Mapping, layout: Layout) -> Callable[[Row], Capture | Invalid]:
    """The function that checks a row of this sheet, made once for all its rows.

    Raises MappingError that names every value of the mapping itself which LeadSquared could not take.
    """
    compiled = _compiled(mapping, layout)
    values, places = tuple(compiled.values()), {keys: place for place, keys in enumerate(compiled)}
    note = compile_text(mapping.opportunity.note or "", layout)
    identity = {name: compile_cell(name, layout) for name in mapping.identity}
    search_by_blank = _search_by_blank(mapping, layout, places)
    shifted = _shifted(layout)
    dependent = compile_dependents(mapping, layout, places)
    capture = _capture(mapping, places)

    def validate(row: Row) -> Capture | Invalid:
        if example := example_problem(row, layout):
            return Invalid(row.number, (example,))
        found = Findings()
        said = [value.read(row, found) for value in values]
        noted = note(row, found) or ""
        named = {name: cell(row, found) or "" for name, cell in identity.items()}
        sent = [text or value.when_blank for value, text in zip(values, said, strict=True)]
        if problems := (*found.problems, *search_by_blank(row, said, sent), *shifted(row)):
            return Invalid(row.number, tuple(dict.fromkeys(problems)))
        known_by = _known_by(values, said, named)
        remarks = tuple(dict.fromkeys((*found.remarks, *dependent(row, sent))))
        return capture(row.number, sent, noted, known_by, remarks)

    return validate


def _compiled(mapping: Mapping, layout: Layout) -> dict[Keys, Value]:
    values: dict[Keys, Value] = {}
    faults: list[str] = []
    for keys, source in mapping.sources():
        if isinstance(source, FieldSource) and source.fields:
            continue
        try:
            values[keys] = compile_value(_name(keys), _as_meant(keys, source, mapping), mapping, layout)
        except ValueError as error:
            faults.append(str(Fault(mapping.line(*keys), keys, str(error))))
    if faults:
        raise MappingError(f"{mapping.path} has values that cannot be sent:", faults)
    return values


def _name(keys: Keys) -> str:
    """`mx_City`, `date_time`, `mx_Custom_9.mx_Custom_1`: what LeadSquared calls it."""
    return ".".join(map(str, keys[2::2])) or str(keys[-1])


def _as_meant(keys: Keys, source: Source, mapping: Mapping) -> Source:
    if keys == DATE_TIME:
        # LeadSquared takes a moment here; a day alone is its midnight.
        return source.model_copy(update={"kind": "datetime"})
    if mapping.lead.own_guid and keys == (*ATTRIBUTES, "ProspectID"):
        return source.model_copy(update={"required": True})
    return source


def _shifted(layout: Layout) -> Callable[[Row], Iterator[Problem]]:
    """What finds values below no heading: one more delimiter in a row, and its values are not its own."""
    width = len(layout.headings)
    unnamed = {place for place, heading in enumerate(layout.headings) if not heading.strip()}

    def shifted(row: Row) -> Iterator[Problem]:
        if len(row.texts) <= width and not unnamed:
            return
        for place in (*sorted(unnamed), *range(width, len(row.texts))):
            text = row.texts[place] if place < len(row.texts) else ""
            if says_something(text):
                message = (
                    f"{quoted(text)} stands in a column without a heading: values of this row may have been "
                    "shifted (put them into their columns, or clear this cell)"
                )
                yield Problem(cell_name(place, row.number), "", "NO-HEADING", message)

    return shifted


def _search_by_blank(
    mapping: Mapping, layout: Layout, places: Places
) -> Callable[[Row, Texts, Texts], list[Problem]]:
    """What finds the problem of a row that has nothing to find its lead by."""
    names = mapping.lead.search_by
    searched = [places[*ATTRIBUTES, name] for name in names]
    column = mapping.lead.attributes[names[0]].column or ""
    place = layout.columns.get(column)
    heading = column if place is None else layout.headings[place]
    blank = (
        "is blank, and LeadSquared finds the lead by it"
        if len(names) == 1
        else ("is blank, and so is everything else that LeadSquared could find the lead by")
    )

    def search_by_blank(row: Row, said: Texts, sent: Texts) -> list[Problem]:
        # A search-by value with a problem of its own is not blank.
        if any(sent[each] or said[each] is None for each in searched):
            return []
        cell = "" if place is None else cell_name(place, row.number)
        return [Problem(cell, heading, "SEARCH-BY-BLANK", f"{blank} (search_by: {', '.join(names)})")]

    return search_by_blank


def _capture(mapping: Mapping, places: Places) -> Callable[[int, Texts, str, KnownBy, Remarks], Capture]:
    """What puts a row's values together as one call."""
    lead, opportunity = mapping.lead, mapping.opportunity
    attributes_at = [(name, places[*ATTRIBUTES, name]) for name in lead.attributes]
    date_time_at = places.get(DATE_TIME)
    fields = _fields(FIELDS, opportunity.fields, places)
    unique = dict.fromkeys((*UNIQUE, *lead.search_by))
    on_duplicate = OnDuplicate(
        overwrite_fields=opportunity.on_duplicate == "overwrite",
        update_empty_fields=opportunity.on_duplicate == "fill_blanks",
        do_not_post_duplicate_activity=not opportunity.duplicate_activity,
        do_not_change_owner=opportunity.keep_owner,
    )

    def capture(row: int, sent: Texts, note: str, known_by: KnownBy, remarks: Remarks) -> Capture:
        attributes = {name: value for name, place in attributes_at if (value := sent[place]) is not None}
        return Capture(
            row=row,
            lead=tuple(attributes.items()),
            search_by=search_by_value(next(name for name in lead.search_by if attributes.get(name))),
            event_code=opportunity.event_code,
            fields=tuple(fields(sent)),
            identity=known_by.identity,
            said=known_by.said,
            remarks=remarks,
            leads=frozenset(lead_text(name, attributes[name]) for name in unique if attributes.get(name)),
            note=note,
            date_time="" if date_time_at is None else sent[date_time_at] or "",
            on_duplicate=on_duplicate,
            uses_own_guid=lead.own_guid,
        )

    return capture


def _fields(
    keys: Keys, sources: Table[str, FieldSource], places: Places
) -> Callable[[Texts], Iterator[Field]]:
    """What puts the fields together, those of a field set within it."""
    sets = {
        name: _fields((*keys, name, "fields"), source.fields, places)
        for name, source in sources.items()
        if source.fields
    }
    places_of = [(name, places.get((*keys, name), -1)) for name in sources]

    def fields(sent: Texts) -> Iterator[Field]:
        for name, place in places_of:
            if name in sets:
                if inner := tuple(sets[name](sent)):
                    yield Field(name, "", inner)
            elif (value := sent[place]) is not None:
                yield Field(name, value)

    return fields


def _known_by(values: Sequence[Value], said: Texts, named: Table[str, str]) -> KnownBy:
    """The columns that the mapping names as identity, each as it is sent; else everything that the cells say.

    Names are the mapping's and sorted, so that a sheet with other headings, or a mapping in another order,
    still holds the same rows.
    """
    known = [(value, value.known_by(text or "")) for value, text in zip(values, said, strict=True)]
    # A row of which a part is blank is not known by the rest: two people would count as one.
    if not named or not all(named.values()):
        return KnownBy(tuple(sorted((value.name, text) for value, text in known if text)))
    alone = {value.column: text for value, text in reversed(known)}
    identity = sorted((name, alone.get(name) or text) for name, text in named.items())
    # By the columns that people know; a text made from several has LeadSquared's name.
    by_column = {(value.column or value.name, text) for value, text in known}
    return KnownBy(tuple(identity), tuple(sorted(by_column)))
