"""Somebody is told what a pass has done: by a webhook, by mail, or both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importer.errors import UsageError
from importer.mail import Mail, mail_of
from importer.notice_words import as_json, for_slack, for_teams, headline, lines
from importer.passes import PassReport
from importer.tell import Tell
from importer.webhook import JSON, SLACK, TEAMS, Webhook, webhook_of

BODIES: dict[str, Callable[[PassReport, Path], dict[str, Any]]] = {
    SLACK: for_slack,
    TEAMS: for_teams,
    JSON: as_json,
}


@dataclass(frozen=True, slots=True)
class Notices:
    """The ways to tell somebody; none at all is as good."""

    webhook: Webhook | None = None
    mail: Mail | None = None

    def is_due(self, report: PassReport, always: bool) -> bool:
        """Whether there is somebody to be told of this pass. always: also where all is well."""
        return (always or report.needs_person) and (self.webhook is not None or self.mail is not None)

    def send(self, report: PassReport, summary: Path, tell: Tell) -> None:
        """Tell them. What does not arrive fails nothing: one sentence for each way says so.

        summary: the file that says why, which no notice does, since a reason may quote a cell.
        """
        if self.webhook:
            body = BODIES[self.webhook.kind](report, summary)
            _say_failed(tell, "by the webhook (IMPORTER_WEBHOOK)", self.webhook.post(body))
        if self.mail:
            text = "\n".join([*lines(report, summary), ""])
            _say_failed(tell, "by mail (IMPORTER_SMTP)", self.mail.send(headline(report), text))


def _say_failed(tell: Tell, way: str, why: str) -> None:
    if why:
        tell.say(f"The notice was not sent {way}: {why}. All else is done.")


def notices_of(environment: Mapping[str, str]) -> Notices:
    """What the variables `IMPORTER_WEBHOOK`, `IMPORTER_SMTP` and `IMPORTER_MAIL_…` say.

    Raises UsageError that tells everything unusable in them, and quotes nothing: they are keys.
    """
    faults = []
    webhook, mail = None, None
    try:
        webhook = webhook_of(environment)
    except UsageError as fault:
        faults.append(str(fault))
    try:
        mail = mail_of(environment)
    except UsageError as fault:
        faults.append(str(fault))
    if faults:
        raise UsageError("\n".join(faults))
    return Notices(webhook, mail)
