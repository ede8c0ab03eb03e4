"""Somebody is told what a pass has done: by a webhook, by mail, or both."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from importer.errors import UsageError
from importer.interruption import heard_out
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


# For all of each way: a server that answers bit by bit never makes one read of it late.
SECONDS = 30.0

STOPPED = "stopped while it was on its way"


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
        A signal only gives up what is on its way, and what is not yet.
        """
        why = ""
        for way, send in self._ways(report, summary):
            why = STOPPED if why == STOPPED else _in_time(send)
            if why:
                tell.warn("notice.failed", f"The notice was not sent {way}: {why}. All else is done.")

    def _ways(self, report: PassReport, summary: Path) -> Iterator[tuple[str, Callable[[], str]]]:
        """How each is called in a sentence, and what sends by it and answers why it was not taken, or ""."""
        if webhook := self.webhook:
            body = BODIES[webhook.kind](report, summary)
            yield "by the webhook (IMPORTER_WEBHOOK)", lambda: webhook.post(body)
        if mail := self.mail:
            text = "\n".join([*lines(report, summary), ""])
            yield "by mail (IMPORTER_SMTP)", lambda: mail.send(headline(report), text)


def _in_time(send: Callable[[], str]) -> str:
    """Why it was not sent, or ""; what takes too long, or is stopped by a signal, is left to itself."""
    sent: Future[str] = Future()

    def work() -> None:
        try:
            sent.set_result(send())
        except Exception as bug:  # told where it is waited for
            sent.set_exception(bug)

    Thread(target=work, daemon=True).start()
    try:
        with heard_out(_stop):
            return sent.result(SECONDS)
    except TimeoutError:
        return "it took too long"
    except KeyboardInterrupt:
        return STOPPED


def _stop(_by: str) -> None:
    raise KeyboardInterrupt


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
