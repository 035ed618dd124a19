"""A web server on the loopback interface that serves what a test tells it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class Page:
    """One answer; ``more`` is written behind the body, piece by piece, for as long as it goes."""

    body: bytes = b''
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Callable[[], bytes] | None = None
    length: bool = True


class Server:
    """Serves ``pages`` by path; ``seen`` are the requests with their headers (lower case)."""

    def __init__(self) -> None:
        self.pages: dict[str, Page | Callable[[Mapping[str, str]], Page]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self._server = _Http(('127.0.0.1', 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f'http://127.0.0.1:{self._server.server_address[1]}'

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def put(self, path: str, body: bytes | str = b'', status: int = 200, **headers: str) -> str:
        """Serve *body* at *path*; returns the address. ``_`` in a header's name stands for ``-``."""
        raw = body.encode() if isinstance(body, str) else body
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        self.pages[path] = Page(raw, status, named)
        return self.url + path


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    owner: Server

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Requests are kept in ``seen``."""

    def do_GET(self) -> None:
        owner = self.server.owner
        headers = {name.lower(): value for name, value in self.headers.items()}
        owner.seen.append((self.path, headers))
        page = owner.pages.get(self.path, owner.pages.get(self.path.partition('?')[0]))
        if callable(page):
            page = page(headers)
        page = page or Page(b'nothing here', 404)
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.length and page.more is None:
            self.send_header('Content-Length', str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)
        while page.more is not None and (piece := page.more()):
            self.wfile.write(piece)
            self.wfile.flush()
