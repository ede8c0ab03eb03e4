"""The text of a cell: what in it nobody can see, how a message quotes it, and what makes it unfit."""

import re

# Left over from copying out of web pages, chats and other programs. Joiners and direction marks
# (U+200C to U+200F) belong to the spelling of many scripts and of emoji, so they go only where they
# follow no letter of such a script.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
    r"|(?<![^\x00-\x7f\s\u200b\u202a-\u202e\u2060-\u2069\ufeff])[\u200c-\u200f]+"
)
_BREAKS = str.maketrans("\x0b\x0c", "\n\n")
LONGEST_QUOTE = 60


UNREADABLE = "#UNREADABLE! "
"""Stands in a result before what was left of a cell that could not be trusted, and is never sent."""

MERGED = "is merged with another cell, which holds the value (unmerge the two in Excel, and fill in both)"
"""Why a cell that a merged one covers cannot be trusted."""


class Bad(ValueError):
    """A text that is not of its kind; says so as the end of a sentence that starts with the place.

    code: the cause in capitals, the same for every cell with this trouble (`DATE-UNREADABLE`).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def clean(text: str) -> str:
    """The text without characters that nobody sees; tabs, line breaks and outer space stay.

    Word's line break (a vertical tab) and page break (a form feed) part words, and become plain line breaks.
    """
    return text if text.isprintable() else _UNSEEN.sub("", text.translate(_BREAKS))


def says_something(text: str) -> bool:
    """Whether a person sees anything in it that was not written by an earlier result."""
    return bool(clean(text).strip()) and text.strip() != UNREADABLE.strip()


def quoted(text: str) -> str:
    """The text as a message shows it: in quotes, on one line, cut where it is long."""
    return repr(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…")


def visible(text: str) -> str:
    """The text on one line, with what nobody sees spelt out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
