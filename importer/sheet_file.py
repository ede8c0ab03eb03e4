"""A sheet's file from outside: whether it opens, and what its bytes say it is, whatever its name says."""

import difflib
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from importer.errors import SheetError
from importer.xml_limits import begins_plainly
from importer.zip_limits import bomb_in, is_packed_as_usual

_HEAD = 4096
_ENOUGH_OF_A_PART = 1 << 20
_SAVE_AS = "open it in Excel and choose File > Save As > Excel Workbook (.xlsx)"
_SAVE_IN_LIBREOFFICE = "open it in LibreOffice and save it as .xlsx"
_NOT_A_SHEET = "hand in the spreadsheet itself, saved as .xlsx or .csv"
_ASK_AGAIN = "ask whoever sent it for another"
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
_PROTECTED = "protected by a password"
_SAVE_OPEN = f"{_SAVE_IN_LIBREOFFICE} without a password"
_PARTS_OF_OTHERS = (
    ("encrypted-package", _PROTECTED, _SAVE_OPEN),
    ("Index/Document.iwa", "an Apple Numbers or Pages document", "export it as .xlsx"),
    ("word/document.xml", "a Word document", _NOT_A_SHEET),
    ("ppt/presentation.xml", "a PowerPoint presentation", _NOT_A_SHEET),
)
_WORKBOOK, _DOCUMENT, _BINARY = "[Content_Types].xml", "content.xml", "xl/workbook.bin"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_SIGNS_IN_PARTS = (
    ("META-INF/manifest.xml", b"encryption-data", _PROTECTED, _SAVE_OPEN),
    ("xl/workbook.xml", _STRICT, "a Strict Open XML Spreadsheet", _SAVE_AS),
)
_TELLING_PARTS = ("mimetype", *(part for part, *_ in _SIGNS_IN_PARTS))
_MARKUP_OF_OTHERS = (
    (b"urn:schemas-microsoft-com:office:spreadsheet", "an XML Spreadsheet of Excel 2003", _SAVE_AS),
    (b"urn:oasis:names:tc:opendocument", "a flat OpenDocument file", _SAVE_IN_LIBREOFFICE),
)
_ARCHIVE = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNPROTECT = (
    "in Excel choose File > Info > Protect Workbook > Encrypt with Password, remove the password, save"
)
_WORKBOOK_STREAMS = (
    ("Workbook", "a workbook of Excel 97-2003 (.xls)"),
    ("Book", "a workbook of Excel 95 (.xls)"),
)
# The record that says how a workbook is encrypted follows the first one, or the one for "read only".
_ENCRYPTED = re.compile(rb"\x09\x08(?:\x08\0\0\x05.{6}|\x10\0\0\x06.{14})(?:\x86\0\0\0)?\x2f\0", re.DOTALL)


