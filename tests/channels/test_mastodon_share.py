"""Posts of others by their address; boosts and pointers, held against the server's ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mwsocial.channels.base import (
    CannotLook,
    NotFound,
    Outcome,
    Pointer,
    Post,
    Posted,
    Refused,
    Seen,
    TryLater,
    Unknown,
)
from mwsocial.channels.mastodon import MastodonChannel, statuses
from tests.channels.conftest import make
from tests.channels.mastodon_stub import Answer, Stub, error, json_answer

POINTER = Pointer('support', 'For help see https://www.mediawiki.org/wiki/Support', 'key-7', 'en')
STATUSES = '/api/v1/statuses'


def words(outcome: Outcome | Seen) -> str:
    assert not isinstance(outcome, Posted | Seen)
    text = outcome.reason.text()
    assert '$' not in text
    return text


def look(channel: MastodonChannel, status: dict[str, Any]) -> Seen:
    found = channel.look_up(status['url'])
    assert isinstance(found, Seen), found
    return found


def changes(stub: Stub) -> list[str]:
    """Whatever has been asked for that changes something."""
    return [f'{one.method} {one.path}' for one in stub.requests if one.method != 'GET']


# -- looking a post up ------------------------------------------------------------------------------


def test_seen(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.world.say(
        'alice@remote.example', '', spoiler_text='Food', visibility='unlisted',
        content='<p>Hello <b>you</b> &amp; <a href="https://a.example/x">a.example/x</a></p><p>End</p>',
        edited_at='2026-11-25T13:59:00.000Z',
    )  # fmt: skip
    assert look(channel, there) == Seen(
        there['id'], there['url'], '@alice@remote.example',
        'Food\n\nHello you & https://a.example/x\n\nEnd', stub.now, True,
        edited=stub.now - timedelta(minutes=1), conversation=there['url'],
    )  # fmt: skip


def test_seen_by_its_other_address(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.world.say('alice@remote.example', 'Hello')
    found = channel.look_up(there['uri'])
    assert isinstance(found, Seen)
    assert found.url == there['url']


def test_ours(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.add('words')
    found = look(channel, there)
    assert found.ours
    assert found.author == '@Desk@stub.example'
    assert stub.seen('GET', '/api/v2/search') == []


@pytest.mark.parametrize(
    ('more', 'to_us'),
    [
        ({}, False),
        ({'mentions': [{'id': '77', 'acct': 'Desk'}]}, True),
        ({'mentions': [{'id': '78', 'acct': 'desk@evil.example'}]}, False),
        # Where the server lists no mentions, links say it, but only those that are mentions.
        ({'content': '<a href="{own}" class="u-url mention">@<span>desk</span></a>'}, True),
        ({'content': '<a href="{own}">desk</a>'}, False),
        ({'content': '<a class="mention hashtag" href="{own}">#desk</a>'}, False),
        ({'content': '<a class="mention" href="https://evil.example/@desk">@desk</a>'}, False),
        ({'content': '<a class="mention" href="{own}">x</a>', 'mentions': [{'id': '78'}]}, False),
        ({'mentions': 'none'}, False),
    ],
)
def test_who_speaks_to_us(
    stub: Stub, channel: MastodonChannel, more: dict[str, Any], to_us: bool
) -> None:
    if 'content' in more:
        more = more | {'content': more['content'].format(own=f'{stub.url}/@desk')}
    found = look(channel, stub.world.say('alice@remote.example', 'Hello', **more))
    assert found.mentions_us is to_us
    assert not found.reply_to_us


def test_conversation(stub: Stub, channel: MastodonChannel) -> None:
    """Being answered means that we have answered somebody there, on whichever branch."""
    say = stub.world.say
    ours = stub.add('MediaWiki 1.47 is out')
    thread = stub.add('more', in_reply_to_id=ours['id'], in_reply_to_account_id='77')
    asks = say(
        'alice@a.example', '@desk How?', in_reply_to_id=thread['id'], in_reply_to_account_id='77'
    )
    other = say(
        'bob@b.example', '@desk What?', in_reply_to_id=ours['id'], in_reply_to_account_id='77'
    )
    before = [look(channel, one) for one in (asks, other)]
    assert [one.reply_to_us for one in before] == [True, True]
    assert [one.answered for one in before] == [False, False]
    assert {one.conversation for one in before} == {ours['url']}
    stub.add('@alice See…', in_reply_to_id=asks['id'], in_reply_to_account_id=asks['account']['id'])
    assert [look(channel, one).answered for one in (asks, other)] == [True, True]
    assert not look(channel, say('carol@c.example', '@desk Hi')).answered


def test_whom_we_answered_is_not_told(stub: Stub, channel: MastodonChannel) -> None:
    asks = stub.world.say('alice@a.example', '@desk How?')
    stub.add('See…', in_reply_to_id=asks['id'])
    assert look(channel, asks).answered


@pytest.mark.parametrize(
    ('more', 'says'),
    [
        ({'visibility': 'private'}, 'not for everybody'),
        ({'visibility': 'direct'}, 'direct message'),
        ({'visibility': 'local'}, 'not for everybody'),
        ({'visibility': None}, 'not for everybody'),
        ({'reblog': {'id': '5', 'uri': 'https://c.example/5'}}, 'share of another'),
        ({'created_at': 'yesterday'}, 'no post'),
        ({'account': None}, 'no post'),
        ({'account': {'id': '80', 'acct': 'a b@c'}}, 'no post'),
        ({'content': None}, 'no post'),
    ],
)
def test_refused(stub: Stub, channel: MastodonChannel, more: dict[str, Any], says: str) -> None:
    there = stub.world.say('alice@remote.example', 'Hello @desk secret', **more)
    outcome = channel.look_up(there['url'])
    assert isinstance(outcome, Refused)
    assert says in words(outcome)
    assert 'secret' not in words(outcome)


@pytest.mark.parametrize('how', ['blocking', 'blocked_by', 'domain_blocking'])
def test_blocked(stub: Stub, channel: MastodonChannel, how: str) -> None:
    there = stub.world.say('alice@remote.example', 'Hello')
    stub.world.relations[there['account']['id']] = {how: True}
    outcome = channel.look_up(there['url'])
    assert isinstance(outcome, Refused)
    assert '@alice@remote.example' in words(outcome)


def test_no_relations_told(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.world.say('alice@remote.example', 'Hello')
    stub.fail('GET', '/api/v1/accounts/relationships', error(404, 'no'))
    assert look(channel, there)


@pytest.mark.parametrize(
    'url',
    [
        '',
        'x',
        'https://a.example/ b',
        'ftp://a.example/1',
        'https://a.example/\u202e1',
        '@a@b.example',
    ],
)
def test_no_address(stub: Stub, channel: MastodonChannel, url: str) -> None:
    outcome = channel.look_up(url)
    assert isinstance(outcome, Refused)
    assert 'no address' in words(outcome)
    assert stub.seen('GET', '/api/v2/search') == []


def test_no_post(stub: Stub, channel: MastodonChannel) -> None:
    person = stub.world.person('alice@remote.example')
    assert 'account' in words(channel.look_up(person['url']))
    assert 'finds no public post' in words(channel.look_up('https://remote.example/@alice/99'))


def test_another_post_is_not_taken(stub: Stub, channel: MastodonChannel) -> None:
    """What the server gives must be what was asked for, and nobody can borrow an address."""
    good = 'https://good.example/@alice/1'
    evil = stub.world.say('eve@evil.example', 'Buy!', url=good)
    outcome = channel.look_up(good)
    assert isinstance(outcome, Refused)
    assert evil['uri'] in words(outcome)
    found = channel.look_up(evil['uri'])
    assert isinstance(found, Seen)
    assert found.url == evil['uri']
    other = stub.world.say('bob@remote.example', 'Hello')
    answer = json_answer({'accounts': [], 'statuses': [stub.world.shown(other)], 'hashtags': []})
    stub.fail('GET', '/api/v2/search', answer)
    outcome = channel.look_up(good)
    assert isinstance(outcome, Refused)
    assert other['url'] in words(outcome)


def test_a_post_shown_inside_somebodys_share(stub: Stub, channel: MastodonChannel) -> None:
    """As snac2 does; the share's author is none of it."""
    there = stub.world.shown(stub.world.say('alice@remote.example', 'Hello'))
    around = there | {
        'account': stub.world.person('Desk'), 'reblog': there, 'content': '', 'reblogged': True,
        'url': f'{stub.url}/desk/Announce', 'uri': f'{stub.url}/desk/Announce',
    }  # fmt: skip
    stub.fail('GET', '/api/v2/search', json_answer({'accounts': [], 'statuses': [around]}))
    found = look(channel, there)
    assert (found.author, found.text, found.shared) == ('@alice@remote.example', 'Hello', True)
    assert not found.ours


