"""Posts of others on X: looked up, shared, answered, pulled, followed; and what is ours taken down."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mwsocial.channels.base import (
    Account,
    Batch,
    CannotLook,
    Counts,
    Deleted,
    Followed,
    NotFound,
    Pointer,
    Post,
    Posted,
    Refused,
    Seen,
    TryLater,
    Unknown,
)
from mwsocial.channels.x import XChannel, others, words
from tests.channels.x.conftest import Desk

POINTER = Pointer(
    'support', 'For help see https://www.mediawiki.org/wiki/Project:Support_desk', 'k'
)
FAULTS = [
    {'how': 'html'}, {'how': 'truncate'}, {'how': 'limit'}, {'how': 'credit'}, {'how': 'reset'},
    {'how': 'status', 'status': 503}, {'how': 'status', 'status': 404}, {'how': 'hang', 'seconds': 0.01},
    {'how': 'answer', 'body': '{"data": [3]}'}, {'how': 'answer', 'body': '[]'},
    {'how': 'redirect', 'status': 302, 'location': 'https://elsewhere.example/'},
]  # fmt: skip


@pytest.fixture(params=['old', 'new'])
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both vocabularies."""
    monkeypatch.setattr(words, 'SPOKEN', {'old': (words.OLD,), 'new': (words.NEW,)}[request.param])
    return str(request.param)


def batch(found: object) -> Batch:
    assert isinstance(found, Batch), found
    return found


# -- the account -------------------------------------------------------------------------------------


def test_account(desk: Desk, channel: XChannel) -> None:
    assert channel.account() == Account('@mediawiki', 'https://x.com/mediawiki')
    channel.account()
    assert desk.count('me') == 2


@pytest.mark.parametrize(
    ('level', 'may'), [('read', False), ('read-write', True), ('Read-Write-DirectMessages', True)]
)
def test_what_x_says_of_the_permission(desk: Desk, level: str, may: bool) -> None:
    body = json.dumps({'data': {'id': '12', 'username': 'mediawiki', 'name': 'x'}})
    desk.server.fault('answer', kind='me', body=body, headers={'x-access-level': level})
    account = desk.channel.account()
    assert isinstance(account, Account)
    assert account.may_post is may


@pytest.mark.parametrize(
    'wrong', ['consumer_key', 'consumer_secret', 'access_token', 'access_secret']
)
def test_wrong_keys(desk: Desk, wrong: str) -> None:
    channel = desk.make(**{wrong: 'wrongwrongwrongwrongwrong'})
    found = channel.account()
    assert isinstance(found, Refused)
    assert found.reason.key == 'x-token-refused'
    outcome = channel.post(Post('a', 'k'))
    assert isinstance(outcome, Refused)
    # nothing is known of a post, so it is not "gone"
    assert isinstance(channel.look_up('https://x.com/a/status/1'), TryLater)


@pytest.mark.parametrize('fault', FAULTS, ids=str)
def test_an_account_that_cannot_be_told(desk: Desk, fault: dict[str, Any]) -> None:
    desk.server.fault(kind='me', times=None, **fault)
    assert isinstance(desk.channel.account(), TryLater)
    assert isinstance(desk.channel.counts(), TryLater)


def test_counts(desk: Desk, channel: XChannel) -> None:
    channel.post(Post('a', 'k'))
    assert channel.counts() == Counts(0, 1, 1)
    body = {'data': {'id': '1', 'username': 'a', 'public_metrics': {
        'post_count': 7, 'followers_count': '8', 'following_count': True,
    }}}  # fmt: skip
    desk.server.fault('answer', kind='me', body=json.dumps(body))
    assert channel.counts() == Counts(None, None, 7)


# -- one post ------------------------------------------------------------------------------------------


