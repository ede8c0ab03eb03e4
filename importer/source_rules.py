"""What a mapping says about the values of one source, in the words of values.py."""

from importer.mapping_model import Mapping
from importer.mapping_source import Source
from importer.values import ValueRules


def rules_of(source: Source, mapping: Mapping) -> ValueRules:
    """What the mapping says about the values of this source."""
    return ValueRules(
        values=source.values,
        choices=source.choices,
        separator=source.separator,
        region=source.region,
        formats=source.formats,
        day_first=mapping.day_first,
        time_zone=mapping.time_zone,
        min=source.min,
        max=source.max,
        min_length=source.min_length,
        max_length=source.max_length,
        pattern=source.pattern,
        users=mapping.users,
    )
