"""Finding an own post again, on a server with Mastodon's pages, HTML and sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from mwsocial.channels.base import CannotLook, NotFound, Post, Posted
from mwsocial.channels.mastodon import MastodonChannel, timeline
from mwsocial.reason import Reason
from tests.channels.conftest import make
from tests.channels.mastodon_stub import Answer, Stub, error, json_answer
from tests.channels.texts import TEXTS

TIMELINE = '/api/v1/accounts/77/statuses'


def old(stub: Stub, minutes: float, text: str = 'an old one', **more: Any) -> dict[str, Any]:
    """A post of *minutes* before the stub's now."""
    time = (stub.now - timedelta(minutes=minutes)).isoformat()
    return stub.add(text, **{'created_at': time} | more)


def since(stub: Stub) -> datetime:
    return stub.now - timedelta(minutes=5)


@pytest.mark.parametrize('sources', [True, False])
@pytest.mark.parametrize('text', TEXTS)
def test_found_by_its_words(stub: Stub, text: str, sources: bool) -> None:
    stub.sources = sources
    channel = make(stub)
    old(stub, 600)
    posted = channel.post(Post(text, 'k'))
    stub.add('a newer one')
    assert isinstance(posted, Posted)
    assert channel.find(Post(text, 'k'), since(stub), ()) == posted
    assert channel.find(Post(text + ' more', 'k'), since(stub), ()) == NotFound()


def test_an_empty_timeline(stub: Stub, channel: MastodonChannel) -> None:
    assert channel.find(Post('x', 'k'), since(stub), ()) == NotFound()


