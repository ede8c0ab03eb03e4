"""The door: read the command line, call one verb, exit with the right code."""

import sys
from collections.abc import Sequence

from importer.command_line import read_command
from importer.own_window import wait_before_it_closes
from importer.streams import survive_any_console


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code; argparse itself exits with 2 for a wrong command line."""
    survive_any_console()
    try:
        options = read_command(sys.argv[1:] if argv is None else argv)
        # Only now, so that `importer --help` is there at once.
        from importer.endings import carry_out

        return carry_out(options)
    finally:
        wait_before_it_closes()