# -- shares -----------------------------------------------------------------------------------------


def test_share(stub: Stub, channel: MastodonChannel) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', 'MediaWiki is fine'))
    assert channel.find_share(seen, stub.now) == NotFound()
    assert channel.shares_since(stub.now) == 0
    assert channel.share(seen, 'k') == Posted(seen.remote_id, seen.url)
    (made,) = stub.ledger
    assert made['reblog']['id'] == seen.remote_id
    (request,) = stub.seen('POST', f'{STATUSES}/{seen.remote_id}/reblog')
    assert request.fields == {'visibility': ['public']}
    assert channel.find_share(seen, stub.now + timedelta(days=1)) == Posted(
        seen.remote_id, seen.url
    )
    assert channel.shares_since(stub.now) == 1
    assert channel.shares_since(stub.now + timedelta(seconds=1)) == 0
    assert look(channel, {'url': seen.url}).shared


def test_shared_already(stub: Stub, channel: MastodonChannel) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', 'MediaWiki is fine'))
    assert channel.share(seen, 'k') == channel.share(seen, 'other key')
    assert len(stub.ledger) == 1
    assert len(stub.seen('POST', '/')) == 1


def test_only_shares_of_others_count(stub: Stub, channel: MastodonChannel) -> None:
    ours = stub.add('words')
    theirs = stub.world.say('alice@remote.example', 'Hello')
    stub.add('', reblog=ours)
    stub.add('', reblog=theirs)
    stub.add('', reblog=theirs, created_at=(stub.now - timedelta(days=40)).isoformat())
    assert channel.shares_since(stub.now - timedelta(days=30)) == 1


