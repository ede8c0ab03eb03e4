"""What has changed in an account's setup, in sentences; and what it was when a mapping was last used."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from importer.account_schema import AccountSchema, AccountUser, OpportunityType, SchemaField
from importer.errors import JournalError
from importer.field_faults import label
from importer.schema_file import read_schema, schema_file, write_schema
from importer.spelling import counted

NAMED = 5

Known = tuple[SchemaField, ...] | None


def changes(
    before: AccountSchema,
    now: AccountSchema,
    event_code: int,
    fields: Collection[str],
    attributes: Collection[str],
) -> tuple[str, ...]:
    """Sentences on the opportunity type, on these fields and attributes, which a mapping fills, and on others
    that have become mandatory. What was not known at one of the two times has not changed."""
    of_fields = (before.fields.get(event_code), now.fields.get(event_code))
    return (
        *_type_changes(before.types, now.types, event_code),
        *_changes("Field", *of_fields, fields),
        *_changes("Lead attribute", before.attributes, now.attributes, attributes),
    )


def all_changes(before: AccountSchema, now: AccountSchema, event_code: int | None) -> tuple[str, ...]:
    """The same of everything that is in the account: of its types or, where one is named, of that type, its
    fields, the lead attributes and the users."""
    if event_code is None:
        codes = dict.fromkeys(kind.event_code for kind in (*(before.types or ()), *(now.types or ())))
        return tuple(said for code in codes for said in _type_changes(before.types, now.types, code))
    fields = (before.fields.get(event_code), now.fields.get(event_code))
    attributes = (before.attributes, now.attributes)
    return (
        *changes(before, now, event_code, _names(*fields), _names(*attributes)),
        *_new("Field", *fields),
        *_new("Lead attribute", *attributes),
        *_user_changes(before.users, now.users),
    )


def last_used(folder: Path, mapping: Path, account: str) -> AccountSchema | None:
    """What was known of the account when this mapping was last used with it; None: it never was."""
    return read_schema(_file(folder, mapping, account))


def used(folder: Path, mapping: Path, account: str, schema: AccountSchema) -> None:
    """The mapping is used with the account as it is known now.

    Where that cannot be kept, the same changes are told once more.
    """
    # Who its people are does not change what a mapping means.
    read_at = {part: at for part, at in schema.read_at.items() if part != "users"}
    with suppress(JournalError):
        write_schema(_file(folder, mapping, account), replace(schema, users=None, read_at=read_at))


def _file(folder: Path, mapping: Path, account: str) -> Path:
    return schema_file(folder, "mapping", account, os.path.normcase(mapping.resolve()))


def _type_changes(
    before: tuple[OpportunityType, ...] | None, now: tuple[OpportunityType, ...] | None, event_code: int
) -> Iterator[str]:
    was, is_now = ({kind.event_code: kind.name for kind in each or ()} for each in (before, now))
    if before is None or now is None:
        return
    name = f"Opportunity type {event_code} ({was.get(event_code) or is_now.get(event_code)})"
    if event_code not in is_now and event_code in was:
        yield f"{name} is no longer in LeadSquared."
    elif event_code not in was and event_code in is_now:
        yield f"{name} is new."
    elif event_code in was and is_now[event_code] != was[event_code]:
        yield f'{name} is now called "{is_now[event_code]}".'


def _changes(noun: str, before: Known, now: Known, mapped: Collection[str]) -> Iterator[str]:
    if before is None or now is None:
        return
    was, is_now = _by_name(before), _by_name(now)
    for name, field in was.items():
        if name in mapped:
            yield from (f"{noun} {label(field)} {said}." for said in _said(field, is_now.get(name)))
    for name, field in is_now.items():
        was_needed = name in was and was[name].is_needed
        if field.is_needed and not was_needed and name not in mapped:
            yield f"{noun} {label(field)} is mandatory now, and not mapped."


def _new(noun: str, before: Known, now: Known) -> Iterator[str]:
    if before is not None:
        known = _names(before)
        yield from (f"{noun} {label(field)} is new." for field in now or () if field.schema_name not in known)


def _names(*each: Known) -> set[str]:
    return {field.schema_name for fields in each for field in fields or ()}


def _user_changes(
    before: tuple[AccountUser, ...] | None, now: tuple[AccountUser, ...] | None
) -> Iterator[str]:
    if before is None or now is None:
        return
    was, is_now = ({user.id: user for user in each if user.is_active} for each in (before, now))
    yield from (f"User {_who(user)} is new." for guid, user in is_now.items() if guid not in was)
    yield from (f"User {_who(user)} is no longer active." for guid, user in was.items() if guid not in is_now)


def _who(user: AccountUser) -> str:
    return f"{user.name} ({user.email})" if user.name and user.email else user.name or user.email or user.id


def _by_name(fields: Iterable[SchemaField]) -> Mapping[str, SchemaField]:
    return {field.schema_name: field for field in fields}


def _said(was: SchemaField, now: SchemaField | None) -> Iterator[str]:
    """Ends of sentences that begin with the field as it was called."""
    if now is None:
        yield "is no longer in LeadSquared"
        return
    if now.display_name != was.display_name:
        yield f'is now called "{now.display_name}"'
    if now.is_mandatory != was.is_mandatory:
        yield "is mandatory now" if now.is_mandatory else "is no longer mandatory"
    if now.is_read_only != was.is_read_only:
        yield "is read-only now" if now.is_read_only else "is no longer read-only"
    if now.data_type != was.data_type:
        yield f"is of type {now.data_type or 'unknown'} now; it was {was.data_type or 'unknown'}"
    if now.takes_several != was.takes_several:
        yield f"takes {'several options' if now.takes_several else 'only one option'} now"
    if now.max_length != was.max_length:
        yield _length(was.max_length, now.max_length)
    yield from _options(was.options, now.options)


def _length(was: int | None, now: int | None) -> str:
    before = f"it was {was}" if was else "no limit was told before"
    return f"takes at most {now} characters now; {before}" if now else f"has no limit of length now; {before}"


def _options(was: tuple[str, ...], now: tuple[str, ...]) -> Iterator[str]:
    if was and not now:
        yield f"has no options any more; it had {_some(was)}"
    elif now and not was:
        yield f"takes only its options now: {_some(now)}"
    else:
        if new := [option for option in now if option not in was]:
            yield f"has {counted(len(new), 'new option')}: {_some(new)}"
        if gone := [option for option in was if option not in now]:
            yield f"has lost {counted(len(gone), 'option')}: {_some(gone)}"


def _some(options: Collection[str]) -> str:
    rest = len(options) - NAMED
    return ", ".join([*options][:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
