"""Which mapping each file of an inbox takes: by its name, or the one that fits its columns."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from importer.errors import MappingError, UsageError
from importer.mapping import document_in
from importer.spelling import counted
from importer.yaml_lines import Document, Fault

NAME, MAPPINGS = "mappings.yaml", "mappings"


@dataclass(frozen=True, slots=True)
class Assigned:
    """patterns: of file names, each with its mapping; the first that fits counts.

    otherwise: the folder of mappings of which one has to fit.
    """

    patterns: tuple[tuple[str, Path], ...]
    otherwise: Path

    def mapping_for(self, name: str) -> Path:
        """The mapping, or the folder of mappings, for a file of this name."""
        named = (mapping for pattern, mapping in self.patterns if fnmatchcase(_plain(name), _plain(pattern)))
        return next(named, self.otherwise)


def assigned_in(folder: Path) -> Assigned:
    """As `mappings.yaml` of this folder says, where there is one.

    Raises MappingError that names everything wrong in it, UsageError where no mapping can be read.
    """
    otherwise = folder / MAPPINGS
    try:
        list(otherwise.iterdir())
    except FileNotFoundError:
        pass
    except OSError as error:
        raise UsageError(f"{otherwise} cannot be read: {error.strerror}. No file was taken.") from error
    path = folder / NAME
    if not path.exists():
        return Assigned((), otherwise)
    document = document_in(path)
    faults = [*document.faults, *_faults(document, folder)]
    if faults:
        faults.sort(key=lambda fault: fault.line)
        title = f"{path} has {counted(len(faults), 'fault')}; no file was taken:"
        raise MappingError(title, [str(fault) for fault in faults])
    tree = document.tree if isinstance(document.tree, dict) else {}
    return Assigned(tuple((pattern, folder / str(file)) for pattern, file in tree.items()), otherwise)


def _faults(document: Document, folder: Path) -> Iterator[Fault]:
    tree = document.tree
    if not isinstance(tree, dict):
        if not document.faults:
            yield Fault(
                1, (), 'this is no list of file names and mappings, such as "leads*.xlsx": mappings/a.yaml'
            )
        return
    for pattern, file in tree.items():
        line = document.line((pattern,))
        if not isinstance(file, str):
            yield Fault(line, (pattern,), "what stands here is no name of one mapping file")
        elif not (folder / file).exists():
            yield Fault(line, (pattern,), f"there is no {file} in {folder}")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
