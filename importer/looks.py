"""What the cells of our workbooks look like: fonts, fills, and the tint of each outcome."""

from typing import Any

from importer.records import Ended

# Pale, so that black text stays readable; the word in the Outcome column says the same.
TINTS = {
    Ended.CREATED: "#E2F0D9",
    Ended.DUPLICATE: "#DDEBF7",
    Ended.REJECTED: "#F8CBAD",
    Ended.INVALID: "#FFF2CC",
    Ended.SKIPPED: "#EDEDED",
    Ended.UNKNOWN: "#E4DFEC",
    Ended.NOT_SENT: "#F7F7F7",
}

# Excel's own short date and moment, which each reader sees as their country writes them; as a text they would
# be American dates.
BY_LOCALE = {"mm-dd-yy": 14, "m/d/yy h:mm": 22}

LOOKS: dict[str, dict[str, object]] = {
    "plain": {},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E1F2", "bottom": 1},
    "faulty": {"bg_color": "#FFC000", "bold": True, "border": 1, "border_color": "#C00000"},
    "title": {"bold": True, "font_size": 13},
    "entry": {"text_wrap": True, "valign": "top", "align": "left"},
    "fact": {},
    **{ended: {"bg_color": colour, "valign": "top"} for ended, colour in TINTS.items()},
}


class Looks:
    """xlsxwriter's formats for one workbook, each made once; the plainest is None."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {("General", "plain"): None}

    def get(self, look: str, number_format: str = "General") -> Any:
        key = (number_format, look)
        if key not in self._made:
            form = BY_LOCALE.get(number_format, number_format)
            self._made[key] = self._book.add_format({**LOOKS[look], "num_format": form})
        return self._made[key]

    def tint(self, ended: Ended) -> Any:
        return self._book.add_format({"bg_color": TINTS[ended]})
