"""How fast `importer check` is: a CSV file beside frictionless, a workbook beside a bare openpyxl."""

import re
from importlib.util import find_spec
from pathlib import Path

from tests.bench.ground import Ground, tell
from tests.bench.processes import Spent, spend
from tests.bench.table import Line

LEAST_PACE, MOST_MEMORY, MOST_GROWTH = 10_000, 150, 10
MOST_TIMES_OPENPYXL = 3


def check_csv(ground: Ground) -> list[Line]:
    """Two lines: alone, and beside frictionless."""
    rows = ground.rows(1_000_000)
    few = max(rows // 10, 1)
    small = _check(ground, ground.sheet(few))
    large = _check(ground, ground.sheet(rows))
    faulty = _faulty_rows(ground)
    pace = rows / large.seconds
    growth = large.megabytes - small.megabytes
    is_met = pace >= LEAST_PACE and large.megabytes <= MOST_MEMORY and growth <= MOST_GROWTH
    alone = Line(
        f"`check`, CSV, {rows:,} rows × 15 columns",
        f"{pace:,.0f} rows/s ({large.seconds:.1f} s, CPU {large.cpu:.1f} s)",
        f"{large.megabytes:.0f} MB ({small.megabytes:.0f} MB at {few:,} rows)",
        f"≥ {LEAST_PACE:,} rows/s; ≤ {MOST_MEMORY} MB; at most {MOST_GROWTH} MB more than at a tenth of it",
        is_met,
    )
    return [alone, _beside_frictionless(ground, rows, large, faulty)]


def _check(ground: Ground, sheet: Path) -> Spent:
    tell(f"checking {sheet.name}")
    return spend(["-m", "importer", "check", sheet, "--mapping", ground.mapping()], ground.folder, 0, 1)


def _faulty_rows(ground: Ground) -> int:
    """As the check that was run last says."""
    said = (ground.folder / "log.txt").read_text(encoding="utf-8")
    found = re.search(r"([\d,]+) invalid", said)
    return int(found[1].replace(",", "")) if found else 0


def _beside_frictionless(ground: Ground, rows: int, ours: Spent, faulty: int) -> Line:
    work = f"the same rows and checks in frictionless ({faulty:,} faulty rows)"
    bar = "slower than the importer"
    if not find_spec("frictionless"):
        return Line(work, 'not measured: `pip install -e ".[bench]"` installs it', "", bar)
    tell("the same in frictionless")
    theirs = spend(["-m", "tests.bench.rivals", "frictionless", ground.sheet(rows)], ground.folder)
    said = (ground.folder / "log.txt").read_text(encoding="utf-8").strip()
    if said != f"{rows} rows, {faulty} faulty":
        return Line(work, f"not compared: it found {said}", "", bar, False)
    # Measured once, since it takes minutes: on a busy machine only the CPU tells which is faster.
    wall, cpu = theirs.seconds / ours.seconds, theirs.cpu / ours.cpu
    return Line(
        work,
        f"{rows / theirs.seconds:,.0f} rows/s ({theirs.seconds:.1f} s, CPU {theirs.cpu:.1f} s): "
        f"the importer is {wall:.2f} × as fast, {cpu:.2f} × by CPU",
        f"{theirs.megabytes:.0f} MB",
        bar,
        wall > 1 and cpu > 1,
    )


def check_workbook(ground: Ground) -> list[Line]:
    rows = ground.rows(100_000)
    sheet = ground.sheet(rows, ".xlsx")
    ours, theirs = [], []
    for _ in range(ground.rounds):
        theirs.append(_bare_pass(ground, sheet))
        ours.append(_check(ground, sheet))
    our, their = fastest(ours), fastest(theirs)
    ratio = our.seconds / their.seconds
    return [
        Line(
            f"`check`, workbook, {rows:,} rows × 15 columns",
            f"{our.seconds:.1f} s, a bare openpyxl pass {their.seconds:.1f} s: {ratio:.2f} ×",
            f"{our.megabytes:.0f} MB (openpyxl {their.megabytes:.0f} MB)",
            f"≤ {MOST_TIMES_OPENPYXL} × openpyxl",
            ratio <= MOST_TIMES_OPENPYXL,
        )
    ]


def _bare_pass(ground: Ground, sheet: Path) -> Spent:
    tell("a bare openpyxl pass")
    return spend(["-m", "tests.bench.rivals", "openpyxl", sheet], ground.folder)


def fastest(times: list[Spent]) -> Spent:
    # Whatever else the machine does can only make a work slower.
    return min(times, key=lambda spent: spent.seconds)
