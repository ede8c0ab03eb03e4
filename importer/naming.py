"""Display names in a mapping file → schema names, where the account makes them unique."""

from copy import deepcopy
from dataclasses import dataclass, replace

from importer.account_schema import AccountSchema, SchemaField
from importer.folding import fold
from importer.yaml_lines import Document, Fault, Keys, Tree

ATTRIBUTES, FIELDS = ("lead", "attributes"), ("opportunity", "fields")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all lead attributes, or of all fields of one opportunity type."""

    known: tuple[SchemaField, ...]

    def resolve(self, written: str) -> str:
        """The schema name that is meant; the text itself where that is not certain."""
        if any(each.schema_name == written for each in self.known):
            return written
        found = self.shown_as(written)
        return found[0].schema_name if len(found) == 1 else written

    def shown_as(self, written: str) -> list[SchemaField]:
        """Those with this display name; where none has it, those whose name differs in its signs and case."""
        if exactly := [each for each in self.known if each.display_name == written.strip() != ""]:
            return exactly
        wanted = fold(written)
        return [each for each in self.known if wanted and fold(each.display_name) == wanted]


def named(document: Document, account: AccountSchema) -> Document:
    """The same mapping file with schema names, each still in its line.

    What means the same as a name above it is left out, and is a fault.
    """
    tree = deepcopy(document.tree)
    renamed: dict[Keys, Keys] = {}
    doubled: list[Fault] = []
    attributes, fields = Names(account.attributes or ()), Names(_fields(tree, account))
    for room, names in ((ATTRIBUTES, attributes), (FIELDS, fields)):
        block = _block(tree, *room)
        meant: dict[str, str] = {}
        for written in block:
            first = meant.setdefault(names.resolve(written), written)
            if first == written:
                renamed[*room, written] = (*room, names.resolve(written))
            else:
                text = f"means the same as {first} in line {document.line((*room, first))} (keep one of them)"
                doubled.append(Fault(document.line((*room, written)), (*room, written), text))
        kept = {name: block[written] for name, written in meant.items()}
        block.clear()
        block.update(kept)
    _name_places(tree, attributes, fields)
    lines = {_in_new(keys, renamed): line for keys, line in document.lines.items()}
    told = (replace(fault, keys=_in_new(fault.keys, renamed)) for fault in document.faults)
    return Document(tree, lines, (*told, *doubled))


def _fields(tree: Tree, account: AccountSchema) -> tuple[SchemaField, ...]:
    code = _block(tree, "opportunity").get("event_code")
    return account.fields.get(int(code), ()) if isinstance(code, str) and code.isdecimal() else ()


def _block(tree: Tree, *keys: str) -> dict[str, Tree]:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _name_places(tree: Tree, attributes: Names, fields: Names) -> None:
    """The settings that name an attribute or a field instead of giving it a value."""
    match _block(tree, "lead"):
        case {"search_by": str(written)} as lead:
            lead["search_by"] = attributes.resolve(written)
        case {"search_by": list(several)} as lead:
            lead["search_by"] = [
                attributes.resolve(each) if isinstance(each, str) else each for each in several
            ]
    match _block(tree, "opportunity"):
        case {"reference": str(written)} as opportunity if written not in ("note", "none"):
            opportunity["reference"] = fields.resolve(written)


def _in_new(keys: Keys, renamed: dict[Keys, Keys]) -> Keys:
    return (*renamed.get(keys[:3], keys[:3]), *keys[3:])
