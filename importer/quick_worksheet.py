"""xlsxwriter's worksheet, with a short way for most texts."""

from typing import Any

from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]


class QuickWorksheet(Worksheet):  # type: ignore[misc]  # read without its types
    """Writes the very same file. Most texts have no sign to escape, and to look for each takes longest."""

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        is_plain = isinstance(data, str) and data.isprintable() and "_x" not in data
        return data if is_plain else Worksheet._escape_control_characters(data)
