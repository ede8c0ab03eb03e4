"""A mapping held against the account: what LeadSquared does not have, needs, or would refuse in every row.

Each fault is the keys where it stands, and what was found (what would do), as in mapping_faults.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from importer.account_schema import NOTE, AccountSchema, SchemaField
from importer.field_faults import label, no_room_fault, reference_fault, source_faults
from importer.mapping_model import UNIQUE, Mapping
from importer.naming import ATTRIBUTES, FIELDS, Names
from importer.yaml_lines import Fault, Keys

Found = tuple[Keys, str]

# Metadata need not list them.
IN_EVERY_ACCOUNT = {*UNIQUE, "Status", "Owner"}

# Where a reference goes that is in no field of its own.
NO_FIELD = ("note", "none")


@dataclass(frozen=True, slots=True)
class Room:
    """The lead attributes, or the fields of the mapping's opportunity type.

    names:    None where the account does not tell them; then nothing is unknown.
    is_asked: whether the account tells anything.
    """

    keys: Keys
    article: str
    word: str
    names: Names | None
    is_asked: bool

    def field(self, name: str) -> SchemaField | None:
        known = self.names.known if self.names else ()
        return next((each for each in known if each.schema_name == name), None)


def account_faults(mapping: Mapping, account: AccountSchema) -> Iterator[Found]:
    """All of them. Where the account tells nothing of a name, only what cannot be one is a fault."""
    opportunity = mapping.opportunity
    knowing = mapping.held_against(account, mapping.lead, opportunity)
    code = opportunity.event_code
    is_type = not account.types or code in {kind.event_code for kind in account.types}
    if account.types and not is_type:
        listed = ", ".join(f"{kind.event_code} ({kind.name})" for kind in account.types)
        yield (
            ("opportunity", "event_code"),
            f"{code} is no opportunity type of this account (it has {listed})",
        )
    lead = Room(ATTRIBUTES, "a", "lead attribute", _names(account.attributes), account.is_known)
    fields = Room(FIELDS, "an", "opportunity field", _names(account.fields.get(code)), account.is_known)
    yield from _unknown_names(mapping, lead, fields, tells_fields=is_type or fields.names is not None)
    yield from _not_mapped(lead, fields, {*mapping.lead.attributes})
    note = {NOTE} if opportunity.note else set()
    yield from _not_mapped(fields, lead, {*opportunity.fields, opportunity.reference, *note})
    yield from _reference_faults(fields, opportunity.reference)
    for keys, source in mapping.sources():
        room = lead if keys[0] == "lead" else fields
        if len(keys) == len(room.keys) + 1 and (field := room.field(str(keys[-1]))):
            yield from source_faults(keys, source, field, knowing)


def _reference_faults(fields: Room, reference: str) -> Iterator[Found]:
    holds = fields.field(NOTE if reference == "note" else reference)
    fault = holds and (no_room_fault(holds) if reference == "note" else reference_fault(holds))
    if fault:
        yield ("opportunity", "reference"), fault


def _names(known: tuple[SchemaField, ...] | None) -> Names | None:
    # No account is without any: where none are listed, these keys may not see them.
    return Names(known) if known else None


def _unknown_names(mapping: Mapping, lead: Room, fields: Room, tells_fields: bool) -> Iterator[Found]:
    for keys, _ in mapping.sources():
        if keys[0] != "lead" and not tells_fields:
            # Its fields cannot be known before the event code is right.
            continue
        room, other = (lead, fields) if keys[0] == "lead" else (fields, lead)
        name = str(keys[-1])
        # What is inside a custom field set no metadata tells.
        if fault := _unknown(name, room, other) if keys[:-1] == room.keys else _no_schema_name(name):
            yield keys, fault
    reference = mapping.opportunity.reference
    if tells_fields and reference not in NO_FIELD and (fault := _unknown(reference, fields, lead)):
        yield ("opportunity", "reference"), fault


def _unknown(name: str, room: Room, other: Room) -> str | None:
    if room.names is None:
        return _no_schema_name(name, room.word if room.is_asked else "")
    if room.field(name) or name in IN_EVERY_ACCOUNT:
        return None
    if alike := room.names.shown_as(name):
        listed = ", ".join(each.schema_name for each in alike)
        return f"{name!r} is the name of {len(alike)} {room.word}s (write one of these: {listed})"
    if other.names and other.field(other.names.resolve(name)):
        found = f"{other.article} {other.word} and no {room.word}"
        return f"{name!r} is {found} (move it below {'.'.join(map(str, other.keys))})"
    meant = _nearest(name, room.names.known)
    said = f"did you mean {label(meant)}?" if meant else "importer account lists those that there are"
    return f"{name!r} is no {room.word} in LeadSquared ({said})"


def needs_account(fault: Fault, event_code: int | None, account: AccountSchema) -> bool:
    """Whether it is about a name as people see it, which only the account can tell, and does not."""
    told = {ATTRIBUTES: account.attributes, FIELDS: account.fields.get(event_code or 0)}
    room = fault.keys[:-1]
    return room in told and not told[room] and _no_schema_name(str(fault.keys[-1])) is not None


def _no_schema_name(name: str, untold: str = "") -> str | None:
    """untold: what the account that was asked does not tell, as one word for it."""
    if name.strip() and not re.search(r"\s", name):
        return None
    needed = (
        f"account's {untold}s, which are not known: write schema names, or try again later without --offline"
        if untold
        else "account: keys set, and no --offline"
    )
    return (
        f"{name!r} is not a schema name (on the left stands LeadSquared's name, such as FirstName or "
        f"mx_Custom_1, on the right the sheet's heading; names as people see them need the {needed})"
    )


def _nearest(name: str, known: tuple[SchemaField, ...]) -> SchemaField | None:
    """By either name, as it is written or with its words in another order; none that nobody can write."""
    writable = [each for each in known if not each.is_read_only]
    by_name = {_sorted(each.display_name): each for each in writable}
    by_name |= {each.display_name.lower(): each for each in writable}
    by_name |= {each.schema_name.lower(): each for each in writable}
    close = [
        match for said in (name.lower(), _sorted(name)) for match in get_close_matches(said, by_name, n=1)
    ]
    best = max(close, key=lambda match: _likeness(name, match), default=None)
    return by_name[best] if best is not None else None


def _sorted(name: str) -> str:
    return " ".join(sorted(name.lower().split()))


def _likeness(name: str, match: str) -> float:
    return max(SequenceMatcher(None, said, match).ratio() for said in (name.lower(), _sorted(name)))


def _not_mapped(room: Room, other: Room, mapped: set[str]) -> Iterator[Found]:
    known = room.names.known if room.names else ()
    # A name that is only misspelt is told as that.
    meant = [_nearest(name, known) for name in mapped if _is_misspelt(name, room, other)]
    for field in known:
        if field.is_needed and field.schema_name not in mapped and field not in meant:
            text = f"{label(field)} is mandatory in LeadSquared, and not mapped"
            yield room.keys, f"{text} (add {field.schema_name}: and the heading of its column)"


def _is_misspelt(name: str, room: Room, other: Room) -> bool:
    exists = name in IN_EVERY_ACCOUNT or name in (NOTE, *NO_FIELD) or room.field(name)
    return not exists and not (other.names and other.field(other.names.resolve(name)))
