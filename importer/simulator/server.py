"""HTTP/1.1 on 127.0.0.1: the only module that knows sockets and threads of its own."""

import asyncio
import socket
import struct
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from importer.simulator.messages import Ending, Reply, Request, Steps
from importer.simulator.replies import page

LOOPBACK = "127.0.0.1"
# So many blanks follow an answer that never ends, one in so many seconds.
DRIPS, DRIP = 1_000_000, 0.2
PATIENCE = 10.0
"""Seconds for the thread to end; it takes milliseconds."""


@contextmanager
def serving(steps: Callable[[Request], Steps], accepts: Callable[[], bool], port: int) -> Iterator[str]:
    """Answer from a thread of its own, and give the url. Raises OSError for a port in use."""
    with socket.create_server((LOOPBACK, port), backlog=1024) as listening:
        listening.setblocking(False)
        address = listening.getsockname()
        server = _Server(steps, accepts, listening)
        thread = threading.Thread(target=lambda: asyncio.run(server.run()), name="simulator", daemon=True)
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{address[1]}"
        finally:
            server.stopping.set()
            # A connection of our own wakes the server: cancelled while it accepts, it would lose a socket.
            with suppress(OSError):
                socket.create_connection(address, PATIENCE).close()
            thread.join(PATIENCE)


@dataclass(frozen=True, slots=True)
class _Server:
    steps: Callable[[Request], Steps]
    accepts: Callable[[], bool]
    listening: socket.socket
    stopping: threading.Event = field(default_factory=threading.Event)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def run(self) -> None:
        while (accepted := await self._next()) is not None:
            if self.accepts():
                self._begin(self._conversation(accepted))
            else:
                _linger_not(accepted)
                accepted.close()
        # Cancelled before its first step, a conversation could not close its socket.
        await asyncio.sleep(0)
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _next(self) -> socket.socket | None:
        accepted, _ = await asyncio.get_running_loop().sock_accept(self.listening)
        if not self.stopping.is_set():
            return accepted
        accepted.close()
        return None

    async def _conversation(self, accepted: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=accepted)
        gone = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        try:
            with suppress(*gone):
                while await self._answer_one(reader, writer):
                    pass
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection goes on."""
        try:
            request = await _read(reader)
        except (ValueError, asyncio.LimitOverrunError):
            writer.write(_wire(page(400, "This is not HTTP/1.1 with a Content-Length."), closes=True))
            return False
        reply = await _in_time(self.steps(request))
        if reply.afterwards:
            self._begin(_in_time(reply.afterwards.steps))
        return await _deliver(reply, request.header("Connection").lower() == "close", reader, writer)


async def _in_time(steps: Steps) -> Reply:
    while True:
        try:
            seconds = next(steps)
        except StopIteration as end:
            reply: Reply = end.value
            return reply
        await asyncio.sleep(seconds)


async def _read(reader: asyncio.StreamReader) -> Request:
    """Raises ValueError for what is not HTTP/1 with a Content-Length, IncompleteReadError at its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, version = first.split(" ")
    split = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in split}
    if not version.startswith("HTTP/1.") or "transfer-encoding" in headers:
        raise ValueError(version)
    headers.setdefault("connection", "close" if version == "HTTP/1.0" else "keep-alive")
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


async def _deliver(
    reply: Reply, closes: bool, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Send the reply as its ending says (CLOSED: nothing at all); whether the connection goes on."""
    match reply.ending:
        case Ending.SENT:
            writer.write(_wire(reply, closes))
            await writer.drain()
            return not closes
        case Ending.HALF:
            wire = _wire(reply, closes)
            writer.write(wire[: len(wire) - (len(reply.body) + 1) // 2])
        case Ending.DRIPPED:
            wire = _wire(replace(reply, body=reply.body + b" " * DRIPS), closes)
            writer.write(wire[:-DRIPS])
            while not reader.at_eof():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(DRIP)
        case Ending.RESET:
            _linger_not(writer.get_extra_info("socket"))
            writer.transport.abort()
        case Ending.HUNG:
            await reader.read()
    return False


def _wire(reply: Reply, closes: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(reply.body)}",
        f"Connection: {'close' if closes else 'keep-alive'}",
        *(f"{name}: {value}" for name, value in reply.headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body


def _linger_not(connected: socket.socket) -> None:
    """Closed while it lingers for no time, a socket says RST and not FIN."""
    no_time = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_time)
