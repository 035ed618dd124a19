"""A server of files and of a repository's API that says whatever a test wants it to say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

#: Path and fields -> status, headers, and the pieces of the body (written one after the other).
Answering = Callable[[str, dict[str, str]], tuple[int, dict[str, str], list[bytes]]]


def api_answer(value: Any, status: int = 200) -> tuple[int, dict[str, str], list[bytes]]:
    """An answer of an API."""
    return status, {'Content-Type': 'application/json'}, [json.dumps(value).encode()]


class FileServer:
    """On a free port of this machine; ``requests`` are those it has got, with their headers."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.requests: list[tuple[str, str, dict[str, str], dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers['Content-Length'])).decode()
                self._answer(dict(parse_qsl(body)))

            def _answer(self, fields: dict[str, str]) -> None:
                sent = self.command, self.path, fields, dict(self.headers)
                outer.requests.append(sent)
                status, headers, pieces = outer.answering(self.path, fields)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in pieces:
                        self.wfile.write(piece)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self.url = f'http://127.0.0.1:{self._server.server_port}'

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
