"""Pointers: the only answers to others that there are, each a pre-written sentence."""

from __future__ import annotations

import re
from datetime import datetime

from mwsocial.channels.base import CannotLook, Lookup, Outcome, Pointer, Refused, Seen
from mwsocial.channels.mastodon import posting, statuses, timeline
from mwsocial.channels.mastodon.client import Client
from mwsocial.channels.mastodon.posting import Draft, Reader
from mwsocial.channels.mastodon.reading import look_up
from mwsocial.reason import Reason

#: Everybody may read it, but it is no news: it stays out of the public lists.
_VISIBILITY = 'unlisted'
# Nothing but a name: what stands here is by a stranger, and stands before our words.
_AUTHOR = re.compile(r'@[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}@[\w.-]{1,253}(:[0-9]{1,5})?')


def point(client: Client, seen: Seen, pointer: Pointer) -> Outcome:
    """Answer *seen* with the sentence of *pointer*, once in its conversation.

    The post is looked at anew: it must still be there as it was seen, speak to us, and nobody of us may
    have answered in its conversation.
    """
    refused = _refused(seen, pointer)
    if refused:
        return Refused(refused)
    now = look_up(client, seen.url)
    if not isinstance(now, Seen):
        return now
    same = statuses.same_id(now.remote_id, seen.remote_id)
    if not same or now.edited != seen.edited or now.author != seen.author:
        return Refused(Reason('mastodon-changed', (seen.url,)))
    refused = _refused(now, pointer)
    if refused:
        return Refused(refused)
    return posting.create(client, Draft(
        _words(now, pointer), pointer.key, _VISIBILITY, pointer.language, parent=now.remote_id
    ))  # fmt: skip


def _words(seen: Seen, pointer: Pointer) -> str:
    """Whom it is for, since Mastodon takes that from the text only, and the sentence as it is."""
    return f'{seen.author} {pointer.sentence}'


def _refused(seen: Seen, pointer: Pointer) -> Reason | None:
    if seen.ours or not (seen.mentions_us or seen.reply_to_us):
        return Reason('mastodon-not-to-us', (seen.url,))
    if not seen.public:
        return Reason('mastodon-private', (seen.url,))
    if seen.answered:
        return Reason('mastodon-answered', (seen.url,))
    if not pointer.sentence.strip() or not _AUTHOR.fullmatch(seen.author):
        return Reason('mastodon-no-pointer', (pointer.name, seen.author))
    return None


def find_point(client: Client, seen: Seen, pointer: Pointer, since: datetime) -> Lookup:
    """Look for our answer with this sentence to this post since *since* (UTC)."""
    own = client.own()
    if not isinstance(own, tuple):
        return CannotLook(own.reason)
    wanted = timeline.Wanted(_words(seen, pointer), '', seen.remote_id)
    return timeline.find(Reader(client, own[0]), wanted, since, ())
