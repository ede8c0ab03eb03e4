"""The verb `demo`, and runs against a throw-away LeadSquared: a simulator and a journal gone after it."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.answers import Rate
from importer.knowing import plan_for_demo
from importer.order import Order, RunReport
from importer.plan import make_plan
from importer.records import Ended
from importer.rules import Rules
from importer.run import run
from importer.settings import DOCUMENTED_LIMIT, Settings
from importer.simulator import Account, Existing, OpportunityType, Simulator
from importer.tell import Tell

SHEET, MAPPING = "demo.csv", "home_loans.yaml"

# What the sample sheet meets: an enquiry that is there already, and two leads that one of its rows mixes up.
DEMO_ACCOUNT = Account(
    opportunity_types={12000: OpportunityType("Home loan", duplicate_rule=("ProspectID", "mx_Custom_1"))},
    leads=(
        {"EmailAddress": "existing.lead@example.com", "FirstName": "Existing"},
        {"EmailAddress": "first.owner@example.com", "Phone": "+91-9000000001"},
    ),
    opportunities=(Existing("existing.lead@example.com", fields={"mx_Custom_1": "Home loan"}),),
)

WHY = {
    Ended.CREATED: "LeadSquared had no such opportunity, and made one.",
    Ended.DUPLICATE: "the lead had this opportunity already; LeadSquared's duplicate rule found it.",
    Ended.REJECTED: "LeadSquared said no: the phone number in this row belongs to another lead.",
    Ended.INVALID: "never sent: a cell is wrong, and its comment says what would do.",
    Ended.SKIPPED: "the same opportunity as a row above, which was sent.",
    Ended.UNKNOWN: "the answer did not come.",
    Ended.NOT_SENT: "the run was stopped before.",
}


@contextmanager
def practice(account: Account, limit: Rate) -> Iterator[Settings]:
    """Settings that lead to a simulator of this account while the block lasts."""
    # An id of one rehearsal is never that of another, or of the real account.
    simulator = Simulator((limit.calls, limit.seconds), account=account, seed=secrets.randbits(32))
    with (
        tempfile.TemporaryDirectory(prefix="importer-", ignore_cleanup_errors=True) as state,
        simulator.serving() as served,
    ):
        yield Settings(served.url, "practice", "practice", limit, Path(state))


@contextmanager
def practice_for(order: Order) -> Iterator[Settings]:
    """The same for any sheet: the simulator has the opportunity type that the mapping names."""
    what = order.sheet, order.mapping, order.reading
    opportunity = (plan_for_demo(what, order.kept) or make_plan(*what)).mapping.opportunity
    account = Account(opportunity_types={opportunity.event_code: OpportunityType("Opportunity")})
    with practice(account, order.rate or DOCUMENTED_LIMIT) as settings:
        yield settings


def demo(folder: Path, tell: Tell) -> RunReport:
    """Run the sample sheet in a new folder inside this one."""
    place = _new_folder(folder)
    sheet = Path(shutil.copy(_sample("data_samples", SHEET), place / SHEET))
    (place / "mappings").mkdir()
    mapping = Path(shutil.copy(_sample("mappings", MAPPING), place / "mappings" / MAPPING))
    with practice(DEMO_ACCOUNT, DOCUMENTED_LIMIT) as settings:
        return run(Order(sheet, mapping, demo=True), settings, Rules(), tell)


def _new_folder(folder: Path) -> Path:
    number = 1
    while True:
        place = folder / (f"importer-demo-{number}" if number > 1 else "importer-demo")
        try:
            place.mkdir()
        except FileExistsError:
            number += 1
        else:
            return place


def _sample(folder: str, name: str) -> Path:
    # An installed package carries its samples beside this module; a checkout has them at its top.
    installed = Path(__file__).parent / "samples" / name
    return installed if installed.exists() else Path(__file__).parents[1] / folder / name


def in_words(report: RunReport) -> str:
    """What happened to the sample sheet, and how each outcome came about."""
    lines = ["", f"{report.rows} rows of a sample sheet went to a simulated LeadSquared:"]
    lines += [f"  {word:<9} {count:>2}  {WHY[word]}" for word, count in report.outcomes.items() if count]
    lines += [
        "",
        f"The sheet:           {report.sheet}",
        f"Its mapping:         {report.mapping}",
        f"The result workbook: {report.result}",
        "Nothing left this machine.",
    ]
    return "\n".join(lines)
