"""How soon `importer --help` is there, beside a Python that does nothing."""

from tests.bench.checking import fastest
from tests.bench.ground import Ground, tell
from tests.bench.processes import spend
from tests.bench.table import Line

MOST_TIMES_PYTHON = 5
ROUNDS = 15


def show_help(ground: Ground) -> list[Line]:
    tell("starting")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(spend(["-c", "pass"], ground.folder))
        ours.append(spend(["-m", "importer", "--help"], ground.folder))
    our, their = fastest(ours), fastest(theirs)
    ratio = our.seconds / their.seconds
    return [
        Line(
            "`importer --help`",
            f"{our.seconds * 1000:.0f} ms, `python -c pass` {their.seconds * 1000:.0f} ms: {ratio:.1f} ×",
            "",
            f"≤ {MOST_TIMES_PYTHON} × python",
            ratio <= MOST_TIMES_PYTHON,
        )
    ]
