"""The reference: what a sent row can be found by in LeadSquared."""

from dataclasses import replace

from importer.records import Capture, Field

# LeadSquared's documented length of a note; a longer one would be refused or cut, and the reference with it.
NOTE_LENGTH = 200


def referenced(capture: Capture, place: str, reference: str) -> Capture:
    """The capture with its reference at the end of the note, in the field named by `place`, or nowhere.

    place: `note`, a field's schema name, or `none`. A note is shortened to leave room, the reference never.
    """
    if place == "none":
        return capture
    if place != "note":
        return replace(capture, fields=(*capture.fields, Field(place, reference)))
    room = NOTE_LENGTH - len(reference) - 1
    note = capture.note if len(capture.note) <= room else f"{capture.note[: room - 1]}…"
    return replace(capture, note=f"{note} {reference}".lstrip())