def test_look_up(desk: Desk, channel: XChannel, spoken: str) -> None:
    url = desk.say('Hi @MediaWiki & all: https://www.mediawiki.org')
    number = url.rpartition('/')[2]
    seen = desk.seen(url)
    assert (seen.remote_id, seen.url, seen.author) == (number, url, '@reader')
    assert seen.text == 'Hi @MediaWiki & all: https://www.mediawiki.org'
    assert (seen.public, seen.ours, seen.mentions_us, seen.reply_to_us) == (
        True,
        False,
        True,
        False,
    )
    assert (seen.answered, seen.shared, seen.edited, seen.conversation) == (
        False,
        False,
        None,
        number,
    )
    assert abs(seen.created - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    'form',
    [
        'https://twitter.com/reader/status/{}', 'http://x.com/reader/status/{}/', 'https://X.com/a/status/{}',
        'https://www.x.com/reader/status/{}?s=20', 'https://mobile.twitter.com/reader/statuses/{}',
        'https://x.com/i/web/status/{}', 'https://x.com/i/status/{}', 'https://x.com/reader/status/{}/photo/1',
        ' https://x.com/reader/status/{}#a ',
    ],
)  # fmt: skip
def test_forms_of_an_address(desk: Desk, form: str) -> None:
    url = desk.say('a')
    seen = desk.seen(form.format(url.rpartition('/')[2]))
    assert seen.url == url
    # X leads from any name to the post; what an approver saw is the name.
    assert (seen.doubt is not None) == ('/a/' in form)
    if seen.doubt:
        assert seen.doubt.key == 'x-other-author' and '@reader' in seen.doubt.text()


@pytest.mark.parametrize(
    'url',
    [
        '', 'x', 'https://x.com/reader', 'https://x.com/reader/status/', 'https://x.com/reader/status/a',
        'https://x.com/reader/status/1/../2', 'https://evil.example/reader/status/1',
        'https://x.com.evil.example/reader/status/1', 'https://evilx.com/a/status/1', '12',
        'https://x.com/reader/status/' + '1' * 20, 'https://x.com/reader/status/1 2', 'https://x.com/i/lists/1',
        'https://x.com@evil.example/a/status/1', 'https://x.com/a/status/1\n2', 'https://x.com/a/status/١',
    ],
)  # fmt: skip
def test_no_address_of_a_post(desk: Desk, channel: XChannel, url: str) -> None:
    channel.account()
    for found in (channel.look_up(url), channel.delete(url)):
        assert isinstance(found, Refused)
        assert found.reason.key == 'x-no-post'
    assert desk.count('lookup') == 0


def test_gone_private_and_strange(desk: Desk, channel: XChannel) -> None:
    url = desk.say('a')
    desk.server.control('remove', {'id': url.rpartition('/')[2]})
    desk.server.control('person', {'username': 'shy', 'protected': True})
    hidden = desk.say('b', **{'as': 'shy'})
    desk.server.control('person', {'username': 'friend', 'protected': True})
    desk.world.people[desk.server.service.us]['follows'].append(desk.world.person('friend')['id'])  # type: ignore[index]
    friend = desk.say('c', **{'as': 'friend'})
    repost = desk.say('', repost=desk.say('d').rpartition('/')[2])
    for where, key in (
        (url, 'x-gone'),
        (hidden, 'x-private'),
        (friend, 'x-private'),
        (repost, 'x-no-post'),
    ):
        found = channel.look_up(where)
        assert isinstance(found, Refused)
        assert found.reason.key == key
        assert '$' not in found.reason.text()


@pytest.mark.parametrize('fault', [*FAULTS, {'how': 'status', 'status': 403}], ids=str)
def test_trouble_says_nothing_about_a_post(desk: Desk, fault: dict[str, Any]) -> None:
    url = desk.say('a')
    desk.server.fault(kind='lookup', times=None, **fault)
    assert isinstance(desk.channel.look_up(url), TryLater)
    assert isinstance(desk.channel.delete(url), TryLater)


def test_an_author_who_is_not_named(desk: Desk, channel: XChannel) -> None:
    channel.account()
    data = {'id': '5', 'author_id': '7', 'created_at': '2026-11-25T12:00:00.000Z', 'text': 'a'}
    desk.server.fault('answer', kind='lookup', body=json.dumps({'data': data}))
    assert isinstance(channel.look_up('https://x.com/a/status/5'), TryLater)
    desk.server.fault(
        'answer', kind='lookup', times=2, body=json.dumps({'data': {'id': '5', 'text': 'a'}})
    )
    found = channel.look_up('https://x.com/a/status/5')
    assert isinstance(found, TryLater)
    assert found.reason.key == 'x-fields-missing'


