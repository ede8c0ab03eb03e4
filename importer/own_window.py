"""The window that Windows opens for a double-click: it would close over the last message."""

import os
import sys
from collections.abc import Mapping

# Between the desktop and Python: the program's own start file, and those of virtual environments.
LAUNCHERS = ("importer", "python", "py.exe")
DESKTOP = "explorer.exe"

Processes = Mapping[int, tuple[int, str]]
"""A process's number → its parent's, and the name of its program."""


def wait_before_it_closes() -> None:
    """Wait for Enter, where a double-click or a dropped file has started the program; else go on at once."""
    if sys.platform == "win32" and sys.stdin.isatty() and is_opened_from_desktop(_processes(), os.getpid()):
        try:
            input("\nPress Enter to close this window.")
        except (EOFError, KeyboardInterrupt):
            return


def is_opened_from_desktop(processes: Processes, own: int) -> bool:
    """Whether the first of its ancestors that only starts nothing on is the desktop, and no terminal."""
    seen: set[int] = set()
    while own in processes and own not in seen:
        seen.add(own)
        own, name = processes[own]
        if not name.lower().startswith(LAUNCHERS):
            return name.lower() == DESKTOP
    return False


def _processes() -> Processes:
    """Those that Windows runs just now; none where it does not tell."""
    if sys.platform != "win32":
        return {}
    import ctypes
    from ctypes import wintypes

    class Entry(ctypes.Structure):
        """PROCESSENTRY32W, as Windows has it."""

        _fields_ = [
            ("dwSize", wintypes.DWORD),
            ("cntUsage", wintypes.DWORD),
            ("th32ProcessID", wintypes.DWORD),
            ("th32DefaultHeapID", ctypes.c_size_t),
            ("th32ModuleID", wintypes.DWORD),
            ("cntThreads", wintypes.DWORD),
            ("th32ParentProcessID", wintypes.DWORD),
            ("pcPriClassBase", wintypes.LONG),
            ("dwFlags", wintypes.DWORD),
            ("szExeFile", wintypes.WCHAR * 260),
        ]

    kernel = ctypes.windll.kernel32
    kernel.CreateToolhelp32Snapshot.restype = wintypes.HANDLE
    snapshot = wintypes.HANDLE(kernel.CreateToolhelp32Snapshot(2, 0))
    entry = Entry(dwSize=ctypes.sizeof(Entry))
    found: dict[int, tuple[int, str]] = {}
    more = kernel.Process32FirstW(snapshot, ctypes.byref(entry))
    while more:
        found[entry.th32ProcessID] = (entry.th32ParentProcessID, entry.szExeFile)
        more = kernel.Process32NextW(snapshot, ctypes.byref(entry))
    kernel.CloseHandle(snapshot)
    return found
