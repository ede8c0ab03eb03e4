"""A notice to a chat or a program: a web address that is a key, since whoever has it may post there."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from importer.errors import UsageError
from importer.http_client import in_words
from importer.settings import HOST, LOOPBACK

SLACK, TEAMS, JSON = "slack", "teams", "json"

# Which words a host takes; one with a dot in front is the end of many hosts.
KINDS = {
    "hooks.slack.com": SLACK,
    "hooks.slack-gov.com": SLACK,
    ".webhook.office.com": TEAMS,
    ".logic.azure.com": TEAMS,
    ".powerplatform.com": TEAMS,
}

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to post. kind: what is understood there, `slack`, `teams` or `json`."""

    kind: str
    address: str = field(repr=False)

    def post(self, body: Mapping[str, Any]) -> str:
        """Post it; why it was not taken, or "". What may have been a passing trouble is tried twice."""
        why, is_passing = self._try(body)
        return self._try(body)[0] if is_passing else why

    def _try(self, body: Mapping[str, Any]) -> tuple[str, bool]:
        """Why it was not taken, or ""; whether another try may help."""
        is_outside = urlsplit(self.address).hostname not in LOOPBACK
        try:
            with (
                _unlogged(),
                # A proxy for the outside world cannot reach this machine's own loopback.
                httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=is_outside) as client,
                # Of the answer only its status counts, so the rest is not waited for.
                client.stream("POST", self.address, json=body) as response,
            ):
                return _refusal(response.status_code)
        except httpx.HTTPError as error:
            return in_words(error), True
        except (httpx.InvalidURL, ValueError, ImportError, OSError):
            return "no connection can be prepared: see this machine's settings for proxies", False


def _refusal(status: int) -> tuple[str, bool]:
    if 200 <= status < 300:
        return "", False
    if 300 <= status < 400:
        return f"it redirects elsewhere, which is not followed, {status}", False
    return f"it answers {status}", status >= 500


def webhook_of(environment: Mapping[str, str]) -> Webhook | None:
    """The address in `IMPORTER_WEBHOOK`; None where there is none. Raises UsageError, without the address."""
    told = environment.get("IMPORTER_WEBHOOK", "").strip()
    if not told:
        return None
    word, _, rest = told.partition(":")
    kind, address = (word, rest.strip()) if word in (SLACK, TEAMS, JSON) else ("", told)
    scheme, host = _parts(address)
    if not host or scheme not in ("https", "http"):
        raise UsageError(
            "IMPORTER_WEBHOOK is no address such as https://hooks.slack.com/services/… (in front of it may "
            "stand slack:, teams: or json:)."
        )
    if scheme == "http" and host not in LOOPBACK:
        raise UsageError("IMPORTER_WEBHOOK would be sent to unencrypted: its address must begin with https.")
    return Webhook(kind or _kind(host), address)


def _parts(address: str) -> tuple[str, str]:
    """Scheme and host; "" for both where it is no address. No error may carry any of it."""
    is_plain = address.isascii() and address.isprintable() and " " not in address
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        is_good = is_plain and bool(HOST.fullmatch(host)) and parts.port != 0 and bool(httpx.URL(address))
    except (ValueError, httpx.InvalidURL):
        is_good = False
    return (parts.scheme, host) if is_good else ("", "")


def _kind(host: str) -> str:
    for name, kind in KINDS.items():
        if host == name or (name.startswith(".") and f".{host}".endswith(name)):
            return kind
    return JSON


@contextmanager
def _unlogged() -> Iterator[None]:
    """httpx writes the whole address of every call to its log."""
    log = logging.getLogger("httpx")
    log.addFilter(_nothing)
    try:
        yield
    finally:
        log.removeFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    return False
