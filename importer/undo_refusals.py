"""Why nothing may be deleted: another account, a type that allows none, or nobody who has agreed."""

from collections.abc import Sequence

from importer.account_schema import OpportunityType
from importer.entries import Entries
from importer.errors import UsageError
from importer.journal import Account, Journal
from importer.pace import Pace
from importer.runs import Run
from importer.tell import Tell
from importer.undo_words import intention, question
from importer.undone import Made, UndoneRows


def refuse_other_account(run: Run, account: Account) -> None:
    if run.account != account.name:
        raise UsageError(
            f"Run {run.number} went to another account ({run.organisation or run.host}): use its keys. "
            "Nothing was deleted."
        )


def refuse_forbidden(run: Run, types: Sequence[OpportunityType]) -> None:
    if any(each.event_code == run.event_code and each.can_delete is False for each in types):
        raise UsageError(
            f"LeadSquared allows no opportunity of type {run.event_code} to be deleted. Nothing was deleted. "
            "Whoever administers LeadSquared can allow it for the type; then the same command deletes them."
        )


def confirm(run: Run, left: Sequence[Made], journal: Journal, pace: Pace, tell: Tell) -> None:
    counts = Entries(journal, run.number).counts()
    rows = UndoneRows(journal, run.number)
    intended, *more = intention(run, left, counts, (rows.met(), rows.skipped_for()), pace)
    # The account is called as LeadSquared calls it.
    tell.event("undo.began", intended, run=run.number, opportunities=len(left), rate=str(pace.rate))
    for sentence in more:
        tell.say(sentence)
    if not tell.is_typed(question(run, len(left)), len(left)):
        raise UsageError(f"Nothing was deleted: the number typed is not {len(left)}.")
