"""How a command ends: with a report of its own, or with a sentence of what has stopped it."""

import json
import os
import signal
import sys
from argparse import Namespace
from contextlib import ExitStack
from types import FrameType

from importer import commands, preparing, sending
from importer.bugs import bug_told, places_of
from importer.errors import STOPPED_BY, CannotStart, ImportStopped, Interrupted, level_of
from importer.interruption import heard_out, unchanged
from importer.key_sources import Keyring, environment_of
from importer.listening import and_in_file, on_stderr
from importer.log import LAST
from importer.stopped_json import stopped_as_json
from importer.streams import out

HOMES = (preparing, sending, commands)
"""Where the function of each command lives."""


def carry_out(options: Namespace) -> int:
    """Run the command, whatever comes in between; its exit code."""
    # A scheduler's wish to end counts as Ctrl-C, also before the first row is in the air.
    signal.signal(signal.SIGTERM, _end)
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, _end)
    options.tell = on_stderr(options)
    with ExitStack() as held:
        try:
            options.tell = held.enter_context(and_in_file(options.tell, options))
            if "env_file" in options:
                options.keyring = Keyring(options.tell)
                options.environment = environment_of(options.env_file, os.environ, options.keyring)
            [act] = (getattr(each, options.command) for each in HOMES if hasattr(each, options.command))
            code: int = act(options)
        except ImportStopped as stop:
            return _stopped(options, stop)
        except KeyboardInterrupt:
            return _stopped(
                options, Interrupted("Stopped. The same command starts again where this one was.")
            )
        except Exception as bug:
            return _stopped(options, bug_told(bug), bug=places_of(bug))
        _write_down_end(options, code)
        return code


class _WishToEnd(KeyboardInterrupt):
    """A plain one, met in code that Python makes from text, kills the process in the end, though caught."""


def _end(_number: int, _frame: FrameType | None) -> None:
    raise _WishToEnd


def _write_down_end(options: Namespace, code: int, text: str = "", **facts: str) -> None:
    options.tell.write_down(
        LAST,
        text,
        level_of(code),
        command=options.command,
        exit_code=code,
        stopped=STOPPED_BY.get(code),
        **facts,
    )


def _stopped(options: Namespace, stop: ImportStopped, **facts: str) -> int:
    """A command that ended before it had a report of its own."""
    with heard_out(unchanged):
        if options.log == "plain":
            out(str(stop), stream=sys.stderr)
        _write_metrics_of_stop(options, stop)
        if options.command == "nightly" and isinstance(stop, CannotStart):
            sending.nightly_not_begun(options, stop)
        if options.json and (told := stopped_as_json(options, stop)):
            out(json.dumps(told))
        _write_down_end(options, stop.exit_code, str(stop), **facts)
    return stop.exit_code


def _write_metrics_of_stop(options: Namespace, stop: ImportStopped) -> None:
    asked = vars(options)
    if asked.get("metrics") and not asked.get("demo"):
        from importer.metrics import write_stopped

        write_stopped(options.metrics, stop, options.tell)
