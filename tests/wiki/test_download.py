"""Fetching files: just the bytes that were approved, from just the place that the wiki names."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from io import BytesIO
from itertools import repeat

import pytest
from PIL import Image as Pillow

from mwsocial.channels.base import Image, Limits, Refused, TryLater
from mwsocial.channels.originals import MOST_BYTES
from mwsocial.delivery.images import images_for
from mwsocial.desk.files import FileFacts
from mwsocial.desk.item import Item
from mwsocial.wiki.download import Originals, fetch
from tests.wiki.file_server import Answering, FileServer


def png(colour: str = 'red') -> bytes:
    body = BytesIO()
    Pillow.new('RGB', (30, 20), colour).save(body, 'PNG')
    return body.getvalue()


DATA = png()
FACTS = FileFacts(
    'File:A.png', 'local', sha1=hashlib.sha1(DATA).hexdigest(), size=len(DATA),
    width=30, height=20, mime='image/png',
)  # fmt: skip
FILE = {'Content-Type': 'image/png', 'Set-Cookie': 'a=b'}


def here(server: FileServer, facts: FileFacts = FACTS, path: str = '/images/A.png') -> FileFacts:
    return replace(facts, url=server.url + path)


def says(*pieces: bytes, status: int = 200, **headers: str) -> Answering:
    return lambda path, fields: (status, {**FILE, **headers}, list(pieces))


def test_the_file_is_fetched_without_telling_anything() -> None:
    with FileServer(says(DATA)) as server:
        assert fetch(here(server)) == DATA
        assert fetch(here(server)) == DATA
        method, path, _, headers = server.requests[-1]
    assert (method, path) == ('GET', '/images/A.png')
    assert 'Cookie' not in headers
    assert 'Authorization' not in headers
    assert headers['User-Agent'].startswith('mwsocial/')


@pytest.mark.parametrize(
    ('answering', 'key'),
    [
        (says(png('blue')), 'images-other-bytes'),
        (says(DATA[:-1]), 'images-other-bytes'),
        (says(b''), 'images-other-bytes'),
        (says(DATA, b'more'), 'images-other-bytes'),
        (says(DATA, Content_Length='1'), 'images-other-bytes'),
        (says(DATA, status=404), 'images-not-there'),
        (says(DATA, status=206), 'images-not-there'),
        (says(status=302, Location='http://127.0.0.1:9/'), 'images-not-there'),
        (says(DATA, status=500), 'images-not-there'),
        (lambda path, fields: (200, {}, repeat(b'x' * 65536)), 'images-not-there'),
        (says(b'nonsense', **{'Content-Encoding': 'gzip'}), 'images-not-there'),
    ],
)  # fmt: skip
def test_what_is_not_the_file(answering: Answering, key: str) -> None:
    def renamed(path: str, fields: dict[str, str]):  # type: ignore[no-untyped-def]
        status, headers, pieces = answering(path, fields)
        return status, {name.replace('_', '-'): value for name, value in headers.items()}, pieces

    with FileServer(renamed) as server:
        found = fetch(here(server))
    assert isinstance(found, TryLater)
    assert found.reason.key == key
    assert 'File:A.png' in found.reason.text()


def test_a_redirect_is_not_followed() -> None:
    with FileServer(says(DATA)) as other:
        moved = says(status=301, Location=f'{other.url}/images/A.png')
        with FileServer(moved) as server:
            assert isinstance(fetch(here(server)), TryLater)
        assert other.requests == []


def test_a_server_that_does_not_answer() -> None:
    with FileServer(says(DATA)) as server:
        gone = here(server)
    found = fetch(gone)
    assert isinstance(found, TryLater)
    assert '127.0.0.1' not in found.reason.text()


@pytest.mark.parametrize('url', [
    '', 'A.png', '/images/A.png', 'http://wiki.example/A.png', 'ftp://wiki.example/A.png',
    'https://user:word@wiki.example/A.png', 'https://10.0.0.1/A.png', 'https://[fd00::1]/A.png',
    'https://169.254.169.254/A.png', 'file:///etc/passwd', 'https://wiki.example:x/A.png',
    'https://', '//', 'https://wiki.example\\@evil.example/A.png', 'https://wiki.example',
])  # fmt: skip
def test_unsafe_addresses_are_never_asked(url: str) -> None:
    found = fetch(replace(FACTS, url=url))
    assert isinstance(found, Refused)
    assert found.reason.key == 'images-address'


@pytest.mark.parametrize('change', [{'sha1': ''}, {'size': 0}, {'size': MOST_BYTES + 1}])
def test_what_cannot_be_checked_is_not_fetched(change: dict[str, object]) -> None:
    with FileServer(says(DATA)) as server:
        facts = replace(here(server), **change)  # type: ignore[arg-type]
        assert isinstance(fetch(facts), Refused)
        assert server.requests == []


# All of an item, for one channel

ITEM = Item(0, {'id': 'a', 'text': 'Hi', 'image': 'File:A.png', 'alt': 'An A'})


def test_an_item_without_images() -> None:
    empty = Item(0, {'id': 'a', 'text': 'Hi'})
    assert images_for(empty, lambda title: FACTS, Limits(9), Originals()) == ()


def test_one_file_is_fetched_once_for_all_channels() -> None:
    originals = Originals()
    with FileServer(says(DATA)) as server:
        facts = here(server)
        first = images_for(ITEM, lambda title: facts, Limits(9), originals)
        small = Limits(9, image_side=10, media_types=('image/jpeg',))
        second = images_for(ITEM, lambda title: facts, small, originals)
        assert len(server.requests) == 1
    assert first == (Image('A.png', 'image/png', DATA, 'An A'),)
    assert isinstance(second, tuple)
    assert (second[0].name, second[0].media_type, second[0].alt) == ('A.jpg', 'image/jpeg', 'An A')


def test_what_could_not_be_had_is_not_asked_for_again_in_a_run() -> None:
    originals = Originals()
    with FileServer(says(status=404)) as server:
        facts = here(server)
        for _ in range(4):
            found = images_for(ITEM, lambda title: facts, Limits(9), originals)
            assert isinstance(found, TryLater)
        assert len(server.requests) == 1
        assert isinstance(images_for(ITEM, lambda title: facts, Limits(9), Originals()), TryLater)
        assert len(server.requests) == 2


def test_several_images_in_their_order() -> None:
    files = {f'/{colour}.png': png(colour) for colour in ('red', 'green', 'blue', 'white')}
    content = {'id': 'a', 'text': 'Hi'}
    for place, path in enumerate(files, 1):
        number = '' if place == 1 else str(place)
        content |= {f'image{number}': f'File:{path[1:]}', f'alt{number}': path}
    with FileServer(lambda path, fields: (200, {}, [files[path]])) as server:

        def facts(title: str) -> FileFacts:
            data = files['/' + title.partition(':')[2].lower()]
            sha1 = hashlib.sha1(data).hexdigest()
            path = f'/{title.partition(":")[2].lower()}'
            return replace(here(server, path=path), title=title, sha1=sha1, size=len(data))

        found = images_for(Item(0, content), facts, Limits(9), Originals(kept=1))
    assert isinstance(found, tuple)
    assert [(one.data, one.alt) for one in found] == [(files[path], path) for path in files]


@pytest.mark.parametrize(('more', 'kind'), [({}, 'gif'), ({'image2': 'File:A.gif'}, 'png')])
def test_a_gif_goes_as_it_is_only_where_it_is_alone(more: dict[str, str], kind: str) -> None:
    body = BytesIO()
    Pillow.new('RGB', (30, 20), 'red').save(body, 'GIF')
    data = body.getvalue()
    with FileServer(says(data)) as server:
        facts = replace(
            here(server), mime='image/gif', sha1=hashlib.sha1(data).hexdigest(), size=len(data)
        )
        content = {'id': 'a', 'text': 'Hi', 'image': 'File:A.gif', 'alt': 'A', **more}
        found = images_for(Item(0, content), lambda title: facts, Limits(9), Originals())
    assert isinstance(found, tuple)
    assert {one.media_type for one in found} == {f'image/{kind}'}


def test_a_file_that_is_gone_or_broken_is_refused() -> None:
    found = images_for(ITEM, lambda title: FileFacts(), Limits(9), Originals())
    assert isinstance(found, Refused)
    broken = DATA[:-30]
    with FileServer(says(broken)) as server:
        sha1 = hashlib.sha1(broken).hexdigest()
        facts = replace(here(server), sha1=sha1, size=len(broken))
        found = images_for(ITEM, lambda title: facts, Limits(9), Originals())
    assert isinstance(found, Refused)
    assert found.reason.key == 'images-broken'
