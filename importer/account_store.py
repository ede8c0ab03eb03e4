"""What is known of each account's setup, from one time that LeadSquared was asked to the next."""

from pathlib import Path

from importer.account_schema import AccountSchema
from importer.schema_file import read_schema, schema_file, write_schema


def known(folder: Path, account: str) -> AccountSchema:
    """All that is kept of this account; nothing where nothing, or something unreadable, is kept."""
    return read_schema(_file(folder, account)) or AccountSchema()


def keep(folder: Path, account: str, schema: AccountSchema) -> None:
    """In the place of all that was kept of this account. Raises JournalError."""
    write_schema(_file(folder, account), schema)


def _file(folder: Path, account: str) -> Path:
    return schema_file(folder, "account", account)
