"""What a lead goes by: each of its unique values as one text, and the texts that something typed may mean."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from importer.cell_text import Bad, clean
from importer.mapping_model import UNIQUE, Mapping
from importer.phones import phone_spellings
from importer.source_rules import rules_of
from importer.values import converter, guid


def lead_text(attribute: str, value: str) -> str:
    """A unique value of a lead, as captures that share it have it alike."""
    return f"{attribute}={value}".casefold()


@dataclass(frozen=True, slots=True)
class WaysToCall:
    """What leads may have been called by.

    attributes: whose values are, or may be, unique.
    further:    those of them of which only the account knows whether leads are found by them.
    regions:    the countries of phone numbers without a country code.
    mappings:   by which values may have been converted.
    """

    attributes: tuple[str, ...]
    regions: tuple[str, ...]
    mappings: tuple[Mapping, ...]
    further: tuple[str, ...] = ()

    def texts(self, typed: str) -> frozenset[str]:
        """What the lead may go by (`lead_text`) for which somebody types this."""
        texts = {lead_text(name, value) for value in self._anywhere(typed) for name in self.attributes}
        for mapping in self.mappings:
            texts |= {lead_text(name, value) for name, value in _by_mapping(typed, mapping)}
        return frozenset(texts)

    def _anywhere(self, typed: str) -> Iterator[str]:
        """What any attribute may have in its place."""
        yield clean(typed).strip()
        yield from phone_spellings(typed, self.regions)
        with suppress(Bad):
            yield guid(typed)


def ways_to_call(
    mappings: Iterable[Mapping], further: Iterable[str], all_regions: Iterable[str]
) -> WaysToCall:
    """The ways by these mappings, and by further attributes.

    all_regions: where mappings are gone, whose phone numbers may be of any country; else nothing.
    """
    known = tuple(mappings)
    searched = tuple(name for mapping in known for name in mapping.lead.search_by)
    regions = (source.region for mapping in known for source in mapping.lead.attributes.values())
    others = tuple(name for name in dict.fromkeys(further) if name not in (*UNIQUE, *searched))
    return WaysToCall(
        tuple(dict.fromkeys((*UNIQUE, *searched, *others))),
        tuple(dict.fromkeys((*filter(None, regions), *all_regions))),
        known,
        others,
    )


def _by_mapping(typed: str, mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Each unique attribute with the value that a cell with this text is sent as."""
    for name in dict.fromkeys((*UNIQUE, *mapping.lead.search_by)):
        if source := mapping.lead.attributes.get(name):
            # What is no value of this attribute is none that was ever sent for it.
            with suppress(ValueError):
                yield name, converter(source.kind, rules_of(source, mapping))(typed)
