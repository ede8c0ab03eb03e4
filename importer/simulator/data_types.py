"""The data types of fields and attributes, as LeadSquared calls them, and what fits each."""

import re
from collections.abc import Callable

from importer.simulator.times import DATE, is_moment


def _is_any_text(value: str) -> bool:
    return True


def _is_number(value: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None


DATA_TYPES: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(("String", "Text", "Email", "Phone", "Website", "Time", "ActiveUsers"), _is_any_text),
    **dict.fromkeys(("Dropdown", "Select", "SearchableDropdown", "MultiSelect"), _is_any_text),
    "Number": _is_number,
    "Boolean": lambda value: value in ("true", "false"),
    "Date": lambda value: is_moment(value, DATE),
    "DateTime": lambda value: is_moment(value),
}
