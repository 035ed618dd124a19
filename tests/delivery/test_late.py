"""A run sends only while its claim is fresh: asked right before each request that changes something."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
import requests

from mwsocial.channels.base import NotFound, Post, TryLater, Unknown
from mwsocial.channels.facebook import FacebookChannel
from mwsocial.channels.transport import CarefulSession, Exchange, TooLateError, only_while
from mwsocial.channels.x import XChannel
from mwsocial.delivery.deeds import Creating
from mwsocial.delivery.sending import send
from mwsocial.desk.records import Record
from tests.delivery.world import NOW

POST = Post('Words', 'key')


@pytest.fixture
def origin() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        server.setblocking(False)
        yield f'http://127.0.0.1:{server.getsockname()[1]}'
        with suppress(BlockingIOError):
            server.accept()
            pytest.fail('a request was made')


@pytest.mark.parametrize('method', ['POST', 'PUT', 'DELETE', 'post'])
def test_nothing_leaves_when_it_is_too_late(origin: str, method: str) -> None:
    session = CarefulSession(origin)
    with only_while(lambda: False), pytest.raises(TooLateError):
        session.request(method, f'{origin}/statuses')
    assert session.last
    assert not session.last.sent


@pytest.mark.parametrize('method', ['POST', 'GET'])
def test_it_is_asked_again_when_the_connection_stands(method: str) -> None:
    """A process may be stopped while it looks for the server; what only reads is asked nothing."""
    asked: list[None] = []

    def may() -> bool:
        asked.append(None)
        return len(asked) == 1

    with socket.create_server(('127.0.0.1', 0)) as server:
        origin = f'http://127.0.0.1:{server.getsockname()[1]}'
        session = CarefulSession(origin, read_time=0.2)
        error = TooLateError if method == 'POST' else requests.ReadTimeout
        with only_while(may), pytest.raises(error):
            session.request(method, f'{origin}/statuses', data={'status': 'Words'})
        connection, _ = server.accept()
        with connection:
            connection.settimeout(5)
            assert bool(connection.recv(100)) is (method == 'GET')
    assert session.last and session.last.sent is (method == 'GET')
    assert len(asked) == (2 if method == 'POST' else 0)


def test_it_holds_only_inside() -> None:
    with only_while(lambda: False):
        pass
    session = CarefulSession('http://127.0.0.1:1', read_time=0.01, whole_time=0.01)
    with pytest.raises(requests.ConnectionError):
        session.post('http://127.0.0.1:1/x')


class Slow:
    """A lease that ends while the channel prepares its post: after it was asked once."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bool:
        self.times += 1
        return self.times == 1


@pytest.mark.parametrize('network', ['x', 'facebook'])
def test_a_run_that_sleeps_while_it_prepares_a_post_does_not_make_it(
    network: str, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has done so far was seen by nobody, so that it is certain that nothing was made."""
    asked: list[str] = []
    real: Callable[..., object] = CarefulSession.request

    def request(self: CarefulSession, method: str, url: str, **options: object) -> None:
        if method.upper() == 'GET':
            body = b'{"id": "1", "name": "us", "data": {"id": "1", "username": "us"}}'
            self.last = Exchange(method, url, status=200, body=body)
            return
        asked.append(method)
        real(self, method, url, **options)

    monkeypatch.setattr(CarefulSession, 'request', request)
    channel = (
        XChannel('x', origin, 'a', 'b', 'c', 'd')
        if network == 'x'
        else FacebookChannel('facebook', origin, '1', 'token')
    )
    claim = Record('sending', NOW - timedelta(minutes=4), 50, 'n')
    found = send(channel, Creating(POST), claim, None, (), Slow())
    assert asked
    assert isinstance(found, TryLater)
    assert 'Nothing was sent' in found.reason.text()


@pytest.mark.parametrize(('before', 'kind'), [(None, TryLater), ('sending', Unknown)])
def test_what_is_late_before_anything_was_sent_waits(
    before: str | None, kind: type, origin: str
) -> None:
    """Nothing of it can stand anywhere, unless an earlier run has left its claim behind."""
    channel = XChannel('x', origin, 'a', 'b', 'c', 'd')
    claim = Record('sending', NOW - timedelta(minutes=4), 50, 'n')
    previous = Record(before, NOW - timedelta(hours=1), 50, 'm') if before else None

    class Found:
        repeatable = False

        def find(self, *_: object) -> NotFound:
            return NotFound()

    found = send(channel, Found(), claim, previous, (), lambda: False)  # type: ignore[arg-type]
    assert isinstance(found, kind)
    assert 'ran out of its time' in found.reason.text()
