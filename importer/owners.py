"""People → the ids of the account's users, to whom opportunities can belong."""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

from importer.account_schema import AccountUser
from importer.cell_text import Bad, quoted
from importer.choices import fold


def owner_reader(users: Iterable[AccountUser] | None) -> Callable[[str], str]:
    """What turns an e-mail address, a full name or an id into the id of the active user.

    users: None where nobody could ask who they are; then every text stays as it is.
    """
    if users is None:
        return str.strip
    by_word: dict[str, dict[str, AccountUser]] = {}
    for user in users:
        for word in filter(None, (user.id, user.email, user.name)):
            by_word.setdefault(fold(word), {})[user.id] = user

    def owner(cell: str) -> str:
        found = by_word.get(fold(cell), {}).values()
        active = [user for user in found if user.is_active]
        if len(active) == 1:
            return active[0].id
        raise _unfit(cell, list(found), active, by_word)

    return owner


def _unfit(
    cell: str, found: list[AccountUser], active: list[AccountUser], words: dict[str, dict[str, AccountUser]]
) -> Bad:
    if active:
        who = ", ".join(sorted(user.email or user.id for user in active))
        text = f"{quoted(cell)} is the name of {len(active)} users (write the e-mail address of one: {who})"
        return Bad("OWNER-AMBIGUOUS", text)
    if found:
        text = f"{quoted(cell)} is a user of LeadSquared who is no longer active (name another owner)"
        return Bad("OWNER-INACTIVE", text)
    close = [word for word in get_close_matches(fold(cell), words, n=1) if any(_active(words[word]))]
    meant = next(_active(words[close[0]])) if close else None
    said = (
        f"did you mean {quoted(meant.name or meant.email)}?" if meant else "write the user's e-mail address"
    )
    return Bad("OWNER-UNKNOWN", f"{quoted(cell)} is no user of this account ({said})")


def _active(users: dict[str, AccountUser]) -> Iterator[AccountUser]:
    return (user for user in users.values() if user.is_active)
