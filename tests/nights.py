"""A folder as `importer nightly` takes it."""

import json
import os
import time
from pathlib import Path

import openpyxl

from tests.conftest import MAPPING

HEADINGS = "Email,First Name,Product"


class Night:
    """A folder as `importer nightly` takes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "inbox").mkdir(parents=True)
        (path / "mappings").mkdir()
        (path / "mappings" / "enquiries.yaml").write_text(MAPPING, encoding="utf-8")

    def put(self, name: str, *rows: str, headings: str = HEADINGS, age: float = 300) -> Path:
        """A sheet in the inbox, last changed so many seconds ago."""
        return self.file(name, "\n".join([headings, *rows, ""]).encode(), age)

    def people(self, name: str, count: int, first: int = 1, age: float = 300) -> Path:
        numbers = range(first, first + count)
        return self.put(
            name, *(f"person{each}@example.com,Person {each},Loan {each}" for each in numbers), age=age
        )

    def file(self, name: str, content: bytes, age: float = 300) -> Path:
        path = self.path / "inbox" / name
        path.write_bytes(content)
        moment = time.time() - age
        os.utime(path, (moment, moment))
        return path

    def trays(self) -> dict[str, list[str]]:
        """Which files lie in each tray, without those that the importer writes."""
        places = ("inbox", "working", "done", "attention", "failed")
        ours = ("summary.json", "reason.txt")
        return {
            place: sorted(
                each.name
                for each in (self.path / place).rglob("*")
                if each.is_file() and each.name not in ours and ".result" not in each.name
            )
            for place in places
            if (self.path / place).exists()
        }

    def own_folder(self, place: str, name: str) -> Path:
        """The folder of the file of this name."""
        [found] = (self.path / place).rglob(name)
        return found.parent

    @property
    def summary(self):
        return json.loads((self.path / "summary.json").read_text(encoding="utf-8"))


def rows_of(workbook: Path) -> list[dict[str, object]]:
    book = openpyxl.load_workbook(workbook, read_only=True)
    headings, *rows = list(book.worksheets[0].values)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]
