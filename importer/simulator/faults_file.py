"""A faults file: what is to go wrong, as YAML.

Everything in it may be left out; what is left out is as in `Fault()`, where each word is explained.

```yaml
account:                                          # as in an account file (`account_file.py`)
  leads:
    - {EmailAddress: asha@example.com, FirstName: Asha}
  opportunities:
    - {lead: asha@example.com, fields: {mx_Custom_1: Home loan}}
latency: [0.05, 0.2]                              # seconds, each way
faults:
  - {kind: http_502, stores: true, nth: [3, 7]}
  - {kind: drop, matching: zoya@example.com, store_later: 20}
  - {kind: limit_429, every: 10, times: 2, message: "API calls exceeded the limit of 10 in 5 second(s)"}
  - {kind: envelope_500, matching: ravi@example.com, exception: MXDuplicateEntryException, message: "…"}
  - {kind: slow_answer, share: 0.1, seconds: 3}
  - {kind: hang, call: UserByAccessKey.Get, times: 1}
```
"""

from dataclasses import dataclass, field
from pathlib import Path

from importer.simulator.account import Account
from importer.simulator.account_file import ACCOUNT
from importer.simulator.faults import Fault
from importer.simulator.kinds import KINDS
from importer.simulator.nodes import file, flag, many, number, one_of, pair, record, text, whole
from importer.simulator.routes import CALLS


@dataclass(frozen=True, slots=True)
class FaultsFile:
    """What a faults file says, ready for a Simulator."""

    account: Account = field(default_factory=Account)
    faults: tuple[Fault, ...] = ()
    latency: tuple[float, float] = (0.0, 0.0)


def read_faults(path: Path) -> FaultsFile:
    """Raises ValueError with everything that is wrong in it, a line each, and OSError as reading does."""
    said: FaultsFile = file(path, FILE)
    return said


FAULT = record(
    Fault,
    kind=one_of(KINDS),
    call=one_of(CALLS),
    stores=flag,
    nth=many(whole),
    every=whole,
    share=number,
    matching=text,
    times=whole,
    seconds=number,
    store_later=number,
    exception=text,
    message=text,
)

FILE = record(FaultsFile, account=ACCOUNT, faults=many(FAULT), latency=pair(number))
