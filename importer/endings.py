"""How a command ends: with a report of its own, or with a sentence of what has stopped it."""

import json
import signal
import sys
import traceback
from argparse import Namespace
from pathlib import Path
from typing import Any

from importer import commands, preparing
from importer.errors import ImportStopped, Interrupted
from importer.streams import out

NOTHING_FOUND: dict[str, Any] = {"problems": {}, "causes": [], "unknown_values": [], "unused_columns": []}


def carry_out(options: Namespace) -> int:
    """Run the command, whatever comes in between; its exit code."""
    # A scheduler's wish to end counts as Ctrl-C, also before the first row is in the air.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        act = getattr(preparing, options.command, None) or getattr(commands, options.command)
        code: int = act(options)
    except ImportStopped as stop:
        return _stopped(options, stop)
    except KeyboardInterrupt:
        return _stopped(options, Interrupted("Stopped. The same command starts again where this one was."))
    except Exception as bug:
        return _stopped(options, ImportStopped(_bug(bug)))
    return code


def _bug(bug: Exception) -> str:
    # Its own text may hold a cell's content, so only the places are told.
    places = " < ".join(
        f"{Path(at.filename).name}:{at.lineno}" for at in traceback.extract_tb(bug.__traceback__)
    )
    return (
        f"This is a bug in the importer ({type(bug).__name__} in {places}).\n"
        "What was sent is in the journal: nothing is sent twice when the same command is run again."
    )


def _stopped(options: Namespace, stop: ImportStopped) -> int:
    """A run or check that ended before it had a report of its own."""
    out(str(stop), stream=sys.stderr)
    if options.json and options.command == "look":
        from importer.look_words import stopped_as_json

        out(json.dumps(stopped_as_json(options.sheet, stop)))
    elif options.json and "sheet" in options:
        said: dict[str, Any] = {
            "run": None,
            "sheet": str(options.sheet),
            "mapping": str(options.mapping) if options.mapping else None,
            "rows": 0,
            **(NOTHING_FOUND if options.command == "check" else {"outcomes": {}}),
            "result": None,
            "seconds": 0.0,
            "exit_code": stop.exit_code,
            "stopped": str(stop),
        }
        out(json.dumps(said))
    elif options.json and options.command == "reconcile":
        from importer.reconcile import ReconcileReport
        from importer.reports import reconcile_as_json

        out(json.dumps(reconcile_as_json(ReconcileReport(stopped=stop))))
    elif options.json and options.command == "account":
        from importer.account_words import refused_as_json

        out(json.dumps(refused_as_json(options.event_code, stop)))
    elif options.json and options.command == "undo":
        from importer.reports import undo_as_json
        from importer.undo import UndoReport

        out(json.dumps(undo_as_json(UndoReport(options.run, stopped=stop))))
    return stop.exit_code
