"""A profile of a sheet → what a mapping for it most likely says."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from importer.errors import SheetError
from importer.guesses import LONGEST_HEADING, WANTED, Left
from importer.mapping import UNIQUE
from importer.profile import ColumnProfile, SheetProfile
from importer.seats import Seat, Seating

MADE_UP_UNIQUE = "mx_Unique_Number"

# Where most leads of a country with one time zone are, their phone numbers say.
_ZONES = {
    **{"IN": "Asia/Kolkata", "AE": "Asia/Dubai", "SG": "Asia/Singapore", "GB": "Europe/London"},
    **{"SA": "Asia/Riyadh", "LK": "Asia/Colombo", "NP": "Asia/Kathmandu", "BD": "Asia/Dhaka"},
    **{"KE": "Africa/Nairobi", "NG": "Africa/Lagos", "ZA": "Africa/Johannesburg", "IE": "Europe/Dublin"},
    **{"PH": "Asia/Manila", "MY": "Asia/Kuala_Lumpur", "PK": "Asia/Karachi", "QA": "Asia/Qatar"},
    **{"DE": "Europe/Berlin", "FR": "Europe/Paris"},
}
_NAMES_ROWS = re.compile(r"\b(?:no|nos|num|number|id|ref|reference|code)\b|#", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the mapping says, but for its event code.

    day_first: None where no date says it, or where dates of two columns say different things.
    region:    the country of most phone numbers; "" where none is known.
    time_zone: of that country; "" where it is not known, or no time is sent.
    identity:  a column that may make a row the same row elsewhere.
    left:      columns without a place, and so many `more` that were not looked at.
    """

    search_by: tuple[str, ...]
    seats: tuple[Seat, ...]
    left: tuple[Left, ...]
    more: int
    day_first: bool | None = None
    region: str = ""
    time_zone: str = ""
    identity: str = ""

    def below(self, *keys: str) -> Iterator[Seat]:
        """The seats whose keys begin so, in the sheet's order."""
        return (seat for seat in self.seats if seat.keys[: len(keys)] == keys)

    @property
    def sends_times(self) -> bool:
        return any(seat.kind == "datetime" for seat in self.seats)


def draft_of(profile: SheetProfile, seating: Seating) -> Draft:
    """What a mapping says that gives the columns these places.

    Raises SheetError where not one column could find a lead.
    """
    seats, search_by = _searched([*seating.seats, *_made_up(seating.seats, profile)])
    seats, day_first = _dated(seats, seating.left)
    regions = Counter(str(seat.settings["region"]) for seat in seats if "region" in seat.settings)
    region = regions.most_common(1)[0][0] if regions else ""
    seats = [_with_region(seat, region) for seat in seats]
    draft = Draft(search_by, tuple(seats), seating.left, seating.more, day_first, region)
    zone = _ZONES.get(region, "") if draft.sends_times else ""
    return replace(draft, time_zone=zone, identity=_identity(seats, seating.left))


def _with_region(seat: Seat, region: str) -> Seat:
    """A phone of which the country is not clear is taken to be of the country that the others are of."""
    if seat.kind != "phone" or "region" in seat.settings or not region:
        return seat
    return replace(seat, settings={**seat.settings, "region": region})


def _made_up(seats: Sequence[Seat], profile: SheetProfile) -> Iterator[Seat]:
    """An attribute to find leads by, where no column suggests one."""
    if any(seat.keys[-1] in UNIQUE for seat in seats):
        return
    counts = Counter(column.heading for column in profile.columns)
    usable = [one for one in profile.columns if 0 < len(one.heading) <= LONGEST_HEADING]
    usable = [one for one in usable if counts[one.heading] == 1]
    if not usable:
        raise SheetError("No column has a heading of its own, so none can be mapped (give each column one).")
    best = max(usable, key=lambda one: (one.filled > 0, one.distinct == one.filled, one.filled, -one.place))
    why = ("no column of the sheet holds e-mail addresses or phone numbers",)
    doubt = "write the attribute of your account here that is unique, and map the column that has it"
    yield Seat(best, ("lead", "attributes", MADE_UP_UNIQUE), "text", {}, why, (doubt,), confirm=True)


def _searched(seats: Sequence[Seat]) -> tuple[list[Seat], tuple[str, ...]]:
    """With the attributes that find the lead: the best, and where it is blank in some rows, the next."""
    by_name = {str(seat.keys[-1]): seat for seat in seats if seat.keys[0] == "lead"}
    names = [name for name in (*UNIQUE, MADE_UP_UNIQUE) if name in by_name]
    fit = [name for name in names if _can_find(by_name[name])]
    # Of two phones the one that is filled in more rows finds more leads.
    sure = sorted(fit, key=lambda name: (name != "EmailAddress", by_name[name].column.blank)) or names[:1]
    full = next((at for at, name in enumerate(sure) if not by_name[name].column.blank), len(sure))
    search_by = tuple(sure[: full + 1])
    if full or not (first := by_name[sure[0]]).column.filled:
        return list(seats), search_by
    required = replace(first, settings={**first.settings, "required": True})
    return [required if seat is first else seat for seat in seats], search_by


def _can_find(seat: Seat) -> bool:
    wanted = WANTED.get(str(seat.keys[-1]), (seat.column.kind,))
    return bool(seat.column.filled) and seat.column.kind in wanted


def _dated(seats: Sequence[Seat], left: Sequence[Left]) -> tuple[list[Seat], bool | None]:
    """day_first is one for a whole mapping, so that columns that differ in it are to be seen to."""
    said = {seat.column.heading: seat.column.options.get("day_first") for seat in seats if _is_dated(seat)}
    elsewhere = {one.column.options.get("day_first") for one in left}
    found = {each for each in said.values() if isinstance(each, bool)}
    found = found or {each for each in elsewhere if isinstance(each, bool)}
    if len(found) < 2:
        return list(seats), next(iter(found), None)
    doubt = "some date columns of this sheet have the day first, others the month (give this one formats:)"
    return [
        replace(seat, doubts=(*seat.doubts, doubt), confirm=True)
        if isinstance(said.get(seat.column.heading), bool)
        else seat
        for seat in seats
    ], None


def _is_dated(seat: Seat) -> bool:
    return seat.kind in ("date", "datetime")


def _identity(seats: Sequence[Seat], left: Sequence[Left]) -> str:
    usable = [one.column for one in left if one.may_be_field]
    usable += [seat.column for seat in seats if seat.keys[0] == "opportunity"]
    for column in sorted(usable, key=lambda column: column.place):
        if _NAMES_ROWS.search(column.heading) and _tells_rows_apart(column):
            return column.heading
    return ""


def _tells_rows_apart(column: ColumnProfile) -> bool:
    return (
        not column.blank
        and column.distinct == column.filled > 1
        and column.kind in ("text", "integer", "guid")
    )
