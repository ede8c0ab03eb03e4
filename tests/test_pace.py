"""The pace keeps the account's limit, on a clock that the test moves."""

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from importer.answers import Rate
from importer.boot import is_same_boot
from importer.budget import Budget
from importer.errors import JournalError, StopRule
from importer.pace import Pace

LIMIT = Rate(25, 5)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def paces(tmp_path, clock):
    """Makes a pace as each process of one account has it."""
    opened = []

    def new(rate=LIMIT, **more):
        opened.append(Pace(rate, tmp_path, "account", clock=clock, **more))
        return opened[-1]

    yield new
    for pace in opened:
        pace.close()


@pytest.fixture
def file(tmp_path, paces):
    """The pace file, as a test that tampers with it sees it."""
    paces()
    (path,) = tmp_path.glob("pace-*.db")
    with sqlite3.connect(path, isolation_level=None) as database:
        yield database
    database.close()


def turns(pace, clock, count, goes_on=False):
    """When that many turns are granted to somebody who waits as told."""
    granted: list[float] = []
    while len(granted) < count:
        wait = pace.turn(goes_on)
        if not wait:
            granted.append(clock.now)
        clock.now += wait
    return granted


def contest(clock, paces, seconds, goes_on=False):
    """Who got turns, and when, while all ask for them as soon as they may."""
    granted: list[tuple[float, Pace]] = []
    due = dict.fromkeys(paces, clock.now)
    end = clock.now + seconds
    while min(due.values()) < end:
        pace = min(due, key=lambda each: due[each])
        clock.now = max(clock.now, due[pace])
        if wait := pace.turn(goes_on):
            due[pace] = clock.now + wait
        else:
            granted.append((clock.now, pace))
            due[pace] = clock.now
    return granted


def most_in_a_window(times, seconds):
    return max(sum(first <= at < first + seconds for at in times) for first in times)


def burst(pace, clock, named=None):
    """One turn, refused."""
    taken_at = turns(pace, clock, 1)[0]
    clock.now += 0.1
    return pace.refused(taken_at, named)


def spacing(pace, clock):
    first, second = turns(pace, clock, 2)
    return second - first


def test_a_pace_knows_how_often_its_own_turns_come_where_many_share_them(clock, paces):
    [own, *others] = [paces() for _ in range(12)]
    assert own.own_spacing == 0.0
    contest(clock, [own, *others], 30)
    assert own.own_spacing == pytest.approx(12 * 5 / 25, rel=0.1)
    clock.now += 300
    contest(clock, [own, *others], 30)
    assert own.own_spacing == pytest.approx(12 * 5 / 25, rel=0.1)


@pytest.mark.parametrize(
    "rate", [LIMIT, Rate(2, 5), Rate(1, 5), Rate(72, 5), Rate(10, 1), Rate(10, 0.1)], ids=str
)
@pytest.mark.parametrize("goes_on", [False, True])
def test_no_window_ever_holds_more_calls_than_the_limit(clock, paces, rate, goes_on):
    granted = turns(paces(rate), clock, 4 * rate.calls, goes_on)
    assert most_in_a_window(granted, rate.seconds) <= rate.calls


@pytest.mark.parametrize("goes_on", [False, True])
def test_almost_all_of_the_limit_is_used(clock, paces, goes_on):
    granted = turns(paces(), clock, 200, goes_on)
    assert granted[-1] - granted[0] < 1.03 * 40


def test_the_fastest_limit_that_can_be_asked_for_is_no_trouble(clock, paces):
    granted = turns(paces(Rate(10_000, 0.1)), clock, 500)
    assert granted[-1] - granted[0] < 0.1


def test_a_little_late_is_still_in_time_but_no_window_holds_more(clock, paces):
    pace = paces(Rate(10, 1))
    granted = turns(pace, clock, 5)
    assert pace.turn() > 0
    clock.now = granted[0] + 5 * 0.102 + 0.049
    assert pace.turn() == 0
    granted += [clock.now, *turns(pace, clock, 20)]
    assert most_in_a_window(granted, 1) <= 10
    assert granted[-1] - granted[0] == pytest.approx(25 * 0.102, abs=0.03)


def test_a_slot_that_passed_is_given_up_for_a_new_one(clock, paces):
    one, other = paces(), paces()
    assert [one.turn(), other.turn() > 0, one.turn() > 0] == [0, True, True]
    clock.now += 0.204 + 0.06
    assert other.turn() > 0
    clock.now += 0.144
    assert one.turn() == 0


