"""Reports of passes, with everything in them that no notice and no figure may tell."""

from pathlib import Path

from importer.passes import ATTENTION, DONE, FAILED, FileReport, Left, PassReport
from importer.records import Ended

TOLD_TO_NOBODY = "C17, Enquired On: 'meera@example.com' is not a date"
"""A reason, as a pass has it: it quotes a cell."""

FOLDER = Path("/srv/leads")
SUMMARY = FOLDER / "summaries" / "2026-03-31.txt"


def a_file(place=DONE, name="enquiries.csv", exit_code=0, **more):
    outcomes = more.pop("outcomes", {Ended.CREATED: 2, Ended.INVALID: 1})
    more = {"run": 17, "rows": sum(outcomes.values()), "outcomes": outcomes} | more
    reason = "" if place == DONE else TOLD_TO_NOBODY
    return FileReport(name, place, FOLDER / place / "17" / name, exit_code, reason=reason, **more)


def a_pass(*files, ended="2026-03-31 02:10:00", stopped=None, left=()):
    return PassReport(FOLDER, "2026-03-31 02:00:00", ended, 600.0, files, left, stopped)


def a_bad_night(stopped=None):
    """One file done, one with rows to mend, one that is unusable, and one that waits."""
    return a_pass(
        a_file(outcomes={Ended.CREATED: 1200}),
        a_file(ATTENTION, "walk-ins.xlsx", exit_code=1),
        a_file(FAILED, "fair.xlsx", exit_code=2, outcomes={}),
        left=(Left("partners.csv", TOLD_TO_NOBODY),),
        stopped=stopped,
    )
