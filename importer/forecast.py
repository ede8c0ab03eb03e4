"""What a run is about to do, counted and said before it does it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from importer.journal import Account
from importer.mapping import Source
from importer.pace import Pace
from importer.plan import Plan
from importer.runs import Run
from importer.spelling import counted, duration
from importer.survey import Forecast
from importer.tell import Tell

COUNTS = (
    "rows", "to_send", "settled", "unclear", "marked_unknown", "invalid", "repeated", "sent_before",
    "left_out",
)  # fmt: skip
"""Of a forecast, as a log holds it."""


def tell_forecast(forecast: Forecast, plan: Plan, account: Account, run: Run, pace: Pace, tell: Tell) -> None:
    """Say what the run is about to do, and what of the sheet should be known before."""
    counts = {name: getattr(forecast, name) for name in COUNTS}
    tell.write_down(
        "run.began",
        run=run.number,
        sheet=plan.sheet.path,
        mapping=plan.mapping.path,
        **counts,
        rate=str(pace.rate),
    )
    for notice in (*plan.notices, *forecast.notices):
        tell.event("run.notice", notice)
    where_to, *said = sentences(forecast, plan, account, run, pace)
    # What an account and its types are called is LeadSquared's text.
    tell.event("run.account", where_to, host=run.host, event_code=plan.mapping.opportunity.event_code)
    for sentence in said:
        tell.say(sentence)


def sentences(forecast: Forecast, plan: Plan, account: Account, run: Run, pace: Pace) -> list[str]:
    """The forecast as the operator reads it."""
    code = plan.mapping.opportunity.event_code
    name = f" ({plan.mapping.name})" if plan.mapping.name else ""
    organisation = (
        f"Organisation {account.organisation}" if account.organisation else "Organisation not named"
    )
    said = [
        f"{organisation} at {run.host}, opportunity type {code}{name}, mapping {plan.mapping.path}.",
        f"{plan.sheet.path.name}: {_counted(forecast)}.",
    ]
    if forecast.elsewhere:
        said.append(
            f"{counted(len(forecast.elsewhere), 'row')} of earlier starts, still unclear, which this sheet "
            "and mapping do not send any more: LeadSquared is asked for that too."
        )
    if forecast.known_leads and not run.unless_open:
        said.append(
            f"{counted(forecast.known_leads, 'row')} of leads that already got an opportunity of this type "
            "from here, with other values or under another mapping. If they are the same deals, they would "
            f"be there twice: {_identity_advice(plan)}"
        )
    if forecast.to_send or forecast.unclear:
        said += _updates(plan)
        said += _duration(forecast, run, pace)
    return said


def _identity_advice(plan: Plan) -> str:
    if named := plan.mapping.identity:
        listed = ", ".join(named)
        return (
            f"the mapping tells deals apart by {listed} (identity:); see whether that makes a row the same."
        )
    return "name the columns that make a row the same deal under identity: in the mapping."


def _updates(plan: Plan) -> Iterator[str]:
    """What sending changes."""
    search_by = plan.mapping.lead.search_by
    # The one attribute that finds the lead is equal already; of several, only one finds it.
    finds = ("ProspectID", *(search_by if len(search_by) == 1 else ()))
    attributes = plan.mapping.lead.attributes.items()
    updated = [name for name, source in attributes if name not in finds and _is_sent(source, plan)]
    if updated:
        yield f"Leads that LeadSquared has already are overwritten in: {', '.join(updated)}."


def _duration(forecast: Forecast, run: Run, pace: Pace) -> Iterator[str]:
    """How many calls it takes, and how long."""
    calls_each = 2 if run.unless_open else 1
    calls = forecast.to_send * calls_each
    if run.unless_open:
        yield (
            "Before each row LeadSquared is asked for open opportunities of its lead (--unless-open), so "
            f"this takes up to {calls:,} calls, two for each row, and twice the time."
        )
    seconds = pace.seconds_for(calls + forecast.unclear)
    ends = datetime.now() + timedelta(seconds=seconds)
    slowed = f", {pace.factor:.1f} times slower since calls were refused," if pace.factor > 1 else ""
    yield f"At {pace.rate} (calls/seconds){slowed} this takes {duration(seconds)}, until {ends:%d %b %H:%M}."
    if reached := pace.budget_reached(calls):
        done, at = reached
        yield (
            f"LSQ_DAILY_CALLS ({pace.daily:,}) will be reached after about {done // calls_each:,} of them, "
            f"at {at.astimezone():%d %b %H:%M}; the rest waits for the next day's calls."
        )


def _is_sent(source: Source, plan: Plan) -> bool:
    return source.default is not None or source.column not in plan.layout.missing


def _counted(forecast: Forecast) -> str:
    parts = [
        (forecast.settled, "done by an earlier start of this run"),
        (forecast.unclear, "unclear (asked for first, and sent again where LeadSquared does not have them)"),
        (forecast.marked_unknown, "marked Unknown by an earlier result"),
        (forecast.invalid, "invalid"),
        (forecast.repeated, "the same as a row above"),
        (forecast.sent_before, "sent by an earlier run"),
        (forecast.left_out, "hidden and left out"),
    ]
    rest = "".join(f", {count:,} {what}" for count, what in parts if count)
    return f"{counted(forecast.rows, 'row')}, {forecast.to_send:,} to send{rest}"
