"""Web servers of this machine that take a notice, or take their time."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "T0PS3CR3T"


@dataclass
class Chat:
    """A web server that takes what is posted; `answers` are the statuses it gives, the last for ever."""

    address: str
    answers: list[int] = field(default_factory=lambda: [200])
    posted: list[dict[str, object]] = field(default_factory=list)
    got: int = 0


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chatting() -> Iterator[Chat]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            if self.path == f"/services/{SECRET}":
                told.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if answer:
                self.send_response(answer)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def do_GET(self) -> None:
            told.got += 1
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with serving(Handler) as url:
        told = Chat(f"{url}/services/{SECRET}")
        yield told


@contextmanager
def silent() -> Iterator[tuple[str, threading.Event]]:
    """One that answers nothing; its url, and whether somebody waits there."""
    asked, over = threading.Event(), threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.set()
            over.wait(30)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with serving(Silent) as url:
        yield url, asked
        over.set()


@contextmanager
def dripping() -> Iterator[str]:
    """One that answers a byte at a time, for many seconds; its url."""
    over = threading.Event()

    class Dripping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 200 + b"\r\n\r\n":
                    self.wfile.write(bytes([byte]))
                    if over.wait(0.05):
                        break
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with serving(Dripping) as url:
        yield url
        over.set()
