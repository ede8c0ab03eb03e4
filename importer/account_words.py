"""How what is known of an account reads, in words and as JSON."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from importer.account_report import AccountReport
from importer.account_schema import SchemaField
from importer.ages import aged
from importer.cell_text import visible
from importer.errors import ImportStopped
from importer.fitting_kinds import suited
from importer.spelling import counted

# Of a field's options so many letters are shown at most, and all of them where they are few.
WIDTH = 60

Table = Sequence[Sequence[str]]


def in_words(report: AccountReport) -> str:
    """Paragraphs for a terminal: what has changed, then each part with its age."""
    paragraphs = [[f"Account {report.account}"], list(_changes(report))]
    if report.event_code is None:
        paragraphs.append(_part("Opportunity types", "types", _types(report), report))
        paragraphs.append(["The fields of one: importer account CODE"])
    else:
        attributes, users = report.schema.attributes, report.schema.users
        paragraphs += [
            [f"Opportunity type {report.event_code}{_name(report)}"],
            _part("Fields", f"fields {report.event_code}", _fields(report.fields), report),
            _part("Lead attributes", "attributes", _fields(attributes), report),
            _part("Active users", "users", _users(users), report),
        ]
    if report.changes is None:
        paragraphs.append(["To read it afresh, add --refresh."])
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _name(report: AccountReport) -> str:
    names = (kind.name for kind in report.schema.types or () if kind.event_code == report.event_code)
    name = next(names, "")
    return name and f": {visible(name)}"


def _changes(report: AccountReport) -> Iterator[str]:
    if report.changes is not None:
        since = "since it was read before"
        yield f"Changed {since}:" if report.changes else f"Nothing has changed {since}."
        yield from (f"  {visible(change)}" for change in report.changes)


def _part(title: str, part: str, table: Table | None, report: AccountReport) -> list[str]:
    read_at = report.schema.read_at.get(part)
    if table is None or read_at is None:
        return [f"{title}: nothing is known of them."]
    return [f"{title}, as of {aged(read_at)}:", *(_aligned(table) if table else ["  none"])]


def _aligned(table: Table) -> Iterator[str]:
    shown = [[visible(cell) for cell in line] for line in table]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for line in shown:
        yield "  " + "  ".join(map(str.ljust, line, widths)).rstrip()


def _types(report: AccountReport) -> Table | None:
    types = report.schema.types
    return None if types is None else [(str(kind.event_code), kind.name) for kind in types]


def _fields(fields: Collection[SchemaField] | None) -> Table | None:
    if not fields:
        return None if fields is None else []
    return [
        ("Schema name", "Display name", "Type", "Kind", "Takes"),
        *((f.schema_name, f.display_name, f.data_type, _kind(f), "; ".join(_rules(f))) for f in fields),
    ]


def _kind(field: SchemaField) -> str:
    """The kind that suits it in a mapping."""
    return next(iter(suited(field)), "text")


def _rules(field: SchemaField) -> Iterator[str]:
    if field.is_mandatory:
        yield "mandatory"
    if field.is_read_only:
        yield "read-only"
    if field.max_length:
        yield f"at most {field.max_length:,} characters"
    if field.options:
        yield f"{'several' if field.takes_several else 'one'} of {_some(field.options)}"
    if field.parent:
        yield f"depends on {field.parent}"


def _some(options: Sequence[str]) -> str:
    shown = 0
    while shown < len(options) and len(", ".join(options[: shown + 1])) <= WIDTH:
        shown += 1
    shown = max(shown, 1)
    rest = len(options) - shown
    return ", ".join(options[:shown]) + (f" and {counted(rest, 'other')}" if rest else "")


def _users(users: Collection[Any] | None) -> Table | None:
    if users is None:
        return None
    return [(user.name, user.email, user.id) for user in users if user.is_active]


def as_json(report: AccountReport) -> dict[str, Any]:
    """All of it, in the words of the dataclasses; null: nothing is known of it."""
    schema = report.schema
    said: dict[str, Any] = {
        "account": report.account,
        "event_code": report.event_code,
        "types": _listed(schema.types),
        "read_at": {part: schema.read_at.get(part) for part in report.parts},
        "changes": report.changes,
    }
    if report.event_code is not None:
        users = schema.users and [user for user in schema.users if user.is_active]
        said |= {"fields": _described(report.fields), "attributes": _described(schema.attributes)}
        said["users"] = _listed(users)
    return {**said, "exit_code": 0, "stopped": None}


def _listed(things: Collection[Any] | None) -> list[dict[str, Any]] | None:
    return None if things is None else [asdict(thing) for thing in things]


def _described(fields: Collection[SchemaField] | None) -> list[dict[str, Any]] | None:
    return None if fields is None else [{**asdict(field), "kind": _kind(field)} for field in fields]


def refused_as_json(event_code: int | None, stop: ImportStopped) -> dict[str, Any]:
    return {"event_code": event_code, "types": None, "exit_code": stop.exit_code, "stopped": str(stop)}