def test_the_source_decides_where_html_differs(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.add('*bold* :-) words', content='<p><i>bold</i> 🙂 words</p>')
    assert channel.find(Post('*bold* :-) words', 'k'), since(stub), ()) == Posted(
        there['id'], there['url']
    )
    assert channel.find(Post('*bold* :-( words', 'k'), since(stub), ()) == NotFound()


def test_the_source_decides_where_html_is_swallowed(stub: Stub, channel: MastodonChannel) -> None:
    text = 'See <Extension:Something-with-a-name> & go'
    there = stub.add(text, content=text)
    assert channel.find(Post(text, 'k'), since(stub), ()) == Posted(there['id'], there['url'])


def test_sources_are_asked_for_likely_posts_only(stub: Stub, channel: MastodonChannel) -> None:
    stub.add('Something quite different, in other words, and longer')
    assert channel.find(Post('MediaWiki 1.47', 'k'), since(stub), ()) == NotFound()
    assert stub.seen('GET', '/api/v1/statuses') == []


def test_alike_without_a_source_is_no_proof(stub: Stub, channel: MastodonChannel) -> None:
    stub.sources = False
    stub.add('', content='<p><i>bold</i> 🙂 words</p>')
    found = channel.find(Post('*bold* :-) words', 'k'), since(stub), ())
    assert isinstance(found, CannotLook)
    assert channel.find(Post('other words', 'k'), since(stub), ()) == NotFound()


def test_same_words_twice(stub: Stub, channel: MastodonChannel) -> None:
    first, second = stub.add('again'), stub.add('again')
    post = Post('again', 'k')
    assert channel.find(post, since(stub), ()) == Posted(first['id'], first['url'])
    assert channel.find(post, since(stub), {first['url']}) == Posted(second['id'], second['url'])
    assert channel.find(post, since(stub), {first['uri']}) == Posted(second['id'], second['url'])
    assert channel.find(post, since(stub), {first['url'], second['url']}) == NotFound()


@pytest.mark.parametrize(
    'more',
    [
        {'reblog': {'id': '1'}},
        {'visibility': 'direct'},
        {'visibility': 'private'},
        {'spoiler_text': 'warning'},
        {'in_reply_to_id': '999'},
    ],
)
def test_what_is_not_ours(stub: Stub, channel: MastodonChannel, more: dict[str, Any]) -> None:
    stub.add('words', **more)
    assert channel.find(Post('words', 'k'), since(stub), ()) == NotFound()


def test_unlisted_by_a_moderator(stub: Stub, channel: MastodonChannel) -> None:
    stub.add('words', visibility='unlisted')
    assert isinstance(channel.find(Post('words', 'k'), since(stub), ()), Posted)


def test_boosts_that_the_server_does_not_leave_out(stub: Stub, channel: MastodonChannel) -> None:
    boost = stub.add('words', reblog={'id': '1'})
    stub.fail('GET', TIMELINE, json_answer([boost]))
    assert channel.find(Post('words', 'k'), since(stub), ()) == NotFound()


def test_warning_and_thread(stub: Stub, channel: MastodonChannel) -> None:
    other = stub.add('another one')
    first = channel.post(Post('one', 'k1', warning='Food: “x” & <y>'))
    assert isinstance(first, Posted)
    part = Post('two', 'k2', warning='Food: “x” & <y>', after=first.url, root=first.url)
    second = channel.post(part)
    assert isinstance(second, Posted)
    assert channel.find(part, since(stub), ()) == second
    assert channel.find(replace(part, after=other['url']), since(stub), ()) == NotFound()
    assert channel.find(replace(part, after=''), since(stub), ()) == NotFound()
    assert channel.find(replace(part, warning='other'), since(stub), ()) == NotFound()


@pytest.mark.parametrize('forgotten', [True, False])
def test_a_part_is_found_after_the_one_before_it_was_taken_down(
    stub: Stub, channel: MastodonChannel, forgotten: bool
) -> None:
    first = channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    part = Post('two', 'k2', after=first.url)
    second = channel.post(part)
    del stub.ledger[0]
    if forgotten:  # Mastodon then tells no more what the second one answers
        stub.ledger[0] |= {'in_reply_to_id': None, 'in_reply_to_account_id': None}
    assert channel.find(part, since(stub), ()) == second
    stub.ledger[0] |= {'in_reply_to_id': '5', 'in_reply_to_account_id': '78'}
    assert channel.find(part, since(stub), ()) == NotFound()


def test_where_the_part_before_is_cannot_be_read(stub: Stub, channel: MastodonChannel) -> None:
    first = channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    part = Post('two', 'k2', after=first.url)
    assert isinstance(channel.post(part), Posted)
    stub.fail('GET', f'/api/v1/statuses/{first.remote_id}', error(503, 'no'))
    assert isinstance(channel.find(part, since(stub), ()), CannotLook)


def test_a_post_shown_inside_a_share_of_the_same_id(stub: Stub, channel: MastodonChannel) -> None:
    """So snac2 shows our own posts once somebody has shared them; missing one would post it twice."""
    there = stub.add('words')
    around = there | {'reblog': there, 'url': there['url'] + '/Announce', 'content': ''}
    stub.fail('GET', TIMELINE, json_answer([around]))
    found = channel.find(Post('words', 'k'), since(stub), ())
    assert found == Posted(there['id'], there['url'])


def test_taken_down_is_not_found(stub: Stub, channel: MastodonChannel) -> None:
    assert isinstance(channel.post(Post('words', 'k')), Posted)
    stub.ledger.clear()
    assert channel.find(Post('words', 'k'), since(stub), ()) == NotFound()


def test_time(stub: Stub, channel: MastodonChannel) -> None:
    margin = timeline.CLOCKS.total_seconds() / 60
    day = timeline.WRONG_CLOCKS.total_seconds() / 60
    old(stub, 5 + day + 1, 'long before')
    old(stub, 5 + margin + 1, 'before')
    within = old(stub, 5 + margin - 1, 'within')
    assert channel.find(Post('long before', 'k'), since(stub), ()) == NotFound()
    # A clock may have been wrong: it is no proof that there is none.
    doubt = channel.find(Post('before', 'k'), since(stub), ())
    assert doubt == CannotLook(Reason('channels-timeline-older'))
    other = old(stub, 5 + margin + 2, 'of another item')
    assert channel.find(Post('of another item', 'k'), since(stub), [other['url']]) == NotFound()
    found = channel.find(Post('within', 'k'), since(stub), ())
    assert found == Posted(within['id'], within['url'])


def test_many_pages(stub: Stub, channel: MastodonChannel) -> None:
    old(stub, 60)
    wanted = stub.add('wanted')
    for number in range(3 * timeline.PAGE):
        stub.add(f'another {number}')
    stub.sources = False
    found = channel.find(Post('wanted', 'k'), since(stub), ())
    assert found == Posted(wanted['id'], wanted['url'])
    assert channel.find(Post('zzz', 'k'), since(stub), ()) == NotFound()


def test_reads_no_further_than_needed(stub: Stub, channel: MastodonChannel) -> None:
    for number in range(3 * timeline.PAGE):
        old(stub, 25 * 60, f'old {number}')
    stub.add('new')
    assert channel.find(Post('x', 'k'), since(stub), ()) == NotFound()
    assert len(stub.seen('GET', TIMELINE)) == 1


def test_too_far_back(
    stub: Stub, channel: MastodonChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, 'PAGES', 3)
    for number in range(3 * timeline.PAGE + 1):
        stub.add(f'another {number}')
    assert isinstance(channel.find(Post('x', 'k'), since(stub), ()), CannotLook)


@pytest.mark.parametrize(
    ('count', 'kind'),
    [(1, NotFound), (39, NotFound), (40, NotFound), (60, NotFound), (256, CannotLook)],
)
def test_a_server_without_pages(
    stub: Stub, channel: MastodonChannel, count: int, kind: type[object]
) -> None:
    posts = [stub.add(f'another {number}') for number in range(count)]
    stub.fail('GET', TIMELINE, json_answer(list(reversed(posts))), times=9)
    found = channel.find(Post('zzz', 'k'), since(stub), ())
    assert type(found) is kind
    assert len(stub.seen('GET', TIMELINE)) == 2


def test_a_server_that_cuts_its_list_and_has_no_pages(
    stub: Stub, channel: MastodonChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        stub.add(f'another {number}')
    right = stub._timeline
    monkeypatch.setattr(
        stub, '_timeline', lambda seen: right(replace(seen, query={'limit': seen.query['limit']}))
    )
    assert isinstance(channel.find(Post('zzz', 'k'), since(stub), ()), CannotLook)


@pytest.mark.parametrize(
    'answer',
    [
        error(500, 'oops'), error(503, 'no'), error(429, 'Too many requests'), error(404, 'gone'),
        Answer(gone=True), Answer(200, b'<html>', {'Content-Type': 'text/html'}), json_answer({}),
        Answer(200, b'[{"id": "5"', {'Content-Type': 'application/json'}),
        json_answer([None]), json_answer([{'id': '5'}]), json_answer(['x']),
        json_answer([{'id': '5', 'created_at': 'yesterday'}]),
        Answer(302, b'[]', {'Location': 'https://elsewhere.example'}),
    ],
)  # fmt: skip
def test_unreadable(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    stub.fail('GET', TIMELINE, answer, before=True, times=3)
    found = channel.find(Post('x', 'k'), since(stub), ())
    assert isinstance(found, CannotLook)
    assert '$' not in found.reason.text()


def test_unreadable_second_page(stub: Stub, channel: MastodonChannel) -> None:
    for number in range(timeline.PAGE + 5):
        stub.add(f'another {number}')
    stub.fail('GET', TIMELINE, lambda right: right)
    stub.fail('GET', TIMELINE, error(500, 'oops'))
    assert isinstance(channel.find(Post('x', 'k'), since(stub), ()), CannotLook)


def test_unreadable_source(stub: Stub, channel: MastodonChannel) -> None:
    stub.add('words')
    stub.fail('GET', '/api/v1/statuses/1000/source', error(500, 'oops'))
    assert isinstance(channel.find(Post('word', 'k'), since(stub), ()), CannotLook)


def test_a_post_without_address(stub: Stub, channel: MastodonChannel) -> None:
    stub.add('words', url='')
    assert isinstance(channel.find(Post('words', 'k'), since(stub), ()), CannotLook)


def test_wrong_account_is_not_looked_at(stub: Stub) -> None:
    stub.add('words')
    found = make(stub, account='@other@stub.example').find(Post('words', 'k'), since(stub), ())
    assert isinstance(found, CannotLook)
    assert stub.seen('GET', TIMELINE) == []


@pytest.mark.parametrize('name', ['500', '502', 'gone', 'cut', 'html'])
def test_found_after_a_lost_answer(stub: Stub, channel: MastodonChannel, name: str) -> None:
    def spoil(right: Answer) -> Answer:
        return {
            '500': error(500, 'x'), '502': Answer(502), 'gone': Answer(gone=True),
            'cut': Answer(200, right.body, right.headers, cut=3), 'html': Answer(200, b'<html>'),
        }[name]  # fmt: skip

    post = Post('MediaWiki 1.47 is out', 'k')
    stub.fail('POST', '/api/v1/statuses', spoil)
    channel.post(post)
    (made,) = stub.ledger
    assert channel.find(post, since(stub), ()) == Posted(made['id'], made['url'])
