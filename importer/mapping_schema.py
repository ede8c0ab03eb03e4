"""The JSON Schema of mapping files, by which editors complete and check them as they are written."""

import json
from typing import Any

from importer import schema_parts as parts
from importer.mapping_model import Mapping

SOURCES = ("Source", "FieldSource")


def schema_text() -> str:
    """What `mapping.schema.json` must hold."""
    schema = _tidy(Mapping.model_json_schema())
    for name in SOURCES:
        # A heading alone is short for {column: Heading}.
        schema["$defs"][name] = {"anyOf": [parts.NAME, schema["$defs"][name]]}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Mapping"} | schema
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _tidy(schema: Any) -> Any:
    """Without titles, empty defaults and null: a setting is left out, never written as null."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema if item != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    tidy = {key: _tidy(value) for key, value in schema.items() if not _says_nothing(key, value)}
    if len(tidy.get("anyOf", ())) == 1:
        tidy |= tidy.pop("anyOf")[0]
    return tidy


def _says_nothing(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in (None, [], ""))