def test_a_slot_that_was_missed_counts_for_nobody(clock, paces):
    pace = paces(Rate(2, 5))
    turns(pace, clock, 1)
    assert pace.turn() > 0
    clock.now += 2.55 + 0.1
    assert pace.turn() == 0


def test_who_leaves_gives_the_slot_to_the_next(clock, paces):
    one, leaving, third = paces(), paces(), paces()
    taken_at = turns(one, clock, 1)[0]
    assert leaving.turn() > 0
    leaving.close()
    assert turns(third, clock, 1)[0] - taken_at == pytest.approx(0.204, abs=0.001)


@pytest.mark.parametrize("goes_on", [False, True])
def test_four_processes_get_equal_shares_of_one_pace(clock, paces, goes_on):
    four = [paces() for _ in range(4)]
    granted = contest(clock, four, 30, goes_on)
    assert most_in_a_window([at for at, _ in granted], 5) <= 25
    assert len(granted) >= 4.75 * 30
    assert min(sum(pace is each for _, pace in granted) for each in four) >= 0.24 * len(granted)


def test_a_process_that_died_with_a_slot_holds_nobody_up(clock, paces):
    one, dead = paces(), paces()
    turns(one, clock, 3)
    assert dead.turn() > 0
    before = clock.now
    assert turns(one, clock, 1)[0] - before < 0.204 + 0.11


def test_who_goes_on_and_then_does_not_come_holds_nobody_up(clock, paces):
    one, other = paces(), paces()
    turns(one, clock, 3, goes_on=True)
    before = clock.now
    granted = turns(other, clock, 2)
    assert granted[0] - before < 0.204 + 0.11
    assert granted[1] - granted[0] == pytest.approx(0.204, abs=0.001)


def test_those_behind_a_process_that_died_move_up(clock, paces):
    all_of_them = [paces() for _ in range(5)]
    granted = [at for at, _ in contest(clock, all_of_them, 3)]
    for living in (4, 3, 2):
        granted += [at for at, _ in contest(clock, all_of_them[:living], 3)]
    gaps = [later - earlier for earlier, later in pairwise(granted)]
    assert min(gaps) > 0.2039
    assert [gap for gap in gaps if gap > 0.21] == pytest.approx([0.28] * 3, abs=0.03)


def test_the_limit_holds_across_restarts(clock, tmp_path):
    granted = []
    for _ in range(60):
        with Pace(LIMIT, tmp_path, "account", clock=clock) as pace:
            granted += turns(pace, clock, 1)
    assert most_in_a_window(granted, 5) <= 25


def test_accounts_have_paces_of_their_own(clock, tmp_path):
    with (
        Pace(LIMIT, tmp_path, "a", clock=clock) as one,
        Pace(LIMIT, tmp_path, "b", clock=clock) as other,
        Pace(LIMIT, tmp_path, "c", clock=clock) as third,
    ):
        assert [one.turn(), other.turn()] == [0, 0]
        third.join("a")
        assert third.turn() > 0


def test_turns_taken_before_the_account_had_a_name_count_as_its_turns(clock, tmp_path):
    with (
        Pace(LIMIT, tmp_path, "account", clock=clock) as one,
        Pace(LIMIT, tmp_path, "nameless", daily=100, clock=clock) as other,
    ):
        granted = turns(one, clock, 20)
        granted += turns(other, clock, 1)
        other.join("account")
        granted += turns(one, clock, 20)
        assert most_in_a_window(granted, 5) <= 25
        assert other.calls_left() == 100 - 41


@pytest.mark.parametrize("faster", [(25, 5), (1000, 1)])
def test_of_several_limits_the_lowest_holds_for_all(clock, paces, faster):
    slow, *fast = paces(Rate(10, 5)), *(paces(Rate(*faster)) for _ in range(3))
    granted = contest(clock, [slow, *fast], 60)
    assert most_in_a_window([at for at, _ in granted], 5) <= 10
    assert min(sum(pace is each for _, pace in granted) for each in (slow, *fast)) > 10


def test_a_lower_limit_holds_for_a_minute_after_its_run_was_last_at_work(clock, paces):
    slow, fast = paces(Rate(10, 5)), paces(Rate(100, 1))
    turns(slow, clock, 1)
    assert most_in_a_window(turns(fast, clock, 40), 5) <= 10
    clock.now += 61
    assert most_in_a_window(turns(fast, clock, 40), 1) > 10


def test_a_pace_forgotten_by_others_still_keeps_to_itself(clock, paces, file):
    pace = paces()
    granted = []
    for _ in range(30):
        granted += turns(pace, clock, 1)
        file.execute("DELETE FROM slots")
    assert all(later - earlier > 0.2 for earlier, later in pairwise(granted))


