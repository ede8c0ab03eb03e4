"""What LeadSquared answers about an account's setup → records. Pure; what is no clear answer is Unread.

How members are spelt, and of what type their values are, differs between accounts and calls.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from importer.account_schema import AccountUser, OpportunityType, SchemaField
from importer.answers import Unread
from importer.folding import fold

NO_ANSWER = Unread("its answer cannot be read")
NOT_SHOWN = Unread("it lists none, so the user of these keys may not see them", is_refused=True)

Entry = Mapping[str, Any]
"""An object of the answer, its members by their folded names."""

Thing = TypeVar("Thing")

# Where a list comes within an object.
LISTS = ("List", "Data", "OpportunityTypes", "Types", "Attributes", "Users")

CODES = ("EventCode", "OpportunityEventCode", "Code")
SEVERAL = ("IsMultiSelectDropdown", "AllowMultiple", "IsMultiSelect")
TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no")


@lru_cache(1024)
def _name(member: str) -> str:
    return fold(member)


def read_types(text: str) -> tuple[OpportunityType, ...] | Unread:
    """The opportunity types; one without a code counts as none."""
    return _each(_listed(_json(text)), _type)


def read_fields(text: str) -> tuple[OpportunityType, tuple[SchemaField, ...]] | Unread:
    """One type with its fields."""
    answer = _json(text)
    if not isinstance(answer, dict):
        return NO_ANSWER
    entry = _folded(answer)
    kind, fields = _type(entry), _each(_entries(entry.get("fields")), _field)
    return NO_ANSWER if kind is None or isinstance(fields, Unread) else (kind, fields)


def read_attributes(text: str) -> tuple[SchemaField, ...] | Unread:
    return _each(_listed(_json(text)), _field)


def read_users(text: str) -> tuple[AccountUser, ...] | Unread:
    """Never none: an account has whoever the keys belong to, so who asks may then not see the others."""
    return _each(_listed(_json(text)), _user) or NOT_SHOWN


def _type(entry: Entry) -> OpportunityType | None:
    code = _whole(_first(entry, *CODES))
    name = _text(entry, "DisplayName", "Name", "OpportunityTypeName")
    return OpportunityType(code, name, _flag(entry, "CanDelete")) if code else None


def _field(entry: Entry) -> SchemaField | None:
    name = _text(entry, "SchemaName")
    if not name:
        return None
    data_type = _text(entry, "DataType")
    return SchemaField(
        schema_name=name,
        display_name=_text(entry, "DisplayName"),
        data_type=data_type,
        is_mandatory=_flag(entry, "IsMandatory") or False,
        is_read_only=_flag(entry, "IsReadOnly", "ReadOnly") or False,
        max_length=_whole(_first(entry, "MaxFieldLength", "MaxLength")),
        options=_options(_first(entry, "OptionSet", "Options")),
        takes_several=_flag(entry, *SEVERAL) or "multiselect" in fold(data_type),
        parent=_text(entry, "ParentField"),
    )


def _user(entry: Entry) -> AccountUser | None:
    guid = _text(entry, "ID", "UserId")
    names = (_text(entry, "FirstName"), _text(entry, "LastName"))
    name = " ".join(filter(None, names)) or _text(entry, "FullName", "Name")
    email = _text(entry, "EmailAddress", "Email")
    return AccountUser(guid, name, email, _is_active(entry)) if guid else None


def _is_active(entry: Entry) -> bool:
    status = _text(entry, "StatusCode", "Status").lower()
    return status in ("", "0", "active") and _flag(entry, "IsActive") is not False


def _options(value: object) -> tuple[str, ...]:
    """The values of a list, which may come as JSON within JSON; none where it cannot be read."""
    listed = _json(value) if isinstance(value, str) else value
    if isinstance(listed, dict):
        listed = _folded(listed).get("options")
    if not isinstance(listed, list):
        return ()
    entries = [_folded(entry) if isinstance(entry, dict) else {"value": entry} for entry in listed]
    if any(_said(entry, "value") for entry in entries):
        # Where others have a value, one that is empty is a prompt, such as Select, which cannot be sent.
        entries = [entry for entry in entries if "value" not in entry or _said(entry, "value")]
    return tuple(dict.fromkeys(filter(None, (_said(entry, "value", "text") for entry in entries))))


def _said(entry: Entry, *names: str) -> str:
    """Exactly as it is spelt, blanks and all; "" where it says nothing."""
    return next((said for said in map(_plain, map(entry.get, names)) if said.strip()), "")


def _each(entries: list[Entry] | None, read: Callable[[Entry], Thing | None]) -> tuple[Thing, ...] | Unread:
    """Those that can be read; where there are some, and none of them can, it was another answer."""
    if entries is None:
        return NO_ANSWER
    found = tuple(thing for entry in entries if (thing := read(entry)) is not None)
    return found if found or not entries else NO_ANSWER


def _listed(answer: object) -> list[Entry] | None:
    if isinstance(answer, dict):
        entry = _folded(answer)
        answer = next((value for name in LISTS if isinstance(value := entry.get(_name(name)), list)), None)
    return _entries(answer)


def _entries(listed: object) -> list[Entry] | None:
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        return None
    return [_folded(entry) for entry in listed]


def _folded(entry: dict[str, Any]) -> Entry:
    return {_name(name): value for name, value in entry.items()}


def _first(entry: Entry, *names: str) -> object:
    """The first of these members that says something."""
    return next((value for value in _values(entry, names) if value not in (None, "")), None)


def _values(entry: Entry, names: Iterable[str]) -> Iterator[object]:
    return (entry.get(_name(name)) for name in names)


def _text(entry: Entry, *names: str) -> str:
    return next(filter(None, (_plain(value).strip() for value in _values(entry, names))), "")


def _plain(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # Half a character, as JSON can spell it, can be neither stored nor shown.
    return str(value).encode(errors="replace").decode()


def _flag(entry: Entry, *names: str) -> bool | None:
    """None where it is not told."""
    for value in _values(entry, names):
        said = str(value).strip().lower()
        if said in (*TRUE, *FALSE):
            return said in TRUE
    return None


def _whole(value: object) -> int | None:
    """A number above 0, however it is written."""
    said = re.fullmatch(r"([0-9]{1,9})(\.0*)?", str(value).strip())
    return int(said[1]) or None if said else None


def _json(text: str) -> object:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
