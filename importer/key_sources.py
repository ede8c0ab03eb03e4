"""Where host, keys and the like come from: one environment, made of all places that may hold them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from importer.env_file import NAMES, read_env_file
from importer.errors import UsageError
from importer.settings import NEEDED
from importer.stored_keys import KeyringTrouble, stored
from importer.tell import Tell


@dataclass(frozen=True, slots=True)
class Source:
    """A place that may hold values by name; `words` is how it is called in a sentence."""

    words: str
    get: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Environment(Mapping[str, str]):
    """What the sources say, the first one first. A source is asked only for what those before it lack."""

    sources: Sequence[Source]

    def found(self, name: str) -> tuple[str, Source] | None:
        """The value, and the source that it comes from."""
        for source in self.sources:
            value = source.get(name)
            if value is not None:
                return value, source
        return None

    def __getitem__(self, name: str) -> str:
        if found := self.found(name):
            return found[0]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in NAMES if self.found(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def told(self) -> str:
        """`from the environment`, or `LSQ_API_HOST from …, …`: where host and keys come from."""
        by_source: dict[str, list[str]] = {}
        for name in NEEDED:
            if found := self.found(name):
                by_source.setdefault(found[1].words, []).append(name)
        if len(by_source) == 1:
            return f"from {next(iter(by_source))}"
        return ", ".join(f"{' and '.join(those)} from {words}" for words, those in by_source.items())


@dataclass(slots=True)
class Keyring:
    """The system's keyring, opened once and only when something is asked of it.

    trouble: why it could not be.
    """

    tell: Tell
    trouble: KeyringTrouble | None = field(default=None, init=False)
    _held: Mapping[str, str] | None = field(default=None, init=False)

    def get(self, name: str) -> str | None:
        if name not in NEEDED:
            return None
        if self._held is None:
            self._held = self._open()
        return self._held.get(name)

    def _open(self) -> Mapping[str, str]:
        try:
            return stored()
        except KeyringTrouble as trouble:
            self.trouble = trouble
            # Keys may be in it, and whoever stored them should not hear only that there are none.
            if not trouble.is_absent:
                self.tell.say(str(trouble))
            return {}


def environment_of(env_file: Path | None, environment: Mapping[str, str], keyring: Keyring) -> Environment:
    """The file that --env-file names, the environment, systemd's credentials, the keyring: in this order.

    A name in the file counts even where its value is blank; elsewhere a blank value is none.
    Raises UsageError.
    """
    sources = [
        Source("the environment", lambda name: environment.get(name) if _filled(environment, name) else None)
    ]
    if env_file is not None:
        sources.insert(0, Source(f"{env_file} (--env-file)", read_env_file(env_file).get))
    if _filled(environment, "CREDENTIALS_DIRECTORY"):
        folder = Path(environment["CREDENTIALS_DIRECTORY"])
        sources.append(Source(f"{folder} (CREDENTIALS_DIRECTORY)", lambda name: _credential(folder, name)))
    return Environment([*sources, Source("the system's keyring", keyring.get)])


def _filled(environment: Mapping[str, str], name: str) -> bool:
    return bool(environment.get(name, "").strip())


def _credential(folder: Path, name: str) -> str | None:
    """What systemd, or who does as it does, has put into a file of this name. Raises UsageError."""
    path = folder / name
    try:
        value = path.read_bytes().decode("utf-8").removesuffix("\n").removesuffix("\r")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        raise UsageError(f"{path} cannot be read ({fault.strerror}).") from fault
    except UnicodeDecodeError as fault:
        raise UsageError(f"{path} is not UTF-8.") from fault
    if "\n" in value or "\0" in value:
        raise UsageError(f"{path} holds more than one value: a credential is a file with one line.")
    return value if value.strip() else None