def test_our_own_post_is_not_shared(stub: Stub, channel: MastodonChannel) -> None:
    outcome = channel.share(look(channel, stub.add('words')), 'k')
    assert isinstance(outcome, Refused)
    assert changes(stub) == []


@pytest.mark.parametrize(
    'more',
    [
        {'visibility': 'private'}, {'edited_at': '2026-11-25T14:00:01Z'}, {'url': 'https://c.example/1'},
        {'id': '999'},
    ],
)  # fmt: skip
def test_what_has_changed_since_it_was_seen(
    stub: Stub, channel: MastodonChannel, more: dict[str, Any]
) -> None:
    there = stub.world.say('alice@remote.example', 'Hello @desk')
    seen = look(channel, there)
    there.update(more)
    there['uri'] = there['url']
    for outcome in (channel.share(seen, 'k'), channel.point(seen, POINTER)):
        assert isinstance(outcome, Refused)
        assert words(outcome)
    assert changes(stub) == []


def test_a_post_that_is_gone(stub: Stub, channel: MastodonChannel) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', 'Hello @desk'))
    stub.world.others.clear()
    assert isinstance(channel.share(seen, 'k'), Refused)
    assert isinstance(channel.point(seen, POINTER), Refused)
    assert channel.find_share(seen, stub.now) == NotFound()
    assert changes(stub) == []


def test_not_public_is_refused_whatever_the_server_says(
    stub: Stub, channel: MastodonChannel
) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', 'Hello @desk'))
    closed = replace(seen, public=False)
    assert isinstance(channel.share(closed, 'k'), Refused)
    assert isinstance(channel.point(closed, POINTER), Refused)
    assert changes(stub) == []


@pytest.mark.parametrize('remote_id', ['', '../5', '1000/unreblog', 'x y'])
def test_no_id(stub: Stub, channel: MastodonChannel, remote_id: str) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', 'Hello @desk'))
    odd = replace(seen, remote_id=remote_id)
    assert isinstance(channel.share(odd, 'k'), Refused)
    assert isinstance(channel.point(odd, POINTER), Refused)
    assert changes(stub) == []


@pytest.mark.parametrize(
    ('answer', 'kind'),
    [
        (error(422, 'Validation failed'), Refused),
        (error(403, 'This action is not allowed'), Refused),
        (error(429, 'Too many requests'), TryLater),
        (error(500, 'oops'), Unknown),
        (Answer(gone=True), Unknown),
        (json_answer({'id': '5', 'reblog': None, 'url': 'https://a.example/1'}), Unknown),
        (json_answer({'id': '5', 'reblog': {'id': '4', 'url': 'https://a.example/1'}}), Unknown),
        (Answer(200, b'<html>', {'Content-Type': 'text/html'}), Unknown),
        (Answer(308, b'', {'Location': 'https://elsewhere.example/'}), Refused),
    ],
)
def test_share_goes_wrong(
    stub: Stub, channel: MastodonChannel, answer: Answer, kind: type[Outcome]
) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', 'Hello'))
    stub.fail('POST', STATUSES, answer, before=True)
    outcome = channel.share(seen, 'k')
    assert type(outcome) is kind
    assert words(outcome)
    assert stub.ledger == []
    assert len(stub.seen('POST', '/')) == 1


