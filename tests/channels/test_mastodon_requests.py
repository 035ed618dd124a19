"""Whatever the channel is told to do and whatever the world says: what it sends is only ever this.

Every request that changes something is inspected. There is no answer to others but a pointer, and
every text that is created is, sign for sign, the text that was given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.channels.base import Image, Pointer, Post, Posted, Seen
from mwsocial.channels.mastodon import MastodonChannel
from tests.channels.conftest import make
from tests.channels.mastodon_stub import Seen as Request
from tests.channels.mastodon_stub import Stub

OWN = '77'
SENTENCES = (
    'For help see https://www.mediawiki.org/wiki/Support',
    'Report bugs: https://phabricator.wikimedia.org',
)
#: What else may change something, with nothing of anybody's words in it.
WORDLESS = re.compile(
    r'POST /api/v1/(statuses/\w+/(un)?reblog|accounts/\w+/follow)|DELETE /api/v1/statuses/\w+'
)
TEXTS = st.text(
    st.characters(codec='utf-8', exclude_characters='\r\0'), min_size=1, max_size=60
).filter(lambda text: text.strip() == text)


@dataclass
class Play:
    """A world in which things happen, and what has been given to the channel to say."""

    stub: Stub
    channel: MastodonChannel
    given: set[str] = field(default_factory=set)
    address: str = ''
    seen: list[Seen] = field(default_factory=list)

    def key(self) -> str:
        """One for each part, as the desk has them."""
        return f'key-{len(self.stub.requests)}'

    def addresses(self) -> list[str]:
        """Where posts are or could be."""
        known = [*self.stub.ledger, *self.stub.world.others]
        return [
            *(one[name] for one in known for name in ('url', 'uri')),
            *(f'https://elsewhere.example/@desk/{one["id"]}' for one in known),
            *(f'{self.stub.url}/@other/{one["id"]}' for one in known), 'nowhere', '',
        ]  # fmt: skip


def somebody_says(play: Play, draw: Any) -> None:
    """Anybody says anything, to us or not, in an answer to anything."""
    parents = [*play.stub.ledger, *play.stub.world.others, None]
    parent = draw(st.sampled_from(parents))
    play.stub.world.say(
        draw(st.sampled_from(['alice@remote.example', 'bob@other.example', 'carol'])),
        draw(TEXTS) + draw(st.sampled_from(['', ' @desk'])),
        visibility=draw(st.sampled_from(['public', 'unlisted', 'private', 'direct'])),
        in_reply_to_id=parent and parent['id'],
        in_reply_to_account_id=parent and parent['account']['id'],
    )


def somebody_hides(play: Play, draw: Any) -> None:
    """A post is closed to the public after we have seen it."""
    draw(st.sampled_from(play.stub.world.others))['visibility'] = 'private'


def post(play: Play, draw: Any) -> None:
    text = draw(TEXTS)
    images = draw(st.sampled_from([(), (Image('a.png', 'image/png', b'\x89PNG', 'A dot'),)]))
    address = play.address = draw(st.sampled_from(play.addresses()))
    play.given.add(text)
    play.channel.post(Post(text, play.key(), 'en', '', images, address, address))


def edit(play: Play, draw: Any) -> None:
    text = draw(TEXTS)
    play.given.add(text)
    play.address = draw(st.sampled_from(play.addresses()))
    play.channel.edit(play.address, Post(text, 'k'))


def delete(play: Play, draw: Any) -> None:
    play.address = draw(st.sampled_from(play.addresses()))
    play.channel.delete(play.address)


def look(play: Play, draw: Any) -> None:
    found = play.channel.look_up(draw(st.sampled_from(play.addresses())))
    if isinstance(found, Seen):
        play.seen.append(found)
    for batch in (play.channel.mentions(''), play.channel.timeline('')):
        play.seen += getattr(batch, 'posts', ())


def share(play: Play, draw: Any) -> None:
    if play.seen:
        play.channel.share(draw(st.sampled_from(play.seen)), 'k')


def point(play: Play, draw: Any) -> None:
    """Also with what is seen wrongly, or made up by somebody."""
    if play.seen:
        seen = draw(st.sampled_from(play.seen))
        forged = replace(
            seen, mentions_us=True, answered=False, public=True, ours=False,
            author=draw(st.sampled_from([seen.author, seen.author, '@x@y.example buy this'])),
            remote_id=draw(st.sampled_from([seen.remote_id, seen.remote_id, '1000', '../1'])),
        )  # fmt: skip
        sentence = draw(st.sampled_from(SENTENCES))
        play.channel.point(
            draw(st.sampled_from([seen, forged])), Pointer('p', sentence, play.key())
        )


STEPS: list[Callable[[Play, Any], None]] = [
    somebody_says, somebody_hides, post, edit, delete, look, share, point, point, share,
]  # fmt: skip


def changing(stub: Stub, begin: int) -> Iterator[Request]:
    return (one for one in stub.requests[begin:] if one.method != 'GET')


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_sent(data: st.DataObject) -> None:
    with Stub() as stub:
        play = Play(stub, make(stub))
        for text in ('@desk How?', 'Nothing for anybody', 'Hello @desk'):
            found = play.channel.look_up(stub.world.say('alice@remote.example', text)['url'])
            assert isinstance(found, Seen)
            play.seen.append(found)
        stub.add('Ours')
        for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=3, max_size=12)):
            begin = len(stub.requests)
            world = {one['id']: dict(one) for one in [*stub.ledger, *stub.world.others]}
            play.given.clear()
            step(play, data.draw)
            sent = list(changing(stub, begin))
            texts = [one for one in sent if one.path == '/api/v1/statuses' or one.method == 'PUT']
            assert len(texts) <= 1
            for request in sent:
                inspect(request, step, play, world)


def inspect(request: Request, step: Any, play: Play, world: dict[str, dict[str, Any]]) -> None:
    """One request that changes something, held against what was asked for and against the world."""
    name = f'{request.method} {request.path}'
    if name == 'POST /api/v2/media':
        assert request.fields['description'] == ['A dot']
    elif name == 'POST /api/v1/statuses':
        (text,) = request.fields['status']
        parent = world.get(request.fields.get('in_reply_to_id', [''])[0])
        assert request.fields['visibility'][0] in ('public', 'unlisted')
        if step is post:
            assert {text} == play.given
            assert parent is None or parent['account']['id'] == OWN
            assert ('in_reply_to_id' in request.fields) == (parent is not None)
            assert play.address in ((parent['url'], parent['uri']) if parent else ('',))
        else:
            assert step is point
            assert parent is not None
            assert parent['account']['id'] != OWN
            assert parent['visibility'] in ('public', 'unlisted')
            assert '@desk' in parent['text'] or parent['in_reply_to_account_id'] == OWN
            host = '' if '@' in parent['account']['acct'] else '@stub.example'
            author = f'@{parent["account"]["acct"]}{host}'
            assert text in [f'{author} {sentence}' for sentence in SENTENCES]
            answered = [one for one in play.stub.ledger if one['in_reply_to_id'] == parent['id']]
            assert len(answered) == 1
    elif request.method == 'PUT':
        assert step is edit
        sent = json.loads(request.fields['json'][0])
        assert {sent['status']} == play.given
        assert 'in_reply_to_id' not in sent
        there = world[request.path.rpartition('/')[2]]
        assert there['account']['id'] == OWN
        assert play.address in (there['url'], there['uri'])
    else:
        assert WORDLESS.fullmatch(name), name
        assert set(request.fields) <= {'visibility', 'reblogs', 'notify'}
        about = world[request.path.split('/')[4]]
        ours = about['account']['id'] == OWN
        assert ours == (request.method == 'DELETE')
        if name.endswith('/reblog'):
            assert step is share
            assert about['visibility'] in ('public', 'unlisted')
        else:
            assert step is delete
            assert play.address in (about['url'], about['uri'])


def test_the_play_sends_all_of_it() -> None:
    """The property would hold of a channel that does nothing: each kind of request does happen."""
    with Stub() as stub:
        channel = make(stub)
        first = channel.post(Post('one', 'k1', images=(Image('a', 'image/png', b'x', 'A dot'),)))
        assert isinstance(first, Posted)
        second = channel.post(Post('two', 'k2', after=first.url))
        assert isinstance(second, Posted)
        asks = channel.look_up(stub.world.say('alice@remote.example', '@desk How?')['url'])
        assert isinstance(asks, Seen)
        channel.point(asks, Pointer('p', SENTENCES[0], 'k3'))
        channel.edit(first.url, Post('One', 'k'))
        channel.share(asks, 'k')
        channel.delete(asks.url)
        channel.delete(second.url)
        sent = [re.sub(r'\d{4}', 'ID', f'{one.method} {one.path}') for one in changing(stub, 0)]
        assert sent == [
            'POST /api/v2/media', 'POST /api/v1/statuses', 'POST /api/v1/statuses',
            'POST /api/v1/statuses', 'PUT /api/v1/statuses/ID', 'POST /api/v1/statuses/ID/reblog',
            'POST /api/v1/statuses/ID/unreblog', 'DELETE /api/v1/statuses/ID',
        ]  # fmt: skip
