"""Where the work is done: a temporary folder, how many rows there are, and the sheets in it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import spend
from tests.bench.sheets import MAPPING


@dataclass(frozen=True, slots=True)
class Ground:
    """most: the most rows that any work has; rounds: how often the pairs of short works are measured."""

    folder: Path
    most: int
    rounds: int

    def rows(self, wanted: int) -> int:
        return min(wanted, self.most)

    def mapping(self) -> Path:
        """The file, written anew."""
        path = self.folder / "mapping.yaml"
        path.write_text(MAPPING, encoding="utf-8")
        return path

    def sheet(self, rows: int, ending: str = ".csv", faulty: float = 0.01) -> Path:
        """A sheet of that many rows, made where there is none yet."""
        path = self.folder / f"enquiries-{rows}-{faulty:g}{ending}"
        if not path.exists():
            tell(f"making {path.name}")
            spend(["-m", "tests.bench.sheets", rows, path, faulty], self.folder)
        return path


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
