"""Figures of the last run for node_exporter: the only module that knows prometheus_client."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_fd_to_metric_families
from prometheus_client.registry import Collector

from importer.errors import ImportStopped, UsageError
from importer.order import RunReport
from importer.passes import ATTENTION, DONE, FAILED, WORKING, PassReport
from importer.records import Ended
from importer.tell import Tell

LAST_SUCCESS = "importer_last_success_timestamp_seconds"

# node_exporter joins the files of all jobs, and refuses them all where two have a metric with the same
# labels: the file's own name keeps them apart.
NAME = "name"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a run or a pass. ended: seconds since 1970. places: files of a pass; None: a run."""

    exit_code: int
    ended: float
    is_success: bool
    outcomes: Mapping[Ended, int] = field(default_factory=dict)
    calls: int = 0
    refusals: int = 0
    seconds: float = 0.0
    places: Mapping[str, int] | None = None


def check_metrics(path: Path) -> None:
    """Raises UsageError where node_exporter would never read this file, or nobody could write it."""
    if path.suffix != ".prom":
        raise UsageError(f"--metrics: {path} does not end in .prom, and node_exporter reads no other file.")
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise UsageError(f"--metrics: {path}: no file can have this name ({error.strerror}).") from error
    if is_folder:
        raise UsageError(f"--metrics: {path} is a folder: name a file in it.")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"--metrics: there is no folder {path.resolve().parent}.")


def write_metrics(path: Path, report: PassReport | RunReport, tell: Tell) -> None:
    """Write what a run or a pass has done, at once and whole; `tell` is warned where that fails."""
    _write(path, _of_pass(report) if isinstance(report, PassReport) else _of_run(report), tell)


def write_stopped(path: Path, stop: ImportStopped, tell: Tell) -> None:
    """The same of one that ended before it had a report; nothing where the file's name is at fault."""
    with suppress(UsageError):
        check_metrics(path)
        _write(path, Figures(stop.exit_code, _now(), is_success=False), tell)


def _of_run(report: RunReport) -> Figures:
    return Figures(
        report.exit_code, _now(), report.exit_code == 0, report.outcomes, report.calls, report.refusals,
        report.seconds,
    )  # fmt: skip


def _of_pass(report: PassReport) -> Figures:
    return Figures(
        report.exit_code,
        datetime.strptime(report.ended, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp(),
        not report.needs_person and report.stopped is None,
        report.outcomes,
        sum(file.calls for file in report.files),
        sum(file.refusals for file in report.files),
        report.seconds,
        Counter(file.place for file in report.files),
    )


def _now() -> float:
    return round(datetime.now(UTC).timestamp(), 3)


def _write(path: Path, figures: Figures, tell: Tell) -> None:
    succeeded = figures.ended if figures.is_success else _last_success(path)
    registry = CollectorRegistry()
    registry.register(_Gauges(figures, path.stem, succeeded))
    try:
        write_to_textfile(str(path), registry)
        # It is written with the modes of the job, whose user is mostly not node_exporter's.
        path.chmod(0o644)
    except OSError as error:
        _warn(tell, path, error.strerror or type(error).__name__)
    except UnicodeEncodeError:
        _warn(tell, path, "its name is no text")


def _warn(tell: Tell, path: Path, why: str) -> None:
    tell.warn("metrics.failed", f"The metrics could not be written to {path} ({why}); all else is done.")


def _last_success(path: Path) -> float | None:
    """What the file has told so far; None where it is not there, or not as it was written."""
    try:
        with path.open(encoding="utf-8") as file:
            told = [
                sample.value
                for family in text_fd_to_metric_families(file)
                for sample in family.samples
                if sample.name == LAST_SUCCESS
            ]
    except (OSError, ValueError, LookupError):
        return None
    return told[0] if told and math.isfinite(told[0]) else None


class _Gauges(Collector):
    """The figures as the library wants them: with labels, and a line of help each."""

    def __init__(self, figures: Figures, name: str, succeeded: float | None) -> None:
        self._figures = figures
        self._name = name
        self._succeeded = succeeded

    def collect(self) -> Iterator[GaugeMetricFamily]:
        of = self._figures
        rows = {str(word): of.outcomes.get(word, 0) for word in Ended}
        yield self._by("outcome", "importer_rows", "Rows of the last run, by how they ended.", rows)
        yield self._one("importer_calls", "Calls that the last run made at LeadSquared.", of.calls)
        yield self._one("importer_refusals", "Calls of them refused for the rate limit.", of.refusals)
        yield self._one("importer_seconds", "How long the last run took.", of.seconds)
        yield self._one("importer_exit_code", "The exit code of the last run; 0 is good.", of.exit_code)
        if of.places is not None:
            places = {place: of.places.get(place, 0) for place in (DONE, ATTENTION, FAILED, WORKING)}
            yield self._by("place", "importer_files", "Files of the last pass, by where they are.", places)
        yield self._one("importer_last_run_timestamp_seconds", "When the last run ended.", of.ended)
        if self._succeeded is not None:
            yield self._one(LAST_SUCCESS, "When a run last ended in which all was well.", self._succeeded)

    def _one(self, metric: str, about: str, value: float) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(metric, about, labels=[NAME])
        gauge.add_metric([self._name], value)
        return gauge

    def _by(self, label: str, metric: str, about: str, values: Mapping[str, int]) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(metric, about, labels=[NAME, label])
        for word, value in values.items():
            gauge.add_metric([self._name, word], value)
        return gauge
