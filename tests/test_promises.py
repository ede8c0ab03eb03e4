"""Nothing lost, nothing sent twice: whatever crashes, gets lost or runs side by side, step by step."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from importer.answers import Unread
from importer.journal import Journal
from importer.records import Ended, Outcome
from importer.replies import unknown
from importer.runs import Runs
from importer.sent import SENDING
from importer.waiting import Ready
from tests.promise_model import LATEST, Clock, Line, Process, Sheet, Stored

# Two sheets that share the opportunities c and d; c stands twice in the first; a and b are of one lead.
FIRST = Sheet(
    "first",
    (Line(2, "c", "y"), Line(3, "a", "x"), Line(4, "b", "x"), Line(5, "d", "z"), Line(6, "c", "y")),
)
SECOND = Sheet("second", (Line(2, "d", "z"), Line(3, "e", "w"), Line(4, "c", "y")), recipe_of="e")

# Fewer than the sends after which a row is left to a person.
MOST_LOST = 3

DONE = (Ended.CREATED, Ended.DUPLICATE, Ended.REJECTED, Ended.SKIPPED)

FATES = ("lost and stored", "lost", "created", "duplicate", "rejected", "limit")

places = st.integers(0, 2)


class Promises(RuleBasedStateMachine):
    """Promises 1 and 2 of design.md, at every step of up to three processes over one journal."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.stored = Stored(self.clock)
        self.sheets = [FIRST, SECOND]
        self.processes: list[Process | None] = [None, None, None]
        self.lost: dict[str, int] = {}
        self.sends: dict[str, set[str]] = {}
        self.refused: set[str] = set()
        self.final: dict[tuple[int, int], tuple[object, ...]] = {}
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.eye = Journal(self.path)
        self.eye.database.execute("PRAGMA synchronous = OFF")

    @property
    def running(self) -> list[Process]:
        return [process for process in self.processes if process]

    @property
    def importing(self) -> list[Process]:
        return [process for process in self.running if process.sheet]

    @initialize()
    def begin(self) -> None:
        self.start(0)
        self.start(1)

    @precondition(lambda self: len(self.running) < 3)
    @rule(place=places)
    def start(self, place: int) -> None:
        if not self.processes[place]:
            sheet = self.sheets[place] if place < 2 else None
            self.processes[place] = Process(self.path, self.clock, self.stored, sheet)

    @rule(place=places)
    def crash(self, place: int) -> None:
        if process := self.processes[place]:
            process.die()
            self.processes[place] = None

    @precondition(lambda self: not self.processes[0])
    @rule()
    def edit_the_sheet(self) -> None:
        self.sheets[0] = self.sheets[0].edited()
        self.start(0)

    @precondition(lambda self: not self.processes[1])
    @rule(recipe=st.sampled_from(["by city", ""]))
    def edit_the_mapping(self, recipe: str) -> None:
        # A run that has ended knows its rows by what the mapping was then, so only one that goes on is new.
        if Runs(self.eye).unfinished(SECOND.beginning):
            self.sheets[1] = replace(SECOND, recipe=recipe)
        self.start(1)

    @precondition(lambda self: self.importing)
    @rule(process=places, fate=st.sampled_from(FATES), later=st.sampled_from([LATEST, 20, 0]))
    def send(self, process: int, fate: str, later: int) -> None:
        """The next row that may be sent is sent, as soon as it was decided or some time after that."""
        chosen = self._one_of(self.importing, process)
        for _ in range(3):
            if not chosen.next:
                chosen.consider()
        if ready := chosen.depart():
            self._may_leave(ready, chosen.what(ready))
            self._fly(chosen, ready, fate, later)

    @precondition(lambda self: self.importing)
    @rule(process=places)
    def decide_only(self, process: int) -> None:
        self._one_of(self.importing, process).consider()

    @staticmethod
    def _one_of(processes: list[Process], number: int) -> Process:
        return processes[number % len(processes)]

    def _may_leave(self, ready: Ready, what: str) -> None:
        """All that was sent as the same opportunity was asked for since, and LeadSquared has none of it."""
        assert self.stored.unasked.isdisjoint(self.sends.get(what, ())), "it is sent again, and nobody asked"
        assert what not in {each.what for each in self.stored.landings}, "it is sent twice"

    def _fly(self, process: Process, ready: Ready, fate: str, later: int) -> None:
        """LeadSquared does with it what `fate` says, and the answer is on its way."""
        what = process.what(ready)
        self.lost[what] = self.lost.get(what, 0) + fate.startswith("lost")
        if self.lost[what] > MOST_LOST:
            fate = "created"
        if fate in ("duplicate", "rejected"):
            self.refused.add(what)
        self.stored.unasked.add(ready.reference)
        self.sends.setdefault(what, set()).add(ready.reference)
        process.air.append((ready, self._answer(ready, what, fate, later)))

    def _answer(self, ready: Ready, what: str, fate: str, later: int) -> Outcome | None:
        row = ready.capture.row
        match fate:
            case "created":
                return Outcome(row, Ended.CREATED, created_id=self.stored.store(ready, what, 0))
            case "duplicate":
                return Outcome(row, Ended.DUPLICATE, conflicted_id="o-before")
            case "rejected":
                return Outcome(row, Ended.REJECTED, exception_type="MXException")
            case "limit":
                return None
        if fate == "lost and stored":
            self.stored.store(ready, what, later)
        return unknown(row, "LeadSquared gave no answer.")

    @precondition(lambda self: any(process.air for process in self.importing))
    @rule(process=places)
    def answer(self, process: int) -> None:
        self._one_of([each for each in self.importing if each.air], process).hear_capture()

    @precondition(lambda self: any(process.unsettled.inquiries for process in self.running))
    @rule(process=places, seconds=st.sampled_from([5, 100]))
    def ask(self, process: int, seconds: int) -> None:
        """LeadSquared is asked whatever is due in the next seconds, and answers each question at once."""
        asking = self._one_of([each for each in self.running if each.unsettled.inquiries], process)
        until = self.clock.now + seconds
        while self.clock.now < until:
            while asking.ask():
                asking.hear_question(None)
            self.clock.now += 1

    @precondition(lambda self: any(process.unsettled.inquiries for process in self.running))
    @rule(process=places)
    def ask_only(self, process: int) -> None:
        self._one_of([each for each in self.running if each.unsettled.inquiries], process).ask()

    @precondition(lambda self: any(process.questions for process in self.running))
    @rule(process=places, how=st.sampled_from(["truth", "unread", "limit"]))
    def hear(self, process: int, how: str) -> None:
        asking = self._one_of([each for each in self.running if each.questions], process)
        if how == "limit":
            asking.unheard()
        else:
            asking.hear_question(Unread("no connection") if how == "unread" else None)

    @rule(seconds=st.sampled_from([5, 11, 91]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(place=places)
    def end(self, place: int) -> None:
        process = self.processes[place]
        if process and process.has_ended and not process.consider():
            process.end()
            self.processes[place] = None

    @invariant()
    def nothing_is_there_twice(self) -> None:
        what = [each.what for each in self.stored.landings]
        assert len(what) == len(set(what))

    @invariant()
    def what_left_is_never_forgotten(self) -> None:
        """What landed, or will, is in the journal as such, or as what must be asked for."""
        known = {
            run.reference(row): (ended, created_id)
            for run in Runs(self.eye).all()
            for row, ended, created_id in self.eye.database.execute(
                "SELECT row, ended, created_id FROM entries WHERE run = ?", [run.number]
            )
        }
        for landing in self.stored.landings:
            ended, created_id = known[landing.reference]
            assert ended in (SENDING, Ended.UNKNOWN) or (ended, created_id) == (Ended.CREATED, landing.id)

    @invariant()
    def what_is_certain_stays_so(self) -> None:
        found = self.eye.database.execute(
            "SELECT run, row, ended, created_id, conflicted_id FROM entries "
            "WHERE ended IN ('Created', 'Duplicate')"
        )
        certain = {(run, row): tuple(rest) for run, row, *rest in found}
        assert {place: certain.get(place) for place in self.final} == self.final
        self.final = certain

    @invariant()
    def every_row_has_one_line(self) -> None:
        for process in self.processes[:2]:
            if process and process.sheet:
                rows = [outcome.row for outcome in process.entries.outcomes()]
                assert rows == sorted(set(rows))
                assert set(rows) <= {line.row for line in process.sheet.lines}
                assert sum(process.entries.counts().values()) == len(rows)

    def teardown(self) -> None:
        try:
            self._let_all_end()
            self._check_the_end()
        finally:
            for process in filter(None, self.processes):
                process.die()
            self.eye.database.close()
            self.folder.cleanup()

    def _let_all_end(self) -> None:
        """Everything is answered and asked for from now on, in as many starts as that takes."""
        self.crash(2)
        for _ in range(3):
            self.start(0)
            self.start(1)
            for _ in range(600):
                for process in self.importing:
                    self._go_on(process)
                self.end(0)
                self.end(1)
                self.clock.now += 1
                if not any(self.processes):
                    break
            assert not any(self.processes), "a run never ends"

    def _go_on(self, process: Process) -> None:
        while process.questions:
            process.hear_question(None)
        process.ask()
        if process.air:
            process.hear_capture()
        process.consider()
        if ready := process.depart():
            self._may_leave(ready, process.what(ready))
            self._fly(process, ready, "created", 0)

    def _check_the_end(self) -> None:
        for sheet in self.sheets:
            newest = next(run for run in Runs(self.eye).all() if run.sheet == sheet.beginning.sheet)
            query = "SELECT row, ended FROM entries WHERE run = ?"
            ended = dict(self.eye.database.execute(query, [newest.number]).fetchall())
            assert set(ended) == {line.row for line in sheet.lines}, "a row is lost"
            assert set(ended.values()) <= set(DONE)
        told_of = {each.what for each in self.stored.landings} | self.refused
        assert told_of == {line.what for sheet in self.sheets for line in sheet.lines}, "a row is lost"


TestPromises = Promises.TestCase
TestPromises.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
