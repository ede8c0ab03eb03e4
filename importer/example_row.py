"""What marks the example row of a template, so that no part of it is ever sent."""

import re

from importer.cell_names import cell_name
from importer.layout import Layout
from importer.records import Problem, Row

EXAMPLE = "EXAMPLE: "
"""Every cell of the example begins so."""

# Copying and trimming change blanks and what nobody sees. The capitals tell it from people's own words.
_MARKED = re.compile(r"\W*EXAMPLE\s*:")


def example_problem(row: Row, layout: Layout) -> Problem | None:
    """The problem of a row in which any cell is still the template's; None: no cell is."""
    for place, text in enumerate(row.texts):
        if _MARKED.match(text):
            heading = layout.headings[place] if place < len(layout.headings) else ""
            message = "is still the template's example, and is never sent (write over it, or delete the row)"
            return Problem(cell_name(place, row.number), heading, "EXAMPLE-ROW", message)
    return None
