"""A LeadSquared in memory: for demos, for learning without an account, and for every test.

It keeps to what is documented and reported of the API, where that is mean it is mean too, and it shares
no code with the importer: a name misspelt in a shared constant would agree with itself.

```python
with Simulator(faults=[Fault("http_502", stores=True, nth=(3,))]).serving() as simulator:
    ...  # talk to simulator.url
assert len(simulator.opportunities) == 10
assert simulator.busiest(seconds=5) <= 25
```

Without sockets, `simulator.answer(Request(...))` gives the reply. Another process may ask
`GET /simulator/ledger` and more that is LeadSquared's in no way (`local.py`).
"""

from importer.simulator.account import Account, AttributeRule, Existing, FieldRule, OpportunityType, User
from importer.simulator.account_file import read_account
from importer.simulator.faults import Fault
from importer.simulator.faults_file import FaultsFile, read_faults
from importer.simulator.ledger import Call
from importer.simulator.messages import Ending, Reply, Request
from importer.simulator.simulator import Simulator
from importer.simulator.store import Activity, Opportunity

__all__ = [
    "Account",
    "Activity",
    "AttributeRule",
    "Call",
    "Ending",
    "Existing",
    "Fault",
    "FaultsFile",
    "FieldRule",
    "Opportunity",
    "OpportunityType",
    "Reply",
    "Request",
    "Simulator",
    "User",
    "read_account",
    "read_faults",
]