def test_edited(desk: Desk, spoken: str) -> None:
    url = desk.say('a')
    desk.server.moved = timedelta(minutes=10)
    desk.server.control('edit', {'id': url.rpartition('/')[2], 'text': 'b'})
    seen = desk.seen(url)
    assert seen.text == 'b'
    assert seen.edited is not None
    assert seen.edited - seen.created > timedelta(minutes=9)


# -- sharing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize('again', [200, 403])
def test_share(desk: Desk, channel: XChannel, start: datetime, spoken: str, again: int) -> None:
    desk.set(**{'shared again': again})
    seen = desk.seen(desk.say('worth it'))
    assert channel.find_share(seen, start) == NotFound()
    posted = Posted(seen.remote_id, seen.url)
    assert channel.share(seen, 'k') == posted
    assert channel.share(seen, 'k') == posted
    assert len(desk.ours) == 1
    assert channel.find_share(seen, start) == posted
    assert channel.find_share(seen, start + timedelta(days=20)) == posted
    assert channel.shares_since(start) == 1
    assert channel.shares_since(start + timedelta(days=1)) == 0
    assert desk.seen(seen.url).shared


def test_the_older_form_of_shared_already(desk: Desk, channel: XChannel) -> None:
    seen = desk.seen(desk.say('a'))
    body = json.dumps(
        {'errors': [{'code': 327, 'message': 'You have already retweeted this Tweet.'}]}
    )
    desk.server.fault('answer', kind='share', status=403, body=body)
    assert channel.share(seen, 'k') == Posted(seen.remote_id, seen.url)


def test_what_cannot_be_shared(desk: Desk, channel: XChannel) -> None:
    seen = desk.seen(desk.say('a'))
    desk.server.control('change', {'username': 'reader', 'blocks us': True})
    blocked = channel.share(seen, 'k')
    assert isinstance(blocked, Refused)
    assert 'blocked' in blocked.reason.text()
    desk.server.control('change', {'username': 'reader', 'blocks us': False})
    desk.server.control('remove', {'id': seen.remote_id})
    assert isinstance(channel.share(seen, 'k'), Refused)
    before = desk.count('share')
    private = Seen('5', 'https://x.com/a/status/5', '@a', 'a', seen.created, public=False)
    strange = Seen('5/../../6', 'https://x.com/a/status/5', '@a', 'a', seen.created, public=True)
    for one in (private, strange):
        assert isinstance(channel.share(one, 'k'), Refused)
    assert desk.count('share') == before


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize(
    'fault', [{'how': 'reset'}, {'how': 'status', 'status': 500}, {'how': 'html'}], ids=str
)
def test_an_uncertain_share(
    desk: Desk, channel: XChannel, start: datetime, fault: dict[str, Any], done: bool
) -> None:
    seen = desk.seen(desk.say('a'))
    desk.server.fault(kind='share', done=done, **fault)
    assert isinstance(channel.share(seen, 'k'), Unknown)
    assert desk.count('share') == 1
    assert isinstance(channel.find_share(seen, start), Posted) == done


# -- answering -----------------------------------------------------------------------------------------


def test_point(desk: Desk, channel: XChannel, start: datetime, spoken: str) -> None:
    seen = desk.seen(desk.say('Hi @mediawiki, how do I install it?'))
    assert channel.find_point(seen, POINTER, start) == NotFound()
    made = channel.point(seen, POINTER)
    assert isinstance(made, Posted)
    assert desk.bodies() == [
        {'text': POINTER.sentence, 'reply': {'in_reply_to_tweet_id': seen.remote_id}}
    ]
    assert channel.find_point(seen, POINTER, start) == made
    assert desk.seen(seen.url).answered
    again = channel.point(seen, Pointer('other', 'Another sentence', 'k2'))
    assert isinstance(again, Refused)
    assert again.reason.key == 'x-answered'
    assert made.url in again.reason.text()
    assert desk.count() == 1


