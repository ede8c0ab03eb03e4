"""How fast a result workbook is written: `importer results` beside a bare xlsxwriter.

The bare one reads the same final texts from a CSV file; the importer reads the sheet and the journal.
"""

from tests.bench.checking import fastest
from tests.bench.ground import Ground, tell
from tests.bench.processes import spend
from tests.bench.table import Line

MOST_TIMES_XLSXWRITER, MOST_MEMORY = 1.3, 120


def write_workbook(ground: Ground) -> list[Line]:
    rows = ground.rows(100_000)
    results = ["-m", "importer", "results", _past_run(ground, rows), "--output"]
    texts, bare = ground.folder / "texts.csv", ground.folder / "bare.xlsx"
    _remove(ground, "texts*.csv")
    spend([*results, texts], ground.folder)
    ours, theirs = [], []
    for _ in range(ground.rounds):
        _remove(ground, "result*.xlsx")
        tell("writing with xlsxwriter alone, then a result workbook")
        theirs.append(spend(["-m", "tests.bench.rivals", "xlsxwriter", texts, bare], ground.folder))
        ours.append(spend([*results, ground.folder / "result.xlsx"], ground.folder))
    our, their = fastest(ours), fastest(theirs)
    ratio = our.seconds / their.seconds
    return [
        Line(
            f"result workbook of a CSV, {rows:,} rows × 25 columns",
            f"{our.seconds:.1f} s, a bare XlsxWriter {their.seconds:.1f} s: {ratio:.2f} ×",
            f"{our.megabytes:.0f} MB (XlsxWriter {their.megabytes:.0f} MB)",
            f"≤ {MOST_TIMES_XLSXWRITER} × XlsxWriter; ≤ {MOST_MEMORY} MB",
            ratio <= MOST_TIMES_XLSXWRITER and our.megabytes <= MOST_MEMORY,
        )
    ]


def _past_run(ground: Ground, rows: int) -> int:
    tell(f"filling a journal with {rows:,} rows")
    words = ["-m", "tests.bench.past", ground.sheet(rows), ground.mapping(), ground.folder / "state"]
    spend(words, ground.folder)
    return int((ground.folder / "log.txt").read_text(encoding="utf-8").split()[-1])


def _remove(ground: Ground, names: str) -> None:
    for path in ground.folder.glob(names):
        path.unlink()
