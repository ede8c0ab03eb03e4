"""Files of the formats beside .xlsx, made by hand where no library writes them."""

import io
import struct
import zipfile

import xlwt  # type: ignore[import-untyped]

ODS = "application/vnd.oasis.opendocument.spreadsheet"
DATE, TIME, HOURS = "dd/mm/yyyy", "hh:mm", "[h]:mm"


def xls(**worksheets):
    """Each worksheet a list of rows; a cell that is a pair has a number format, a function writes its own."""
    book = xlwt.Workbook()
    for title, rows in worksheets.items():
        sheet = book.add_sheet(title)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if callable(value):
                    value(sheet, at, column)
                elif isinstance(value, tuple):
                    sheet.write(at, column, value[0], xlwt.easyxf(num_format_str=value[1]))
                elif value is not None:
                    sheet.write(at, column, value)
    return saved(book)


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls_of_95(*records, stream="Book"):
    """A workbook of Excel 95 whose worksheet Enquiries has these records: pairs of number and content."""

    def written(number, content=b""):
        return struct.pack("<HH", number, len(content)) + content

    def start(kind):
        return written(0x809, struct.pack("<HHHH", 0x500, kind, 0, 0))

    sheet = start(0x10) + b"".join(written(*record) for record in records) + written(0xA)
    codepage, title = written(0x42, struct.pack("<H", 1252)), struct.pack("<BBB", 0, 0, 9) + b"Enquiries"
    offset = len(start(5) + codepage + written(0x85, bytes(4) + title) + written(0xA))
    book = start(5) + codepage + written(0x85, struct.pack("<L", offset) + title) + written(0xA) + sheet
    file = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(file, book)
    content, name = file.getvalue(), "Workbook".encode("utf-16-le")
    at = content.index(name)
    new = stream.encode("utf-16-le")
    entry = new.ljust(64, b"\0") + struct.pack("<H", len(new) + 2)
    return content[:at] + entry + content[at + 66 :]


def encrypted_xls():
    """As far as a reader comes without the password."""
    book = xlwt.Workbook()
    book.add_sheet("Enquiries").write(0, 0, "Email")
    content = book.get_biff_data()
    first = 4 + struct.unpack_from("<H", content, 2)[0]
    stream = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(
        stream, content[:first] + struct.pack("<HHHHH", 0x2F, 6, 0, 7, 7) + content[first:]
    )
    return stream.getvalue()


def ods(content, *, mimetype=ODS, manifest="", part="content.xml"):
    """An OpenDocument file with these tables."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr(
            part,
            f"<office:document-content{names}><office:automatic-styles>"
            '<style:style style:name="hidden" style:family="table">'
            '<style:table-properties table:display="false"/>'
            "</style:style></office:automatic-styles>"
            f"<office:body><office:spreadsheet>{content}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
    return stream.getvalue()


def ods_table(title, *rows, style="shown"):
    """Each row is the XML of its cells."""
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    return f'<table:table table:name="{title}" table:style-name="{style}">{lines}</table:table>'


def ods_cell(text="", kind="string", value="", more=""):
    name = {"string": "string", "boolean": "boolean", "date": "date", "time": "time"}.get(kind)
    attribute = f'office:{f"{name}-" if name else ""}value="{value}"' if value else ""
    start = f'<table:table-cell office:value-type="{kind}" {attribute} {more}>'
    return f"{start}<text:p>{text}</text:p></table:table-cell>"


ODS_BLANK = "<table:table-cell/>"


def xlsb(**worksheets):
    """Each worksheet its rows by number, each a list of `xlsb_cell`; one that is called Hidden is so."""
    sheets = list(enumerate(worksheets.items(), start=1))
    bundles = [
        _record(156, struct.pack("<LL", title == "Hidden", place) + _wide(f"rId{place}") + _wide(title))
        for place, (title, _) in sheets
    ]
    styles = [(278,), (615, b"\1\0\0\0"), (44, struct.pack("<H", 164) + _wide(DATE)), (616,)]
    looks = [(617, b"\2\0\0\0"), *((47, struct.pack("<HH", 0xFFFF, code) + bytes(12)) for code in (0, 164))]
    namespace = "http://schemas.openxmlformats.org/package/2006"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    links = "".join(
        f'<Relationship Id="rId{place}" Type="{kind}" Target="worksheets/sheet{place}.bin"/>'
        for place, _ in sheets
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{namespace}/content-types"/>')
        archive.writestr(
            "xl/workbook.bin", b"".join([*map(_record, (131, 143)), *bundles, *map(_record, (144, 132))])
        )
        archive.writestr(
            "xl/styles.bin", b"".join(_record(*each) for each in [*styles, *looks, (618,), (279,)])
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{namespace}/relationships">{links}</Relationships>',
        )
        for place, (_, rows) in sheets:
            records = [_record(129), _record(148, bytes(16)), _record(145)]
            for number, cells in rows.items():
                records += [_record(0, struct.pack("<L", number - 1) + bytes(13)), *cells]
            archive.writestr(
                f"xl/worksheets/sheet{place}.bin", b"".join([*records, _record(146), _record(130)])
            )
    return stream.getvalue()


def xlsb_cell(column, value, *, is_date=False):
    """bytes are the code of an error."""
    place = struct.pack("<LL", column, is_date)
    match value:
        case str():
            return _record(6, place + _wide(value))
        case bool():
            return _record(4, place + bytes([value]))
        case bytes():
            return _record(3, place + value)
        case _:
            return _record(5, place + struct.pack("<d", value))


def _wide(text):
    content = text.encode("utf-16-le")
    return struct.pack("<L", len(content) // 2) + content


def _record(number, content=b""):
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    size = len(content)
    sizes = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return head + sizes + content