def test_once_per_conversation(desk: Desk, channel: XChannel) -> None:
    first = desk.say('@mediawiki a')
    number = first.rpartition('/')[2]
    assert isinstance(channel.point(desk.seen(first), POINTER), Posted)
    desk.server.control('person', {'username': 'second'})
    second = desk.seen(desk.say('@mediawiki me too', answering=number, **{'as': 'second'}))
    outcome = channel.point(second, POINTER)
    assert isinstance(outcome, Refused)
    assert outcome.reason.key == 'x-answered'
    elsewhere = desk.seen(desk.say('@mediawiki in a conversation of its own'))
    assert isinstance(channel.point(elsewhere, Pointer('other', 'Another sentence', 'k')), Posted)


def test_answers_to_our_own_posts(desk: Desk) -> None:
    desk.set(threads=True)
    channel = desk.make(threads=True)
    post = channel.post(Post('We have news', 'k'))
    assert isinstance(post, Posted)
    assert isinstance(channel.post(Post('and more', 'k', after=post.url)), Posted)
    reply = desk.seen(desk.say('how?', answering=post.remote_id))
    assert (reply.reply_to_us, reply.mentions_us, reply.answered) == (True, True, False)
    assert isinstance(channel.point(reply, POINTER), Posted)
    assert desk.seen(reply.url).answered


@pytest.mark.parametrize('text', ['no mention', '@mediawikis', 'mail me@mediawiki', '@reader'])
def test_who_does_not_speak_to_us(desk: Desk, channel: XChannel, text: str) -> None:
    seen = desk.seen(desk.say(text))
    forged = Seen(
        seen.remote_id, seen.url, seen.author, '@mediawiki', seen.created, True, mentions_us=True,
        reply_to_us=True,
    )  # fmt: skip
    for one in (seen, forged):
        outcome = channel.point(one, POINTER)
        assert isinstance(outcome, Refused)
        assert outcome.reason.key == 'x-not-to-us'
    assert desk.count() == 0


def test_our_own_post_is_not_answered(desk: Desk, channel: XChannel) -> None:
    post = channel.post(Post('we, @mediawiki, say', 'k'))
    assert isinstance(post, Posted)
    assert isinstance(channel.point(desk.seen(post.url), POINTER), Refused)
    assert desk.count() == 1


def test_other_reasons_not_to_answer(desk: Desk, channel: XChannel) -> None:
    seen = desk.seen(desk.say('@mediawiki a'))
    mixed = Seen('17', seen.url, seen.author, 'a', seen.created, True, mentions_us=True)
    long = Pointer('long', 'a' * 281, 'k')
    assert isinstance(channel.point(mixed, POINTER), Refused)
    assert isinstance(channel.point(seen, long), Refused)
    desk.server.control('change', {'username': 'reader', 'blocks us': True})
    blocked = channel.point(seen, POINTER)
    assert isinstance(blocked, Refused)
    assert blocked.reason.key == 'x-no-reply'
    desk.server.control('remove', {'id': seen.remote_id})
    gone = channel.point(seen, POINTER)
    assert isinstance(gone, Refused)
    assert gone.reason.key == 'x-gone'
    assert desk.ours == []


def test_no_answer_without_knowing_the_conversation(desk: Desk, channel: XChannel) -> None:
    url = desk.say('@mediawiki a')
    number = url.rpartition('/')[2]
    seen = desk.seen(url)
    users = [{'id': '7', 'username': 'reader'}]
    data = {
        'id': number, 'author_id': '7', 'created_at': '2026-11-25T12:00:00.000Z', 'text': 'a',
        'entities': {'mentions': [{'username': 'mediawiki'}]},
        'referenced_tweets': [{'type': 'replied_to', 'id': '17'}],
    }  # fmt: skip
    body = json.dumps({'data': data, 'includes': {'users': users}})
    desk.server.fault('answer', kind='lookup', body=body)
    assert isinstance(channel.point(seen, POINTER), TryLater)
    assert desk.count() == 0


