"""Where keys go, what is never printed, and which words can ever be sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.channels.base import Channel, Image, Pointer, Post, Posted, Refused, Seen
from mwsocial.channels.x import XChannel, client
from mwsocial.channels.x.client import Keys
from mwsocial.reason import Reason, _messages
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.x_server import XService
from tests.channels.x.conftest import Desk

GOOD = ('ckckckckckck', 'cscscscscscs', '12-atatatatat', 'asasasasasas')


def test_it_is_a_channel(channel: XChannel) -> None:
    assert isinstance(channel.name, str)
    one: Channel = channel
    assert one.network == 'x'


# -- keys ------------------------------------------------------------------------------------------


def test_keys_are_in_no_words(desk: Desk, channel: XChannel) -> None:
    keys = channel.secrets()
    assert len(keys) == 4
    spoken = f'You sent {" and ".join(keys)}\u202e\x00\n{"very " * 200}'
    body = json.dumps({'detail': spoken})
    desk.server.fault('answer', kind='post', status=400, body=body)
    outcome = channel.post(Post('a', 'k'))
    assert isinstance(outcome, Refused)
    said = outcome.reason.text()
    assert said.isprintable()
    for key in keys:
        assert key not in said
        assert key not in repr(outcome)
        assert key not in repr(channel)
        assert key not in repr(channel._client)
        assert all(key not in str(entry) for entry in desk.server.log)
    assert all(key not in repr(Keys(*GOOD)) for key in GOOD[1:])


@pytest.mark.parametrize('number', range(4))
@pytest.mark.parametrize('bad', ['', ' ', 'a b', 'a\nX-Header: 1', 'kéy', 'a\r', 'x' * 300])
def test_no_keys(number: int, bad: str) -> None:
    keys = list(GOOD)
    keys[number] = bad
    with pytest.raises(
        ValueError, match=r'the (consumer|access) (key|secret|token) is none'
    ) as caught:
        XChannel('x', 'https://api.x.com', *keys)
    assert len(bad.strip()) < 2 or bad not in str(caught.value)


@pytest.mark.parametrize(
    'url', ['', 'http://api.x.com', 'https://a:b@api.x.com', 'https://api.x.com/2', 'api.x.com']
)
def test_bad_addresses(url: str) -> None:
    with pytest.raises(ValueError, match=r'it must|no address'):
        XChannel('x', url, *GOOD)


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308])
def test_a_signature_follows_no_redirect(desk: Desk, status: int) -> None:
    with Loopback(XService) as other:
        for kind in ('me', 'post', 'timeline', 'lookup', 'media'):
            desk.server.fault(
                'redirect', kind=kind, times=None, status=status, location=f'{other.url}/2/x'
            )
        channel = desk.make()
        now = datetime.now(UTC)
        assert not isinstance(channel.post(Post('a', 'k')), Posted)
        channel.find(Post('a', 'k'), now, ())
        channel._client._us = client.Us(desk.server.service.us, 'mediawiki')
        image = Image('a.png', 'image/png', b'\x89PNG\r\n\x1a\n', 'a')
        for post in (Post('a', 'k'), Post('a', 'k', images=(image,))):
            assert not isinstance(channel.post(post), Posted)
        channel.look_up('https://x.com/a/status/1')
        assert list(other.seen) == []
    assert desk.ours == []


def test_a_host_in_an_answer_is_not_asked(desk: Desk, channel: XChannel) -> None:
    with Loopback(XService) as other:
        url = desk.say(f'@mediawiki look at {other.url}/a and https://elsewhere.example/')
        channel.look_up(url)
        channel.mentions('')
        assert list(other.seen) == []


def test_every_message_is_documented() -> None:
    english, documented = _messages('en'), _messages('qqq')
    ours = [key for key in english if key.startswith('x-')]
    assert len(ours) > 20
    for key in ours:
        numbers = {number for number in '123456789' if f'${number}' in english[key]}
        assert numbers == {number for number in '123456789' if f'${number}' in documented[key]}
        assert Reason(key, ('a',) * len(numbers)).text().isprintable()


# -- what can be said ------------------------------------------------------------------------------

_TEXT = st.text(
    st.characters(codec='utf-8', exclude_categories=('Cc', 'Cs')) | st.sampled_from('\n@#. '),
    max_size=60,
)
_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just('post'), _TEXT),
        st.tuples(st.just('part'), _TEXT),
        st.tuples(st.just('forged part'), _TEXT),
        st.tuples(st.just('point'), _TEXT),
        st.tuples(st.just('point elsewhere'), _TEXT),
        st.tuples(st.just('share'), st.just('')),
        st.tuples(st.just('edit'), _TEXT),
        st.tuples(st.just('delete'), st.just('')),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(_ACTIONS, st.booleans())
def test_no_other_words_and_no_other_replies(actions: list[tuple[str, str]], threads: bool) -> None:
    """Whatever is asked for: what is created has exactly the words given, and replies only to our own
    post, or to one that speaks to us with a sentence of the configuration.
    """
    with Loopback(XService) as server:
        desk = Desk(server)
        desk.set(threads=True)
        channel = desk.make(threads=threads)
        last = ''
        to_us = desk.seen(desk.say('@mediawiki hello'))
        not_to_us = desk.seen(desk.say('hello'))
        allowed: list[dict[str, Any]] = []
        for what, text in actions:
            if what == 'post':
                allowed.append({'text': text})
                made = channel.post(Post(text, 'k'))
                last = made.url if isinstance(made, Posted) else last
            elif what == 'part' and last:
                number = last.rpartition('/')[2]
                if threads:
                    allowed.append({'text': text, 'reply': {'in_reply_to_tweet_id': number}})
                channel.post(Post(text, 'k', after=last))
            elif what == 'forged part':
                for one in (to_us, not_to_us):
                    name = 'mediawiki' if len(text) % 2 else 'reader'
                    channel.post(
                        Post(text, 'k', after=f'https://x.com/{name}/status/{one.remote_id}')
                    )
            elif what == 'point':
                reply = {'in_reply_to_tweet_id': to_us.remote_id}
                allowed.append({'text': text, 'reply': reply})
                channel.point(to_us, Pointer('name', text, 'k'))
            elif what == 'point elsewhere':
                channel.point(not_to_us, Pointer('name', text, 'k'))
                forged = Seen(
                    not_to_us.remote_id,
                    to_us.url,
                    '@a',
                    text,
                    to_us.created,
                    True,
                    mentions_us=True,
                )
                channel.point(forged, Pointer('name', text, 'k'))
            elif what == 'share':
                channel.share(not_to_us, 'k')
            elif what == 'edit' and last:
                channel.edit(last, Post(text, 'k'))
            elif what == 'delete' and last:
                channel.delete(last)
        sent = desk.bodies()
        for body in sent:
            assert body in allowed
        pointers = [
            b for b in sent if b.get('reply', {}).get('in_reply_to_tweet_id') == to_us.remote_id
        ]
        made_pointers = [post for post in desk.world.posts if post['reply_to'] == to_us.remote_id]
        assert len(made_pointers) <= 1
        assert len(pointers) >= len(made_pointers)
        changing = {one.kind for one in server.seen if one.method != 'GET'}
        assert changing <= {'post', 'share', 'delete', 'unshare'}
        for body in desk.bodies('share'):
            assert body == {'tweet_id': not_to_us.remote_id}
