"""The verb `keys`: where host and keys come from, and keeping them in the system's keyring."""

import getpass
import sys
import warnings
from collections.abc import Iterator

from importer.account import identify, pace_of
from importer.errors import AccessRefused, CannotRecord, NoAccess, StopRule, UsageError
from importer.journal import Journal
from importer.key_sources import Environment, Keyring, Source
from importer.leadsquared import LeadSquared
from importer.settings import NEEDED, Settings, read_settings, read_url
from importer.stored_keys import SERVICE, forget, store, stored
from importer.streams import out
from importer.tell import Tell

ASKED = dict(
    zip(
        NEEDED,
        ("LeadSquared's host, such as api-in21.leadsquared.com", "Access key", "Secret key"),
        strict=True,
    )
)


def shown(environment: Environment, keyring: Keyring) -> Iterator[str]:
    """A line for each of host and keys: from where it comes. No key is shown, in no part."""
    width = max(map(len, NEEDED))
    for name in NEEDED:
        found = environment.found(name)
        if found is None:
            yield f"{name:{width}}  not set"
        elif name == "LSQ_API_HOST":
            yield f"{name:{width}}  {_host(found[0])}, from {found[1].words}"
        else:
            state = "set (not shown)" if found[0].strip() else "blank"
            yield f"{name:{width}}  {state}, from {found[1].words}"
    if keyring.trouble and keyring.trouble.is_absent:
        yield str(keyring.trouble)


def _host(value: str) -> str:
    try:
        return read_url(value.strip()) if value.strip() else "blank"
    except UsageError as fault:
        return f"unusable ({str(fault).rstrip('.')})"


def set_keys(environment: Environment, tell: Tell) -> Iterator[str]:
    """Ask for host and keys, try them, store them; yields what came of it.

    Raises UsageError where they cannot be used or stored, AccessRefused where LeadSquared refuses them.
    """
    stored()  # Nobody is asked for what cannot be kept.
    values = _typed() if _is_terminal() else _lines()
    settings = read_settings(Environment([Source("what was typed", values.get), *environment.sources]))
    said = _tried(settings, tell)
    store(values)
    yield f"Stored in the system's keyring, as {SERVICE}. {said}"
    for name in NEEDED:
        found = environment.found(name)
        if found and found[1] is not environment.sources[-1]:
            yield f"{name} comes from {found[1].words} all the same: that counts before the keyring."


def forget_keys() -> str:
    return "Host and keys are removed from the system's keyring." if forget() else "The keyring has none."


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _typed() -> dict[str, str]:
    values = {}
    try:
        with warnings.catch_warnings():
            # What getpass does where it cannot hide what is typed: it warns, and shows it.
            warnings.simplefilter("error", getpass.GetPassWarning)
            for name, question in ASKED.items():
                if name == "LSQ_API_HOST":
                    out(f"{question}: ", end="", stream=sys.stderr)
                    values[name] = sys.stdin.readline().strip()
                else:
                    values[name] = getpass.getpass(f"{question} (not shown): ").strip()
                if not values[name]:
                    raise EOFError
    except getpass.GetPassWarning as fault:
        raise UsageError(
            "This terminal would show the keys as they are typed; nothing was stored."
        ) from fault
    except EOFError as fault:
        raise UsageError("Nothing was stored, since not all three were typed.") from fault
    return values


def _lines() -> dict[str, str]:
    out("Reading three lines from standard input: host, access key, secret key.", stream=sys.stderr)
    try:
        lines = [sys.stdin.readline().strip() for _ in NEEDED] if sys.stdin else []
    except UnicodeDecodeError as fault:
        raise UsageError("Nothing was stored: what came on standard input is no text.") from fault
    if not lines or not all(lines):
        raise UsageError(
            "Nothing was stored: without a terminal, standard input has to hold three lines, in this order: "
            "host, access key, secret key."
        )
    return dict(zip(NEEDED, lines, strict=True))


def _tried(settings: Settings, tell: Tell) -> str:
    """Whether LeadSquared takes the keys, as far as it can be asked."""
    try:
        with (
            Journal(settings.state) as journal,
            LeadSquared(settings) as leadsquared,
            pace_of(settings, journal) as pace,
        ):
            account = identify(leadsquared, settings, journal, pace, tell)
    except AccessRefused as refusal:
        raise AccessRefused(f"{refusal} Nothing was stored.") from refusal
    except (NoAccess, CannotRecord, StopRule) as trouble:
        return f"Whether LeadSquared takes them is not known ({trouble}): importer doctor asks again."
    whose = f"; they belong to {account.organisation}" if account.organisation else ""
    return f"LeadSquared takes them{whose}."
