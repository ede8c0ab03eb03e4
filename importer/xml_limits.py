"""How the parts of a workbook begin: by a document type XML is made to harm, and no program writes one."""

from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

_ENOUGH_FOR_THE_ROOT = 1 << 16


class _Root(Exception):
    """The first element has begun, and no document type can follow."""


class _DocumentType(Exception):
    pass


def begins_plainly(part: IO[bytes]) -> bool:
    """Whether its first element comes soon, and before it no <!DOCTYPE>, in whatever encoding."""
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = _document_type
    parser.StartElementHandler = _root
    head = part.read(_ENOUGH_FOR_THE_ROOT)
    try:
        parser.Parse(head)
    except _DocumentType:
        return False
    except (_Root, ExpatError):
        # What is no XML is told where it is read.
        return True
    return len(head) < _ENOUGH_FOR_THE_ROOT


def _document_type(*_: object) -> None:
    raise _DocumentType


def _root(*_: object) -> None:
    raise _Root
