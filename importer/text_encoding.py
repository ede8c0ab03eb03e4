"""Which encoding a text file is in: the only module that knows chardet."""

import codecs
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import BinaryIO

import chardet

from importer.cell_names import cell_name
from importer.cell_text import LONGEST_QUOTE, quoted
from importer.errors import SheetError
from importer.records import Row

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16", "utf-32")
_USUAL, _USUAL_ON_MAC = "Windows-1252", "MacRoman"
_CLEARLY = 1.8
_HEAD = 4096
_CHUNK = 1 << 20
_ENOUGH_TO_GUESS = 1 << 16
_CELLS_SHOWN = 3
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a")


def find_encoding(file: BinaryIO, name: str) -> tuple[str, bool]:
    """The encoding in which the whole file can be read, and whether it is certain.

    A byte order mark decides, else UTF-8 where the whole file is UTF-8, else what chardet finds likely.
    Raises SheetError where the file is no text.
    """
    file.seek(0)
    head = file.read(_HEAD)
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if head.startswith(mark)]
    if marked:
        return _first_that_decodes(file, marked, name), True
    if _is_full_of_controls(head):
        likely = (chardet.detect(head)["encoding"] or "").lower()
        return _first_that_decodes(file, [likely] if likely.startswith(_WIDE) else [], name), False
    if decodes(file, "utf-8"):
        return "utf-8", True
    foreign = _foreign_lines(file)
    _refuse_broken_utf_8(file, foreign, name)
    return _first_that_decodes(file, [_likeliest(b"".join(foreign)), _USUAL], name), False


def declared_encoding(file: BinaryIO, name: str, encoding: str) -> str:
    """The encoding that the operator names. Raises SheetError where the file cannot be read in it."""
    file.seek(0)
    is_marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    encoding = "utf-8-sig" if is_marked and encoding == "utf-8" else encoding
    if not decodes(file, encoding):
        raise SheetError(
            f"{name} is not written in {encoding} (name another --encoding, or leave it out to have "
            "it found)."
        )
    return encoding


def decodes(file: BinaryIO, encoding: str) -> bool:
    """Whether the whole file is text in this encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


@contextmanager
def as_text(file: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file from its start, with its line ends as they are; it stays open."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield text
    finally:
        text.detach()  # else the file is closed with it


def guess_notice(name: str, encoding: str, rows: Iterator[Row]) -> str:
    """Tells that the encoding is a guess, with cells by which a person sees whether it is right."""
    shown = ", ".join(islice(_telling_cells(rows), _CELLS_SHOWN))
    return (
        f"{name} does not say how its letters are encoded: taken as {encoding}"
        f"{shown and f', which reads {shown}'} "
        "(if that looks wrong, save it in Excel as 'CSV UTF-8 (Comma delimited)', or name its --encoding)."
    )


def _telling_cells(rows: Iterator[Row]) -> Iterator[str]:
    """Each has a foreign letter that is new."""
    met: set[str] = set()
    for row in rows:
        for column, text in enumerate(row.texts):
            foreign = {letter for letter in text[:LONGEST_QUOTE] if not letter.isascii()}
            if foreign - met:
                met |= foreign
                yield f"{cell_name(column, row.number)}: {quoted(text)}"


def _is_full_of_controls(head: bytes) -> bool:
    """A handful is dirt in a text; more is no text, or two-byte text without a byte order mark."""
    return len(head) - len(head.translate(None, _CONTROLS)) > max(8, len(head) // 20)


def _first_that_decodes(file: BinaryIO, encodings: Sequence[str], name: str) -> str:
    for encoding in encodings:
        if decodes(file, encoding):
            return encoding
    raise SheetError(
        f"{name} is neither a workbook nor text that can be read "
        "(hand in the spreadsheet itself, saved as .xlsx or as 'CSV UTF-8')."
    )


def _foreign_lines(file: BinaryIO) -> list[bytes]:
    """Lines that are not plain ASCII: the first may stand far down, and only they tell encodings apart."""
    lines: list[bytes] = []
    size = 0
    file.seek(0)
    while size < _ENOUGH_TO_GUESS and (line := file.readline(_CHUNK)):
        if not line.isascii():
            lines.append(line)
            size += len(line)
    return lines


def _refuse_broken_utf_8(file: BinaryIO, foreign: Sequence[bytes], name: str) -> None:
    """Lines in other encodings are hardly ever UTF-8: where half of them are, a few bytes are broken.

    In another encoding the file could be read, with all the letters garbled that are right.
    """
    if 2 * sum(map(_is_utf_8, foreign)) < len(foreign):
        return
    file.seek(0)
    lines = iter(partial(file.readline, _CHUNK), b"")
    number = next((number for number, line in enumerate(lines, start=1) if not _is_utf_8(line)), 0)
    raise SheetError(
        f"{name} is UTF-8, but line {number} of the file holds a letter that is not (open it in Excel, type "
        "that letter again, and save it as 'CSV UTF-8 (Comma delimited)')."
    )


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _likeliest(sample: bytes) -> str:
    """What chardet finds likeliest; but the usual encoding where that is not clearly likelier.

    Its confidence is a few hundredths on names, right or wrong, so only the ratio of two tells. On sheets of
    3 to 300 names it took western ones for Windows-1250 with up to 1.79 times the confidence that it had in
    the usual; of 30 names or more that were Windows-1250, more than twice, but for one sheet in a hundred.
    """
    # A single control character is reason enough for chardet to take all of it for no text.
    sample = sample.translate(None, _CONTROLS)
    found = chardet.detect_all(sample, prefer_superset=True, ignore_threshold=True)
    confidence = {guess["encoding"]: guess["confidence"] for guess in found}
    likeliest = found[0]["encoding"] or _USUAL
    usual = _USUAL_ON_MAC if likeliest.startswith("Mac") else _USUAL
    is_clear = confidence.get(likeliest, 0) >= _CLEARLY * confidence.get(usual, 0)
    return likeliest if is_clear else usual