def test_no_answer_while_our_posts_cannot_be_read(desk: Desk, channel: XChannel) -> None:
    seen = desk.seen(desk.say('@mediawiki a'))
    desk.server.fault('status', kind='timeline', status=503, times=None)
    assert isinstance(channel.point(seen, POINTER), TryLater)
    assert isinstance(channel.find_point(seen, POINTER, seen.created), CannotLook)
    assert desk.count() == 0


@pytest.mark.parametrize('done', [True, False])
def test_an_uncertain_answer(desk: Desk, channel: XChannel, start: datetime, done: bool) -> None:
    seen = desk.seen(desk.say('@mediawiki a'))
    for fault in ('reset', 'duplicate'):
        desk.server.fault(fault, kind='post', done=done)
        outcome = channel.point(seen, POINTER)
        assert isinstance(outcome, Unknown) or (done and isinstance(outcome, Refused))
    assert isinstance(channel.find_point(seen, POINTER, start), Posted) == done
    assert len(desk.ours) == done


# -- taking down ---------------------------------------------------------------------------------------


def test_delete(desk: Desk, channel: XChannel) -> None:
    post = channel.post(Post('a', 'k'))
    assert isinstance(post, Posted)
    assert channel.delete(post.url) == Deleted()
    assert channel.delete(post.url) == Deleted()
    assert desk.ours == []


def test_a_share_is_taken_back(desk: Desk, channel: XChannel, start: datetime) -> None:
    seen = desk.seen(desk.say('a'))
    channel.share(seen, 'k')
    assert channel.delete(seen.url) == Deleted()
    assert channel.find_share(seen, start) == NotFound()
    # the post itself is theirs
    assert isinstance(channel.look_up(seen.url), Seen)
    assert desk.count('delete') == 0


def test_a_post_of_others_under_our_name(desk: Desk, channel: XChannel) -> None:
    number = desk.say('a').rpartition('/')[2]
    assert channel.delete(f'https://x.com/mediawiki/status/{number}') == Deleted()
    assert desk.count('delete') == 0
    assert desk.world.post(number) is not None


@pytest.mark.parametrize(
    ('fault', 'kind'),
    [
        ({'how': 'reset'}, Unknown), ({'how': 'status', 'status': 500}, Unknown), ({'how': 'html'}, Unknown),
        ({'how': 'answer', 'body': '{"data": {"deleted": false}}'}, Unknown), ({'how': 'limit'}, TryLater),
        ({'how': 'credit'}, TryLater), ({'how': 'answer', 'status': 403, 'body': '{"detail": "no"}'}, Refused),
    ],
    ids=str,
)  # fmt: skip
def test_an_uncertain_removal(
    desk: Desk, channel: XChannel, fault: dict[str, Any], kind: type
) -> None:
    post = channel.post(Post('a', 'k'))
    assert isinstance(post, Posted)
    desk.server.fault(kind='delete', **fault)
    assert isinstance(channel.delete(post.url), kind)


def test_what_x_has_forgotten_is_gone(desk: Desk, channel: XChannel) -> None:
    body = json.dumps({'title': 'Not Found', 'detail': 'Not Found'})
    desk.server.fault('answer', kind='delete', status=404, body=body)
    assert channel.delete('https://x.com/MediaWiki/status/17') == Deleted()


def test_no_edit(desk: Desk, channel: XChannel) -> None:
    outcome = channel.edit('https://x.com/mediawiki/status/17', Post('a', 'k'))
    assert isinstance(outcome, Refused)
    assert outcome.reason.text()
    assert (channel.abilities.edit, list(desk.server.seen)) == (False, [])


# -- what comes in -------------------------------------------------------------------------------------


def test_mentions(desk: Desk, channel: XChannel, spoken: str) -> None:
    assert channel.mentions('') == Batch()
    one = desk.say('@mediawiki one')
    two = desk.say('two', quoting=desk.world.add_post(desk.server.service.us, 'ours')['id'])
    desk.say('not for us')
    channel.post(Post('we say @mediawiki', 'k'))
    first = batch(channel.mentions(''))
    assert [seen.url for seen in first.posts] == [one, two]
    assert first.cursor == two.rpartition('/')[2]
    assert channel.mentions(first.cursor) == Batch((), first.cursor)
    three = desk.say('three @MediaWiki')
    assert [seen.url for seen in batch(channel.mentions(first.cursor)).posts] == [three]


