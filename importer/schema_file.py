"""An account's setup as a file in the state folder: whole or not at all, and for its owner only."""

import hashlib
import secrets
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from importer.account_schema import AccountSchema
from importer.database import Kept, private, telling_failures

KEPT = Kept(
    "What is kept of the account",
    "It is read from LeadSquared again the next time.",
    "the file is damaged (delete it)",
)

# What another version wrote beside these members is left out, what it did not write is not known.
_FORM = TypeAdapter(AccountSchema)


def schema_file(folder: Path, kind: str, *names: str) -> Path:
    """The file of this kind for what has these names, which it does not tell."""
    digest = hashlib.sha256("\n".join(names).encode(errors="surrogatepass")).hexdigest()
    return folder / f"{kind}-{digest[:16]}.json"


def read_schema(path: Path) -> AccountSchema | None:
    """None where there is no file, or none that can be read."""
    try:
        return _FORM.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write_schema(path: Path, schema: AccountSchema) -> None:
    """In the place of what was there. Raises JournalError."""
    draft = path.with_name(f"~{path.stem}-{secrets.token_hex(4)}.tmp")
    with telling_failures(path, KEPT):
        try:
            private(draft)
            draft.write_bytes(_FORM.dump_json(schema, exclude={"fresh"}))
            draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
