"""What may be found in the place of the system's keyring, in memory: one that keeps, and some that do not."""

from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError


class InMemory(KeyringBackend):
    """Keeps what it is given, and counts how often it is read."""

    # Never chosen by itself: only a test that names it has it.
    priority: ClassVar[float] = -1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.reads = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class Locked(InMemory):
    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        raise KeyringLocked("Failed to unlock the collection!")


class Broken(InMemory):
    """As a system's service that is not there: an error that is none of keyring's own."""

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        raise OSError("No such file or directory: /run/user/0/bus")


class Full(InMemory):
    """Takes two entries and no third one; tells in its error what it was given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if len({*self.held, (service, username)}) > 2:
            raise PasswordSetError(f"cannot store {password}")
        super().set_password(service, username, password)


class Kept(InMemory):
    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError("not allowed")


class Forgetful(InMemory):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass
