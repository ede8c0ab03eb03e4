"""What the command lines do that send rows: options in, one verb called, its report printed."""

import json
import os
from argparse import Namespace
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from importer.command_options import seconds_of
from importer.errors import CannotStart, UsageError
from importer.interruption import heard_out, unchanged
from importer.key_sources import Keyring, environment_of
from importer.reading import reading_of
from importer.streams import out

# Each command imports its verb itself, so that `importer --help` is there at once.
if TYPE_CHECKING:
    from importer.account_schema import AccountSchema
    from importer.deadline import Deadline
    from importer.notice import Notices
    from importer.order import Order, RunReport
    from importer.passes import PassReport
    from importer.rules import MaxErrors
    from importer.settings import Settings


def run(options: Namespace) -> int:
    from importer.json_report import print_json
    from importer.reports import tell_run
    from importer.rules import Rules
    from importer.run import run as import_sheet

    _check_metrics(options)
    order = replace(
        _sending(options, options.sheet),
        mapping=options.mapping,
        output=options.output,
        reading=reading_of(options),
        again=options.again,
        failed=options.failed,
        demo=options.demo,
        kept=_kept(options.environment) if options.demo else None,
    )
    rules = Rules(_max_errors(options), _limit(options.limit), _deadline(options))
    with _settings(options, order) as settings:
        report = import_sheet(order, settings, rules, options.tell)
    with heard_out(unchanged):
        _write_metrics(options, report)
        if options.json:
            print_json(report.run, report, {"outcomes": report.outcomes}, report.stopped)
        else:
            tell_run(report, options)
    return report.exit_code


def nightly(options: Namespace) -> int:
    from importer.nightly import Night
    from importer.nightly import nightly as work_through
    from importer.notice import notices_of
    from importer.pass_so_far import SoFar
    from importer.pass_summary import pass_as_json
    from importer.reports import tell_pass

    _check_metrics(options)
    notices = notices_of(options.environment)
    order = replace(_sending(options, options.folder), waits=True)
    night = Night(options.folder, order, _max_errors(options), _deadline(options))
    report = work_through(night, options.environment, options.tell)
    with heard_out(unchanged):
        _write_metrics(options, report)
        _send_notice(options, notices, report)
        SoFar(report.folder).forget(report.files)
        if options.json:
            out(json.dumps(pass_as_json(report)))
        else:
            tell_pass(report, options)
    return report.exit_code


def nightly_not_begun(options: Namespace, stop: CannotStart) -> None:
    """Of a pass that what it was handed keeps from beginning, summary, log and a notice tell too."""
    from importer.nightly import not_begun
    from importer.notice import notices_of

    report = not_begun(options.folder, stop, options.tell)
    if "environment" not in options:
        options.environment = _environment_to_tell_by(options)
    # Where no variable can be used, nobody is told.
    with suppress(UsageError):
        _send_notice(options, notices_of(options.environment), report)


def _environment_to_tell_by(options: Namespace) -> Mapping[str, str]:
    """With the file of `--env-file`, unless that is what was refused; without it somebody is told perhaps."""
    if "keyring" not in options:
        with suppress(UsageError):
            return environment_of(options.env_file, os.environ, Keyring(options.tell))
    return environment_of(None, os.environ, Keyring(options.tell))


def _send_notice(options: Namespace, notices: "Notices", report: "PassReport") -> None:
    from importer.trays import SUMMARY

    if notices.is_due(report, options.notify_always):
        notices.send(report, report.folder / SUMMARY, options.tell)


def _check_metrics(options: Namespace) -> None:
    """Raises UsageError where the metrics could not be of use."""
    if not options.metrics:
        return
    if getattr(options, "demo", False):
        raise UsageError("--metrics: a demo has none, since it would pass for a real run. Leave one out.")
    from importer.metrics import check_metrics

    check_metrics(options.metrics)


def _write_metrics(options: Namespace, report: "RunReport | PassReport") -> None:
    if options.metrics:
        from importer.metrics import write_metrics

        write_metrics(options.metrics, report, options.tell)


def _sending(options: Namespace, sheet: Path) -> "Order":
    """What all verbs that send take alike."""
    from importer.order import Order
    from importer.settings import read_rate

    return Order(
        sheet=sheet,
        rate=read_rate(options.rate, "--rate") if options.rate else None,
        unless_open=options.unless_open,
        stop_if_invalid=options.stop_if_invalid,
        details=options.details,
        patience=seconds_of(options.patience, "--patience"),
        give_up_after=seconds_of(options.give_up_after, "--give-up-after"),
        verify=options.verify,
        offline=options.offline,
    )


def _max_errors(options: Namespace) -> "MaxErrors":
    from importer.rules import MaxErrors, read_max_errors

    return read_max_errors(options.max_errors) if options.max_errors else MaxErrors()


def _deadline(options: Namespace) -> "Deadline | None":
    from importer.deadline import read_deadline

    return read_deadline(options.until, options.max_minutes)


def _kept(environment: Mapping[str, str]) -> "AccountSchema | None":
    """What is known of the account whose keys are set; nobody is asked."""
    from importer.comparing import kept_of
    from importer.settings import are_set, read_settings

    return kept_of(read_settings(environment)) if are_set(environment) else None


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--limit: {text!r} is not a number of rows such as 100.")
    return int(text)


def _settings(options: Namespace, order: "Order") -> "AbstractContextManager[Settings]":
    from importer.demo import practice_for
    from importer.settings import read_settings

    return practice_for(order) if options.demo else nullcontext(read_settings(options.environment))
