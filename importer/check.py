"""The verb `check`: everything that is wrong with a sheet, and nothing sent."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importer import advice
from importer.journal import fingerprint
from importer.noticing import Noticing
from importer.original import original_of
from importer.plan import Plan
from importer.records import LEFT_OUT, Capture, Carried, Ended, Invalid, LeftOut, Outcome, Verdict
from importer.repeats import Repeats
from importer.results import write_results
from importer.summary import Causes, Group
from importer.summary_page import Block
from importer.targets import check_target, free_target
from importer.tell import Tell
from importer.unknown_choices import UnknownChoices, UnknownValues


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    known:   rows that have an opportunity by an earlier result.
    causes:  what is wrong, by code and column.
    unknown: what choice columns hold beside their choices.
    unused:  headings of the sheet that the mapping does not use.
    result:  the annotated workbook.
    """

    sheet: Path
    worksheet: str
    mapping: Path
    rows: int
    invalid: int
    repeated: int
    left_out: int
    known: int
    causes: tuple[Group, ...]
    unknown: tuple[UnknownValues, ...]
    unused: tuple[str, ...]
    result: Path | None = None
    seconds: float = 0.0

    @property
    def problems(self) -> dict[str, int]:
        """How many there are of each code, the most frequent first."""
        counts: Counter[str] = Counter()
        for code, count, *_ in self.causes:
            counts[code] += count
        return dict(counts.most_common())

    @property
    def exit_code(self) -> int:
        return 1 if self.invalid else 0


def check(plan: Plan, output: Path | None, tell: Tell) -> CheckReport:
    """Tell every problem of every row. Raises CannotStart where the sheet or the output is unusable."""
    started = time.monotonic()
    if output:
        check_target(output, plan.sheet.path)
    for sentence in (f"Mapping: {plan.mapping.path}", *plan.notices):
        tell.event("check.notice", sentence)
    noticing = Noticing(plan)
    tally = _tally(plan, noticing, tell)
    for sentence in noticing.sentences:
        tell.event("check.notice", sentence)
    result = _annotate(plan, noticing.blocks, output) if output else None
    return replace(tally, result=result, seconds=time.monotonic() - started)


def _tally(plan: Plan, noticing: Noticing, tell: Tell) -> CheckReport:
    rows = invalid = repeated = hidden = known = 0
    causes, unknown = Causes(), UnknownChoices(plan.mapping, plan.layout)
    with Repeats() as repeats:
        for row, judged in tell.watching(plan.judged()):
            verdict = _by_itself(judged)
            rows += 1
            is_first = isinstance(verdict, Capture) and repeats.is_first(fingerprint(verdict))
            noticing.see(row, verdict, is_to_send=is_first)
            match verdict:
                case Invalid():
                    invalid += 1
                    unknown.see(row, verdict.problems)
                    _count(causes, verdict)
                case LeftOut():
                    hidden += 1
                case Carried():
                    known += 1
                case _:
                    repeated += not is_first
    return CheckReport(
        plan.sheet.path, plan.sheet.worksheet, plan.mapping.path, rows, invalid, repeated, hidden, known,
        tuple(causes.groups()), unknown.found, plan.layout.unused,
    )  # fmt: skip


def _count(causes: Causes, invalid: Invalid) -> None:
    """A cell counts once for a cause, whatever number of fields it is taken for."""
    found = {(problem.code, problem.column, problem.cell): problem for problem in reversed(invalid.problems)}
    for (code, column, cell), problem in reversed(found.items()):
        causes.add(code, column, cell or f"row {invalid.row}", problem.message)


def _annotate(plan: Plan, noticed: Sequence[Block], output: Path) -> Path:
    facts = (
        ("Checked only", "nothing was sent"),
        ("Sheet", str(plan.sheet.path)),
        ("Worksheet", plan.sheet.worksheet),
        ("Mapping", str(plan.mapping.path)),
    )
    original = original_of(plan.sheet, plan.layout.header_row, plan.mapping.worksheet or "")
    return write_results(
        original, _outcomes(plan), [*noticed, Block("Check", (), facts)], free_target(output)
    )


def _outcomes(plan: Plan) -> Iterator[Outcome]:
    for verdict in map(_by_itself, plan.verdicts()):
        if isinstance(verdict, Invalid):
            yield invalid_outcome(verdict)
        elif isinstance(verdict, LeftOut):
            yield left_out(verdict)
        else:
            told = advice.CARRIES_ID if isinstance(verdict, Carried) else advice.CHECKED
            yield Outcome(verdict.row, Ended.NOT_SENT, advice=told)


def _by_itself(verdict: Verdict) -> Verdict:
    """Whether a row marked Unknown may be sent, only the journal knows: here it is a row like others."""
    if isinstance(verdict, Carried) and not verdict.opportunity_id:
        return verdict.verdict
    return verdict


def left_out(verdict: LeftOut) -> Outcome:
    """The outcome of a hidden row that the operator does not want."""
    return Outcome(
        verdict.row,
        Ended.SKIPPED,
        exception_type=LEFT_OUT,
        exception_message="The row is hidden in the sheet, and only visible rows were wanted.",
        advice=advice.LEFT_OUT,
    )


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