def test_a_refusal_stops_all_turns_of_all_processes_for_one_window(clock, paces):
    one, other = paces(), paces()
    taken_at = turns(one, clock, 1)[0]
    assert other.turn() > 0
    paused_at = clock.now = taken_at + 0.1
    one.refused(taken_at, None)
    granted = contest(clock, [one, other], 7)
    assert 5 <= granted[0][0] - paused_at < 5.2
    assert [pace for _, pace in granted[:4]] in ([one, other, one, other], [other, one, other, one])


def test_refusals_of_one_burst_are_one_pause(clock, paces):
    one, other = paces(), paces()
    taken = [turns(one, clock, 1)[0], turns(other, clock, 1)[0], turns(one, clock, 1)[0]]
    for taken_at, pace in zip(taken, (one, other, other), strict=True):
        pace.refused(taken_at, None)
        clock.now += 1
    assert turns(one, clock, 1)[0] - taken[-1] < 7
    assert one.factor == 1


def test_the_pace_falls_to_the_limit_that_leadsquared_names(clock, paces):
    one, other = paces(), paces()
    assert burst(one, clock, Rate(10, 5))
    assert not other.refused(clock.now - 0.1, Rate(10, 5))
    granted = [at for at, _ in contest(clock, [one, other], 30)]
    assert most_in_a_window(granted, 5) <= 10
    assert (one.rate, other.rate, paces().rate) == (Rate(10, 5),) * 3
    assert other.seconds_for(10) == pytest.approx(5.1)


def test_a_limit_that_was_named_speeds_no_slower_run_up(clock, paces):
    burst(paces(), clock, Rate(10, 5))
    assert paces(Rate(5, 5)).rate == Rate(5, 5)


def test_the_pace_never_rises_above_ones_own(clock, paces):
    pace = paces(Rate(5, 5))
    assert not burst(pace, clock, LIMIT)
    assert pace.rate == Rate(5, 5)


def test_the_first_burst_only_pauses_and_each_further_one_slows_by_a_quarter(clock, paces):
    pace = paces()
    spacings = []
    for _ in range(4):
        assert not burst(pace, clock, LIMIT)
        spacings.append(spacing(pace, clock))
    assert spacings == pytest.approx([0.204 * 1.25**bursts for bursts in range(4)], abs=0.001)
    assert pace.seconds_for(1) == pytest.approx(spacings[-1], abs=0.001)


def test_a_lower_limit_is_a_new_beginning(clock, paces):
    pace = paces()
    for named in (None, None, Rate(10, 5)):
        burst(pace, clock, named)
    assert (pace.factor, pace.rate) == (1, Rate(10, 5))


def test_only_turns_since_the_last_refusal_make_a_clean_stretch(clock, paces):
    pace = paces()
    for _ in range(4):
        burst(pace, clock)
        turns(pace, clock, 90)
    assert pace.factor == 1.25**3


def test_the_pace_is_never_slowed_down_without_end(clock, paces):
    pace = paces()
    for _ in range(20):
        burst(pace, clock)
    assert pace.factor == 8


def test_after_clean_stretches_the_pace_gets_faster_again(clock, paces):
    pace = paces()
    for _ in range(4):
        burst(pace, clock)
    factors = []
    while pace.factor > 1:
        turns(pace, clock, 100)
        factors.append(pace.factor)
    assert factors[:2] == pytest.approx([1.25**3 / 1.05, 1.25**3 / 1.05**2])
    assert len(factors) == 14
    burst(pace, clock)
    assert pace.factor == 1


def test_what_refusals_taught_is_forgotten_after_an_hour_without_turns(clock, paces):
    pace = paces()
    burst(pace, clock, Rate(10, 5))
    burst(pace, clock)
    turns(pace, clock, 1)
    clock.now += 3500
    assert spacing(pace, clock) > 0.6
    clock.now += 3700
    assert spacing(pace, clock) == pytest.approx(0.204, abs=0.001)
    assert pace.rate == LIMIT


@pytest.mark.parametrize("boot", ["boot", "another"])
def test_after_a_reboot_nothing_waits_for_slots_of_the_time_before(clock, paces, file, boot):
    pace = paces()
    burst(pace, clock, Rate(10, 5))
    turns(pace, clock, 30)
    if boot == "another":
        file.execute("UPDATE state SET boot = 'another'")
    clock.now = 8.0
    after = paces()
    assert after.turn() == 0
    assert after.rate == LIMIT
    assert spacing(after, clock) == pytest.approx(0.204, abs=0.001)