def test_a_share_is_found_after_a_lost_answer(stub: Stub, channel: MastodonChannel) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', 'Hello'))
    stub.fail('POST', STATUSES, Answer(gone=True))
    assert isinstance(channel.share(seen, 'k'), Unknown)
    assert channel.find_share(seen, stub.now) == Posted(seen.remote_id, seen.url)


def test_a_server_that_does_not_say_what_we_have_shared(
    stub: Stub, channel: MastodonChannel
) -> None:
    there = stub.world.say('alice@remote.example', 'Hello')
    seen = look(channel, there)
    silent = json_answer({
        name: value for name, value in stub.world.shown(there).items() if name != 'reblogged'
    })  # fmt: skip
    for expected in (NotFound(), Posted(seen.remote_id, seen.url)):
        stub.fail('GET', f'{STATUSES}/{there["id"]}', silent)
        assert channel.find_share(seen, stub.now) == expected
        channel.share(seen, 'k')
    stub.fail('GET', f'{STATUSES}/{there["id"]}', silent)
    stub.fail('GET', '/api/v1/accounts/77/statuses', error(500, 'x'))
    assert isinstance(channel.find_share(seen, stub.now), CannotLook)
    stub.fail('GET', '/api/v1/accounts/77/statuses', error(500, 'x'))
    assert isinstance(channel.shares_since(stub.now), CannotLook)


# -- pointers ---------------------------------------------------------------------------------------


