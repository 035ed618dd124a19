"""Threads by address, edits and deletions, held against the server's ledger."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mwsocial.channels.base import (
    Deleted,
    Image,
    NotFound,
    Outcome,
    Post,
    Posted,
    Refused,
    Removal,
    Seen,
    TryLater,
    Unknown,
)
from mwsocial.channels.mastodon import MastodonChannel
from tests.channels.conftest import make
from tests.channels.mastodon_stub import Answer, Stub, error, json_answer

IMAGE = Image('A.png', 'image/png', b'\x89PNG\r\n\x1a\nbytes', 'A flower')
UNCLEAR = {
    '500': error(500, 'oops'),
    'reset': Answer(gone=True),
    'html': Answer(200, b'<html>', {'Content-Type': 'text/html'}),
    'list': json_answer([1]),
    'another post': json_answer({'id': '1', 'url': 'https://a.example/1', 'uri': 'https://a.example/1'}),
    'no id': json_answer({'url': 'https://a.example/1'}),
    'found': Answer(302, b'', {'Location': 'https://elsewhere.example/'}),
}  # fmt: skip


def words(outcome: Outcome | Removal) -> str:
    assert not isinstance(outcome, Posted | Deleted)
    text = outcome.reason.text()
    assert '$' not in text
    return text


# -- parts of a thread ------------------------------------------------------------------------------


@pytest.mark.parametrize('by', ['url', 'uri'])
def test_a_part_follows_the_post_at_the_address(
    stub: Stub, channel: MastodonChannel, by: str
) -> None:
    first = stub.add('one')
    assert isinstance(channel.post(Post('two', 'k', after=first[by], root=first[by])), Posted)
    assert stub.ledger[1]['in_reply_to_id'] == first['id']


def test_addresses_without_an_id(stub: Stub, channel: MastodonChannel) -> None:
    """As on snac2: the server is asked which post that is."""
    first = stub.add('one', url=f'{stub.url}/desk/p/1.2', uri=f'{stub.url}/desk/p/1.2')
    stub.add('one and a half')
    assert isinstance(channel.post(Post('two', 'k', after=first['url'])), Posted)
    assert stub.ledger[2]['in_reply_to_id'] == first['id']


def test_digits_alone_are_no_parent(stub: Stub, channel: MastodonChannel) -> None:
    """An address of another server may end in the id of a post of ours, or of somebody on ours."""
    first = stub.add('one')
    theirs = stub.world.say('bob@stub.example', 'mine')
    for address in (
        f'https://elsewhere.example/@desk/{first["id"]}', f'{stub.url}/@other/{first["id"]}',
        f'{stub.url}/@desk/{theirs["id"]}', f'{stub.url}/@desk/{first["id"]}?x', first['url'] + '/',
    ):  # fmt: skip
        outcome = channel.post(Post('two', 'k', after=address))
        assert isinstance(outcome, Refused), address
        assert address in words(outcome)
    assert stub.seen('POST', '/api/v1/statuses') == []


def test_nothing_is_posted_below_a_post_of_others(stub: Stub, channel: MastodonChannel) -> None:
    theirs = stub.world.say('bob@remote.example', 'Hello @desk')
    outcome = channel.post(Post('two', 'k', after=theirs['url']))
    assert isinstance(outcome, Refused)
    assert 'somebody else' in words(outcome)
    assert stub.seen('POST', '/api/v1/statuses') == []


@pytest.mark.parametrize('after', ['1000', 'javascript:1', 'https://a.example/ b', 'about:blank'])
def test_no_address(stub: Stub, channel: MastodonChannel, after: str) -> None:
    stub.add('one')
    assert isinstance(channel.post(Post('two', 'k', after=after)), Refused)
    assert stub.seen('POST', '/api/v1/statuses') == []


def test_part_before_is_gone(stub: Stub, channel: MastodonChannel) -> None:
    first = channel.post(Post('one', 'k1'))
    assert isinstance(first, Posted)
    stub.ledger.clear()
    outcome = channel.post(Post('two', 'k2', after=first.url))
    assert isinstance(outcome, Refused)
    assert first.url in words(outcome)


@pytest.mark.parametrize('path', ['/api/v1/statuses/', '/api/v2/search'])
@pytest.mark.parametrize('answer', [error(503, 'x'), Answer(gone=True), error(429, 'slow')])
def test_part_before_cannot_be_read(
    stub: Stub, channel: MastodonChannel, path: str, answer: Answer
) -> None:
    first = stub.add('one', url=f'{stub.url}/desk/p/1.2', uri=f'{stub.url}/desk/p/1.2')
    stub.fail('GET', path, answer, times=3)
    assert isinstance(channel.post(Post('two', 'k', after=first['url'])), TryLater)
    assert len(stub.ledger) == 1


# -- edits ------------------------------------------------------------------------------------------


def test_edit(stub: Stub, channel: MastodonChannel) -> None:
    posted = channel.post(Post('Bad words', 'k', 'de', 'Food', (IMAGE,)))
    assert isinstance(posted, Posted)
    post = Post('Good words & <b> "é"', 'k', 'en', 'Drink', (replace(IMAGE, alt='A rose'), IMAGE))
    assert channel.edit(posted.url, post) == posted
    (made,) = stub.ledger
    assert (made['text'], made['spoiler_text'], made['language']) == (post.text, 'Drink', 'en')
    assert [stub.media[one]['description'] for one in made['media']] == ['A rose', 'A flower']
    assert made['sensitive'] is True
    (request,) = stub.seen('PUT', '/')
    assert set(json.loads(request.fields['json'][0])) == {
        'status', 'spoiler_text', 'sensitive', 'language', 'media_ids',
    }  # fmt: skip
    found = channel.look_up(posted.url)
    assert isinstance(found, Seen)
    assert found.edited == stub.now
    assert found.ours


def test_an_edit_takes_away_what_the_new_post_has_not(stub: Stub, channel: MastodonChannel) -> None:
    posted = channel.post(Post('words', 'k', 'en', 'Food', (IMAGE,)))
    assert isinstance(posted, Posted)
    assert channel.edit(posted.url, Post('words', 'k')) == posted
    (made,) = stub.ledger
    assert (made['spoiler_text'], made['sensitive'], made['media']) == ('', False, [])
    assert made['language'] == 'en'


def test_the_accounts_own_setting_for_images_stays(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.add('words', sensitive=True)
    channel.edit(there['url'], Post('other words', 'k'))
    assert there['sensitive'] is True
    channel.edit(there['url'], Post('other words', 'k', warning='Food'))
    channel.edit(there['url'], Post('other words', 'k'))
    assert there['sensitive'] is False


def test_twice_does_no_harm(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.add('words')
    post = Post('other words', 'k', 'en')
    assert channel.edit(there['url'], post) == channel.edit(there['url'], post)
    assert isinstance(channel.edit(there['url'], post), Posted)
    assert len(stub.ledger) == 1
    assert channel.find(post, stub.now, ()) == Posted(there['id'], there['url'])


def test_an_edit_of_what_is_gone(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.add('words')
    stub.ledger.clear()
    outcome = channel.edit(there['url'], Post('other', 'k', images=(IMAGE,)))
    assert isinstance(outcome, Refused)
    assert there['url'] in words(outcome)
    assert stub.seen('POST', '/') == []


def test_an_edit_of_what_is_not_ours(stub: Stub, channel: MastodonChannel) -> None:
    """snac2 would do it."""
    theirs = stub.world.say('bob@remote.example', 'mine')
    outcome = channel.edit(theirs['url'], Post('other', 'k'))
    assert isinstance(outcome, Refused)
    assert stub.seen('PUT', '/') == []


@pytest.mark.parametrize('name', UNCLEAR)
@pytest.mark.parametrize('before', [True, False])
def test_edit_not_clear(stub: Stub, channel: MastodonChannel, name: str, before: bool) -> None:
    there = stub.add('words')
    stub.fail('PUT', '/', UNCLEAR[name], before=before)
    outcome = channel.edit(there['url'], Post('other', 'k'))
    assert isinstance(outcome, Unknown), outcome
    assert there['url'] in words(outcome)
    assert len(stub.seen('PUT', '/')) == 1
    assert channel.edit(there['url'], Post('other', 'k')) == Posted(there['id'], there['url'])


@pytest.mark.parametrize(
    'left', [{'spoiler_text': 'Food'}, {'media_attachments': [{}]}, {'media_attachments': None}]
)
def test_an_edit_that_the_server_made_in_part(
    stub: Stub, channel: MastodonChannel, left: dict[str, Any]
) -> None:
    """snac2 changes the words only."""
    there = stub.add('words')
    stub.fail('PUT', '/', lambda right: json_answer(json.loads(right.body) | left))
    assert isinstance(channel.edit(there['url'], Post('other', 'k')), Unknown)


@pytest.mark.parametrize(
    ('answer', 'kind'),
    [
        (error(422, 'Validation failed: too long'), Refused),
        (error(404, 'Record not found'), Refused),
        (error(401, 'The access token was revoked'), Refused),
        (error(429, 'Too many requests'), TryLater),
    ],
)
def test_edit_refused(
    stub: Stub, channel: MastodonChannel, answer: Answer, kind: type[Outcome]
) -> None:
    there = stub.add('words')
    stub.fail('PUT', '/', answer, before=True)
    outcome = channel.edit(there['url'], Post('other', 'k'))
    assert type(outcome) is kind
    assert words(outcome)
    assert there['text'] == 'words'


def test_edit_with_an_image_that_is_refused(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.add('words')
    stub.fail('POST', '/api/v2/media', error(422, 'File type is not supported'), before=True)
    outcome = channel.edit(there['url'], Post('other', 'k', images=(IMAGE,)))
    assert isinstance(outcome, Refused)
    assert stub.seen('PUT', '/') == []


# -- deletions --------------------------------------------------------------------------------------


def test_delete(stub: Stub, channel: MastodonChannel) -> None:
    first, second = stub.add('one'), stub.add('two')
    assert channel.delete(first['url']) == Deleted()
    assert stub.ledger == [second]
    assert channel.delete(first['url']) == Deleted()
    assert len(stub.seen('DELETE', '/')) == 1
    assert channel.find(Post('one', 'k'), stub.now, ()) == NotFound()


def test_delete_a_share(stub: Stub, channel: MastodonChannel) -> None:
    theirs = stub.world.say('bob@remote.example', 'Look at this')
    seen = channel.look_up(theirs['url'])
    assert isinstance(seen, Seen)
    shared = channel.share(seen, 'k')
    assert isinstance(shared, Posted)
    assert channel.delete(shared.url) == Deleted()
    assert stub.ledger == []
    assert stub.world.others == [theirs]
    assert channel.delete(shared.url) == Deleted()
    assert len(stub.seen('POST', f'/api/v1/statuses/{theirs["id"]}/unreblog')) == 1


def test_a_post_of_others_is_never_touched(stub: Stub, channel: MastodonChannel) -> None:
    theirs = stub.world.say(
        'bob', 'mine', url=f'{stub.url}/@bob/7', uri=f'{stub.url}/users/bob/statuses/7'
    )
    assert channel.delete(theirs['url']) == Deleted()
    assert [one.method for one in stub.requests if one.method != 'GET'] == []


def test_delete_a_share_whose_server_is_out_of_reach(stub: Stub, channel: MastodonChannel) -> None:
    theirs = stub.world.say('bob@remote.example', 'Look at this')
    seen = channel.look_up(theirs['url'])
    assert isinstance(seen, Seen)
    channel.share(seen, 'k')
    nothing = json_answer({'accounts': [], 'statuses': [], 'hashtags': []})
    stub.fail('GET', '/api/v2/search', nothing, times=2)
    assert channel.delete(theirs['url']) == Deleted()
    assert stub.ledger == []
    assert channel.delete(theirs['url']) == Deleted()


def test_a_server_that_deletes_nothing(stub: Stub, channel: MastodonChannel) -> None:
    there = stub.add('words')
    stub.world.deletes = False
    outcome = channel.delete(there['url'])
    assert isinstance(outcome, Refused)
    assert 'can still be read' in words(outcome)


@pytest.mark.parametrize('name', ['500', 'reset', 'found'])
def test_delete_not_clear(stub: Stub, channel: MastodonChannel, name: str) -> None:
    for before in (True, False):
        there = stub.add('words')
        stub.fail('DELETE', '/', UNCLEAR[name], before=before)
        outcome = channel.delete(there['url'])
        assert isinstance(outcome, Unknown if before else Deleted), outcome
        assert (there in stub.ledger) is before
        if before:
            assert there['url'] in words(outcome)


@pytest.mark.parametrize(
    ('answer', 'kind'),
    [
        (error(401, 'The access token was revoked'), Refused),
        (error(403, 'This action is outside the authorized scopes'), Refused),
        (error(429, 'Too many requests'), TryLater),
    ],
)
def test_delete_refused(
    stub: Stub, channel: MastodonChannel, answer: Answer, kind: type[Removal]
) -> None:
    there = stub.add('words')
    theirs = stub.world.say('bob@remote.example', 'Look at this', reblogged=True)
    stub.fail('DELETE', '/', answer, before=True)
    stub.fail('POST', f'/api/v1/statuses/{theirs["id"]}', answer, before=True)
    for url in (there['url'], theirs['url']):
        outcome = channel.delete(url)
        assert type(outcome) is kind
        assert words(outcome)


@pytest.mark.parametrize('answer', [error(500, 'oops'), Answer(gone=True), json_answer([])])
def test_share_taken_down_or_not(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    theirs = stub.world.say('bob@remote.example', 'Look at this', reblogged=True)
    stub.fail('POST', f'/api/v1/statuses/{theirs["id"]}', answer, before=True)
    outcome = channel.delete(theirs['url'])
    assert isinstance(outcome, Unknown)
    assert theirs['url'] in words(outcome)


@pytest.mark.parametrize('url', ['', 'x', 'https://remote.example/@bob'])
def test_delete_of_no_post(stub: Stub, channel: MastodonChannel, url: str) -> None:
    stub.world.person('bob@remote.example')
    assert isinstance(channel.delete(url), Refused)
    assert [one.method for one in stub.requests if one.method != 'GET'] == []


@pytest.mark.parametrize('answer', [error(503, 'x'), Answer(gone=True), error(429, 'slow')])
def test_delete_later(stub: Stub, channel: MastodonChannel, answer: Answer) -> None:
    there = stub.add('words')
    stub.fail('GET', '/api/v1/statuses', answer, times=3)
    assert isinstance(channel.delete(there['url']), TryLater)
    assert stub.ledger == [there]


def test_another_account_changes_nothing(stub: Stub) -> None:
    there = stub.add('words')
    channel = make(stub, account='@other@stub.example')
    assert isinstance(channel.edit(there['url'], Post('x', 'k')), Refused)
    assert isinstance(channel.delete(there['url']), Refused)
    assert [one.method for one in stub.requests if one.method != 'GET'] == []
