"""Damage: what becomes of good files when they are cut, spliced, or changed by a clumsy program."""

import io
import re
import zipfile
from random import Random

NUMBERS = """
0 -1 1 1.5 60 1e400 -1E308 1e-400 NaN inf 1_0 ٣ 0x10 2958466 16384 16385 1048576 1048577 2147483648
99999999999999999999
"""
CELLS = "A1 A2 B1 XFD1 XFE1 A1048576 A1048577 ZZZZZ1 A0 1A a1 $A$1 A1:B2 A2:XFD9 B7:A1"
WORDS = """
true false s n b d e str inlineStr hidden veryHidden preserve xml:space General yyyy [h]:mm 0000 #N/A P1D
10:30 2026-02-30 2026-03-31T24:00:00 _x0000_ _xD800_ _x005F_ rId1 rId2 rId99 ../../x xl/styles.xml
/xl/workbook.xml &#0; &#xD800; &#1114112; &#128; &lt; &amp; &x; ]]> < > " "" <![ <![x[ <! <!-- --> <? </
<br/> <![CDATA[ <script> <table> </table> <td/rowspan=9> UTF-16 utf-7 hex base64 rot13 zlib idna punycode
undefined unicode_escape iso-2022-jp hz cp037 koi8-r shift_jis gb18030 x-user-defined sep=; 😀 é
"""
SIGNS = ("", " ", "\n", "\r", "\t", "\x00", "\x0b", "\x1a", "\x1b", "\x85", "\u2028", "\ufeff", "\ud800")
ODD_BYTES = (0, 1, 9, 12, 14, 34, 39, 44, 60, 62, 127, 128, 255)

_VALUE = re.compile(r"""(?<==)(["'])[^"'<>]*\1|(?<=>)[^<>]+(?=<)""")
_TAG = re.compile(r"<[^<>]+>")
_ELEMENT = re.compile(r"<([\w:]+)[^<>]*(?:/>|>(?:[^<>]|<(?!/\1))*?</\1>)", re.DOTALL)
_NAME = re.compile(r"(?<=<)/?[\w:]+|[\w:]+(?==)")
_THAT_TELL = re.compile(r"sheet\d|sharedStrings|workbook|styles|Types|content\.xml")


def value(random: Random) -> str:
    """Something that stands in few files, at times many times over."""
    text = random.choice(random.choice((NUMBERS.split(), CELLS.split(), WORDS.split(), SIGNS)))
    return text * random.choice((1,) * 18 + (2, 300))


def bytes_changed(random: Random, content: bytes) -> bytes:
    """With a bit turned, a byte set, a stretch cut, doubled, moved or blanked, or the end cut off."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        if changed:
            _change_bytes(random, changed)
    return bytes(changed)


def _change_bytes(random: Random, changed: bytearray) -> None:
    at = random.randrange(len(changed))
    end = min(len(changed), at + random.choice((1, 2, 4, 16, 256)))
    elsewhere = random.randrange(len(changed))
    for start, stop, new in random.choices(
        (
            (at, at + 1, bytes((changed[at] ^ 1 << random.randrange(8),))),
            (at, at + 1, bytes((random.choice(ODD_BYTES),))),
            (at, end, b""),
            (at, at, changed[at:end] * random.choice((1, 1, 1, 50))),
            (elsewhere, elsewhere, changed[at:end]),
            (at, end, bytes(end - at)),
            (at, len(changed), b""),
        ),
        (6, 6, 6, 6, 6, 6, 1),
    ):
        changed[start:stop] = new


def spliced(random: Random, one: bytes, other: bytes) -> bytes:
    return one[: random.randrange(len(one) + 1)] + other[random.randrange(len(other) + 1) :]


def words_changed(random: Random, content: bytes) -> bytes:
    """A text with strange words and numbers put in, or in the place of others."""
    text = content.decode("utf-8", "surrogateescape")
    for _ in range(random.choice((1, 1, 2, 5))):
        found = [*re.finditer(r"\w+|[^\w\s]+|\s+", text)]
        if not found:
            break
        piece = random.choice(found)
        new = random.choice((value(random), value(random), "", piece[0] * 2, random.choice(found)[0]))
        text = text[: piece.start()] + new + text[random.choice(piece.span()) :]
    return text.encode("utf-8", "surrogateescape" if "\ud800" not in text else "replace")


def markup_changed(random: Random, content: bytes) -> bytes:
    """XML or HTML with another value, name or element: taken out, doubled, moved, or never closed."""
    text = content.decode("utf-8", "replace")
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        kind = random.choice((_VALUE, _VALUE, _VALUE, _TAG, _ELEMENT, _ELEMENT, _NAME))
        if not (found := [*kind.finditer(text)]):
            continue
        piece, other = random.choice(found), random.choice(found)
        new = random.choice((other[0], other[0], "", piece[0] * random.choice((2, 2, 3, 200))))
        if kind is _VALUE and random.random() < 0.7:
            quote = piece[1] or ""
            new = f"{quote}{value(random)}{quote}"
        text = text[: piece.start()] + new + text[piece.end() :]
    return text.encode("utf-8", "surrogatepass")


def archive_changed(random: Random, content: bytes) -> bytes:
    """A ZIP archive of which parts are changed, missing, renamed, exchanged, or packed in another way."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        telling = [name for name in parts if _THAT_TELL.search(name)]
        name = random.choice(telling if telling and random.random() < 0.9 else [*parts])
        part = parts.pop(name)
        for new_name, new in random.choices(
            (
                (name, markup_changed(random, part)),
                (name, bytes_changed(random, part)),
                (
                    name,
                    part.decode("utf-8", "replace").encode(random.choice(("utf-16", "cp1252")), "replace"),
                ),
                (name, random.choice([*parts.values(), b""])),
                (random.choice([*parts, "x"]), part),
                (words_changed(random, name.encode()).decode("utf-8", "replace")[:200] or "x", part),
            ),
            (20, 2, 1, 1, 1, 1),
        ):
            parts[new_name] = new
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", random.choice((0, 8, 8, 8, 8, 12, 14))) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, archive.compression)
    return stream.getvalue()


def packing_changed(random: Random, content: bytes) -> bytes:
    """A ZIP archive whose table of contents says something else than its parts."""
    changed = bytearray(content)
    entries = [found.start() for found in re.finditer(rb"PK\x01\x02", content)]
    places = (6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4)
    for _ in range(random.choice((1, 1, 2))):
        offset, size = random.choice(places)
        at = random.choice(entries) + offset
        numbers = (0, 1, 6, 8, 9, 12, 14, 93, 95, 99, 0xFFFF, 0xFFFFFFFF, random.getrandbits(31))
        changed[at : at + size] = (random.choice(numbers) % (1 << 8 * size)).to_bytes(size, "little")
    return bytes(changed)
