"""What is to be told of a sheet's file itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorksheetFact:
    title: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """kind: in plain words, as the end of a sentence; what does not apply is "" or ().

    encoding:   as `--encoding` takes it.
    worksheets: all of a workbook's, in its order.
    """

    kind: str
    encoding: str = ""
    delimiter: str = ""
    worksheets: tuple[WorksheetFact, ...] = ()
