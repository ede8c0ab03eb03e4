"""An account file: an account as YAML, to be edited by whoever tries things out.

Everything in it may be left out; what is left out is as in `Account()`, `OpportunityType()`, `FieldRule()`,
`AttributeRule()` and `User()`, where each word is explained.

```yaml
organisation: DEMO
user_email: ops@example.com
keys: [[access, secret]]                        # else any that are not empty
allows_user_call: false                         # UserByAccessKey.Get is refused
refusal: envelope_500                           # the shape in which the rules below refuse
limit_reply: limit_403                          # the shape in which the rate limit refuses
limit_window: counting_refusals                 # or sliding, or fixed
unique_attributes: [EmailAddress, Phone, Mobile, ProspectID, mx_Aadhaar]
attributes: [FirstName, LastName, mx_City]      # else any attribute is taken
attribute_rules:                                # these exist too; and where only they are given, no others
  mx_City: {display_name: City, data_type: Select, options: [Pune, Mumbai]}
  LastName: {display_name: Last Name, max_length: 50, mandatory: true}
mandatory_attributes: [FirstName]
users:                                          # else any text is an owner
  - {email: ops@example.com, first_name: Op, last_name: Erator, role: Administrator}
  - {email: gone@example.com, first_name: Gone, id: 0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f, active: false}
region_host: api-in21.leadsquared.com           # the only host for its keys; else any
opportunity_types:
  12000:
    name: Home loan
    statuses: [Open, Won, Lost]
    status_comments: true
    duplicate_rule: [ProspectID, mx_Custom_1]   # the same lead and the same product
    note_length: 200
    can_delete: false                           # its opportunities cannot be deleted
    other_fields: false                         # only the fields below exist
    fields:
      mx_Custom_1: {mandatory: true, max_length: 100}
      mx_Custom_2: {data_type: Dropdown, depends_on: Status, options_for: {Open: [New], Won: [Paid]}}
      mx_Custom_3: {display_name: Loan Amount, data_type: Number, read_only: true}
      mx_Custom_4: {data_type: Dropdown, options: [North, South], multi_select: true}
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
```
"""

from pathlib import Path

from importer.simulator.account import (
    WORDS,
    Account,
    AttributeRule,
    Existing,
    FieldRule,
    OpportunityType,
    User,
)
from importer.simulator.data_types import DATA_TYPES
from importer.simulator.nodes import (
    by,
    file,
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


def read_account(path: Path) -> Account:
    """Raises ValueError with everything that is wrong in it, a line each, and OSError as reading does."""
    account: Account = file(path, ACCOUNT)
    return account


FIELD_RULE = record(
    FieldRule,
    data_type=one_of(DATA_TYPES),
    mandatory=flag,
    max_length=whole,
    options=many(text),
    depends_on=text,
    options_for=by(text, many(text)),
    display_name=text,
    read_only=flag,
    multi_select=flag,
)

ATTRIBUTE_RULE = record(
    AttributeRule,
    data_type=one_of(DATA_TYPES),
    mandatory=flag,
    max_length=whole,
    options=many(text),
    display_name=text,
    multi_select=flag,
)

USER = record(User, email=text, first_name=text, last_name=text, role=text, active=flag, id=text)

OPPORTUNITY_TYPE = record(
    OpportunityType,
    name=text,
    fields=by(text, FIELD_RULE),
    other_fields=flag,
    statuses=many(text),
    status_comments=flag,
    duplicate_rule=many(text),
    note_length=whole,
    can_delete=flag,
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
    attribute_rules=by(text, ATTRIBUTE_RULE),
    mandatory_attributes=many(text),
    users=many(USER),
    region_host=text,
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