def test_point(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.world.say('alice@remote.example', '@desk How do I install it?')
    seen = look(channel, there)
    assert channel.find_point(seen, POINTER, stub.now) == NotFound()
    outcome = channel.point(seen, POINTER)
    assert isinstance(outcome, Posted)
    (made,) = stub.ledger
    assert made['text'] == f'@alice@remote.example {POINTER.sentence}'
    assert (made['visibility'], made['language']) == ('unlisted', 'en')
    assert made['in_reply_to_id'] == there['id']
    (request,) = stub.seen('POST', '/')
    assert request.headers['idempotency-key'] == 'key-7'
    assert channel.find_point(seen, POINTER, stub.now) == outcome
    assert channel.find_point(seen, replace(POINTER, sentence='Other'), stub.now) == NotFound()


def test_once_in_a_conversation(stub: Stub, channel: MastodonChannel) -> None:
    first = stub.world.say('alice@remote.example', '@desk How?')
    again = stub.world.say('bob@remote.example', '@desk Yes, how?', in_reply_to_id=first['id'])
    seen = [look(channel, one) for one in (first, again)]
    assert isinstance(channel.point(seen[1], POINTER), Posted)
    for one in [*seen, look(channel, first)]:
        outcome = channel.point(one, replace(POINTER, key='other'))
        assert isinstance(outcome, Refused)
        assert 'once only' in words(outcome)
    assert len(stub.ledger) == 1


def test_only_to_those_who_speak_to_us(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.world.say('alice@remote.example', 'MediaWiki, how?')
    for seen in (
        look(channel, there), look(channel, stub.add('words')),
        replace(look(channel, there), mentions_us=True, reply_to_us=True),  # the server decides
    ):  # fmt: skip
        assert isinstance(channel.point(seen, POINTER), Refused)
    assert changes(stub) == []


def test_a_pointer_to_an_answer_of_a_post_of_ours(stub: Stub, channel: MastodonChannel) -> None:
    ours = stub.add('MediaWiki 1.47 is out')
    asks = stub.world.say(
        'alice@a.example', 'How?', in_reply_to_id=ours['id'], in_reply_to_account_id='77'
    )
    assert isinstance(channel.point(look(channel, asks), POINTER), Posted)


@pytest.mark.parametrize('sentence', ['', ' ', '\n'])
def test_no_sentence(stub: Stub, channel: MastodonChannel, sentence: str) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', '@desk How?'))
    assert isinstance(channel.point(seen, replace(POINTER, sentence=sentence)), Refused)
    assert changes(stub) == []


@pytest.mark.parametrize('name', ['a/../b@remote.example', 'álice@remote.example', 'a,b@c.example'])
def test_a_name_that_is_more_than_a_name(stub: Stub, channel: MastodonChannel, name: str) -> None:
    """It is by a stranger, and would stand in our words."""
    seen = look(
        channel,
        stub.world.say(name, '@desk How?', url='https://r.example/1', uri='https://r.example/1'),
    )
    assert isinstance(channel.point(seen, POINTER), Refused)
    assert changes(stub) == []


@pytest.mark.parametrize('answer', [error(500, 'x'), Answer(gone=True), error(409, 'busy')])
def test_a_pointer_is_found_after_a_lost_answer(
    stub: Stub, channel: MastodonChannel, answer: Answer
) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', '@desk How?'))
    stub.fail('POST', STATUSES, answer)
    assert isinstance(channel.point(seen, POINTER), Unknown)
    assert isinstance(channel.find_point(seen, POINTER, stub.now), Posted)


@pytest.mark.parametrize('path', ['/api/v2/search', '/api/v1/accounts/relationships', STATUSES])
@pytest.mark.parametrize(
    'answer', [error(503, 'x'), Answer(gone=True), Answer(200, b'{'), json_answer(5)]
)
def test_looked_up_later(stub: Stub, channel: MastodonChannel, path: str, answer: Answer) -> None:
    there = stub.world.say('alice@remote.example', '@desk How?')
    seen = look(channel, there)
    stub.fail('GET', path, answer, times=6)
    assert isinstance(channel.look_up(there['url']), TryLater)
    assert isinstance(channel.point(seen, POINTER), TryLater)
    assert changes(stub) == []


def test_another_account_does_nothing(stub: Stub, channel: MastodonChannel) -> None:
    seen = look(channel, stub.world.say('alice@remote.example', '@desk How?'))
    other = make(stub, account='@other@stub.example')
    assert isinstance(other.share(seen, 'k'), Refused)
    assert isinstance(other.point(seen, POINTER), Refused)
    assert isinstance(other.look_up(seen.url), Refused)
    for found in (other.find_share(seen, stub.now), other.find_point(seen, POINTER, stub.now)):
        assert isinstance(found, CannotLook)
    assert isinstance(other.shares_since(stub.now), CannotLook)
    assert changes(stub) == []


@pytest.mark.parametrize('visibility', ['public', 'unlisted'])
def test_visibility(stub: Stub, visibility: str) -> None:
    channel = make(stub, visibility=visibility)
    post = Post('words', 'k')
    posted = channel.post(post)
    assert stub.ledger[0]['visibility'] == visibility
    assert channel.find(post, stub.now, ()) == posted


@pytest.mark.parametrize('visibility', ['private', 'direct', '', 'PUBLIC'])
def test_no_other_visibility(stub: Stub, visibility: str) -> None:
    with pytest.raises(ValueError, match='public or unlisted'):
        make(stub, visibility=visibility)


@pytest.mark.parametrize(
    ('one', 'other', 'same'),
    [
        ('5', '5', True), (5, '5', True), ('5', '6', False), ('', '', False), (None, None, False),
        ('17956505A7d6ab', '17956505a7D6AB', True), ('../5', '../5', False), (True, 'True', False),
        ('1795650598' + 'd6' * 16, '1795650597' + 'D6' * 16, True),
        ('1795650598' + 'd6' * 16, '1795650598' + 'd7' * 16, False),
        ('1' * 18, '2' * 10 + '1' * 8, False),
    ],
)  # fmt: skip
def test_ids(one: object, other: object, same: bool) -> None:
    """Two forms of one id on snac2: another case, and the time of an edit before it."""
    assert statuses.same_id(one, other) is same


@pytest.mark.parametrize(
    'url', ['https://exa℀mple.org/1', 'https://[::1', 'https://', 'https://a@b:c']
)
def test_addresses_that_the_standard_library_would_raise_for(
    stub: Stub, channel: MastodonChannel, url: str
) -> None:
    there = stub.world.say('alice@remote.example', 'Hello', url=url)
    assert isinstance(channel.look_up(url), Refused)
    found = channel.look_up(there['uri'])
    assert isinstance(found, Seen)
    assert found.url == there['uri']


@pytest.mark.parametrize('time', ['9999-12-31T23:59:59-14:00', '0001-01-01T00:00:00+14:00'])
def test_times_beyond_all_times(stub: Stub, channel: MastodonChannel, time: str) -> None:
    there = stub.world.say('alice@remote.example', 'Hello', edited_at=time)
    assert look(channel, there).edited is None
