"""Who listens to a command: somebody at a terminal or a program on stderr, and a log file."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from importer.console import Console
from importer.log import Log, as_json, as_plain
from importer.log_file import LogFile
from importer.streams import out
from importer.tell import Tell, Thing


def on_stderr(options: Namespace) -> Console | Log:
    """As --log, --quiet and --yes say."""
    if options.log == "plain":
        return Console(options.quiet, assume_yes=options.yes)
    return Log(
        lambda line: out(line, stream=sys.stderr),
        with_values=options.log_values,
        assume_yes=options.yes,
        quiet=options.quiet,
    )


@contextmanager
def and_in_file(first: Console | Log, options: Namespace) -> Iterator[Tell]:
    """The listener, together with a log file if one is wanted. Raises UsageError where there can be none."""
    if not options.log_file:
        yield first
        return
    file = LogFile(options.log_file, partial(first.warn, "log.failed"), _others(options))
    spell = as_json if options.log == "json" else as_plain
    try:
        yield Both(first, Log(file.write, spell, with_values=options.log_values))
    finally:
        file.close()


def _others(options: Namespace) -> list[Path]:
    """The files that the command reads or writes besides."""
    named = ("sheet", "mapping", "output", "failed", "metrics", "env_file")
    others = [path for name in named if (path := getattr(options, name, None))]
    if options.command == "nightly":
        from importer.trays import SUMMARY

        others.append(options.folder / SUMMARY)
    return others


class Both(Tell):
    """Two listeners, of which the first is the one to be asked."""

    def __init__(self, first: Tell, second: Tell) -> None:
        self._first = first
        self._both = (first, second)

    def say(self, sentence: str) -> None:
        for each in self._both:
            each.say(sentence)

    def event(self, name: str, sentence: str = "", level: str = "info", **facts: Any) -> None:
        for each in self._both:
            each.event(name, sentence, level, **facts)

    def warn(self, name: str, sentence: str) -> None:
        for each in self._both:
            each.warn(name, sentence)

    def write_down(self, name: str, text: str = "", level: str = "info", **facts: Any) -> None:
        for each in self._both:
            each.write_down(name, text, level, **facts)

    def confirm(self, question: str) -> bool:
        return self._first.confirm(question)

    def is_typed(self, question: str, number: int) -> bool:
        return self._first.is_typed(question, number)

    def watching(self, rows: Iterable[Thing]) -> Iterable[Thing]:
        return self._first.watching(rows)

    def begin(self, rows: int, settled: int, what: str = "run") -> None:
        for each in self._both:
            each.begin(rows, settled, what)

    def ended(self, word: str) -> None:
        for each in self._both:
            each.ended(word)

    def end(self) -> None:
        for each in self._both:
            each.end()
