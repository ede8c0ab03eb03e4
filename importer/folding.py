"""When two headings are the same, however they are written."""

import unicodedata


def fold(heading: str) -> str:
    """Letters, digits and their marks only, so that `E-mail ID` is `emailid`."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] in "LNM")
