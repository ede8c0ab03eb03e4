"""The verb `simulate`: a LeadSquared on this machine."""

import os
import secrets
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from importer.errors import UsageError
from importer.settings import read_rate
from importer.simulator import FaultsFile, Simulator, read_account, read_faults
from importer.streams import out

File = TypeVar("File")


def simulate(options: Namespace) -> int:
    """Serve until Ctrl-C. Raises UsageError."""
    faults = _read("--faults", read_faults, options.faults) if options.faults else FaultsFile()
    account = _read("--account", read_account, options.account) if options.account else faults.account
    rate = read_rate(options.rate, "--rate")
    simulator = Simulator(
        (rate.calls, rate.seconds), account=account, faults=faults.faults, latency=faults.latency,
        seed=secrets.randbits(32),
    )  # fmt: skip
    try:
        simulator.serve_forever(options.port, _announce)
    except OSError as error:
        raise UsageError(
            f"--port {options.port} cannot be used ({error.strerror}): try another one."
        ) from error
    out(f"\n{len(simulator.opportunities)} opportunities were stored; they are gone now.")
    return 0


def _read(option: str, read: Callable[[Path], File], path: Path) -> File:
    try:
        return read(path)
    except (OSError, ValueError) as fault:
        raise UsageError(f"{option} {path}: {fault}") from fault


def _announce(url: str) -> None:
    set_in = "$env:{}='{}'" if os.name == "nt" else "export {}='{}'"
    out(f"A simulated LeadSquared answers at {url} until Ctrl-C. In another window:")
    for name, value in (("LSQ_API_HOST", url), ("LSQ_ACCESS_KEY", "any"), ("LSQ_SECRET_KEY", "any")):
        out(f"  {set_in.format(name, value)}")
