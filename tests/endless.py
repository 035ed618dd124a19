"""A server that never comes to an end of what it says, for as long as somebody listens."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Self

#: Seconds after which even this server gives up: a test has failed then.
PATIENCE = 6.0
_PAUSE = 0.02


class Endless:
    """Sends ``first`` and then ``piece`` again and again to each who connects, until that one is gone.

    ``heard``: the first bytes of each connection; ``deserted``: how many clients went away by themselves;
    ``gave_up``: how many it left.
    """

    def __init__(
        self, first: bytes, piece: bytes, *, tls: ssl.SSLContext | None = None, sips: bool = False
    ) -> None:
        """*tls*: speak it; *sips*: instead of saying anything, read a few bytes again and again."""
        self.heard: list[bytes] = []
        self.deserted = 0
        self.gave_up = 0
        self._over = threading.Event()
        self._first, self._piece, self._tls, self._sips = first, piece, tls, sips
        self._listening = socket.socket()
        # Little room, so that the other side notices early that nobody reads.
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        self._listening.bind(('127.0.0.1', 0))
        self._listening.listen()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def host(self) -> str:
        """With the port."""
        return f'127.0.0.1:{self._listening.getsockname()[1]}'

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        if self._sips:  # It would read on what the one who is gone has left in the line.
            self._over.set()
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self._listening.accept()
                thread = threading.Thread(target=self._serve, args=(one,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, one: socket.socket) -> None:
        end = time.monotonic() + PATIENCE
        try:
            with self._tls.wrap_socket(one, server_side=True) if self._tls else one as talking:
                self.heard.append(talking.recv(1024))
                talking.sendall(self._first)
                while not self._over.is_set():
                    if time.monotonic() > end:
                        self.gave_up += 1
                        return
                    if not self._sips:
                        talking.sendall(self._piece)
                    else:
                        talking.recv(1024)
                    time.sleep(_PAUSE)
        except OSError:
            self.deserted += 1
