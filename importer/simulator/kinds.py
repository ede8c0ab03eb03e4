"""The kinds of faults: what becomes of a call and its reply."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from importer.simulator.arrival import Arrival
from importer.simulator.messages import JSON, Ending, Reply
from importer.simulator.replies import (
    CAPTURE_SHAPES,
    KEYS_ARE_WRONG,
    LIMITS,
    REFUSALS,
    Refusal,
    access_refused,
    as_json,
    capture_answer,
    limit_sentence,
    page,
)

DOCUMENTED_LIMIT = limit_sentence(25, 5)
REFUSED = Refusal(
    "MXInvalidActivityFieldsException", "Field name : 'mx_Custom_1' of datatype : 'String' is mandatory."
)


Answer = Callable[[Refusal, Arrival, Reply], Reply]
"""From the words that the fault sets ("" where it sets none), the call, and its honest reply (an empty one
where the work was not done) to the reply that is sent."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault.

    stores:      whether the call does its work all the same; None where the fault may say.
    waits_first: its seconds pass before the work, and not between the work and the reply.
    """

    answer: Answer
    stores: bool | None = None
    captures_only: bool = False
    needs_seconds: bool = False
    waits_first: bool = False


def _or(said: Refusal, otherwise: Refusal) -> Refusal:
    return Refusal(said.exception or otherwise.exception, said.message or otherwise.message)


def _refused(name: str) -> Kind:
    shape = REFUSALS[name]
    return Kind(
        lambda said, arrival, _: shape(_or(said, REFUSED), arrival.guid()),
        stores=False,
        captures_only=name in CAPTURE_SHAPES,
    )


def _over_limit(name: str) -> Kind:
    return Kind(lambda said, _, __: LIMITS[name](said.message or DOCUMENTED_LIMIT), stores=False)


def _keys_refused(said: Refusal, arrival: Arrival, honest: Reply) -> Reply:
    return access_refused(_or(said, KEYS_ARE_WRONG))


def _altered(**members: Any) -> Answer:
    """The honest answer to a capture, with an id, and yet with these members; a refusal stays as it is."""

    def answer(said: Refusal, arrival: Arrival, honest: Reply) -> Reply:
        if honest.exception or honest.status != 200:
            return honest
        body = honest.json() | members
        if said.exception:
            body |= {"ExceptionType": said.exception, "ExceptionMessage": said.message}
        return as_json(body, exception=body["ExceptionType"] or "")

    return answer


def _without_id(status: int) -> Kind:
    return Kind(
        lambda _, arrival, __: as_json(capture_answer(arrival.guid(), Status=status)), captures_only=True
    )


def _said(reply: Reply, stores: bool | None = None) -> Kind:
    return Kind(lambda _, __, ___: reply, stores)


def _page(status: int) -> Kind:
    """Codes that say the call was never looked at do no work; of the others nobody knows."""
    return _said(page(status), stores=False if status in (400, 404, 405, 429) else None)


def _broken(ending: Ending) -> Kind:
    return _said(Reply(200, ending=ending))


def _honest(ending: Ending = Ending.SENT) -> Answer:
    return lambda _, __, honest: replace(honest, ending=ending)


REFUSED_WITH_ID = {
    "Status": 1,
    "ExceptionType": "MXException",
    "ExceptionMessage": "The opportunity could not be completed.",
}

KINDS: dict[str, Kind] = {
    **{name: _refused(name) for name in REFUSALS},
    **{name: _over_limit(name) for name in LIMITS},
    "partial": Kind(_altered(Status=2), stores=True, captures_only=True),
    "refused_with_id": Kind(_altered(**REFUSED_WITH_ID), stores=True, captures_only=True),
    "status_0_without_id": _without_id(0),
    "status_2_without_id": _without_id(2),
    "html_200": _said(page(200)),
    "empty_200": _said(Reply(200)),
    "empty_list_200": _said(Reply(200, b"[]", JSON)),
    "unreadable_200": _said(Reply(200, b'{"Status":0,"CreatedOpportu', JSON)),
    "http_302": _said(replace(page(302), headers=(("Location", "/maintenance"),))),
    "http_401": Kind(_keys_refused, stores=False),
    **{f"http_{status}": _page(status) for status in (400, 403, 404, 405, 408, 429, 500, 502, 503, 504)},
    "drop": _broken(Ending.CLOSED),
    "reset": _broken(Ending.RESET),
    "hang": _broken(Ending.HUNG),
    "drip": Kind(_honest(Ending.DRIPPED), stores=True),
    "half_body": Kind(_honest(Ending.HALF), stores=True),
    "slow_answer": Kind(_honest(), stores=True, needs_seconds=True),
    "slow_storing": Kind(_honest(), stores=True, needs_seconds=True, waits_first=True),
    "reset_on_accept": Kind(_honest(Ending.RESET), stores=False),
}
"""Every kind by its name in a faults file."""
