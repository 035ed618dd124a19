"""The rest of the Facebook channel: the account, edits, deletions, tagged posts, and where the token goes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mwsocial.channels.base import (
    Account,
    Batch,
    CannotLook,
    Channel,
    Counts,
    Deleted,
    Limits,
    NotFound,
    Pointer,
    Post,
    Posted,
    Refused,
    Seen,
    TryLater,
    Unknown,
)
from mwsocial.channels.facebook import FacebookChannel
from mwsocial.channels.registry import wrong_account
from mwsocial.sandbox.facebook_server import FacebookService
from mwsocial.sandbox.facebook_state import PAGE
from mwsocial.sandbox.loopback import Loopback
from tests.channels.facebook_page import Server, broken, image, make, posts, says
from tests.channels.test_registry import Settings

LINK = 'https://www.mediawiki.org/wiki/MediaWiki_1.47'


@pytest.fixture
def server() -> Iterator[Server]:
    with Loopback(FacebookService) as running:
        yield running
    assert running.ledger.list('violations') == []


@pytest.fixture
def channel(server: Server) -> FacebookChannel:
    return make(server)


def posted(channel: FacebookChannel, text: str = 'words', **more: Any) -> Posted:
    outcome = channel.post(Post(text, 'k', **more))
    assert isinstance(outcome, Posted), outcome
    return outcome


def refused(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    text = outcome.reason.text()
    assert '$' not in text
    return text


def test_it_is_a_channel(channel: FacebookChannel) -> None:
    whole: Channel = channel
    assert whole.network == 'facebook'
    assert isinstance(whole.limits(), Limits)
    assert whole.weigh('日本語 é') == 5
    assert (whole.cost(Post('x', 'k')), whole.spent(datetime.now(UTC))) == (0.0, 0.0)
    able = whole.abilities
    assert (able.share, able.point, able.threads, able.edit, able.delete) == (
        False,
        False,
        False,
        True,
        True,
    )


# -- the account ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('written', 'name'),
    [
        ('', 'mediawiki.sandbox'),
        ('mediawiki.sandbox', 'mediawiki.sandbox'),
        ('@MediaWiki.Sandbox ', '@MediaWiki.Sandbox'),
        ('MediaWiki', 'MediaWiki'),
        (' mediawiki', 'mediawiki'),
        (PAGE, PAGE),
    ],
)
def test_any_of_its_names(server: Server, written: str, name: str) -> None:
    channel = make(server, account=written)
    link = f'https://www.facebook.com/{PAGE}'
    assert channel.account() == Account(name, link, may_post=True, expires=None)
    assert wrong_account(channel, Settings('facebook', written)) is None
    assert isinstance(channel.post(Post('x', 'k')), Posted)


def test_another_page_than_configured(server: Server) -> None:
    channel = make(server, account='wikipedia')
    wrong = wrong_account(channel, Settings('facebook', 'wikipedia'))
    assert wrong is not None
    assert 'wikipedia' in wrong.text()
    url = f'{server.url}/{PAGE}/posts/5001'
    server.control('hand', {'message': 'x'})
    for outcome in (
        channel.post(Post('x', 'k')),
        channel.edit(url, Post('y', 'k')),
        channel.delete(url),
    ):
        assert 'wikipedia' in refused(outcome)
    assert isinstance(channel.find(Post('x', 'k'), server.now(), ()), CannotLook)
    assert [one['message'] for one in posts(server)] == ['x']


def test_another_page_than_in_the_environment(server: Server) -> None:
    channel = make(server, page='999')
    assert '999' in refused(channel.account())
    assert refused(channel.post(Post('x', 'k')))
    assert posts(server) == []


def test_a_person_instead_of_a_page(server: Server, channel: FacebookChannel) -> None:
    server.control('token', {'kind': 'USER'})
    assert 'not the token of a Page' in refused(channel.account())


def test_a_page_without_user_name(server: Server) -> None:
    server.control('page', {'username': None, 'link': 'javascript:1'})
    assert make(server, account='').account() == Account('MediaWiki', '', may_post=True)


def test_when_the_token_ends(server: Server, channel: FacebookChannel) -> None:
    end = server.now().replace(microsecond=0) + timedelta(days=3)
    server.control('token', {'expires_at': int(end.timestamp())})
    account = channel.account()
    assert isinstance(account, Account)
    assert account.expires == end
    server.moved += timedelta(days=4)
    assert 'expired' in refused(channel.account())
    assert 'expired' in refused(make(server).post(Post('x', 'k')))


def test_a_token_without_the_permission(server: Server, channel: FacebookChannel) -> None:
    server.control('token', {'scopes': ['pages_read_engagement']})
    account = channel.account()
    assert isinstance(account, Account)
    assert account.may_post is False
    assert 'pages_manage_posts' in refused(channel.post(Post('x', 'k')))


def test_a_token_that_was_ended(server: Server, channel: FacebookChannel) -> None:
    server.control('token', {'ended': 460})
    assert 'password' in refused(channel.account())
    assert 'password' in refused(channel.counts())
    assert 'password' in refused(channel.mentions(''))


@pytest.mark.parametrize(
    'value',
    [
        [], {}, [{}], 'x', [{'code': 400, 'body': '{}'}], [{'code': 200}], [{'code': 200, 'body': '{'}],
        [{'code': 200, 'body': '{"data": []}'}], [{'code': 200, 'body': '[' * 90_000}], [None],
        [{'code': 200, 'body': '{"data": {"scopes": "x", "expires_at": "soon"}}'}],
        [{'code': 200, 'body': '{"data": {"expires_at": 99999999999999999999}}'}],
    ],
)  # fmt: skip
def test_what_is_not_told_of_the_token(
    server: Server, channel: FacebookChannel, value: object
) -> None:
    says(server, 'token', value)
    account = channel.account()
    assert isinstance(account, Account)
    assert (account.may_post, account.expires) == (None, None)


@pytest.mark.parametrize(
    ('data', 'may'),
    [
        ('{"is_valid": true, "scopes": ["pages_manage_posts"]}', True),
        ('{"is_valid": false, "scopes": ["pages_manage_posts"]}', False),
        ('{"is_valid": true, "scopes": []}', False),
        (
            '{"is_valid": true, "scopes": ["pages_manage_posts"], "granular_scopes": '
            '[{"scope": "pages_manage_posts", "target_ids": ["1"]}]}',
            False,
        ),
        (
            '{"is_valid": true, "scopes": ["pages_manage_posts"], "granular_scopes": '
            '[7, {"scope": "pages_show_list", "target_ids": ["1"]}, {"scope": "pages_manage_posts"}]}',
            True,
        ),
    ],
)
def test_may_it_post(server: Server, channel: FacebookChannel, data: str, may: bool) -> None:
    says(server, 'token', [{'code': 200, 'body': f'{{"data": {data}}}'}])
    account = channel.account()
    assert isinstance(account, Account)
    assert account.may_post is may


@pytest.mark.parametrize('value', [[], {}, {'id': 5}, {'id': '../x', 'name': 'x'}, {'name': 'x'}])
def test_a_strange_account(server: Server, channel: FacebookChannel, value: object) -> None:
    says(server, 'me', value)
    assert isinstance(channel.account(), TryLater)


# -- edits ---------------------------------------------------------------------------------------------


def test_edit(server: Server, channel: FacebookChannel) -> None:
    post = posted(channel, f'see {LINK}')
    edited = channel.edit(post.url, Post(f'look at {LINK}', 'k2'))
    assert edited == post
    (made,) = posts(server)
    assert (made['message'], made['history']) == (f'look at {LINK}', [f'see {LINK}'])
    assert channel.edit(post.url, Post(f'look at {LINK}', 'k2')) == post
    assert server.count('edit') == 1, 'what is right already is left alone'


@pytest.mark.parametrize('count', [1, 3])
def test_edit_beside_photos(server: Server, channel: FacebookChannel, count: int) -> None:
    images = tuple(image(f'picture  {number}') for number in range(count))
    post = posted(channel, 'words', images=images)
    assert channel.edit(post.url, Post('other words', 'k', images=images)) == post
    for other in ((), (*images, image('more')), (image('other'), *images[1:])):
        outcome = channel.edit(post.url, Post('third words', 'k', images=other))
        assert 'pictures' in refused(outcome)
    assert posts(server)[0]['message'] == 'other words'


def test_edit_adds_no_photo(server: Server, channel: FacebookChannel) -> None:
    post = posted(channel)
    assert 'pictures' in refused(channel.edit(post.url, Post('x', 'k', images=(image(),))))
    assert server.count('edit') == 0


def test_edit_leaves_no_wrong_preview(server: Server, channel: FacebookChannel) -> None:
    post = posted(channel, f'see {LINK}')
    for text in ('nothing to see', f'see https://www.mediawiki.org/ or {LINK}'):
        assert LINK in refused(channel.edit(post.url, Post(text, 'k')))
    plain = posted(channel, 'no link')
    assert channel.edit(plain.url, Post(f'now one: {LINK}', 'k')) == plain


def test_edit_what_is_not_ours(server: Server, channel: FacebookChannel) -> None:
    there = server.control('visit', {'message': 'a visitor', 'author': '777', 'name': 'Vera'})['id']
    url = f'{server.url}/{there}'
    assert 'our Page' in refused(channel.edit(url, Post('x', 'k')))
    assert 'our Page' in refused(channel.delete(url))
    nobody = server.control('tag', {'message': 'by somebody'})['id']
    assert 'our Page' in refused(channel.delete(f'{server.url}/{nobody}'))
    assert len(posts(server)) == 2


@pytest.mark.parametrize(
    'url',
    [
        '', 'x', 'https://elsewhere.example/100200300400/posts/5001', 'https://www.facebook.com/',
        f'https://user@www.facebook.com/{PAGE}/posts/5001', f'https://www.facebook.com/{PAGE}/posts/5001',
        f'https://facebook.com.elsewhere.example/{PAGE}/posts/5001', 'https://[x', '//127.0.0.1/1_2',
    ],
)  # fmt: skip
def test_addresses_that_are_none(server: Server, channel: FacebookChannel, url: str) -> None:
    assert url in refused(channel.edit(url, Post('x', 'k')))
    assert url in refused(channel.delete(url))
    assert url in refused(channel.look_up(url))
    assert server.count('read') == 0


def test_edit_what_is_gone(server: Server, channel: FacebookChannel) -> None:
    post = posted(channel)
    channel.delete(post.url)
    assert post.url in refused(channel.edit(post.url, Post('x', 'k')))


def test_edit_through_an_address_with_a_code(server: Server, channel: FacebookChannel) -> None:
    """What a person copies from the browser, for example after ``settle-facebook``."""
    post = posted(channel)
    seen = channel.look_up(post.url)
    assert isinstance(seen, Seen)
    assert 'pfbid' in seen.url
    assert channel.edit(seen.url, Post('other', 'k')) == post
    assert 'with numbers' in refused(
        channel.edit(seen.url.replace('pfbid0', 'pfbid9'), Post('x', 'k'))
    )


@pytest.mark.parametrize('done', [True, False])
@pytest.mark.parametrize('how', ['reset', 'truncate', 'html', 'status'])
def test_edit_without_an_answer(
    server: Server, channel: FacebookChannel, how: str, done: bool
) -> None:
    post = posted(channel)
    server.fault(how, kind='edit', done=done)
    assert isinstance(channel.edit(post.url, Post('other', 'k')), Unknown)
    assert channel.edit(post.url, Post('other', 'k')) == post
    assert posts(server)[0]['message'] == 'other'


def test_edit_that_is_refused(server: Server, channel: FacebookChannel) -> None:
    post = posted(channel)
    broken(server, 'edit', 200, 'Only the app that made it may', status=403)
    assert 'the app that made it' in refused(channel.edit(post.url, Post('other', 'k')))
    says(server, 'edit', {'success': False})
    assert isinstance(channel.edit(post.url, Post('other', 'k')), Unknown)
    broken(server, 'read', 2, status=500)
    assert isinstance(channel.edit(post.url, Post('other', 'k')), TryLater)


# -- deletions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize('count', [0, 1, 3])
def test_delete(server: Server, channel: FacebookChannel, count: int) -> None:
    keep = posted(channel, 'stays')
    post = posted(channel, images=tuple(image(str(number)) for number in range(count)))
    assert channel.delete(post.url) == Deleted()
    assert [one['id'] for one in posts(server)] == [keep.remote_id]
    assert all(photo['deleted'] for photo in server.ledger.list('photos'))
    assert channel.delete(post.url) == Deleted(), 'it is gone already'


@pytest.mark.parametrize('nth', [1, 2, 3])
def test_delete_dies_on_the_way(server: Server, channel: FacebookChannel, nth: int) -> None:
    post = posted(channel, images=(image('a'), image('b')))
    server.fault('reset', kind='delete', nth=nth, done=nth == 2)
    assert isinstance(channel.delete(post.url), Unknown)
    assert channel.delete(post.url) == Deleted()
    assert posts(server) == []
    assert all(photo['deleted'] for photo in server.ledger.list('photos'))


def test_not_seen_is_not_gone(server: Server, channel: FacebookChannel) -> None:
    """The API says the same of a post that is gone and of one that may not be read."""
    post = posted(channel)
    server.control('token', {'scopes': ['pages_manage_posts']})
    assert 'permissions' in refused(channel.delete(post.url))
    broken(server, 'read', 100, subcode=33)
    assert 'permissions' in refused(channel.delete(post.url))
    broken(server, 'read', 100, subcode=33)
    assert 'our Page' in refused(channel.delete(f'{server.url}/777_1'))
    assert len(posts(server)) == 1


# -- posts of others -----------------------------------------------------------------------------------


def test_tagged(server: Server, channel: FacebookChannel) -> None:
    assert channel.mentions('') == Batch()
    now = server.now().replace(microsecond=0)
    for minutes, more in (
        (9, {'message': 'first', 'author': '777', 'name': 'Free\nSoftware \u202ePage'}),
        (5, {'message': 'by somebody'}),
        (3, {'message': 'our own', 'author': PAGE}),
    ):
        made = (now - timedelta(minutes=minutes)).timestamp()
        server.control('tag', {**more, 'created': made})
    batch = channel.mentions('')
    assert isinstance(batch, Batch)
    first, second = batch.posts
    assert (first.author, first.text, first.created) == (
        'Free Software Page',
        'first',
        now - timedelta(minutes=9),
    )
    assert (first.remote_id, first.mentions_us, first.public, first.ours) == (
        '777_5001',
        True,
        True,
        False,
    )
    assert first.url.startswith(f'{server.url}/permalink.php?')
    assert (second.author, second.text) == ('', 'by somebody')
    assert batch.cursor.isascii()
    assert not set(batch.cursor) & set(' \t\n')
    assert channel.mentions(batch.cursor) == Batch((), batch.cursor)
    made = (now - timedelta(minutes=3)).timestamp()
    server.control('tag', {'message': 'in the same second', 'created': made})
    again = channel.mentions(batch.cursor)
    assert isinstance(again, Batch)
    assert [one.text for one in again.posts] == ['in the same second']
    assert channel.mentions(again.cursor) == Batch((), again.cursor)


def test_tagged_on_many_pages_without_gaps(server: Server, channel: FacebookChannel) -> None:
    start = server.now() - timedelta(hours=10)

    def tag(number: int) -> None:
        made = (start + timedelta(minutes=number)).timestamp()
        server.control('tag', {'message': str(number), 'created': made})

    tag(0)
    cursor = channel.mentions('')
    assert isinstance(cursor, Batch)
    for number in range(1, 130):
        tag(number)
    server.fault('status', kind='tagged', nth=2)
    assert isinstance(channel.mentions(cursor.cursor), TryLater)
    batch = channel.mentions(cursor.cursor)
    assert isinstance(batch, Batch)
    assert [one.text for one in batch.posts] == [str(number) for number in range(1, 130)]
    newest = channel.mentions('')
    assert isinstance(newest, Batch)
    assert (len(newest.posts), newest.cursor) == (50, batch.cursor)
    assert isinstance(strange := channel.mentions('1;DROP'), Batch)
    assert strange == newest


def test_more_than_can_be_read_is_said(server: Server, channel: FacebookChannel) -> None:
    cursor = f'{int(server.now().timestamp()) - 9999}'
    for number in range(1001):
        server.control('tag', {'message': str(number)})
    batch = channel.mentions(cursor)
    assert isinstance(batch, Batch)
    assert (len(batch.posts), batch.skipped) == (1000, 1)


def test_tagged_needs_its_permission(server: Server, channel: FacebookChannel) -> None:
    server.control('token', {'scopes': ['pages_manage_posts', 'pages_read_engagement']})
    assert 'pages_read_user_content' in refused(channel.mentions(''))


def test_look_up(server: Server, channel: FacebookChannel) -> None:
    post = posted(channel)
    seen = channel.look_up(post.url)
    assert isinstance(seen, Seen)
    assert (seen.remote_id, seen.text, seen.ours) == (post.remote_id, 'words', True)
    server.control('change', {'id': post.remote_id, 'privacy': 'ALL_FRIENDS'})
    assert 'Not everybody' in refused(channel.look_up(post.url))
    channel.delete(post.url)
    assert post.url in refused(channel.look_up(post.url))
    assert refused(channel.look_up('https://www.facebook.com/mediawiki/posts/pfbid0'))
    says(server, 'read', {'id': 'x'})
    assert isinstance(channel.look_up(post.url), TryLater)


def test_counts(server: Server, channel: FacebookChannel) -> None:
    assert channel.counts() == Counts(1234)
    server.control('page', {'followers_count': None})
    assert channel.counts() == Counts(1200)
    says(server, 'read', {'followers_count': 'many', 'fan_count': True})
    assert channel.counts() == Counts()
    server.fault('html', kind='read')
    assert isinstance(channel.counts(), TryLater)


SEEN = Seen('1_2', 'https://www.facebook.com/1/posts/2', '', 'x', datetime.now(UTC), True)
POINTER = Pointer('support', 'See https://www.mediawiki.org', 'k')


@pytest.mark.parametrize(
    'ask',
    [
        lambda channel: channel.share(SEEN, 'k'),
        lambda channel: channel.point(SEEN, POINTER),
        lambda channel: channel.timeline(''),
        lambda channel: channel.search('MediaWiki', ''),
        lambda channel: channel.follow('@mediawiki'),
        lambda channel: channel.following(),
    ],
)
def test_what_facebook_does_not_offer(
    server: Server, channel: FacebookChannel, ask: Callable[[Channel], object]
) -> None:
    assert refused(ask(channel))
    now = server.now()
    assert isinstance(channel.find_share(SEEN, now), CannotLook)
    assert isinstance(channel.find_point(SEEN, POINTER, now), CannotLook)
    assert channel.shares_since(now) == 0
    assert not server.seen


# -- the token -----------------------------------------------------------------------------------------


def everything(channel: FacebookChannel, url: str, now: datetime) -> list[object]:
    post = Post('words', 'k', images=(image(),))
    return [
        channel.account(), channel.post(post), channel.find(post, now, ()), channel.edit(url, post),
        channel.delete(url), channel.look_up(url), channel.mentions(''), channel.counts(),
    ]  # fmt: skip


def test_the_token_is_in_no_address(server: Server, channel: FacebookChannel) -> None:
    for number in range(60):
        server.control('hand', {'message': f'{number}'})
    everything(channel, f'{server.url}/{PAGE}/posts/5001', server.now() - timedelta(days=1))
    (token,) = channel.secrets()
    assert server.count('timeline') >= 2, 'pages were turned, and their addresses hold the token'
    assert all(token not in one.target for one in server.seen)
    assert {one.headers['authorization'] for one in server.seen} == {f'Bearer {token}'}
    assert {one.kind for one in server.seen if token.encode() in one.body} == {'token'}
    assert all('cookie' not in one.headers for one in server.seen)


def test_every_request_that_is_ever_made(server: Server, channel: FacebookChannel) -> None:
    """Nothing but posts of our own is written or taken down: no comment, no message, no like."""
    server.control('visit', {'message': 'a question', 'author': '777'})
    server.control('tag', {'message': 'a question', 'author': '777'})
    own = posted(channel, images=(image(),))
    for url in (own.url, f'{server.url}/{PAGE}/posts/5001', f'{server.url}/777_5002'):
        everything(channel, url, server.now())
    channel.point(SEEN, POINTER)
    channel.share(SEEN, 'k')
    ours = {one['id'] for one in server.ledger.list('posts') if one['from'] == PAGE}
    ours |= {one['id'] for one in server.ledger.list('photos')}
    for one in server.seen:
        path = one.path.removeprefix('/v26.0/')
        if one.method == 'POST' and path == '':
            (asked,) = json.loads(dict(one.form())['batch'])
            assert (asked['method'], asked['relative_url'].split('?')[0]) == ('GET', 'debug_token')
        elif one.method != 'GET':
            assert path in {f'{PAGE}/feed', f'{PAGE}/photos'} | ours, (one.method, path)
    assert len(posts(server)) >= 2


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308])
def test_the_token_follows_no_redirect(
    server: Server, channel: FacebookChannel, status: int
) -> None:
    url = f'{server.url}/{PAGE}/posts/5001'
    server.control('hand', {'message': 'x'})
    with Loopback(FacebookService) as other:
        server.fault('redirect', status=status, location=f'{other.url}/v26.0/me', times=None)
        for found in everything(channel, url, server.now()):
            assert isinstance(found, Refused | TryLater | CannotLook | Unknown)
        assert not other.seen
    assert len(posts(server)) == 1


def test_the_token_is_in_no_words(server: Server, channel: FacebookChannel) -> None:
    (token,) = channel.secrets()
    for code in (100, 190, 200, 368, 32, 2):
        broken(server, 'post', code, f'You sent Bearer {token}\u202e\x00\n{"very " * 200}')
        outcome = channel.post(Post('x', 'k'))
        assert not isinstance(outcome, Posted)
        text = outcome.reason.text()
        assert token not in text
        assert token not in repr(outcome)
        assert text.isprintable()
        assert len(text) < 700
    assert token not in repr(channel)


def test_no_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(FacebookService) as proxy:
        for name in ('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv('no_proxy', raising=False)
        monkeypatch.delenv('NO_PROXY', raising=False)
        assert isinstance(make(server).post(Post('x', 'k')), Posted)
        assert not proxy.seen
    assert 'no_proxy' not in os.environ


@pytest.mark.parametrize(
    'more',
    [
        {'token': ''}, {'token': 'a b'}, {'token': 'a\nX: 1'}, {'token': 'tökên-1'}, {'token': 'x' * 1100},
        {'page': ''}, {'page': 'mediawiki'}, {'page': '1/feed'}, {'page': '٣'}, {'page': '1\n'},
        {'url': 'http://graph.facebook.com'}, {'url': 'https://graph.facebook.com/v26.0'},
        {'url': 'https://a@graph.facebook.com'}, {'url': 'graph.facebook.com'},
    ],
)  # fmt: skip
def test_variables_that_cannot_be(more: dict[str, str]) -> None:
    given = {'url': '', 'page': PAGE, 'token': 'EAAtoken1234'} | more
    with pytest.raises(ValueError, match=r'must|no ') as caught:
        FacebookChannel('facebook', given['url'], given['page'], given['token'])
    assert 'EAAtoken1234' not in str(caught.value)
    assert len(given['token']) < 2 or given['token'] not in str(caught.value)


def test_find_never_answers_for_another(server: Server) -> None:
    assert make(server, account='').find(Post('x', 'k'), server.now(), ()) == NotFound()
