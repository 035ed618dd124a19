"""What can be changed on the stand-in for X: posts, reposts, pictures, whom we follow."""

from __future__ import annotations

import re
from typing import Any

from . import x_errors, x_views, x_words
from .faults import Answer
from .loopback_parts import Request, json_answer
from .x_reads import media_view
from .x_world import World

_POST_FIELDS = frozenset({'text', 'reply', 'media'})
# In X's specification, but nothing that the desk is to send.
_NOT_HERE = frozenset({
    'poll', 'reply_settings', 'edit_options', 'community_id', 'nullcast', 'made_with_ai', 'geo',
    'paid_partnership', 'card_uri', 'direct_message_deep_link', 'for_super_followers_only',
    'share_with_followers',
})  # fmt: skip
_ID = re.compile(r'[0-9]{1,19}')
_CASHTAG = re.compile(r'(?<![\w$])\$[A-Za-z]{1,6}(?!\w)')
_LONGEST_ALT = 1000
_SIZES = {'tweet_image': 5 * 1024 * 1024, 'tweet_gif': 15 * 1024 * 1024}


class Writes:
    """Carries requests out; what they change is in the world on return."""

    def __init__(self, world: World, us: str) -> None:
        self._world = world
        self._us = us

    def answer(self, kind: str, ids: tuple[str, ...], request: Request) -> Answer:
        """The answer to a request of *kind* with the *ids* in its path."""
        asked = x_words.read(request.query, (), '')
        if asked.wrong:
            return x_errors.invalid(asked.wrong, dict(request.query))
        if kind == 'media':
            return self._upload(request)
        if kind == 'delete':
            return self._delete(ids[0])
        if ids and ids[0] != self._us:
            return x_errors.forbidden('You may do this with your own account only.')
        if kind == 'unshare':
            return self._unshare(ids[1])
        body = request.json()
        if request.content_type != 'application/json' or not isinstance(body, dict):
            return x_errors.invalid({'body': 'The body is to be a JSON object'})
        if kind == 'post':
            return self._post(body, request)
        if kind == 'share':
            return self._share(body, request)
        if kind == 'follow':
            return self._follow(body)
        return self._alt(body)

    # -- posts -----------------------------------------------------------------------------------

    def _post(self, body: dict[str, Any], request: Request) -> Answer:
        if 'quote_tweet_id' in body:
            return x_errors.forbidden('Quoting by this API is not part of your plan.')
        wrong = _wrong_fields(body, _POST_FIELDS, _NOT_HERE)
        wrong |= _wrong_post(body)
        text, reply, media = body.get('text', ''), body.get('reply'), body.get('media') or {}
        if wrong:
            return x_errors.invalid(wrong)
        if not text.strip() and not media:
            return x_errors.invalid({'text': 'A post has a text or media'})
        if x_views.too_long(text):
            return x_errors.forbidden('Your Tweet text is too long.')
        if len(_CASHTAG.findall(text)) > 1:
            return x_errors.forbidden('Your Tweet holds more than one cashtag.')
        parent = None
        if reply:
            parent = self._world.post(reply['in_reply_to_tweet_id'])
            if parent is None or not self._world.may_see(self._us, parent):
                return x_errors.forbidden(
                    'You attempted to reply to a Tweet that is deleted or not visible to you.'
                )
            if not self._may_reply(parent):
                return x_errors.forbidden(x_errors.NO_REPLY)
        if text and self._world.said_before(self._us, text, parent['author_id'] if parent else ''):
            return x_errors.forbidden(x_errors.DUPLICATE)
        numbers = media.get('media_ids', [])
        known = self._world.ledger.table('media')
        if any(number not in known or not _ready(known[number]) for number in numbers):
            return x_errors.invalid({'media.media_ids': 'Your media IDs are invalid.'})
        summoned = parent is not None and parent['author_id'] != self._us
        price = 'post with link' if x_views.addresses(text) else 'post'
        made = self._world.add_post(
            self._us, text.strip(), media=numbers, reply_to=parent and parent['id'],
            alt=[known[number]['alt'] for number in numbers],
            shown=(self._world.now() + request.delay).isoformat(),
            cost=self._world.charge('summoned reply' if summoned else price),
        )  # fmt: skip
        words = x_words.Asked({}, x_words.OLD)
        return json_answer({'data': x_views.post_view(made, self._world.people, words)}, 201)

    def _may_reply(self, parent: dict[str, Any]) -> bool:
        if parent['author_id'] == self._us:
            return bool(self._world.settings['threads'])
        if self._world.people[parent['author_id']]['blocks us']:
            return False
        return self._world.speaks_to(parent, self._us)

    def _delete(self, number: str) -> Answer:
        post = self._world.post(number)
        if post is None:
            return json_answer({'data': {'deleted': True}})
        if post['author_id'] != self._us:
            return x_errors.forbidden('You are not authorized to delete this Tweet.')
        post['gone'] = True
        self._world.charge('delete')
        return json_answer({'data': {'deleted': True}})

    # -- reposts and following -------------------------------------------------------------------

    def _share(self, body: dict[str, Any], request: Request) -> Answer:
        wrong = _wrong_id(body, 'tweet_id')
        if wrong:
            return x_errors.invalid(wrong)
        original = self._world.post(body['tweet_id'])
        if original is None or not self._world.may_see(self._us, original):
            return x_errors.problem(
                404, 'Not Found Error', 'Could not find the Tweet.', 'resource-not-found'
            )
        author = self._world.people[original['author_id']]
        if author['blocks us']:
            return x_errors.forbidden(
                "You have been blocked from retweeting this user's Tweets at their request."
            )
        if author['protected']:
            return x_errors.forbidden('This Tweet cannot be retweeted.')
        if not self._world.settings['reposts']:
            return x_errors.not_enrolled()
        done = {'data': {'retweeted': True, 'rest_id': original['id']}}
        if self._shared(original['id']):
            if self._world.settings['shared again'] == 200:
                return json_answer(done)
            return x_errors.forbidden('You have already retweeted this Tweet.')
        self._world.add_post(
            self._us, '', repost_of=original['id'], cost=self._world.charge('repost'),
            shown=(self._world.now() + request.delay).isoformat(),
        )  # fmt: skip
        return json_answer(done)

    def _unshare(self, number: str) -> Answer:
        for post in self._shared(number):
            post['gone'] = True
        return json_answer({'data': {'retweeted': False}})

    def _shared(self, number: str) -> list[dict[str, Any]]:
        return [
            post for post in self._world.posts
            if post['repost_of'] == number and post['author_id'] == self._us and not post['gone']
        ]  # fmt: skip

    def _follow(self, body: dict[str, Any]) -> Answer:
        wrong = _wrong_id(body, 'target_user_id')
        if wrong:
            return x_errors.invalid(wrong)
        if not self._world.settings['follows']:
            return x_errors.not_enrolled()
        target = self._world.people.get(body['target_user_id'])
        if target is None:
            return x_errors.problem(
                404, 'Not Found Error', 'Could not find user.', 'resource-not-found'
            )
        pending = target['protected']
        follows = self._world.people[self._us]['follows']
        if not pending and target['id'] not in follows:
            follows.append(target['id'])
        return json_answer({'data': {'following': not pending, 'pending_follow': pending}})

    # -- pictures --------------------------------------------------------------------------------

    def _upload(self, request: Request) -> Answer:
        parts = {part.name: part for part in request.parts()}
        wrong = {
            name: f'The field [{name}] is not known'
            for name in set(parts) - {'media', 'media_category'}
        }
        if 'media' not in parts or 'media_category' not in parts:
            wrong['media'] = 'A file and its category are needed, as multipart/form-data'
            return x_errors.invalid(wrong)
        data, category = (
            parts['media'].data,
            parts['media_category'].data.decode('ascii', 'replace'),
        )
        if category not in _SIZES:
            wrong['media_category'] = f'The category [{category}] is not known'
        elif len(data) > _SIZES[category]:
            wrong['media'] = f'The file is larger than {_SIZES[category]} bytes'
        kind = _kind_of(data)
        if not kind or (category == 'tweet_gif') != (kind == 'gif'):
            wrong['media'] = 'media type unrecognized.'
        if wrong:
            return x_errors.invalid(wrong)
        media: dict[str, Any] = {
            'id': self._world.new_id(), 'kind': kind, 'size': len(data), 'alt': '',
            'looks': 2 if kind == 'gif' else None, 'broken': b'broken' in data[:64],
        }  # fmt: skip
        self._world.ledger.table('media')[media['id']] = media
        return json_answer({'data': media_view(media)})

    def _alt(self, body: dict[str, Any]) -> Answer:
        wrong = _wrong_fields(body, frozenset({'id', 'metadata'}), frozenset())
        media = self._world.ledger.table('media').get(str(body.get('id')))
        metadata = body.get('metadata')
        alt = metadata.get('alt_text') if isinstance(metadata, dict) else None
        text = alt.get('text') if isinstance(alt, dict) else None
        if media is None:
            wrong['id'] = 'There is no such media'
        if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_ALT:
            wrong['metadata'] = f'An alternative text has 1 to {_LONGEST_ALT} signs'
        elif metadata != {'alt_text': {'text': text}}:
            wrong['metadata'] = 'This stand-in has no other metadata'
        if wrong or media is None:
            return x_errors.invalid(wrong)
        media['alt'] = text
        self._world.charge('alt text')
        return json_answer({'data': {'id': media['id'], 'associated_metadata': metadata}})


