"""Whether a post whose fate is not known is found again, and what cannot be told."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.channels.base import CannotLook, NotFound, Post, Posted
from mwsocial.channels.x import XChannel, own, words
from tests.channels.x.conftest import Desk
from tests.channels.x.test_post import PNG

TEXTS = [
    'plain words',
    'a & b < c > d &amp; &eacute; "q" \'s\'',
    'MediaWiki 1.47: https://www.mediawiki.org/wiki/MediaWiki_1.47',
    'without a scheme: mediawiki.org and www.mediawiki.org/wiki/X, README.md',
    'HTTPS://WWW.MediaWiki.org/wiki/Case',
    'slash https://www.mediawiki.org/ end',
    'two https://a.example.org/x https://a.example.org/xy',
    'https://de.wikipedia.org/wiki/Größe_(Maß)?a=b&c=d#e',
    '#MediaWiki @reader hello, 日本語 👩‍💻 e\u0301',
    'https://a.example.org/?a=1&copy=2&lt=3&amp;=4 and &copy',
    'lines\n\nand   spaces',
    'it goes on…',
    'https://www.mediawiki.org',
    '100%25 and 100% of %41',
]


def posted(desk: Desk, text: str) -> Posted:
    outcome = desk.channel.post(Post(text, 'k'))
    assert isinstance(outcome, Posted)
    return outcome


@pytest.mark.parametrize('vocabulary', [words.OLD, words.NEW], ids=['old', 'new'])
@pytest.mark.parametrize('text', TEXTS)
def test_found(
    desk: Desk, start: datetime, text: str, vocabulary: words.Vocabulary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(words, 'SPOKEN', (vocabulary,))
    posted(desk, 'something else before')
    wanted = posted(desk, text)
    posted(desk, f'{text} and more'[:100])
    assert desk.channel.find(Post(text, 'k'), start, ()) == wanted
    assert desk.channel.find(Post('not ' + text, 'k'), start, ()) == NotFound()


@pytest.mark.parametrize(
    ('made', 'wanted'),
    [
        ('https://a.example.org/1', 'https://a.example.org/2'),
        ('https://a.example.org/x', 'https://a.example.org/X'),
        ('Hello', 'hello'),
        ('a & b', 'a &amp; b'),
        ('@reader hello', 'hello'),
        ('see mediawiki.org', 'see'),
        ('one two', 'onetwo'),
    ],
)
def test_not_quite_the_same(desk: Desk, start: datetime, made: str, wanted: str) -> None:
    posted(desk, made)
    assert desk.channel.find(Post(wanted, 'k'), start, ()) == NotFound()


def test_with_a_picture(desk: Desk, start: datetime) -> None:
    for text in ('a picture', 'a picture of https://www.mediawiki.org/', ''):
        outcome = desk.channel.post(Post(text, 'k', images=(PNG,)))
        assert isinstance(outcome, Posted)
        assert desk.channel.find(Post(text, 'k', images=(PNG,)), start, ()) == outcome


def test_the_oldest_and_not_those_of_others(desk: Desk, start: datetime) -> None:
    first = posted(desk, 'same')
    desk.server.moved = timedelta(days=2)
    second = posted(desk, 'same')
    post = Post('same', 'k')
    assert desk.channel.find(post, start, ()) == first
    assert desk.channel.find(post, start + timedelta(days=1), ()) == second
    for left_out in (first.url, first.url.replace('x.com', 'twitter.com') + '?s=20'):
        assert desk.channel.find(post, start, (left_out,)) == second
    assert desk.channel.find(post, start, (first.url, second.url)) == NotFound()


def test_clocks_differ(desk: Desk) -> None:
    made = posted(desk, 'a')
    now = datetime.now(UTC)
    assert desk.channel.find(Post('a', 'k'), now + timedelta(minutes=9), ()) == made
    assert desk.channel.find(Post('a', 'k'), now + timedelta(minutes=11), ()) == NotFound()


def test_a_slow_timeline(desk: Desk, start: datetime) -> None:
    desk.server.fault('reset', kind='post', done=True, delay=60)
    post = Post('slow', 'k')
    desk.channel.post(post)
    # later posts are there already: X does not promise the order
    posted(desk, 'later')
    assert desk.channel.find(post, start, ()) == NotFound()
    assert (desk.channel.settled_after, desk.channel.key_lifetime) == (None, None)
    desk.server.moved = timedelta(seconds=61)
    assert isinstance(desk.channel.find(post, start, ()), Posted)


def test_answers_and_reposts_are_no_posts(desk: Desk, start: datetime) -> None:
    theirs = desk.seen(desk.say('the same words'))
    desk.channel.share(theirs, 'k')
    us = desk.server.service.us
    desk.world.add_post(us, 'the same words', reply_to=theirs.remote_id)
    assert desk.channel.find(Post('the same words', 'k'), start, ()) == NotFound()


# -- many posts ------------------------------------------------------------------------------------


def fill(desk: Desk, number: int) -> None:
    for one in range(number):
        desk.world.add_post(desk.server.service.us, f'post {one}')


def test_over_pages(desk: Desk, start: datetime) -> None:
    first = posted(desk, 'the first of many')
    fill(desk, 250)
    assert desk.channel.find(Post('the first of many', 'k'), start, ()) == first
    assert desk.count('timeline') == 3
    sizes = {dict(one.query)['max_results'] for one in desk.server.seen if one.kind == 'timeline'}
    assert sizes == {'100'}


def test_pages_that_lead_to_themselves(desk: Desk, start: datetime) -> None:
    fill(desk, 3)
    desk.set(stuck=True)
    found = desk.channel.find(Post('not there', 'k'), start, ())
    assert found == CannotLook(words.Reason('channels-timeline-short'))
    assert desk.count('timeline') == 4


def test_empty_pages_for_ever(desk: Desk, start: datetime) -> None:
    desk.channel.account()
    body = json.dumps({'meta': {'result_count': 0, 'next_token': 'abc'}})
    desk.server.fault('answer', kind='timeline', times=None, body=body)
    assert desk.channel.find(Post('a', 'k'), start, ()) == NotFound()
    assert desk.count('timeline') == 3


def test_too_many_posts(desk: Desk, start: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(desk, 8)
    monkeypatch.setattr(own, 'PAGE', 5)
    monkeypatch.setattr(own.Own.since, '__defaults__', (1,))
    found = desk.channel.find(Post('not there', 'k'), start, ())
    assert found == CannotLook(words.Reason('channels-timeline-short'))


# -- what X cuts, leaves out, or gives instead ---------------------------------------------------------


def test_a_text_that_is_cut_comes_whole_in_its_note(desk: Desk, start: datetime) -> None:
    desk.set(cut=20)
    text = 'quite a long text & an address: https://www.mediawiki.org/wiki/Long'
    made = posted(desk, text)
    assert desk.channel.find(Post(text, 'k'), start, ()) == made
    assert desk.channel.find(Post(text + '?', 'k'), start, ()) == NotFound()


def page(*posts: dict[str, Any], **more: Any) -> str:
    return json.dumps({'data': list(posts), 'meta': {'result_count': len(posts)}} | more)


def told(desk: Desk, text: str, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')
    return {
        'id': '2100000000000000001', 'author_id': desk.server.service.us, 'created_at': now,
        'text': text, 'conversation_id': '2100000000000000001',
    } | more  # fmt: skip


@pytest.mark.parametrize(
    'text',
    [
        'quite a long text & an add… https://t.co/abcdefghij',  # cut, without a note
        'quite a long text &amp; an address: https://t.co/abcdefghij',  # not told where it leads
        '… https://t.co/abcdefghij',
    ],
)
def test_what_may_be_it(desk: Desk, start: datetime, text: str) -> None:
    desk.channel.account()
    desk.server.fault('answer', kind='timeline', times=2, body=page(told(desk, text)))
    wanted = Post('quite a long text & an address: https://www.mediawiki.org/wiki/Long', 'k')
    found = desk.channel.find(wanted, start, ())
    assert found == CannotLook(words.Reason('channels-timeline-alike'))
    other = desk.channel.find(Post('quite another', 'k'), start, ())
    assert (other == NotFound()) == text.startswith('quite')


WRONG_PAGES = [
    {'how': 'html'}, {'how': 'html', 'status': 404}, {'how': 'truncate'}, {'how': 'huge'},
    {'how': 'limit'}, {'how': 'credit'}, {'how': 'status', 'status': 503}, {'how': 'hang', 'seconds': 0.01},
    {'how': 'redirect', 'location': 'https://elsewhere.example/', 'status': 302},
    *(
        {'how': 'answer', 'body': body}
        for body in (
            '', '[]', '{}', 'null', '"a"', '{"data": 3}', '{"data": [3], "meta": {}}',
            '{"data": [{"id": 5, "text": "a"}], "meta": {}}', '{"data": [{"id": "5"}], "meta": {}}',
            '{"data": [{"id": "5", "text": "a", "author_id": "1", "created_at": "soon"}], "meta": {}}',
            '{"data": [], "errors": [{"title": "x"}], "meta": {"result_count": 0}}',
            '{"errors": [{"title": "x"}]}', '[' * 50_000,
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize('fault', WRONG_PAGES, ids=lambda one: str(one)[:80])
def test_what_cannot_be_read(desk: Desk, start: datetime, fault: dict[str, Any]) -> None:
    posted(desk, 'a')
    desk.server.fault(kind='timeline', times=None, **fault)
    found = desk.channel.find(Post('a', 'k'), start, ())
    assert isinstance(found, CannotLook)
    said = found.reason.text()
    assert '$' not in said
    spent = desk.channel.spent(start)
    assert isinstance(spent, CannotLook)


def test_a_post_of_somebody_else_in_our_timeline(desk: Desk, start: datetime) -> None:
    desk.channel.account()
    strange = page(told(desk, 'a', author_id='17'))
    desk.server.fault('answer', kind='timeline', body=strange)
    assert isinstance(desk.channel.find(Post('a', 'k'), start, ()), CannotLook)


def test_words_that_x_does_not_know_any_more(desk: Desk, start: datetime) -> None:
    made = posted(desk, 'a')
    desk.set(vocabularies=['new'])
    for _ in range(2):
        assert desk.channel.find(Post('a', 'k'), start, ()) == made
    # it is asked once in the older ones, and then no more
    assert desk.count('timeline') == 3
    desk.set(vocabularies=[])
    found = desk.channel.find(Post('a', 'k'), start, ())
    assert isinstance(found, CannotLook)
    assert 'created_at' in found.reason.text()


def test_words_that_x_refuses(desk: Desk, start: datetime) -> None:
    made = posted(desk, 'a')
    wrong = {'errors': [{'parameters': {'tweet.fields': ['a']}, 'message': 'unknown'}]}
    desk.server.fault('answer', kind='timeline', status=400, body=json.dumps(wrong))
    assert desk.channel.find(Post('a', 'k'), start, ()) == made
    other = {'errors': [{'parameters': {'since_id': ['a']}, 'message': 'too old'}]}
    desk.server.fault('answer', kind='timeline', status=400, body=json.dumps(other), times=None)
    assert isinstance(desk.channel.find(Post('a', 'k'), start, ()), CannotLook)
    assert desk.count('timeline') == 3


def test_reads_are_tried_again_and_signed_anew(desk: Desk, start: datetime) -> None:
    made = posted(desk, 'a')
    desk.server.fault('reset', kind='timeline', times=2)
    assert desk.channel.find(Post('a', 'k'), start, ()) == made
    headers = [
        one.headers['authorization'] for one in desk.server.seen if one.kind == 'timeline'
    ]  # fmt: skip
    assert len(headers) == 3
    nonces = [re.findall('oauth_nonce="([^"]+)"', one) for one in headers]
    assert len({one[0] for one in nonces}) == 3


def test_who_we_are_cannot_be_told(desk: Desk, start: datetime) -> None:
    desk.server.fault('status', kind='me', status=503, times=None)
    assert isinstance(desk.channel.find(Post('a', 'k'), start, ()), CannotLook)
    assert isinstance(desk.channel.spent(start), CannotLook)
    assert isinstance(desk.channel.shares_since(start), CannotLook)


# -- what it costs ---------------------------------------------------------------------------------


def test_costs(desk: Desk, channel: XChannel, start: datetime) -> None:
    texts = ('plain', 'with https://www.mediawiki.org/', 'bare mediawiki.org', 'LocalSettings.php')
    costs = [channel.cost(Post(text, 'k')) for text in texts]
    assert costs == [0.015, 0.2, 0.2, 0.015]
    for text in texts:
        posted(desk, text)
    assert channel.spent(start) == pytest.approx(sum(costs))
    assert desk.world.spent('post', 'post with link') == pytest.approx(sum(costs))
    assert channel.spent(datetime.now(UTC) + timedelta(minutes=1)) == 0
    other = desk.make(prices=(1.0, 2.0))
    assert other.cost(Post('a', 'k')) == 1.0
    assert other.spent(start) == 6.0


def test_what_spent_asks_for(desk: Desk, channel: XChannel, start: datetime) -> None:
    posted(desk, 'a')
    channel.share(desk.seen(desk.say('b https://www.mediawiki.org')), 'k')
    desk.channel.delete(posted(desk, 'c').url)
    assert channel.spent(start) == pytest.approx(0.03)


# -- comparing -------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_comparing_never_raises_and_is_reflexive(text: str) -> None:
    assert own.same(text, text)
    assert own.same(text, text, answer=True)
    assert own.may_be(text, text)


@settings(max_examples=300, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([
        'data', 'meta', 'errors', 'includes', 'users', 'id', 'text', 'author_id', 'created_at',
        'entities', 'urls', 'mentions', 'username', 'url', 'expanded_url', 'note_tweet',
        'referenced_posts', 'type', 'edit_history_post_ids', 'next_token', 'public_metrics',
    ]), inner, max_size=8),
    max_leaves=40,
))  # fmt: skip
def test_any_answer_is_a_page_or_a_reason(answer: Any) -> None:
    found = words.page_of(answer)
    assert isinstance(found, words.Page | words.Reason)
    words.post_of(answer)
    words.person_of(answer)
    if isinstance(answer, dict):
        words.counts_of(answer)
