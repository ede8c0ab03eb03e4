"""The schema for editors: what it accepts and refuses, the importer does."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from importer.errors import MappingError
from importer.mapping_schema import schema_text
from tests.test_mapping import MAPPINGS, ROOT, changed, read

SCHEMA = ROOT / "importer" / "mapping.schema.json"
EDITOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
REGENERATE = (
    'python -c "from pathlib import Path; from importer.mapping_schema import schema_text; '
    "Path('importer/mapping.schema.json').write_text(schema_text(), encoding='utf-8', newline='\\n')\""
)


def as_an_editor_sees_it(text: str) -> Any:
    return as_json(YAML(typ="safe", pure=True).load(text))


def as_json(value: Any) -> Any:
    """Names are texts, and so are dates: editors know no others."""
    if isinstance(value, dict):
        return {str(name): as_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def importer_takes(text: str) -> bool:
    try:
        read(text)
    except MappingError:
        return False
    return True


def test_the_schema_for_editors_is_made_from_the_model():
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), f"make it again: {REGENERATE}"


def test_the_schema_for_editors_is_one():
    Draft202012Validator.check_schema(EDITOR.schema)


@pytest.mark.parametrize("name", ["home_loans", "every_feature"])
def test_an_editor_takes_the_sample_mappings(name):
    text = Path(MAPPINGS / f"{name}.yaml").read_text(encoding="utf-8")
    assert [error.message for error in EDITOR.iter_errors(as_an_editor_sees_it(text))] == []


A, F = "    mx_A: {column: A, ", "    mx_F: {column: F, "

TAKEN = [
    # texts that an editor takes for numbers, truth values or dates
    *[(2, f"name: {text}") for text in ("2026", "12.50", "true", "1e5", "2026-03-31", "0091", "'2026'")],
    *[(2, f"worksheet: {text}") for text in ("2026", "yes", "'2026'")],
    *[(12, f"  note: {text}") for text in ("12", "true", "Walk-in", "'{Campaign} {{x}}'", "''")],
    *[(18, f"identity: {text}") for text in ("2026", "[2026, true, A]", "[]")],
    *[(9, f"    FirstName: {text}") for text in ("2026", "true", "1.5", "{column: 2026}", "{column: no}")],
    *[(9, f"    FirstName: {{value: {text}}}") for text in ("5", "true", "2026-03-31", "''")],
    (9, f"{A}aliases: 5}}"),
    (9, f"{A}aliases: [5, true]}}"),
    (9, f"{A}aliases: []}}"),
    (9, f"{A}values: {{7: 2, true: false, x: ''}}}}"),
    (9, f"{A}choices: [1, 2.5], default: 1}}"),
    (9, f"{A}default: 2026-03-31}}"),
    *[(9, f"{A}pattern: {text}}}") for text in ("12", "true", "'[A-Z]+'")],
    (9, f"{A}kind: multi_choice, choices: [a, b], separator: 1}}"),
    (9, f"{A}kind: date, formats: '%d.%m.%Y'}}"),
    (9, f"{A}kind: datetime, formats: ['%d %B %y %I:%M %p', '%Y%m%d']}}"),
    (9, f"{A}kind: phone, region: IN}}"),
    (9, "    mx_A: {text: 'Branch {Branch}'}"),
    # numbers and truth values, also in quotes
    *[(1, f"version: {text}") for text in ("1", "'1'")],
    *[(2, f"header_row: {text}") for text in ("1", "'12'", "1048576")],
    *[(11, f"  event_code: {text}") for text in ("12000", "'12000'", "12_000")],
    *[(9, f"{A}required: {text}}}") for text in ("true", "'true'", "yes", "No", "OFF", "1", "'0'")],
    (6, "  own_guid: no"),
    (2, "day_first: 'false'"),
    (9, f"{A}min_length: 0, max_length: '5'}}"),
    *[(9, f"{A}kind: number, min: {text}}}") for text in ("1", "-0.5", "'1.50'", "1e3", "'-.5'")],
    # words
    *[(5, f"  search_by: {text}") for text in ("EmailAddress", "[EmailAddress]")],
    *[(14, f"  reference: {text}") for text in ("note", "none", "mx_Custom_40", "Origin")],
    (16, "    mx_F: {fields: {a: 1}}"),
    (9, f"{A}kind: 'number', blank: clear}}"),
]

REFUSED = [
    *[(1, f"version: {text}") for text in ("2", "x")],
    *[(2, f"name: {text}") for text in ("[a]", "{a: b}", "null")],
    *[(2, f"worksheet: {text}") for text in ("''", "' '", "[a]")],
    *[(2, f"header_row: {text}") for text in ("0", "-1", "'0'", "first", "1.5", "9999999999", "''", "true")],
    *[(2, f"day_first: {text}") for text in ("maybe", "2", "''", "[true]")],
    *[(3, f"time_zone: {text}") for text in ("5", "true", "[UTC]")],
    *[(18, f"identity: {text}") for text in ("''", "[A, '']", "{A: b}")],
    *[(5, f"  search_by: {text}") for text in ("[]", "FirstName", "None", "''", "5", "[EmailAddress, x]")],
    *[(5, f"  {text}") for text in ("serch_by: Phone", "search_by: {EmailAddress: x}")],
    *[(9, f"    FirstName: {text}") for text in ("''", "[a]", "{column: ''}", "{column: null}", "null")],
    *[(9, f"    {text}") for text in ("'': x",)],
    *[(9, f"    mx_A: {{text: {text}}}") for text in ("5", "X", "'{X'", "'{}'", "'{ }'", "'{{X}}'", "{X}")],
    *[(9, f"{A}{text}}}") for text in ("requird: true", "aliases: ['']", "aliases: {}", "required: 2")],
    *[(9, f"{A}{text}}}") for text in ("values: [a]", "values: {a: [b]}", "choices: ['']", "default: [a]")],
    *[
        (9, f"{A}{text}}}")
        for text in ("pattern: [a]", "blank: empty", "kind: emial", "kind: 5", "fields: {}")
    ],
    *[(9, f"{A}{text}}}") for text in ("max_length: 0", "max_length: -1", "min_length: x", "min_length: ''")],
    *[(9, f"{A}kind: number, min: {text}}}") for text in ("x", "''", "'1,000'", "true", "[1]", "'NaN'")],
    *[(9, f"{A}kind: multi_choice, choices: a, separator: {text}}}") for text in ("''", "[a]")],
    *[
        (9, f"{A}kind: date, formats: {text}}}")
        for text in ("12", "'%d.%m'", "['%d.%m.%Y', x]", "'%d%m%Y%Q'")
    ],
    *[(9, f"{A}kind: phone, region: {text}}}") for text in ("in", "india", "I", "12", "[IN]", "''")],
    *[(11, f"  event_code: {text}") for text in ("0", "'0'", "12OOO", "-1", "''", "1.5", "true")],
    *[(12, f"  note: {text}") for text in ("'{X'", "'X}'", "'{}'", "[a]", "{a: b}")],
    *[(13, f"  on_duplicate: {text}") for text in ("overwite", "true", "[keep]")],
    *[
        (14, f"  reference: {text}")
        for text in ("None", "NOTE", "notes", "Status", "Owner", "5", "''", "a b")
    ],
    *[(16, f"    {text}") for text in ("mx_F: {fields: {}}", "mx_F: {fields: {a b: x}}")],
    (16, f"{F}kind: [text]}}"),
]


@pytest.mark.parametrize(("line", "written"), TAKEN)
def test_what_the_importer_takes_no_editor_marks(line, written):
    text = changed((line, written))
    assert importer_takes(text)
    assert [error.message for error in EDITOR.iter_errors(as_an_editor_sees_it(text))] == []


@pytest.mark.parametrize(("line", "written"), REFUSED)
def test_what_an_editor_marks_the_importer_refuses(line, written):
    text = changed((line, written))
    assert not importer_takes(text)
    assert not EDITOR.is_valid(as_an_editor_sees_it(text))
