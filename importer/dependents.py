"""Dropdowns whose options depend on another one: what is filled although its parent is not."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass

from importer.account_schema import SchemaField
from importer.cell_names import cell_name
from importer.field_faults import label
from importer.layout import Layout
from importer.mapping import Mapping
from importer.naming import ATTRIBUTES, FIELDS
from importer.records import Remark, Row
from importer.yaml_lines import Keys

PARENT_BLANK = "PARENT-BLANK"


@dataclass(frozen=True, slots=True)
class Dependent:
    """A mapped field and the dropdown that decides its options, each by its keys in the mapping."""

    keys: Keys
    field: SchemaField
    parent: Keys


def dependents(mapping: Mapping) -> Iterator[Dependent]:
    """Those that the mapping fills, whether or not it fills the parent."""
    account = mapping.account
    if not account:
        return
    for room, known in (
        (ATTRIBUTES, account.attributes),
        (FIELDS, account.fields.get(mapping.opportunity.event_code)),
    ):
        parents = {field.schema_name: field for field in known or () if field.parent}
        for keys, _ in mapping.sources():
            if keys[:-1] == room and (field := parents.get(str(keys[-1]))):
                yield Dependent(keys, field, (*room, field.parent))


def notices(mapping: Mapping) -> Iterator[str]:
    """What is worth knowing before anything is sent: parents that the mapping leaves out."""
    mapped = {keys for keys, _ in mapping.sources()}
    for each in dependents(mapping):
        if each.parent not in mapped:
            yield (
                f"{mapping.path}, line {mapping.line(*each.keys)}: the options of {label(each.field)} depend "
                f"on {each.field.parent}, which is not mapped; LeadSquared may refuse it, or show it nowhere."
            )


def compile_dependents(
    mapping: Mapping, layout: Layout, places: Table[Keys, int]
) -> Callable[[Row, Sequence[str | None]], Iterator[Remark]]:
    """What finds the cells of a row that are filled while their parent is blank, by what is sent for it."""
    sources = dict(mapping.sources())
    both = [
        (places[each.keys], places[each.parent], sources[each.keys].column or "", each.field)
        for each in dependents(mapping)
        if each.keys in places and each.parent in places
    ]

    def dependent(row: Row, sent: Sequence[str | None]) -> Iterator[Remark]:
        for child, parent, column, field in both:
            if sent[child] and not sent[parent]:
                at = layout.columns.get(column)
                cell = "" if at is None else cell_name(at, row.number)
                text = f"is filled, and {field.parent}, on which its options depend, is blank"
                yield Remark(cell, column if at is None else layout.headings[at], PARENT_BLANK, text)

    return dependent
