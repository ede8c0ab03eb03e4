"""An opportunity as the reads show it: a flat row of columns."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from importer.simulator.account import Account, OpportunityType
from importer.simulator.asked import flat
from importer.simulator.queries import Item, View
from importer.simulator.store import Opportunity, Store
from importer.simulator.times import spelt
from importer.simulator.users import full_name, user_id

Row = dict[str, Any]

ALWAYS = (
    "OpportunityId",
    "RelatedProspectId",
    "ProspectId",
    "FirstName",
    "OpportunityEvent",
    "OpportunityEventType",
    "Score",
    "PACreatedOn",
    "PAModifiedOn",
    "Status",
    "Owner",
    "OwnerName",
)
"""The columns that a row has, whatever is asked for."""

TIMES = ("CreatedOn", "ModifiedOn", "PACreatedOn", "PAModifiedOn")
TIMED = ("Date", "DateTime")


def in_view(account: Account, store: Store, opportunities: Iterable[Opportunity], view: View) -> list[Row]:
    """The page of rows that is asked for of these opportunities, which come the oldest first."""
    full = [(everything(account, store, opportunity), opportunity) for opportunity in opportunities]
    return [
        chosen(account, row, (*ALWAYS, *(view.columns or _custom(opportunity))))
        for row, opportunity in paged(full, view, lambda pair: pair[0])
    ]


def paged(items: Iterable[Item], view: View, row: Callable[[Item], Row]) -> Sequence[Item]:
    """The page that is asked for of these items, which come the oldest first."""
    found = sorted(items, key=lambda item: str(row(item).get(view.sort_by) or ""))
    return view.paging.of(found[::-1] if view.newest_first else found)


def everything(account: Account, store: Store, opportunity: Opportunity) -> Row:
    """All that is known of the opportunity, by column; its times as they are stored."""
    kind = account.opportunity_types[opportunity.event_code]
    fields = field_values(account, opportunity)
    owner = fields.get("Owner") or user_id(account)
    return {
        **store.leads[opportunity.prospect_id],
        "Status": next(iter(kind.statuses), ""),
        **fields,
        "Owner": owner,
        "OpportunityId": opportunity.id,
        "ProspectActivityId": opportunity.id,
        "RelatedProspectId": opportunity.prospect_id,
        "ProspectId": opportunity.prospect_id,
        "OpportunityEvent": str(opportunity.event_code),
        "OpportunityEventType": "2",
        "OpportunityNote": opportunity.note,
        "Score": "0",
        "OwnerName": full_name(account, owner),
        "CreatedOn": opportunity.created_at,
        "PACreatedOn": opportunity.created_at,
        "ModifiedOn": opportunity.modified_at,
        "PAModifiedOn": opportunity.modified_at,
    }


def field_values(account: Account, opportunity: Opportunity) -> dict[str, str]:
    """The fields that are not blank, spelt as reads spell them."""
    kind = account.opportunity_types[opportunity.event_code]
    return {
        name: _spelt(kind, name, value, account.read_times)
        for name, value in flat(opportunity.fields)
        if value
    }


def chosen(account: Account, row: Row, columns: Iterable[str]) -> Row:
    """These columns, as reads show them; blank ones and unknown ones are null."""
    shown: Row = {column: row.get(column) or None for column in columns}
    times = {column: spelt(row[column], account.read_times) for column in TIMES if shown.get(column)}
    return shown | times


def _custom(opportunity: Opportunity) -> list[str]:
    return [name for name, _ in flat(opportunity.fields)]


def _spelt(kind: OpportunityType, name: str, value: str, read_times: str) -> str:
    rule = kind.rule(name)
    if rule and rule.data_type == "Boolean":
        return "1" if value == "true" else "0"
    return spelt(value, read_times) if rule and rule.data_type in TIMED else value
