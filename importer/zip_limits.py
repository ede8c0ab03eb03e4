"""What a ZIP archive may unpack to, before anything of it is unpacked."""

from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

# Worksheets of a million rows have 500 MB and are packed to a thirtieth at most; bombs go to a thousandth.
_MOST = 4 << 30
_MOST_PACKED = 200
_ALWAYS_HARMLESS = 8 << 20

# These are read whole, the others row by row.
_READ_WHOLE = ("[content_types].xml", ".rels", "workbook.xml", "styles.xml")
_MOST_READ_WHOLE = 16 << 20
_NEVER_READ = ("xl/media/", "xl/drawings/", "xl/embeddings/")


def bomb_in(archive: ZipFile) -> str:
    """The part that would fill the memory, as `xl/styles.xml, 900 MB unpacked`; "" where there is none."""
    for part in archive.infolist():
        if _is_bomb(part):
            return f"{part.filename}, {part.file_size >> 20:,} MB unpacked"
    return ""


def is_packed_as_usual(archive: ZipFile) -> bool:
    """Spreadsheet programs store or deflate; other ways need memory of their own."""
    return all(part.compress_type in (ZIP_STORED, ZIP_DEFLATED) for part in archive.infolist())


def _is_bomb(part: ZipInfo) -> bool:
    if part.filename.lower().startswith(_NEVER_READ):
        return False
    # Python unpacks no more than the size that is declared here.
    if part.filename.lower().endswith(_READ_WHOLE) and part.file_size > _MOST_READ_WHOLE:
        return True
    if part.file_size > _MOST:
        return True
    return part.file_size > max(_ALWAYS_HARMLESS, _MOST_PACKED * part.compress_size)
