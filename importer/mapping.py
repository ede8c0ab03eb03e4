"""Mapping files: read, checked, and every fault told at once."""

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

from importer.account_schema import AccountSchema
from importer.cell_text import visible
from importer.errors import MappingError
from importer.folding import fold
from importer.holding import account_faults, needs_account
from importer.mapping_faults import rule_faults
from importer.mapping_model import UNIQUE, ColumnUse, Lead, Mapping, Opportunity, search_by_value
from importer.mapping_shape import Shape, read_shape
from importer.mapping_source import FieldSource, Kind, Source
from importer.mapping_texts import nearest
from importer.naming import named
from importer.under_account import sources_with_options, under_account
from importer.yaml_lines import Document, Fault, Tree, read_document

__all__ = [
    "UNIQUE",
    "ColumnUse",
    "FieldSource",
    "Kind",
    "Lead",
    "Mapping",
    "Opportunity",
    "Source",
    "load_mapping",
    "read_mapping",
    "search_by_value",
]

OWNERS = ("owner", "ownerid")

MAX_BYTES = 256 * 1024  # ten times what a mapping of 300 fields takes


def load_mapping(path: Path, account: AccountSchema | None = None) -> Mapping:
    """The mapping in this file. Raises MappingError with all its faults.

    account: what it is held against. Then it may use display names, and its sources obey the account, too.
    """
    return mapping_of(document_in(path), path, account)


def document_in(path: Path) -> Document:
    """What this file holds. Raises MappingError where it cannot be read at all."""
    return read_document(_text(path))


def glance(document: Document) -> tuple[int | None, bool]:
    """The event code as far as it can be read, and whether users are named; faults count for nothing."""
    tree = document.tree
    opportunity = tree.get("opportunity") if isinstance(tree, dict) else None
    code = opportunity.get("event_code") if isinstance(opportunity, dict) else None
    return (int(code) if isinstance(code, str) and code.isdecimal() else None), _names_users(tree)


def _names_users(tree: Tree, name: str = "") -> bool:
    """Whether cells name users, or the mapping itself names one for every row or for blank cells."""
    if not isinstance(tree, dict):
        return False
    is_constant = "value" in tree or "default" in tree
    if tree.get("kind") == "owner" or (is_constant and (tree.get("kind") == "guid" or fold(name) in OWNERS)):
        return True
    return any(_names_users(node, key) for key, node in tree.items())


def read_mapping(text: str, path: Path, account: AccountSchema | None = None) -> Mapping:
    """The mapping that `text` says; `path` is where it stands. Otherwise as `load_mapping`."""
    return mapping_of(read_document(text), path, account)


def mapping_of(document: Document, path: Path, account: AccountSchema | None = None) -> Mapping:
    """The mapping that a file held when it was read, whatever it holds now. Otherwise as `load_mapping`."""
    faults = list(document.faults)
    if isinstance(document.tree, dict):
        document = named(document, account) if account else document
        shape = read_shape(document, path)
        faults = [*shape.faults, *_broken_rules(shape, account or AccountSchema())]
        if not faults:
            return under_account(shape.mapping, account) if account else shape.mapping
    if not faults:
        found = "is empty" if document.tree is None else "has no `name: value` lines"
        raise MappingError(f"{path} {found} (start from a copy of mappings/home_loans.yaml)")
    title = f"{path}: {len(faults)} fault{'s' * (len(faults) > 1)}"
    in_order = [str(fault) for fault in sorted(faults, key=attrgetter("line"))]
    code, schema = glance(document)[0], account or AccountSchema()
    is_for_account = any(needs_account(fault, code, schema) for fault in faults)
    raise MappingError(title, in_order, needs_account=is_for_account)


def _broken_rules(shape: Shape, account: AccountSchema) -> Iterator[Fault]:
    rules = list(rule_faults(shape.mapping, sources_with_options(shape.mapping, account)))
    told = {keys for keys, _ in rules}
    against_account = [fault for fault in account_faults(shape.mapping, account) if fault[0] not in told]
    for keys, found in (*rules, *against_account):
        if not shape.is_broken(keys):
            yield Fault(shape.mapping.line(*keys), keys, visible(found))


def _text(path: Path) -> str:
    if path.is_dir():
        raise MappingError(f"{path} is a folder (name the mapping file in it)")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        meant = nearest(path.name, (file.name for file in path.parent.glob("*.y*ml")))
        advice = f"did you mean {path.with_name(meant)}?" if meant else "check the name and the folder"
        raise MappingError(f"{path}: there is no such file ({advice})") from None
    except (OSError, ValueError) as error:
        raise MappingError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > MAX_BYTES:
        raise MappingError(
            f"{path} is too big for a mapping: more than {MAX_BYTES // 1024} KB (name the .yaml file)"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        advice = "a mapping is a .yaml file; save it in the editor with encoding UTF-8"
        raise MappingError(f"{path} is not a text saved as UTF-8 ({advice})") from None
