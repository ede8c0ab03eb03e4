"""People → the ids of the account's users, to whom opportunities can belong."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from importer.account_schema import AccountUser
from importer.cell_text import Bad, quoted, visible
from importer.choices import fold

# So many different texts are compared with all users for the one that is meant, which takes long where there
# are thousands: a column of them is the wrong column.
SEARCHES = 50

Nearest = Callable[[str], AccountUser | None]


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
    nearest = _nearest(by_word)

    def owner(cell: str) -> str:
        found = by_word.get(fold(cell), {}).values()
        active = [user for user in found if user.is_active]
        if len(active) == 1:
            return active[0].id
        raise _unfit(cell, list(found), active, nearest)

    return owner


def _unfit(cell: str, found: list[AccountUser], active: list[AccountUser], nearest: Nearest) -> Bad:
    if active:
        who = ", ".join(sorted(visible(user.email or user.id) for user in active))
        text = f"{quoted(cell)} is the name of {len(active)} users (write the e-mail address of one: {who})"
        return Bad("OWNER-AMBIGUOUS", text)
    if found:
        text = f"{quoted(cell)} is a user of LeadSquared who is no longer active (name another owner)"
        return Bad("OWNER-INACTIVE", text)
    meant = nearest(fold(cell))
    said = (
        f"did you mean {quoted(meant.name or meant.email)}?" if meant else "write the user's e-mail address"
    )
    return Bad("OWNER-UNKNOWN", f"{quoted(cell)} is no user of this account ({said})")


def _nearest(by_word: dict[str, dict[str, AccountUser]]) -> Nearest:
    """Who is meant by a folded text, told again without a search; after SEARCHES texts only that."""
    # Without their domains, which all of a company share; an id is not mistyped but copied.
    active = {
        word.partition("@")[0]: user
        for word, users in reversed(by_word.items())
        for user in users.values()
        if user.is_active and word != fold(user.id)
    }
    found: dict[str, AccountUser | None] = {}

    def nearest(text: str) -> AccountUser | None:
        if text not in found and len(found) < SEARCHES:
            close = get_close_matches(text.partition("@")[0], active, n=1)
            found[text] = active[close[0]] if close else None
        return found.get(text)

    return nearest
