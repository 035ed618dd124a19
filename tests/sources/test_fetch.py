"""Fetching from a server that does what servers do, and what they should not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mwsocial.sources import fetch
from mwsocial.sources.fetch import Fetcher
from mwsocial.sources.trouble import Trouble
from tests.sources.server import Page, Server

New = Callable[..., Fetcher]


@pytest.fixture
def new(tmp_path: Path) -> New:
    """A fetcher of a new run, with the folder that all runs share."""

    def make(**options: object) -> Fetcher:
        settings = {'local': True, 'folder': tmp_path / 'cache', 'whole': 5.0, 'silence': 5.0}
        return Fetcher('mwsocial test', **{**settings, **options})  # type: ignore[arg-type]

    return make


def trouble(fetcher: Fetcher, address: str) -> Trouble:
    """Why it does not fetch."""
    with pytest.raises(Trouble) as caught:
        fetcher.get(address)
    return caught.value


def test_asks_only_if_changed(server: Server, new: New) -> None:
    def answer(headers: object) -> Page:
        asked = dict(headers)  # type: ignore[call-overload]
        if asked.get('if-none-match') == '"a"':
            return Page(status=304)
        return Page(
            b'news', headers={'ETag': '"a"', 'Last-Modified': 'Mon, 23 Nov 2026 10:00:00 GMT'}
        )

    server.pages['/feed'] = answer
    first = new().get(server.url + '/feed')
    again = new().get(server.url + '/feed')
    assert first == again and first.body == b'news'
    headers = server.seen[-1][1]
    assert headers['if-none-match'] == '"a"'
    assert headers['if-modified-since'] == 'Mon, 23 Nov 2026 10:00:00 GMT'
    assert headers['user-agent'] == 'mwsocial test'
    assert not {'authorization', 'cookie'} & set(headers)


def test_once_in_a_run(server: Server, new: New) -> None:
    server.put('/feed', 'x')
    fetcher = new()
    assert fetcher.get(server.url + '/feed') is fetcher.get(server.url + '/feed')
    assert len(server.seen) == 1


def test_the_cache_may_be_wiped_and_spoiled(server: Server, new: New, tmp_path: Path) -> None:
    server.put('/feed', 'good', ETag='"1"')
    new().get(server.url + '/feed')
    (file,) = (tmp_path / 'cache').glob('*.json')
    whole = file.read_text()
    value = json.loads(whole)
    spoiled = [
        '', '{', '[]', 'null', '[' * 100_000, whole[: len(whole) // 2],
        json.dumps({**value, 'body': 'ZXZpbA=='}), json.dumps({**value, 'asked': 'https://x/'}),
        json.dumps({**value, 'etag': '"1"\r\nHost: evil'}), json.dumps({**value, 'etag': 5}),
    ]  # fmt: skip
    for text in spoiled:
        file.write_text(text)
        assert new().get(server.url + '/feed').body == b'good'
        assert 'if-none-match' not in server.seen[-1][1], text[:60]
    file.unlink()
    assert new().get(server.url + '/feed').body == b'good'


def test_a_folder_that_cannot_be_written_costs_nothing(
    server: Server, new: New, tmp_path: Path
) -> None:
    (tmp_path / 'file').write_text('')
    server.put('/feed', 'good', ETag='"1"')
    assert new(folder=tmp_path / 'file').get(server.url + '/feed').body == b'good'


def test_what_is_read_of_an_api_is_not_kept(server: Server, new: New, tmp_path: Path) -> None:
    server.put('/api.php', '{}', ETag='"1"')
    new().get(server.url + '/api.php', keep=False)
    assert not (tmp_path / 'cache').exists()


def test_redirects_stay_on_the_host(server: Server, new: New) -> None:
    server.put('/feed', 'x')
    server.put('/old', status=301, Location='/feed')
    server.put('/older', status=302, Location=f'{server.url}/old')
    assert new().get(server.url + '/older').address == server.url + '/feed'


@pytest.mark.parametrize(
    ('location', 'key'),
    [
        ('https://elsewhere.example/feed', 'sources-redirect'),
        ('http://127.0.0.1:1/feed', 'sources-redirect'),
        ('file:///etc/passwd', 'sources-redirect'),
        ('//elsewhere.example/feed', 'sources-redirect'),
        ('', 'sources-redirect'),
        ('http://[', 'sources-redirects'),
        ('/round', 'sources-redirects'),
    ],
)
def test_redirects_elsewhere_are_refused(server: Server, new: New, location: str, key: str) -> None:
    server.put('/round', status=302, Location=location)
    assert trouble(new(), server.url + '/round').reason.key == key


@pytest.mark.parametrize(
    ('status', 'temporary'),
    [(404, False), (403, False), (410, False), (429, True), (503, True), (304, False)],
)
def test_statuses(server: Server, new: New, status: int, temporary: bool) -> None:
    server.put('/feed', status=status)
    found = trouble(new(), server.url + '/feed')
    assert (found.reason.key, found.reason.args[1]) == ('sources-status', str(status))
    assert found.temporary is temporary


def test_too_large(server: Server, new: New) -> None:
    server.put('/feed', b'x' * (fetch.LARGEST + 1))
    assert trouble(new(), server.url + '/feed').reason.key == 'sources-too-long'


def test_a_bomb_that_unpacks_into_much(server: Server, new: New) -> None:
    server.put('/feed', gzip.compress(b'\0' * 50_000_000), Content_Encoding='gzip')
    assert trouble(new(), server.url + '/feed').reason.key == 'sources-too-long'


def test_broken_compression(server: Server, new: New) -> None:
    server.put('/feed', b'no gzip', Content_Encoding='gzip')
    assert trouble(new(), server.url + '/feed').temporary


def test_an_answer_without_end(server: Server, new: New) -> None:
    server.pages['/feed'] = Page(more=lambda: b'x' * 65536)
    assert trouble(new(), server.url + '/feed').reason.key == 'sources-too-long'


def test_an_answer_that_breaks_off(server: Server, new: New) -> None:
    server.pages['/feed'] = Page(b'half', headers={'Content-Length': '100'}, length=False)
    found = trouble(new(), server.url + '/feed')
    assert found.temporary


def test_all_answers_together_are_bounded(server: Server, new: New) -> None:
    server.put('/feed', 'x')
    found = trouble(new(patience=0.0), server.url + '/feed')
    assert (found.reason.key, found.temporary, server.seen) == ('sources-late', True, [])


def test_nobody_there(new: New) -> None:
    found = trouble(new(), 'http://127.0.0.1:9/feed')
    assert found.reason.key == 'sources-unreachable' and found.temporary


@pytest.mark.parametrize(
    'address',
    [
        'http://diff.wikimedia.org/feed', 'ftp://a.example/', 'https://user:pw@a.example/',
        'file:///etc/passwd', 'https://', 'https://a b.example/', 'https://a.example\\@b.example/',
        'https://ä.example/', 'nonsense', 'https://[::1', 'https://a.example:99999/',
    ],
)  # fmt: skip
def test_addresses_that_are_none(new: New, address: str) -> None:
    assert trouble(new(), address).reason.key == 'sources-address'


@pytest.mark.parametrize(
    'ip', ['10.0.0.1', '127.0.0.1', '169.254.169.254', '::1', 'fe80::1%eth0', '192.168.1.1']
)
def test_names_that_lead_into_a_private_network(new: New, ip: str) -> None:
    found = trouble(new(resolve=lambda host, port: [ip]), 'https://feeds.example/x')
    assert found.reason.key == 'sources-local'


def test_the_own_machine_only_for_a_desk_that_is_there(server: Server, new: New) -> None:
    server.put('/feed', 'x')
    assert trouble(new(local=False), server.url + '/feed').reason.key == 'sources-local'
    assert not server.seen


def test_a_name_that_nobody_knows(new: New) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise OSError

    assert trouble(new(resolve=resolve), 'https://feeds.example/x').temporary
