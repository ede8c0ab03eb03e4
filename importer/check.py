"""The verb `check`: everything that is wrong with a sheet, and nothing sent."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from importer import advice
from importer.journal import fingerprint
from importer.original import original_of
from importer.plan import Plan, make_plan
from importer.records import Capture, Carried, Ended, Invalid, Outcome
from importer.references import ShortenedNotes
from importer.repeats import Repeats
from importer.results import write_results
from importer.summary_page import Block
from importer.targets import check_target, free_target
from importer.tell import Tell


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found. `problems` counts by cause; `result` is the annotated workbook."""

    sheet: Path
    mapping: Path
    rows: int
    invalid: int
    repeated: int
    problems: dict[str, int]
    result: Path | None
    seconds: float

    @property
    def exit_code(self) -> int:
        return 1 if self.invalid else 0


def check(
    sheet: Path, mapping: Path | None, worksheet: str | None, output: Path | None, tell: Tell
) -> CheckReport:
    """Tell every problem of every row. Raises CannotStart where the mapping or the sheet is unusable."""
    started = time.monotonic()
    plan = make_plan(sheet, mapping, worksheet)
    if output:
        check_target(output, sheet)
    for sentence in (f"Mapping: {plan.mapping.path}", *plan.notices):
        tell.say(sentence)
    tally = _tally(plan, tell)
    result = _annotate(plan, output) if output else None
    return replace(tally, result=result, seconds=time.monotonic() - started)


def _tally(plan: Plan, tell: Tell) -> CheckReport:
    rows = invalid = repeated = 0
    problems: Counter[str] = Counter()
    shortened = ShortenedNotes(plan.mapping.opportunity.reference)
    with Repeats() as repeats:
        for verdict in map(_by_itself, plan.verdicts()):
            rows += 1
            if isinstance(verdict, Invalid):
                invalid += 1
                for problem in verdict.problems:
                    problems[problem.code] += 1
                    tell.problem(problem)
            elif isinstance(verdict, Carried) or not repeats.is_first(fingerprint(verdict)):
                repeated += 1
            else:
                shortened.see(verdict)
    for sentence in shortened.notices:
        tell.say(sentence)
    return CheckReport(
        plan.sheet.path, plan.mapping.path, rows, invalid, repeated, dict(problems.most_common()), None, 0.0
    )


def _annotate(plan: Plan, output: Path) -> Path:
    facts = (
        ("Checked only", "nothing was sent"),
        ("Sheet", str(plan.sheet.path)),
        ("Worksheet", plan.sheet.worksheet),
        ("Mapping", str(plan.mapping.path)),
    )
    original = original_of(plan.sheet, plan.layout.header_row, plan.mapping.worksheet or "")
    return write_results(original, _outcomes(plan), [Block("Check", (), facts)], free_target(output))


def _outcomes(plan: Plan) -> Iterator[Outcome]:
    for verdict in map(_by_itself, plan.verdicts()):
        if isinstance(verdict, Invalid):
            yield invalid_outcome(verdict)
        else:
            told = advice.CARRIES_ID if isinstance(verdict, Carried) else advice.CHECKED
            yield Outcome(verdict.row, Ended.NOT_SENT, advice=told)


def _by_itself(verdict: Capture | Invalid | Carried) -> Capture | Invalid | Carried:
    """Whether a row marked Unknown may be sent, only the journal knows: here it is a row like others."""
    if isinstance(verdict, Carried) and not verdict.opportunity_id:
        return verdict.verdict
    return verdict


def invalid_outcome(invalid: Invalid) -> Outcome:
    """The outcome of a row that must not be sent, with all its problems in one text."""
    return Outcome(
        invalid.row,
        Ended.INVALID,
        exception_type="InvalidRow",
        exception_message=" | ".join(str(problem) for problem in invalid.problems),
        advice=advice.INVALID,
        problems=invalid.problems,
    )
