"""The users of an account: who they are, and which of them a GUID means."""

from importer.simulator.account import Account, User
from importer.simulator.arrival import chance, new_guid


def users_of(account: Account) -> tuple[User, ...]:
    """Without users of its own the account has the one whom the keys belong to."""
    return account.users or (User(account.user_email, role="Administrator"),)


def id_of(account: Account, user: User) -> str:
    return user.id or new_guid(chance(account.organisation, user.email))


def user_with(account: Account, guid: str) -> User | None:
    """GUIDs are the same whatever their case."""
    known = (user for user in users_of(account) if id_of(account, user).lower() == guid.lower())
    return next(known, None)


def user_id(account: Account) -> str:
    """The id of the user whom the keys belong to."""
    own = (user for user in account.users if user.email == account.user_email)
    return id_of(account, next(own, User(account.user_email)))


def full_name(account: Account, guid: str) -> str:
    """What reads call the owner; the front of the e-mail where there is no name."""
    user = user_with(account, guid) or User(account.user_email)
    return f"{user.first_name} {user.last_name}".strip() or user.email.partition("@")[0]
