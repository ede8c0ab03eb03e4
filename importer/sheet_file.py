"""A sheet's file from outside: whether it opens, and what its bytes say it is, whatever its name says."""

import difflib
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum, auto
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from importer.errors import SheetError
from importer.zip_limits import bomb_in

_HEAD = 4096
_SAVE_AS = "open it in Excel and choose File > Save As > Excel Workbook (.xlsx)"
_NOT_A_SHEET = "hand in the spreadsheet itself, saved as .xlsx or .csv"
_UNPACK = "unpack it, and hand in the .xlsx or .csv from inside"

_BYTES_OF_OTHERS = (
    (b"\x89PNG\r\n", "a PNG picture", _NOT_A_SHEET),
    (b"\xff\xd8\xff", "a JPEG picture", _NOT_A_SHEET),
    (b"GIF87a", "a GIF picture", _NOT_A_SHEET),
    (b"GIF89a", "a GIF picture", _NOT_A_SHEET),
    (b"%PDF-", "a PDF", _NOT_A_SHEET),
    (b"{\\rtf", "a Rich Text document", _NOT_A_SHEET),
    (b"SQLite format 3\x00", "an SQLite database", _NOT_A_SHEET),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"PK\x05\x06", "an empty ZIP archive", _UNPACK),
    (b"MIME-Version:", "a web archive (MHTML)", _SAVE_AS),
)
_PARTS_OF_OTHERS = (
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", _SAVE_AS),
    ("content.xml", "an OpenDocument file (.ods or the like)", "open it in LibreOffice and save it as .xlsx"),
    ("Index/Document.iwa", "an Apple Numbers or Pages document", "export it as .xlsx"),
    ("word/document.xml", "a Word document", _NOT_A_SHEET),
    ("ppt/presentation.xml", "a PowerPoint presentation", _NOT_A_SHEET),
)
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS_OF_OLD_OFFICE = (
    (
        "EncryptedPackage",
        "protected by a password",
        "in Excel choose File > Info > Protect Workbook > Encrypt with Password, remove the password, save",
    ),
    ("Workbook", "a workbook of Excel 97-2003 (.xls)", _SAVE_AS),
    ("Book", "a workbook of Excel 95 (.xls)", _SAVE_AS),
)


class FileKind(Enum):
    WORKBOOK = auto()
    TEXT = auto()


def open_file(path: Path) -> BufferedReader:
    """The file, open for reading. Raises SheetError, saying what would do, where it does not open."""
    if path.name.startswith("~$"):
        raise SheetError(
            f"{path.name} is the lock file that Excel keeps while a workbook is open "
            f"(hand in {path.name[2:]}, without the ~$)."
        )
    try:
        return path.open("rb")
    except OSError as error:
        raise SheetError(_why_closed(path, error)) from error


def _why_closed(path: Path, error: OSError) -> str:
    # Windows answers a folder with PermissionError too, so the folder comes first.
    if isinstance(error, IsADirectoryError | PermissionError) and path.is_dir():
        return f"{path} is a folder (name the file in it that is to be imported)."
    if isinstance(error, PermissionError):
        return (
            f"{path.name} may not be read (if it is open in Excel, close it there; "
            "else ask its owner for permission to read it)."
        )
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    return f"{path} cannot be opened: {error.strerror} (copy it to a folder on this computer and try that)."


def _missing(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} (check the path of the sheet)."
    names: dict[str, str] = {}
    with suppress(OSError):
        names = {near.name.lower(): near.name for near in path.parent.iterdir() if near.is_file()}
    nearest = [names[name] for name in difflib.get_close_matches(path.name.lower(), names, cutoff=0.5)]
    hint = f"did you mean {' or '.join(nearest)}?" if nearest else "check the name of the sheet"
    return f"there is no file {path} ({hint})."


def file_kind(file: BinaryIO, name: str) -> FileKind:
    """What the bytes are; the name is for the message only. Raises SheetError where they are neither kind."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise SheetError(f"{name} is empty: the file holds no bytes (export or save it again).")
    for start, what, remedy in _BYTES_OF_OTHERS:
        if head.startswith(start):
            raise _refusal(name, what, remedy)
    if head.startswith(_OLD_OFFICE):
        raise _old_office(file, name)
    if head.startswith(b"PK\x03\x04"):
        _refuse_other_archives(file, name)
        return FileKind.WORKBOOK
    _refuse_markup(head, name)
    return FileKind.TEXT


def _refusal(name: str, what: str, remedy: str) -> SheetError:
    return SheetError(f"{name} is {what} ({remedy}).")


def _old_office(file: BinaryIO, name: str) -> SheetError:
    file.seek(0)
    content = file.read()
    for stream, what, remedy in _STREAMS_OF_OLD_OFFICE:
        if stream.encode("utf-16-le") in content:
            return _refusal(name, what, remedy)
    return _refusal(name, "an old Office file, but no workbook", _NOT_A_SHEET)


def _refuse_other_archives(file: BinaryIO, name: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            if bomb := bomb_in(archive):
                raise _refusal(name, f"made to fill the memory ({bomb})", "ask whoever sent it for another")
            parts = archive.namelist()
            is_strict = "xl/workbook.xml" in parts and _STRICT in archive.read("xl/workbook.xml")
    except (zipfile.BadZipFile, ValueError, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise _refusal(name, "damaged or cut off", "copy or download it again") from error
    for part, what, remedy in _PARTS_OF_OTHERS:
        if part in parts:
            raise _refusal(name, what, remedy)
    if is_strict:
        raise _refusal(name, "a Strict Open XML Spreadsheet", _SAVE_AS)
    if "[Content_Types].xml" not in parts:
        raise _refusal(name, f"a ZIP archive{_holding(parts)}", _UNPACK)


def _holding(parts: Iterable[str]) -> str:
    first = ", ".join([part for part in parts if not part.endswith("/")][:3])
    return f" that holds {first}" if first else ""


def _refuse_markup(head: bytes, name: str) -> None:
    """Exports that are called .xls are often web pages, or Excel's XML of 2003."""
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if not text.startswith(b"<"):
        return
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        raise _refusal(name, "an XML Spreadsheet of Excel 2003", _SAVE_AS)
    if text.startswith(b"<!doctype html") or b"<html" in text or b"<table" in text:
        raise _refusal(name, "a web page (HTML), whatever its name says", _SAVE_AS)