def _wrong_fields(
    body: dict[str, Any], known: frozenset[str], elsewhere: frozenset[str]
) -> dict[str, str]:
    return {
        f'body.{name}': 'This stand-in does not have it' if name in elsewhere else 'Not known'
        for name in set(body) - known
    }


def _wrong_post(body: dict[str, Any]) -> dict[str, str]:
    wrong = {}
    reply, media = body.get('reply'), body.get('media')
    if not isinstance(body.get('text', ''), str):
        wrong['text'] = 'The text is to be a string'
    if 'reply' in body and not (
        isinstance(reply, dict) and set(reply) == {'in_reply_to_tweet_id'}
        and _is_id(reply['in_reply_to_tweet_id'])
    ):  # fmt: skip
        wrong['reply'] = 'A reply has one in_reply_to_tweet_id, a string of digits'
    if 'media' in body and not (
        isinstance(media, dict) and set(media) == {'media_ids'}
        and isinstance(media['media_ids'], list) and 1 <= len(media['media_ids']) <= 4
        and all(_is_id(one) for one in media['media_ids'])
    ):  # fmt: skip
        wrong['media'] = 'Media are 1 to 4 media_ids, strings of digits'
    return wrong


def _wrong_id(body: dict[str, Any], name: str) -> dict[str, str]:
    if set(body) == {name} and _is_id(body[name]):
        return {}
    return {name: f'The body is to have one {name}, a string of digits'}


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _ready(media: dict[str, Any]) -> bool:
    return media['looks'] is None or (media['looks'] < 0 and not media['broken'])


def _kind_of(data: bytes) -> str:
    """What a file is by its first bytes; '' for what X does not take as a picture."""
    for start, kind in (
        (b'\x89PNG\r\n\x1a\n', 'png'), (b'\xff\xd8\xff', 'jpeg'), (b'GIF8', 'gif'),
    ):  # fmt: skip
        if data.startswith(start):
            return kind
    return 'webp' if data[:4] == b'RIFF' and data[8:12] == b'WEBP' else ''
