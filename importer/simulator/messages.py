"""What goes over the wire: a request as it came, and a reply with what becomes of its connection."""

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import parse_qs, urlsplit

JSON = "application/json; charset=utf-8"


class Ending(Enum):
    """How a reply reaches the client, or does not."""

    SENT = "sent whole"
    HALF = "half of the body, then the connection is closed"
    DRIPPED = "the body, and then one blank after the other, until the client gives up"
    CLOSED = "the connection is closed (FIN) without a word"
    RESET = "the connection is reset (RST) without a word"
    HUNG = "nothing, until the client gives up or the simulator stops"


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it came. `target` is path and query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters, the last value of each."""
        parameters = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        return {name: values[-1] for name, values in parameters.items()}

    def header(self, name: str) -> str:
        """A header's value, whatever the case of its name; "" where there is none."""
        return next((value for said, value in self.headers.items() if said.lower() == name.lower()), "")

    def json(self) -> Any:
        """The body. Raises ValueError where it is not JSON in true UTF-8."""
        try:
            body = json.loads(self.body.decode("utf-8"), parse_constant=_refuse_constant)
            # Half a surrogate pair, escaped, is good JSON and yet no text.
            json.dumps(body, ensure_ascii=False).encode("utf-8")
        except RecursionError:
            raise ValueError("the body is nested too deeply") from None
        return body


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    exception, fault: what it means, for the ledger.
    afterwards:       what goes on once it is sent; whoever runs the call runs this too.
    """

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.SENT
    exception: str = ""
    fault: str = ""
    afterwards: "Afterwards | None" = None

    def json(self) -> Any:
        return json.loads(self.body)


Steps = Generator[float, None, Reply]
"""One call on its way: each yield is a wait in seconds, the end is the reply. Nobody here knows who waits."""


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Work that is done when its call has long been answered.

    due:   when it begins, by the simulator's clock.
    steps: the work, with the wait until then.
    """

    due: float
    steps: Steps
