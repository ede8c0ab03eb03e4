"""What the operator asks of a run, and what the run reports back."""

from dataclasses import dataclass
from pathlib import Path

from importer.account_schema import AccountSchema
from importer.answers import Rate
from importer.errors import ImportStopped
from importer.reading import AS_FOUND, Reading
from importer.records import Ended


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator asks of a run: the command's options.

    patience, give_up_after: seconds; see `Unsettled` and `Outage`.
    demo: what is sent goes to a throw-away simulator; the result file's name says so.
    offline: the mapping is not held against the account.
    waits:   nobody is there: where LeadSquared does not answer at first, it is waited for as it is later.
    kept:    what is known of the account of the keys, by which names are understood in a demo.
    """

    sheet: Path
    mapping: Path | None = None
    output: Path | None = None
    reading: Reading = AS_FOUND
    rate: Rate | None = None
    again: bool = False
    unless_open: bool = False
    stop_if_invalid: bool = False
    failed: Path | None = None
    details: bool = False
    patience: float = 90.0
    give_up_after: float = 900.0
    verify: bool = False
    demo: bool = False
    offline: bool = False
    waits: bool = False
    kept: AccountSchema | None = None

    @property
    def result_name(self) -> str:
        """The part of the default result file's name that says what it is."""
        return "demo-result" if self.demo else "result"


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run ended. `outcomes` counts rows and adds up to `rows`; `stop` is why it ended early.

    calls, refusals: how many calls this process made for it at LeadSquared, and how many of them the limit
                     refused.
    """

    run: int
    sheet: Path
    mapping: Path
    rows: int
    outcomes: dict[Ended, int]
    partial_successes: int
    result: Path | None
    failed: Path | None
    seconds: float
    exit_code: int
    stop: ImportStopped | None
    calls: int
    refusals: int

    @property
    def stopped(self) -> str | None:
        """Why it ended early, in sentences."""
        return str(self.stop) if self.stop else None
