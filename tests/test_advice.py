"""What a row's advice says: read by somebody who knows spreadsheets, and no program."""

import re

import pytest

from importer.simulator import Account, Fault, Simulator
from importer.simulator.kinds import KINDS
from tests.conftest import result_rows

TECHNICAL = re.compile(
    r"\b(?:HTTP|JSON|GET|POST|URL|API|timeout|socket|exception|traceback|null|None|code \d|[1-5]\d\d)\b"
)
ENDLESS = ("hang", "drip")
CAPTURE_FAULTS = sorted(
    kind for kind, about in KINDS.items() if not about.needs_seconds and kind not in ENDLESS
)


@pytest.mark.parametrize("kind", CAPTURE_FAULTS)
@pytest.mark.parametrize("reads", ["", "http_503", "http_403"], ids=["reads go", "no answer", "refused"])
def test_no_advice_speaks_of_how_computers_talk(folder, connect, importer, kind, reads):
    faults = [Fault(kind, times=2)]
    calls = ("GetOpportunitiesByUniqueLeadField", "Retrieve", "GetOpportunitiesById", "Leads.Get")
    faults += [Fault(reads, call=call) for call in calls] if reads else []
    with Simulator(rate=None, faults=faults, account=Account(list_lag=1e9)).serving() as simulator:
        connect(simulator.url)
        words = ("--output", "out.csv", "--patience", "0.1", "--give-up-after", "1")
        importer("run", folder.people(3), *words)
    rows = result_rows(folder.path / "out.csv")
    needs_a_person = [row for row in rows if row["Outcome"] not in ("Created", "Duplicate", "Skipped")]
    assert len(rows) == 3
    assert all(row["Advice"] for row in needs_a_person)
    assert not [row["Advice"] for row in rows if TECHNICAL.search(row["Advice"])]
