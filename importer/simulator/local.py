"""What LeadSquared does not have: looking into the simulator, and turning its limit, from another process.

None of this is counted as a call, and none needs keys:

- `GET /simulator/ledger`: all opportunities, the ids of the deleted ones, leads and calls;
  `?since=N`: only the calls after number N.
- `GET /simulator/calls`: the calls alone, with `?since=N` as above.
- `GET /simulator/opportunities`: of each its id, prospect_id, event_code, note, fields, created_at and call.
- `GET /simulator/busiest?seconds=5`: the most calls that arrived within any so many seconds.
- `GET /simulator/limit`: the limit of calls; `POST /simulator/limit?calls=10&seconds=5` changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from importer.simulator.ledger import Call
from importer.simulator.messages import Reply, Request
from importer.simulator.replies import as_json, page
from importer.simulator.store import Opportunity

if TYPE_CHECKING:
    from importer.simulator.simulator import Simulator

IN_SHORT = ("id", "prospect_id", "event_code", "note", "fields", "created_at", "call")


def _ledger(simulator: Simulator, request: Request) -> Reply:
    return as_json(
        {
            "opportunities": _told(simulator.opportunities, _members(Opportunity)),
            "deleted": simulator.deleted,
            "leads": simulator.leads,
            "calls": _calls_since(simulator, request),
        }
    )


def _calls(simulator: Simulator, request: Request) -> Reply:
    return as_json({"calls": _calls_since(simulator, request)})


def _opportunities(simulator: Simulator, request: Request) -> Reply:
    return as_json({"opportunities": _told(simulator.opportunities, IN_SHORT)})


def _busiest(simulator: Simulator, request: Request) -> Reply:
    seconds = float(request.query["seconds"])
    return as_json({"seconds": seconds, "calls": simulator.busiest(seconds)})


def _limit(simulator: Simulator, request: Request) -> Reply:
    if request.method == "POST":
        simulator.change_limit(int(request.query["calls"]), float(request.query["seconds"]))
    calls, seconds = simulator.limit or (None, None)
    return as_json({"calls": calls, "seconds": seconds})


PAGES: dict[str, Callable[[Simulator, Request], Reply]] = {
    "/simulator/ledger": _ledger,
    "/simulator/calls": _calls,
    "/simulator/opportunities": _opportunities,
    "/simulator/busiest": _busiest,
    "/simulator/limit": _limit,
}


def answer(simulator: Simulator, request: Request) -> Reply | None:
    """None where the call is LeadSquared's to answer."""
    show = PAGES.get(request.path)
    if show is None:
        return None
    try:
        return show(simulator, request)
    except (KeyError, ValueError) as error:
        return page(400, f"A number is missing or is none, such as in /simulator/busiest?seconds=5: {error}.")


def _calls_since(simulator: Simulator, request: Request) -> list[dict[str, Any]]:
    return _told(simulator.calls_since(int(request.query.get("since", "0"))), _members(Call))


def _members(record: type[Call | Opportunity]) -> tuple[str, ...]:
    return tuple(member.name for member in fields(record))


def _told(records: Iterable[object], members: tuple[str, ...]) -> list[dict[str, Any]]:
    # dataclasses.asdict copies deeply, which takes too long for thousands of calls.
    return [{name: getattr(record, name) for name in members} for record in records]
