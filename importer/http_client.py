"""How a call reaches LeadSquared: connections, headers and timeouts, and what breaks on the way in words."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from importer.errors import UsageError
from importer.settings import Settings

CONNECTIONS = 64

# The pool waits longer than a slow answer does, else slow answers would look like a full pool.
TIMEOUTS = httpx.Timeout(connect=10, read=60, write=15, pool=120)
# A question whose answer changes nothing may give up sooner, and be asked again.
QUESTION_TIMEOUTS = httpx.Timeout(connect=5, read=10, write=5, pool=5)
READ_TIMEOUTS = httpx.Timeout(connect=10, read=30, write=15, pool=120)
# A list of an account's fields or users is long, and what was read earlier will do where it does not come.
METADATA_TIMEOUTS = httpx.Timeout(connect=5, read=15, write=5, pool=5)

# Seconds for the whole of an answer: the timeouts count anew with each bit of it.
WHOLE = 120.0


def text_of(response: httpx.Response) -> str:
    """JSON is UTF-8; only what is none may need the charset that the answer names."""
    try:
        return response.content.decode()
    except UnicodeDecodeError:
        return response.text


def told_at(response: httpx.Response) -> datetime | None:
    """The time of the answer by the clock of whoever gave it, UTC; None where it is not told."""
    try:
        told = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


class _None(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Nothing."""


NO_COOKIES = _None()


class _Whole(httpx.SyncByteStream):
    """An answer that is to be there by a moment of the monotonic clock."""

    def __init__(self, stream: httpx.SyncByteStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if time.monotonic() > self._until:
                raise httpx.ReadTimeout("the whole of the answer took too long")
            yield part

    def close(self) -> None:
        self._stream.close()


class Cookieless(httpx.Client):
    """Looks for no cookies, which would take a tenth of the work of a call: each call stands alone.

    An answer that comes bit by bit without end is given up, as httpx.ReadTimeout.
    """

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        until = time.monotonic() + WHOLE
        response = super().send(request, **{**how, "stream": True})
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Whole(response.stream, until)
        with closing(response):
            response.read()
        return response

    @property
    def cookies(self) -> httpx.Cookies:
        return NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise AttributeError("there are none")


def client(settings: Settings) -> httpx.Client:
    """The client of these keys, to be closed in the end. Raises UsageError where none can be prepared."""
    in_the_air = httpx.Limits(
        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=60
    )
    try:
        return Cookieless(
            base_url=settings.url,
            headers={
                "x-LSQ-AccessKey": settings.access_key,
                "x-LSQ-SecretKey": settings.secret_key,
                "Accept": "application/json",
            },
            timeout=TIMEOUTS,
            limits=in_the_air,
            # A proxy for the outside world cannot reach this machine's own loopback.
            trust_env=not settings.is_loopback,
        )
    except (httpx.InvalidURL, ValueError, ImportError, OSError) as error:
        raise UsageError(
            "No connection can be prepared: check LSQ_API_HOST, and this machine's settings for proxies and "
            f"certificates (HTTPS_PROXY, SSL_CERT_FILE): {error}"
        ) from error


def in_words(error: httpx.HTTPError) -> str:
    """What went wrong on the way, as it stands in brackets in a sentence."""
    words: dict[type[httpx.HTTPError], str] = {
        httpx.ConnectTimeout: "the connection took too long",
        httpx.ConnectError: "no connection",
        httpx.ReadTimeout: "the answer took too long",
        httpx.WriteTimeout: "sending took too long",
        httpx.PoolTimeout: "too many calls are waiting",
        httpx.ProxyError: "the proxy refuses",
    }
    return words.get(type(error), "the connection broke off")
