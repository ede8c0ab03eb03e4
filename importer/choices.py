"""Closed lists: a mapping's translations and choices, found whatever the case and spacing of a cell."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache

from importer.cell_text import Bad, quoted, visible

_SHOWN = 10


def translator(translations: Mapping[str, str]) -> Callable[[str], str]:
    """What gives a text's translation, or the text itself where there is none."""
    folded = _by_fold(translations)
    if not folded:
        return str

    def translate(text: str) -> str:
        key = text if text in translations else folded.get(fold(text))
        return text if key is None else translations[key]

    return translate


def chooser(choices: Iterable[str], shown: Iterable[str] = ()) -> Callable[[str], str]:
    """What gives a text's choice, spelt as here.

    shown: what a message offers instead of the choices, where people write other words for them.
    """
    folded, exact = _by_fold(choices), frozenset(choices)
    offered = _by_fold(shown) or folded

    @lru_cache(maxsize=1024)
    def unknown(text: str) -> str:
        close = get_close_matches(fold(text), offered, n=1)
        meant = f" (did you mean {quoted(offered[close[0]])}?)" if close else ""
        return f"{quoted(text)} is not one of {_listed(list(offered.values()))}{meant}"

    def choose(text: str) -> str:
        choice = text if text in exact else folded.get(fold(text))
        if choice is None:
            raise Bad("CHOICE-UNKNOWN", unknown(text))
        return choice

    return choose


def parter(separator: str, words: Iterable[str]) -> Callable[[str], list[str]]:
    """What parts a text into several words; those of `words` that have the separator in them stay whole."""
    whole = {tuple(map(fold, word.split(separator))): word for word in words if separator in word}
    longest = max(map(len, whole), default=1)

    def parts(text: str) -> list[str]:
        split, found, at = text.split(separator), [], 0
        while at < len(split):
            lengths = range(min(longest, len(split) - at), 1, -1)
            runs = {length: tuple(map(fold, split[at : at + length])) for length in lengths}
            length = next((length for length, run in runs.items() if run in whole), 1)
            found.append(whole[runs[length]] if length > 1 else split[at].strip())
            at += length
        return list(filter(None, found))

    return parts


def translated(text: str, translations: Mapping[str, str], separator: str = "") -> str:
    """The text as a cell with it is translated. separator: that of several words, each translated."""
    parts = parter(separator, translations)(text) if separator else [text]
    return separator.join(map(translator(translations), parts))


def several(
    parts_of: Callable[[str], list[str]], translate: Callable[[str], str], choose: Callable[[str], str]
) -> Callable[[str], str]:
    """What turns `Home; Car` into `Home;Car`, each part translated and chosen, named once."""

    def choose_each(text: str) -> str:
        chosen: dict[str, None] = {}
        unknown: dict[str, str] = {}
        for part in parts_of(text):
            try:
                chosen[choose(translate(part))] = None
            except Bad as bad:
                unknown[str(bad)] = bad.code
        if unknown:
            raise Bad(next(iter(unknown.values())), _listed(list(unknown), "; "))
        return ";".join(chosen)

    return choose_each


def _listed(texts: list[str], mark: str = ", ") -> str:
    rest = len(texts) - _SHOWN
    return mark.join(map(visible, texts[:_SHOWN])) + (f" and {rest} more" if rest > 0 else "")


def fold(text: str) -> str:
    """The text without what does not count when choices are compared: its case and spacing."""
    return " ".join(text.split()).casefold()


def _by_fold(words: Iterable[str]) -> dict[str, str]:
    folded: dict[str, str] = {}
    for word in words:
        folded.setdefault(fold(word), word)
    return folded