def test_mentions_without_gaps(desk: Desk, channel: XChannel) -> None:
    old = desk.say('@mediawiki old').rpartition('/')[2]
    urls = [desk.say(f'@mediawiki {number}') for number in range(230)]
    found = batch(channel.mentions(old))
    assert [seen.url for seen in found.posts] == urls
    assert found.skipped == 0
    assert desk.count('mentions') == 3


def test_the_first_time_only_the_newest(desk: Desk, channel: XChannel) -> None:
    urls = [desk.say(f'@mediawiki {number}') for number in range(30)]
    found = batch(channel.mentions(''))
    assert [seen.url for seen in found.posts] == urls[-20:]
    assert found.skipped == 0
    for strange in ('x', '-1', '1 2', '9' * 30, '../', '{{{1}}}'):
        assert batch(channel.mentions(strange)).posts == found.posts


def test_what_is_passed_over_is_counted(
    desk: Desk, channel: XChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(others, 'PAGE', 5)
    monkeypatch.setattr(others, 'MENTION_PAGES', 2)
    old = desk.say('@mediawiki old').rpartition('/')[2]
    for number in range(30):
        desk.say(f'@mediawiki {number}')
    found = batch(channel.mentions(old))
    assert (len(found.posts), found.skipped) == (10, 1)


def test_private_posts_do_not_come_in(desk: Desk, channel: XChannel) -> None:
    desk.server.control('person', {'username': 'shy', 'protected': True})
    desk.world.people[desk.server.service.us]['follows'].append(desk.world.person('shy')['id'])  # type: ignore[index]
    number = desk.say('@mediawiki secret', **{'as': 'shy'}).rpartition('/')[2]
    assert channel.mentions('') == Batch((), number)


def test_an_author_x_does_not_name(desk: Desk, channel: XChannel) -> None:
    channel.account()
    data = {'id': '5', 'author_id': '7', 'created_at': '2026-11-25T12:00:00.000Z', 'text': 'a'}
    body = json.dumps({'data': [data], 'meta': {'result_count': 1}})
    desk.server.fault('answer', kind='mentions', body=body)
    assert channel.mentions('') == Batch((), '5', 1)


@pytest.mark.parametrize('fault', FAULTS, ids=str)
def test_lists_that_cannot_be_read(desk: Desk, channel: XChannel, fault: dict[str, Any]) -> None:
    channel.account()
    desk.say('@mediawiki a')
    for kind in ('mentions', 'home', 'search', 'following'):
        desk.server.fault(kind=kind, times=None, **fault)
    for found in (
        channel.mentions(''),
        channel.timeline('5'),
        channel.search('a', ''),
        channel.following(),
    ):
        assert isinstance(found, TryLater)
        assert '$' not in found.reason.text()


def test_the_cursor_stays_where_a_later_page_fails(desk: Desk, channel: XChannel) -> None:
    old = desk.say('@mediawiki old').rpartition('/')[2]
    for number in range(120):
        desk.say(f'@mediawiki {number}')
    desk.server.fault('limit', kind='mentions', nth=2)
    assert isinstance(channel.mentions(old), TryLater)


def test_hints_do_not_stop_a_pull(desk: Desk, channel: XChannel) -> None:
    desk.say('@mediawiki a')
    desk.server.fault('status', kind='timeline', status=503, times=None)
    assert [seen.answered for seen in batch(channel.mentions('')).posts] == [False]


def test_timeline(desk: Desk, channel: XChannel, spoken: str) -> None:
    desk.server.control('person', {'username': 'stranger'})
    one = desk.say('from reader')
    theirs = desk.say('from a stranger', **{'as': 'stranger'})
    desk.say('', repost=theirs.rpartition('/')[2])
    channel.post(Post('ours', 'k'))
    found = batch(channel.timeline(''))
    assert [seen.url for seen in found.posts] == [one]
    assert not found.posts[0].mentions_us
    assert batch(channel.timeline(found.cursor)).posts == ()


def test_search(desk: Desk, channel: XChannel, spoken: str) -> None:
    one = desk.say('I like MediaWiki')
    two = desk.say('so do I #mediawiki')
    desk.say('mediawikis')
    channel.post(Post('our MediaWiki', 'k'))
    assert [seen.url for seen in batch(channel.search('MediaWiki', '')).posts] == [one, two]
    found = batch(channel.search('#MediaWiki', ''))
    assert [seen.url for seen in found.posts] == [two]
    assert batch(channel.search('#MediaWiki', found.cursor)).posts == ()
    assert [seen.url for seen in batch(channel.search('like  mediawiki', '')).posts] == [one]


@pytest.mark.parametrize(
    ('text', 'query'),
    [
        ('MediaWiki', '"MediaWiki" -from:us'),
        ('#MediaWiki', '#MediaWiki -from:us'),
        ('a OR b', '"a OR b" -from:us'),
        ('" OR from:x "', '"OR from:x" -from:us'),
        ('from:evil', '"from:evil" -from:us'),
        ('#a OR #b', '"#a OR #b" -from:us'),
        ('', ''),
        (' ', ''),
        ('"', ''),
        ('-', ''),
        ('a' * 600, ''),
    ],
)
def test_no_operator_gets_into_a_search(text: str, query: str) -> None:
    assert others.query_of(text, 'us') == query


def test_no_words(desk: Desk, channel: XChannel) -> None:
    assert isinstance(channel.search('"" ', ''), Refused)
    assert desk.count('search') == 0


def test_a_search_after_a_long_time(desk: Desk, channel: XChannel) -> None:
    old = desk.say('MediaWiki old').rpartition('/')[2]
    desk.server.moved = timedelta(days=9)
    new = desk.say('MediaWiki new')
    late = desk.make(now=lambda: datetime.now(UTC) + timedelta(days=9))
    found = batch(late.search('MediaWiki', old))
    assert [seen.url for seen in found.posts] == [new]
    assert all(
        'since_id' not in dict(one.query) for one in desk.server.seen if one.kind == 'search'
    )


# -- whom we follow --------------------------------------------------------------------------------------


def test_follow(desk: Desk, channel: XChannel) -> None:
    desk.server.control('person', {'username': 'wikipedia'})
    desk.server.control('person', {'username': 'shy', 'protected': True})
    closed = channel.follow('@wikipedia')
    assert isinstance(closed, Refused)
    assert closed.reason.key == 'x-no-follow'
    assert '$' not in closed.reason.text()
    desk.set(follows=True)
    assert channel.follow('@wikipedia') == Followed('@wikipedia')
    assert channel.follow('Wikipedia') == Followed('Wikipedia')
    assert channel.follow('@shy') == Followed('@shy')
    assert channel.following() == ('@reader', '@wikipedia')


@pytest.mark.parametrize('name', ['', '@', '@a b', 'a/../b', '@' + 'a' * 16, '@nobody', '@ä'])
def test_nobody_to_follow(desk: Desk, channel: XChannel, name: str) -> None:
    found = channel.follow(name)
    assert isinstance(found, Refused)
    assert found.reason.key == 'x-no-name'
    assert desk.count('follow') == 0


def test_following_many(desk: Desk, channel: XChannel) -> None:
    us = desk.world.people[desk.server.service.us]
    names = [f'@n{number}' for number in range(1200)]
    us['follows'] = [desk.world.add_person(name[1:])['id'] for name in names]
    assert channel.following() == tuple(names)
    assert desk.count('following') == 2


@pytest.mark.parametrize('fault', FAULTS, ids=str)
def test_following_fails(desk: Desk, channel: XChannel, fault: dict[str, Any]) -> None:
    channel.account()
    desk.server.fault(kind='username', times=None, **fault)
    assert isinstance(channel.follow('@reader'), TryLater)
    desk.server.calm()
    desk.set(follows=True)
    desk.server.fault(kind='follow', times=None, **fault)
    assert isinstance(channel.follow('@reader'), TryLater)
