"""The journal: one file for all runs of one user, and the keyed hashes by which it knows rows again."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from importer.database import connect, telling_failures, writing
from importer.records import Capture

_as_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Account:
    """Whose opportunities they are: host + organisation, not the key. `name` is the one that runs go by."""

    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Prints:
    """Keyed hashes of a capture: from none of them can people's data be read.

    row:  its fingerprint, the same for the same opportunity in any sheet.
    leads: of each unique value of the lead, together with the account.
    said: of what the cells say, by column, where the fingerprint does not cover all of it.
    """

    row: bytes
    leads: tuple[bytes, ...]
    said: dict[str, str]


class Journal:
    """The journal file of one user; raises JournalError wherever it cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.db"
        self.database = connect(folder)
        with self.guarded():
            (self._key,) = self.database.execute("SELECT fingerprint_key FROM secret").fetchone()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    @property
    def mark(self) -> str:
        """A few letters that no other journal has."""
        return _hash(self._key, 4, "mark").hex()

    def guarded(self) -> AbstractContextManager[None]:
        return telling_failures(self.path)

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is written inside is on the disk at the end, or nothing of it: one wait for the disk."""
        with self.guarded(), writing(self.database):
            yield

    def account_of(self, key_hash: str) -> Account | None:
        with self.guarded():
            found = self.database.execute(
                "SELECT name, organisation FROM accounts WHERE key_hash = ?", [key_hash]
            ).fetchone()
        return Account(*found) if found else None

    def accounts_at(self, host: str) -> list[str]:
        """The names of the accounts known at this host."""
        with self.guarded():
            found = self.database.execute("SELECT DISTINCT name FROM accounts").fetchall()
        return [name for (name,) in found if name.startswith(f"{host} ")]

    def remember(self, key_hash: str, account: Account) -> None:
        with self.guarded():
            self.database.execute(
                "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?)",
                [key_hash, account.name, account.organisation],
            )

    def all_accounts(self) -> tuple[str, ...]:
        """Every name that an account ever went by here, also before LeadSquared had named it."""
        query = (
            "SELECT account FROM runs UNION SELECT name FROM accounts "
            "UNION SELECT host || ' key ' || key_hash FROM runs, accounts"
        )
        with self.guarded():
            return tuple(name for (name,) in self.database.execute(query))

    def lead_print(self, account: str, lead: str) -> bytes:
        """Of a unique value of the lead (see `Capture.leads`), together with the account."""
        return _hash(self._key, 8, "lead", account, lead)

    def phone_print(self, digits: str) -> bytes:
        """Of a phone number by its digits, whatever account the lead is in: only to find it by."""
        return _hash(self._key, 8, "phone", digits)

    def prints(self, account: str, capture: Capture) -> Prints:
        return Prints(
            fingerprint(capture, self._key, account),
            tuple(self.lead_print(account, lead) for lead in sorted(capture.leads)),
            {column: _hash(self._key, 4, "said", column, text).hex() for column, text in capture.said},
        )


def fingerprint(capture: Capture, key: bytes = b"", account: str = "") -> bytes:
    """16 bytes by recipe 1: the account, the event code and the identity's names and values, keyed."""
    return _hash(key, 16, 1, account, capture.event_code, capture.identity)


def _hash(key: bytes, size: int, *parts: object) -> bytes:
    return hashlib.blake2b(_as_json(parts).encode(), key=key, digest_size=size).digest()
