"""The call that deletes one opportunity, for ever."""

from typing import Any

from importer.simulator.account import Account
from importer.simulator.arrival import Arrival
from importer.simulator.replies import Refusal
from importer.simulator.store import Store

DONE = {"Status": "Success", "Message": {"IsSuccessful": True}}
NOT_ALLOWED = Refusal("MXInvalidOperationException", "Opportunities of this type cannot be deleted")


def delete(account: Account, store: Store, arrival: Arrival) -> Any:
    """What it does not understand or find, it says to have deleted."""
    # The parameter is Id, and is read so exactly: users were told of success for a misspelt one.
    opportunity = store.opportunities.get(arrival.request.query.get("Id", "").lower())
    if opportunity is None:
        return DONE
    if not account.opportunity_types[opportunity.event_code].can_delete:
        return NOT_ALLOWED
    store.delete(opportunity.id)
    return DONE
