"""What each command line does that looks, checks or writes files, and sends nothing."""

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from importer.console import Console
from importer.reading import reading_of
from importer.streams import out

# Each command imports its verb itself, so that `importer --help` is there at once.
if TYPE_CHECKING:
    from importer.plan import Plan


def check(options: Namespace) -> int:
    from importer.check import check as check_sheet
    from importer.check_words import check_as_json, tell_check
    from importer.json_report import print_json

    console = Console()
    report = check_sheet(_plan_to_check(options, console), options.output, console)
    if options.json:
        print_json(None, report, check_as_json(report), None)
    else:
        tell_check(report)
    return report.exit_code


def _plan_to_check(options: Namespace, console: Console) -> "Plan":
    from importer.settings import are_set, read_settings

    asked = (options.sheet, options.mapping, reading_of(options))
    if are_set(options.environment):
        from importer.comparing import compared

        return compared(asked, read_settings(options.environment), options.offline, console)
    from importer.plan import make_plan

    plan = make_plan(*asked)
    _say_not_compared(options, console)
    return plan


def _say_not_compared(options: Namespace, console: Console) -> None:
    why = "--offline" if options.offline else "without LSQ_API_HOST, LSQ_ACCESS_KEY and LSQ_SECRET_KEY"
    console.say(f"The mapping was not compared with the account in LeadSquared ({why}).")


def look(options: Namespace) -> int:
    from importer.look import look as look_at
    from importer.look_words import as_json, in_words

    report = look_at(options.sheet, reading_of(options))
    out(json.dumps(as_json(report)) if options.json else in_words(report))
    return 0


def draft(options: Namespace) -> int:
    from importer.draft import draft as draft_mapping
    from importer.draft import in_words, read_event_code
    from importer.settings import are_set, read_settings

    event_code = read_event_code(options.event_code) if options.event_code else None
    known = None
    if are_set(options.environment) and not options.offline:
        from importer.comparing import account_for_draft

        event_code, known = account_for_draft(read_settings(options.environment), event_code, Console())
    report = draft_mapping(options.sheet, reading_of(options), options.output, event_code, known)
    out(in_words(report))
    return 0


def account(options: Namespace) -> int:
    from importer.account_report import look_up
    from importer.account_words import as_json, in_words
    from importer.settings import read_settings

    report = look_up(options.event_code, options.refresh, read_settings(options.environment), Console())
    out(json.dumps(as_json(report)) if options.json else in_words(report))
    return 0


def doctor(options: Namespace) -> int:
    from dataclasses import asdict

    from importer.doctor import doctor as examine

    findings = examine(options.environment)
    if options.json:
        out(json.dumps([asdict(finding) for finding in findings]))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            out(f"{'ok' if finding.is_ok else 'fix':3}  {finding.name:{width}}  {finding.text}")
    return 0 if all(finding.is_ok for finding in findings) else 5


def keys(options: Namespace) -> int:
    from importer.keys import forget_keys, set_keys, shown
    from importer.settings import are_set

    if options.action == "forget":
        out(forget_keys())
        return 0
    if options.action == "set":
        for line in set_keys(options.environment, Console()):
            out(line)
        return 0
    for line in shown(options.environment, options.keyring):
        out(line)
    return 0 if are_set(options.environment) else 2


def template(options: Namespace) -> int:
    from importer.mapping import load_mapping
    from importer.settings import are_set, read_settings
    from importer.template import template as write_template

    console = Console()
    if are_set(options.environment):
        from importer.comparing import mapping_for

        mapping = mapping_for(options.mapping, read_settings(options.environment), options.offline, console)
    else:
        mapping = load_mapping(options.mapping)
        _say_not_compared(options, console)
    write_template(mapping, options.output)
    out(f"Template: {options.output}. Its worksheet Help says what each column takes.")
    return 0
