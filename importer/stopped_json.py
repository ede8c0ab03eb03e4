"""The object on stdout of a command that ended before it had a report of its own."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from importer.errors import ImportStopped

NOTHING_FOUND: dict[str, Any] = {"problems": {}, "causes": [], "unknown_values": [], "unused_columns": []}


def stopped_as_json(options: Namespace, stop: ImportStopped) -> dict[str, Any] | None:
    """As the command's own object; None where it has none."""
    if tell := TOLD_BY.get(options.command):
        return tell(options, stop)
    return None


def _sheet(options: Namespace, stop: ImportStopped) -> dict[str, Any]:
    return {
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


# Each imports its words itself, since only one of them is ever needed.
def _look(options: Namespace, stop: ImportStopped) -> dict[str, Any]:
    from importer.look_words import stopped_as_json

    return stopped_as_json(options.sheet, stop)


def _nightly(options: Namespace, stop: ImportStopped) -> dict[str, Any]:
    from importer.pass_summary import pass_as_json
    from importer.passes import stopped_pass

    return pass_as_json(stopped_pass(options.folder, stop))


def _reconcile(options: Namespace, stop: ImportStopped) -> dict[str, Any]:
    from importer.reconcile import ReconcileReport
    from importer.reports import reconcile_as_json

    return reconcile_as_json(ReconcileReport(stopped=stop))


def _account(options: Namespace, stop: ImportStopped) -> dict[str, Any]:
    from importer.account_words import refused_as_json

    return refused_as_json(options.event_code, stop)


def _undo(options: Namespace, stop: ImportStopped) -> dict[str, Any]:
    from importer.reports import undo_as_json
    from importer.undo import UndoReport

    return undo_as_json(UndoReport(options.run, stopped=stop))


def _purge(options: Namespace, stop: ImportStopped) -> dict[str, Any]:
    from importer.purge import PurgeReport
    from importer.reports import purge_as_json

    return purge_as_json(PurgeReport(stopped=stop))


TOLD_BY: dict[str, Callable[[Namespace, ImportStopped], dict[str, Any]]] = {
    "run": _sheet,
    "check": _sheet,
    "look": _look,
    "nightly": _nightly,
    "reconcile": _reconcile,
    "account": _account,
    "undo": _undo,
    "purge": _purge,
}
