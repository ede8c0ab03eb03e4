"""Host and keys in the system's keyring, which the extra `keyring` reaches."""

from contextlib import suppress
from types import ModuleType

from importer.errors import UsageError
from importer.settings import NEEDED

SERVICE = "leadsquared-importer"
OTHERWISE = "Without it, put host and keys into a file for --env-file, as is best for a batch."


class KeyringTrouble(UsageError):
    """The keyring cannot be used.

    is_absent: there is none here, so that nothing can be in it.
    """

    def __init__(self, text: str, is_absent: bool = False) -> None:
        self.is_absent = is_absent
        super().__init__(text)


def stored() -> dict[str, str]:
    """Which of host and keys the keyring holds. Raises KeyringTrouble."""
    keyring = _keyring()
    try:
        found = {name: keyring.get_password(SERVICE, name) for name in NEEDED}
    except Exception as fault:  # Each system's keyring has errors of its own.
        raise _trouble(fault) from fault
    return {name: value for name, value in found.items() if value}


def store(values: dict[str, str]) -> None:
    """Keep host and keys. Raises KeyringTrouble; then none is kept, or a new key would go with an old one."""
    keyring = _keyring()
    try:
        for name in NEEDED:
            keyring.set_password(SERVICE, name, values[name])
        is_kept = stored() == values
    except Exception as fault:
        with suppress(KeyringTrouble):
            forget()
        raise fault if isinstance(fault, KeyringTrouble) else _trouble(fault) from fault
    if not is_kept:
        with suppress(KeyringTrouble):
            forget()
        raise KeyringTrouble(f"The system's keyring does not keep what is stored in it. {OTHERWISE}")


def forget() -> int:
    """Remove host and keys; how many there were. Raises KeyringTrouble."""
    keyring, there = _keyring(), stored()
    try:
        for name in there:
            keyring.delete_password(SERVICE, name)
    except Exception as fault:
        raise _trouble(fault) from fault
    return len(there)


def _keyring() -> ModuleType:
    try:
        import keyring
    except ImportError as fault:
        raise KeyringTrouble(
            "The system's keyring is not used, since the extra for it is not installed: "
            f'pip install "leadsquared-importer[keyring]". {OTHERWISE}',
            is_absent=True,
        ) from fault
    return keyring


def _trouble(fault: Exception) -> KeyringTrouble:
    """Without the fault's own text, which is not ours to know: it may hold what was to be stored."""
    from keyring.errors import KeyringLocked, NoKeyringError

    if isinstance(fault, NoKeyringError):
        return KeyringTrouble(f"This machine has no keyring that can be used. {OTHERWISE}", is_absent=True)
    why = "it is locked" if isinstance(fault, KeyringLocked) else type(fault).__name__
    return KeyringTrouble(
        f"The system's keyring cannot be used ({why}): unlock it, and try again. {OTHERWISE}"
    )
