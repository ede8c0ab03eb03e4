"""Host, keys and limit from the environment; keys are masked wherever they could be shown."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from importer.answers import Rate
from importer.errors import UsageError

HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*|::1", re.ASCII)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
DOCUMENTED_LIMIT = Rate(25, 5)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where LeadSquared is, and who asks.

    url:   `https://api-in21.leadsquared.com`, or `http://127.0.0.1:8765` on this machine.
    limit: the account's limit of calls.
    state: the folder of the journal.
    daily_calls: how many calls all runs may make in a day; None: no limit.
    """

    url: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    limit: Rate = DOCUMENTED_LIMIT
    state: Path = field(default_factory=lambda: default_state())
    daily_calls: int | None = None

    @property
    def host(self) -> str:
        return self.url.split("://", 1)[1]

    @property
    def is_loopback(self) -> bool:
        return urlsplit(self.url).hostname in LOOPBACK

    @property
    def key_hash(self) -> str:
        """Names the access key without telling it."""
        return hashlib.sha256(f"{self.host}\n{self.access_key}".encode()).hexdigest()[:16]


def default_state() -> Path:
    return platformdirs.user_state_path("leadsquared-importer", appauthor=False)


def read_state(environment: Mapping[str, str]) -> Path:
    """The journal's folder, as `IMPORTER_STATE` or the system names it."""
    named = environment.get("IMPORTER_STATE", "").strip()
    return Path(named).expanduser() if named else default_state()


NEEDED = ("LSQ_API_HOST", "LSQ_ACCESS_KEY", "LSQ_SECRET_KEY")


def are_set(environment: Mapping[str, str]) -> bool:
    """Whether there is a host and a pair of keys."""
    return all(environment.get(name, "").strip() for name in NEEDED)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the variables `LSQ_…` and `IMPORTER_STATE`.

    Raises UsageError naming everything that is missing or unusable.
    """
    missing = [name for name in NEEDED if not environment.get(name, "").strip()]
    if missing:
        raise UsageError(
            f"{_listed(missing)} not set: the importer finds LeadSquared's host and your keys in these "
            "environment variables, in a file (--env-file) or in the system's keyring (importer keys set); "
            "in LeadSquared they stand under My Profile > Settings > API and Webhooks. "
            "To try without an account: importer demo."
        )
    return Settings(
        url=read_url(environment["LSQ_API_HOST"].strip()),
        access_key=_key("LSQ_ACCESS_KEY", environment),
        secret_key=_key("LSQ_SECRET_KEY", environment),
        limit=read_rate(environment.get("LSQ_RATE", "").strip() or str(DOCUMENTED_LIMIT), "LSQ_RATE"),
        state=read_state(environment),
        daily_calls=_daily_calls(environment.get("LSQ_DAILY_CALLS", "").strip()),
    )


def read_rate(text: str, source: str) -> Rate:
    """`25/5` → at most 25 calls in any 5 seconds; raises UsageError naming `source`."""
    match = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+(?:\.\d+)?)\s*", text)
    if not match or int(match[1]) < 1 or not 0.1 <= float(match[2]) <= 3600 or int(match[1]) > 10_000:
        raise UsageError(f"{source}: {text!r} is not a limit such as 25/5 (25 calls in 5 seconds).")
    return Rate(int(match[1]), float(match[2]))


def _daily_calls(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) == 0:
        raise UsageError(f"LSQ_DAILY_CALLS: {text!r} is not a number of calls such as 10000.")
    return int(text)


def _key(name: str, environment: Mapping[str, str]) -> str:
    key = environment[name].strip()
    # A header takes nothing else, and a pasted key with a stray character would fail less clearly later.
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"{name} holds a blank or a character that no key has: copy it again.")
    return key


def read_url(host: str) -> str:
    """Where LeadSquared is; raises UsageError for what is no host, and does not quote it: it may be a key."""
    try:
        address = urlsplit(host if "://" in host else f"https://{host}")
        name = address.hostname or ""
        is_host = bool(HOST.fullmatch(name)) and address.port != 0
    except ValueError:
        address, name, is_host = urlsplit(""), "", False
    # Keys are often of letters and digits only, which a name without a dot could be as well.
    is_known = "." in name or name in LOOPBACK
    is_bare = address.path in ("", "/") and not (address.query or address.fragment or "@" in address.netloc)
    if not (is_host and is_known and is_bare) or address.scheme not in ("http", "https"):
        raise UsageError(
            "LSQ_API_HOST is not a host such as api-in21.leadsquared.com "
            "(no path, no keys: those have variables of their own)."
        )
    if address.scheme == "http" and name not in LOOPBACK:
        raise UsageError(
            "LSQ_API_HOST would send your keys unencrypted. Use https, or the bare host, such as "
            "api-in21.leadsquared.com."
        )
    return f"{address.scheme}://{address.netloc}"


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]} are" if len(names) > 1 else f"{names[0]} is"