def test_after_a_reboot_to_about_the_same_time_only_the_window_counts(clock, paces, file):
    burst(paces(), clock, Rate(10, 5))
    file.execute("UPDATE state SET boot = 'another'")
    clock.now += 1
    after = paces()
    assert after.rate == LIMIT
    assert 0 < after.turn() < 5


def test_a_clock_set_anew_is_no_reboot_that_frees_turns(clock, paces, file):
    one = paces()
    granted = turns(one, clock, 25)
    file.execute("UPDATE state SET boot = 'another'")
    other = paces()
    granted += [at for at, _ in contest(clock, [one, other], 10)]
    assert most_in_a_window(granted, 5) <= 25


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("a-1", "a-1", True), ("a-1", "b-2", False), ("1000", "1060", True), ("1000", "1061", False)],
)
def test_a_boot_goes_by_its_name_or_by_about_when_it_was(one, other, same):
    assert is_same_boot(one, other) is same


def test_a_wall_clock_that_jumps_delays_nothing_and_frees_nothing(clock, paces):
    wall = [datetime(2026, 11, 24, 23, 50, tzinfo=UTC)]
    pace = paces(today=lambda: wall[0])
    granted = []
    for hours in (1, -1, 1, -2):
        granted += turns(pace, clock, 20)
        wall[0] += timedelta(hours=hours)
    assert most_in_a_window(granted, 5) <= 25
    assert granted[-1] - granted[0] < 80 * 0.2041


def test_the_days_budget_is_shared_and_ends_at_midnight_utc(clock, paces):
    wall = [datetime(2026, 11, 24, 23, 50, tzinfo=UTC)]
    one, other, free = (paces(daily=daily, today=lambda: wall[0]) for daily in (5, 5, None))
    turns(one, clock, 2)
    turns(other, clock, 3)
    assert (one.calls_left(), free.calls_left()) == (0, None)
    with pytest.raises(StopRule, match=r"5 calls were spent today .* allows 5\. The day ends at 00:00 UTC"):
        one.turn()
    turns(free, clock, 1)
    wall[0] += timedelta(minutes=10)
    turns(one, clock, 5)
    assert other.calls_left() == 0


def test_calls_count_towards_the_day_while_no_budget_is_set(clock, paces):
    turns(paces(), clock, 3)
    assert paces(daily=5).calls_left() == 2


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("daily", "spent", "calls", "reached"),
    [
        pytest.param(100, 50, 50, None, id="just enough"),
        pytest.param(100, 50, 51, (50, NOON + timedelta(seconds=10.2)), id="today"),
        pytest.param(1_000_000, 0, 900_000, None, id="never, as the days are too short"),
        pytest.param(
            # From noon to midnight there is time for 211,764 calls.
            300_000, 50_000, 600_000, (511_764, NOON + timedelta(hours=12, seconds=61_200)), id="tomorrow",
        ),
    ],
)  # fmt: skip
def test_it_is_foreseen_when_a_days_budget_will_be_spent(daily, spent, calls, reached):
    found = Budget(daily, lambda: NOON).reached(calls, spent, 0.204)
    assert (found and found[0]) == (reached and reached[0])
    if found and reached:
        assert abs(found[1] - reached[1]) < timedelta(seconds=1)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_only_the_user_can_read_the_pace_file(paces, tmp_path):
    paces().turn()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("pace-*")} == {0o600}


def test_a_pace_file_that_is_none_stops_the_run_with_a_cure(paces, tmp_path):
    paces().close()
    (path,) = tmp_path.glob("pace-*.db")
    path.write_text("not a database at all\n" * 100)
    with pytest.raises(JournalError, match=r"The pace file .*pace-.* is damaged \(delete it"):
        paces()


def test_a_process_killed_in_the_middle_of_a_booking_frees_the_file(paces, file, tmp_path):
    pace = paces()
    (path,) = tmp_path.glob("pace-*.db")
    program = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
database.execute("INSERT INTO slots (booker, booked, slot) VALUES (1, 1000, 1004)")
print("booking", flush=True)
time.sleep(60)
"""
    words = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "booking\n"
        threading.Timer(0.3, process.kill).start()
        assert pace.turn() == 0


def test_every_call_and_every_refusal_is_counted_though_a_burst_slows_the_pace_once(clock, paces):
    pace = paces()
    for taken_at in turns(pace, clock, 3):
        pace.refused(taken_at, None)
    pace.join("another account")
    turns(pace, clock, 1)
    assert (pace.calls, pace.refusals) == (4, 3)
