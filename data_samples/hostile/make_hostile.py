"""Makes the hostile sheets: `make_hostile.py [FOLDER]`, in this folder where none is named."""

import sys
from pathlib import Path

import package_files
import text_files
import workbook_files

HERE = Path(__file__).parent


def make(folder: Path) -> None:
    for each in (text_files, workbook_files, package_files):
        for name, content in each.files().items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
