"""What `history --find` looks up: every row that was sent for a person or a deal."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from importer.account_schema import AccountSchema
from importer.account_store import known
from importer.errors import MappingError, UsageError
from importer.history import PastRow, past_row
from importer.journal import Journal
from importer.lead_texts import WaysToCall, ways_to_call
from importer.mapping import Mapping, load_mapping
from importer.phones import ALL_REGIONS, phone_digits
from importer.runs import Run, Runs
from importer.sent import SentRows

# In any letter case, and anywhere in a note that was copied as a whole.
REFERENCE = re.compile(r"\bref-([a-z0-9]{8})-(\d{1,7})\b", re.IGNORECASE)
AN_ID = re.compile(r"\{?([0-9A-Za-z-]{8,64})\}?")


@dataclass(frozen=True, slots=True)
class Found:
    """The rows, the latest first, and what was looked for, without the text itself.

    runs: how many were looked through.
    """

    rows: tuple[PastRow, ...]
    looked_for: tuple[str, ...]
    runs: int


Place = tuple[int, int]
"""The number of a run, and of a row."""


def find(state: Path, typed: str, number: int | None = None) -> Found:
    """Every row that went out for the person or the deal that is typed; `number`: only those of this run.

    Raises UsageError where nothing is typed, or there is no such run.
    """
    if not typed.strip():
        raise UsageError("--find: say whom, such as an e-mail address, a phone number or an opportunity id.")
    with Journal(state) as journal:
        runs = {run.number: run for run in Runs(journal).all()}
        only = None if number is None else Runs(journal).numbered(number).number
        places, looked_for = _places(typed, journal, list(runs.values()), state)
        rows = [past_row(journal, runs[run], row) for run, row in places if only in (None, run)]
    # A row that was surely not taken left nothing but its lead's hash.
    sent = sorted((row for row in rows if row.outcome), key=_moment, reverse=True)
    return Found(tuple(sent), looked_for, 1 if only else len(runs))


def _moment(past: PastRow) -> tuple[str, int, int]:
    sent_at = past.outcome.sent_at if past.outcome else ""
    return sent_at or past.run.started, past.run.number, past.row


def _places(
    typed: str, journal: Journal, runs: Sequence[Run], state: Path
) -> tuple[set[Place], tuple[str, ...]]:
    sent_rows = SentRows(journal)
    if reference := REFERENCE.search(typed):
        mark, row = reference[1].casefold(), int(reference[2])
        places = {(run.number, row) for run in runs if run.mark == mark}
        return places | sent_rows.alike(places), ("the reference of a row",)
    ways = _ways(journal, runs, state)
    texts = ways.texts(typed)
    leads = [journal.lead_print(account, text) for account in journal.all_accounts() for text in texts]
    phones = map(journal.phone_print, phone_digits(typed, ways.regions))
    places = sent_rows.places_of([*leads, *phones])
    listed = ", ".join(name for name in ways.attributes if name not in ways.further)
    said = f"a lead's {listed}, or another value by which leads are found"
    of_phones = f"a phone number{_of(ways.regions)}"
    if an_id := AN_ID.fullmatch(typed.strip()):
        places |= sent_rows.places_with(an_id[1])
    return places | sent_rows.alike(places), (said, of_phones, "the id of an opportunity or a lead")


def _of(regions: Sequence[str]) -> str:
    if not regions:
        return " with its country code"
    named = ", ".join(regions) if len(regions) <= 10 else "any country"
    return f" with its country code, or of {named}"


def _ways(journal: Journal, runs: Iterable[Run], state: Path) -> WaysToCall:
    """As the mappings of the runs say, and what is kept of their accounts."""
    mappings: list[Mapping] = []
    is_any_gone = False
    schemas: dict[str, AccountSchema] = {}
    for account, path in dict.fromkeys((run.account, run.mapping) for run in runs):
        if account not in schemas:
            schemas[account] = known(state, account)
        mapping = _mapping(Path(path), schemas[account])
        mappings += [mapping] if mapping else []
        is_any_gone = is_any_gone or not mapping
    own = (each.schema_name for schema in schemas.values() for each in schema.attributes or ())
    further = [name for name in own if name.startswith("mx_")]
    return ways_to_call(mappings, further, ALL_REGIONS if is_any_gone else ())


def _mapping(path: Path, schema: AccountSchema) -> Mapping | None:
    """As it stands by now; None where it is gone, or has faults that no account explains."""
    for account in (schema, None):
        with suppress(MappingError):
            return load_mapping(path, account)
    return None
