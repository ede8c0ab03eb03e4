"""Which kinds of a mapping suit a field, by the data type that LeadSquared says it has."""

from importer.account_schema import SchemaField
from importer.folding import fold

_OWNERS = ("owner", "guid")
_CHOICES = ("choice", "text")
_SUITED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("number", "integer", "decimal", "numeric", "currency"), ("number", "integer")),
    **dict.fromkeys(("boolean", "bool", "checkbox"), ("boolean",)),
    "date": ("date",),
    **dict.fromkeys(("datetime", "dateandtime", "dateandtimepicker"), ("datetime",)),
    **dict.fromkeys(("dropdown", "searchabledropdown", "select", "picklist"), _CHOICES),
    **dict.fromkeys(("multiselect", "multiselectdropdown"), ("multi_choice", *_CHOICES)),
    "email": ("email", "text"),
    **dict.fromkeys(("phone", "mobile"), ("phone", "text")),
    **dict.fromkeys(("user", "users", "activeusers", "owner"), _OWNERS),
}


def suited(field: SchemaField) -> tuple[str, ...]:
    """The kinds that suit it, the best first; none: all of them do, as with texts."""
    if field.schema_name in ("Owner", "OwnerId"):
        return _OWNERS
    # Of a type that is not in the table, options say enough.
    kinds = _SUITED.get(fold(field.data_type), _CHOICES if field.options else ())
    return ("multi_choice", *_CHOICES) if field.takes_several and kinds == _CHOICES else kinds


def is_text(field: SchemaField) -> bool:
    """Whether its length is that of what is sent."""
    return not {"number", "boolean", "date", "datetime", "owner", "multi_choice"} & {*suited(field)}