class FileKind(Enum):
    """LEGACY is .xls, .xlsb or .ods; WEB_PAGE is HTML."""

    WORKBOOK = auto()
    LEGACY = auto()
    WEB_PAGE = auto()
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
    """What the bytes are; the name is for the message only. Raises SheetError where they are no such kind."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise SheetError(f"{name} is empty: the file holds no bytes (export or save it again).")
    for start, what, remedy in _BYTES_OF_OTHERS:
        if head.startswith(start):
            raise _refusal(name, what, remedy)
    if head.startswith(_OLD_OFFICE):
        _refuse_other_documents(file, name)
        return FileKind.LEGACY
    if head.startswith(_ARCHIVE):
        return _kind_of_archive(file, name)
    return _kind_of_text(head, name)


def legacy_format(file: BinaryIO) -> str:
    """What a file of kind LEGACY is called, as the end of a sentence."""
    file.seek(0)
    content = file.read()
    if content.startswith(_OLD_OFFICE):
        return next(what for stream, what in _WORKBOOK_STREAMS if _has_stream(content, stream))
    with zipfile.ZipFile(file) as archive:
        is_document = _DOCUMENT in archive.namelist()
    return "an OpenDocument spreadsheet (.ods)" if is_document else "a binary Excel workbook (.xlsb)"


def _refusal(name: str, what: str, remedy: str) -> SheetError:
    return SheetError(f"{name} is {what} ({remedy}).")


def _refuse_other_documents(file: BinaryIO, name: str) -> None:
    file.seek(0)
    content = file.read()
    if _has_stream(content, "EncryptedPackage") or _ENCRYPTED.search(content):
        raise _refusal(name, _PROTECTED, _UNPROTECT)
    if not any(_has_stream(content, stream) for stream, _ in _WORKBOOK_STREAMS):
        raise _refusal(name, "an old Office file, but no workbook, or one that was cut off", _NOT_A_SHEET)


def _has_stream(content: bytes, stream: str) -> bool:
    return stream.encode("utf-16-le") in content


def _refuse_odd_packing(archive: zipfile.ZipFile, name: str, size: int) -> None:
    if bomb := bomb_in(archive):
        raise _refusal(name, f"made to fill the memory ({bomb})", _ASK_AGAIN)
    if not is_packed_as_usual(archive):
        raise _refusal(name, "a ZIP archive packed as no spreadsheet program does it", _UNPACK)
    # Python makes room for as many bytes as the table of contents says.
    if any(part.compress_size > size for part in archive.infolist()):
        raise zipfile.BadZipFile


def _kind_of_archive(file: BinaryIO, name: str) -> FileKind:
    size = file.seek(0, os.SEEK_END)
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_odd_packing(archive, name, size)
            parts = archive.namelist()
            starts = {part: _start_of(archive, part) for part in _TELLING_PARTS if part in parts}
            harmful = _part_to_harm(archive) if _WORKBOOK in parts and _BINARY not in parts else ""
    except (zipfile.BadZipFile, ValueError, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise _refusal(name, "damaged or cut off", "copy or download it again") from error
    for what, remedy in _others(parts, starts):
        raise _refusal(name, what, remedy)
    if harmful:
        what = f"made to harm the program that opens it: {harmful} has a <!DOCTYPE>, or hides how it begins"
        raise _refusal(name, what, _ASK_AGAIN)
    if _DOCUMENT in parts or _BINARY in parts:
        return FileKind.LEGACY
    if _WORKBOOK not in parts:
        raise _refusal(name, f"a ZIP archive{_holding(parts)}", _UNPACK)
    return FileKind.WORKBOOK


def _others(parts: Sequence[str], starts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """What the archive is if it is no sheet that can be read, and what would do."""
    yield from ((what, remedy) for part, what, remedy in _PARTS_OF_OTHERS if part in parts)
    yield from (
        (what, remedy) for part, sign, what, remedy in _SIGNS_IN_PARTS if sign in starts.get(part, b"")
    )
    if _DOCUMENT in parts and not starts.get("mimetype", b"").startswith(_SPREADSHEET):
        yield "an OpenDocument file, but no spreadsheet", _NOT_A_SHEET


def _start_of(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as opened:
        return opened.read(_ENOUGH_OF_A_PART)


def _part_to_harm(archive: zipfile.ZipFile) -> str:
    """A part that begins as none of a workbook does; "" where there is none."""
    for part in archive.namelist():
        if part.lower().endswith((".xml", ".rels")):
            with archive.open(part) as opened:
                if not begins_plainly(opened):
                    return part
    return ""


def _holding(parts: Iterable[str]) -> str:
    first = ", ".join([part for part in parts if not part.endswith("/")][:3])
    return f" that holds {first}" if first else ""


def _kind_of_text(head: bytes, name: str) -> FileKind:
    """Exports that are called .xls are often web pages, or Excel's XML of 2003."""
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if not text.startswith(b"<"):
        return FileKind.TEXT
    for sign, what, remedy in _MARKUP_OF_OTHERS:
        if sign in text:
            raise _refusal(name, what, remedy)
    is_page = text.startswith(b"<!doctype html") or b"<html" in text or b"<table" in text
    return FileKind.WEB_PAGE if is_page else FileKind.TEXT
