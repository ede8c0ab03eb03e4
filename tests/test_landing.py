"""Result files are on the disk whole, or not at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from importer.errors import ResultError
from importer.landing import land


def write(text: str):
    return lambda file: file.write(text.encode())


def held_open(*names: str):
    """os.replace as it behaves on Windows while other programs hold these files open."""

    def replace(draft: Path, target: Path) -> None:
        if target.name in names:
            raise PermissionError(errno.EACCES, "Access is denied", str(target))
        os.replace(draft, target)  # noqa: PTH105 (it is what land calls)

    return replace


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_is_open_elsewhere_costs_its_name_and_not_its_content(tmp_path):
    for name in ("out.xlsx", "out (2).xlsx"):
        (tmp_path / name).write_text("open in Excel", encoding="utf-8")
    landed = land(tmp_path / "out.xlsx", write("new"), held_open("out.xlsx", "out (2).xlsx"))
    assert landed == tmp_path / "out (3).xlsx"
    assert landed.read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["out (2).xlsx", "out (3).xlsx", "out.xlsx"]


def test_a_folder_where_nothing_may_be_named_is_said(tmp_path):
    with pytest.raises(ResultError, match="nothing may be written here"):
        land(tmp_path / "out.xlsx", write("new"), held_open("out.xlsx"))
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), "nothing may be written here"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("unknown trouble"), "unknown trouble"),
    ],
)
def test_what_keeps_a_file_from_being_written_is_said_and_leaves_nothing(tmp_path, error, said):
    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise error

    (tmp_path / "out.csv").write_text("an earlier result", encoding="utf-8")
    with pytest.raises(ResultError, match=said):
        land(tmp_path / "out.csv", fail)
    assert names(tmp_path) == ["out.csv"]
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "an earlier result"


# In a process of its own: the limit would also hold for the file that pytest's own output may go to.
ON_A_SMALL_DISK = """
import gc, resource, sys, zipfile
from pathlib import Path
from importer.errors import ResultError
from importer.landing import land

def write_archive(file):
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("part", bytes(10_000))

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    land(Path(sys.argv[1]), write_archive)
except ResultError as error:
    print(error)
gc.collect()  # an archive that cannot be ended would complain here
"""


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems limit the size of a file")
def test_a_workbook_that_the_disk_does_not_hold_is_said_without_a_traceback(tmp_path):
    words = [sys.executable, "-c", ON_A_SMALL_DISK, str(tmp_path / "out.xlsx")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "too large" in done.stdout
    assert not done.stderr
    assert names(tmp_path) == []


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(ResultError, match="there is no such folder"):
        land(tmp_path / "nowhere" / "out.csv", write("new"))
