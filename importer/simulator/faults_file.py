"""A faults file: the only module here that knows YAML.

Everything in it may be left out; what is left out is as in `Account()`, `FieldRule()` and `Fault()`, where
each word is explained.

```yaml
account:
  organisation: DEMO
  user_email: ops@example.com
  keys: [[access, secret]]                        # else any that are not empty
  allows_user_call: false                         # UserByAccessKey.Get is refused
  refusal: envelope_500                           # the shape in which the rules below refuse
  limit_reply: limit_403                          # the shape in which the rate limit refuses
  limit_window: counting_refusals                 # or sliding, or fixed
  unique_attributes: [EmailAddress, Phone, Mobile, ProspectID, mx_Aadhaar]
  attributes: [FirstName, LastName, mx_City]      # else any attribute is taken
  mandatory_attributes: [FirstName]
  opportunity_types:
    12000:
      name: Home loan
      statuses: [Open, Won, Lost]
      status_comments: true
      duplicate_rule: [ProspectID, mx_Custom_1]   # the same lead and the same product
      note_length: 200
      other_fields: false                         # only the fields below exist
      fields:
        mx_Custom_1: {mandatory: true, max_length: 100}
        mx_Custom_2: {data_type: Dropdown, depends_on: Status, options_for: {Open: [New], Won: [Paid]}}
        mx_Custom_3: {data_type: Number}
        mx_Custom_4: {data_type: Dropdown, options: [North, South]}
  leads:
    - {EmailAddress: asha@example.com, FirstName: Asha}
  opportunities:
    - {lead: asha@example.com, event_code: 12000, note: From the branch, fields: {mx_Custom_1: Home loan},
       created_at: "2026-11-23 10:30:00"}
  clock_offset: -600                              # its clock is ten minutes late
  list_lag: 120                                   # seconds until the lists show a new opportunity
  trail_lag: 5                                    # the same for a lead's activities
  lead_lag: 5                                     # and until a new lead is found
  note_key: OpportunityNote                       # the note among an activity's Data; "": nowhere
  trail_fields: [mx_Custom_1]                     # the fields among an activity's Data; else all
  trail_offset: pages                             # what Offset counts; else rows
  read_times: american                            # plain, milliseconds, american or json_date
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

from importer.simulator.account import WORDS, Account, Existing, FieldRule, OpportunityType
from importer.simulator.faults import Fault
from importer.simulator.field_rules import DATA_TYPES
from importer.simulator.kinds import KINDS
from importer.simulator.nodes import (
    by,
    flag,
    many,
    number,
    one_of,
    pair,
    record,
    several,
    signed,
    text,
    whole,
)
from importer.simulator.routes import CALLS


@dataclass(frozen=True, slots=True)
class FaultsFile:
    """What a faults file says, ready for a Simulator."""

    account: Account = field(default_factory=Account)
    faults: tuple[Fault, ...] = ()
    latency: tuple[float, float] = (0.0, 0.0)


def read_faults(path: Path) -> FaultsFile:
    """Raises ValueError with everything that is wrong in it, a line each, and OSError as reading does."""
    # Only `importer simulate --faults` needs YAML here, and importing it takes time.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        document = YAML().load(path.read_text(encoding="utf-8-sig"))
    except YAMLError as error:
        raise ValueError(f"{path.name} is not YAML: {error}") from None
    said: FaultsFile = FILE({} if document is None else document, path.name)
    return said


FIELD_RULE = record(
    FieldRule,
    data_type=one_of(DATA_TYPES),
    mandatory=flag,
    max_length=whole,
    options=many(text),
    depends_on=text,
    options_for=by(text, many(text)),
)

OPPORTUNITY_TYPE = record(
    OpportunityType,
    name=text,
    fields=by(text, FIELD_RULE),
    other_fields=flag,
    statuses=many(text),
    status_comments=flag,
    duplicate_rule=many(text),
    note_length=whole,
)

EXISTING = record(Existing, lead=text, event_code=whole, note=text, fields=by(text, text), created_at=text)

ACCOUNT = record(
    Account,
    organisation=text,
    user_email=text,
    time_zone=text,
    country_code=text,
    keys=several(pair(text)),
    allows_user_call=flag,
    refusal=one_of(WORDS["refusal"]),
    limit_reply=one_of(WORDS["limit_reply"]),
    limit_window=one_of(WORDS["limit_window"]),
    unique_attributes=many(text),
    attributes=several(text),
    mandatory_attributes=many(text),
    opportunity_types=by(whole, OPPORTUNITY_TYPE),
    leads=many(by(text, text)),
    opportunities=many(EXISTING),
    clock_offset=signed,
    list_lag=number,
    trail_lag=number,
    lead_lag=number,
    note_key=text,
    trail_fields=many(text),
    trail_offset=one_of(WORDS["trail_offset"]),
    read_times=one_of(WORDS["read_times"]),
)

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
