"""`python -m tests.bench`: measure, and print the table as Markdown on stdout."""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.checking import check_csv, check_workbook
from tests.bench.ground import Ground
from tests.bench.results import write_workbook
from tests.bench.sending import send_at_limit, send_unlimited
from tests.bench.starting import show_help
from tests.bench.table import HEAD, Line, machine

WORKS: dict[str, Callable[[Ground], list[Line]]] = {
    "csv": check_csv,
    "xlsx": check_workbook,
    "results": write_workbook,
    "sending": send_at_limit,
    "unlimited": send_unlimited,
    "help": show_help,
}


def main(argv: Sequence[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=WORKS, help="this work alone; may be repeated")
    parser.add_argument("--rows", type=int, default=1_000_000, help="at most so many rows in any work")
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often short works are measured (best counts)"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work there, and leave the sheets")
    options = parser.parse_args(argv)
    works = [WORKS[name] for name in options.only or WORKS]
    with TemporaryDirectory(prefix="bench-") as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        ground = Ground(folder, options.rows, options.rounds)
        print(machine(), HEAD, sep="\n\n", flush=True)
        for work in works:
            print(*work(ground), sep="\n", flush=True)


if __name__ == "__main__":
    main()
