"""The Facebook channel: one Page (Graph API; Meta, "Pages API: Posts" and the references it names).

What it can: post (with photos and their alternative texts), edit the words, delete, find its own posts,
tell who tags the Page, count followers. What it cannot is in ``never``.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mwsocial.channels import counting
from mwsocial.channels.abilities import abilities
from mwsocial.channels.base import (
    Abilities,
    Account,
    Batch,
    CannotLook,
    Counts,
    Deleted,
    Image,
    Limits,
    Lookup,
    Outcome,
    OwnPost,
    Post,
    Posted,
    Refused,
    Removal,
    Seen,
    TryLater,
    Unknown,
)
from mwsocial.channels.facebook import page as pages
from mwsocial.channels.facebook import posts, verdicts
from mwsocial.channels.facebook.graph import Graph
from mwsocial.channels.facebook.never import NotOnFacebook
from mwsocial.channels.facebook.reading import Reader
from mwsocial.channels.transport import READ_TIME, Exchange, origin_of
from mwsocial.reason import Reason

# Tokens of Facebook are letters and digits; those of apps hold a "|".
_TOKEN = re.compile(r'[A-Za-z0-9._~+/|-]{1,1024}=*', re.A)
_LENGTH = 63206
#: Seconds for all photos of a post together.
_UPLOAD_TIME = 120.0
_ATTACHMENTS = 'attachments{media_type,target{id},subattachments{media_type,target{id}}}'


class FacebookChannel(NotOnFacebook):
    """One Page (``mwsocial.channels.base.Channel``).

    There is no idempotency key. Nor does Meta promise that the list of a Page's posts is complete
    (reference of Published Posts: about 600 a year, "ranked"), and posts have been made under an
    answer that said the opposite. So a post that is not found is no proof that there is none, and such
    a case is left to a person (``settled_after`` is None).
    """

    network = 'facebook'
    key_lifetime: timedelta | None = None
    settled_after: timedelta | None = None

    def __init__(
        self, name: str, url: str, page: str, token: str, account: str = '', *,
        read_time: float = READ_TIME,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        """*url*: the API's address, '' for Facebook's own. *page*: the Page's number. *account*: the
        Page that the configuration names, by its name, user name or number; '' for whichever *page* is.

        Raises ValueError, without the token in it, where one of them cannot be what it should.
        """
        if not _TOKEN.fullmatch(token):
            raise ValueError('this is no access token')
        if not posts.is_number(page):
            raise ValueError('the Page must be given by its number')
        self.name = name
        self.abilities: Abilities = abilities('facebook')
        origin = origin_of(url or posts.GRAPH)
        self._host = origin.split('://', 1)[1]
        self._web = posts.web_origin(origin)
        self._page = page
        self._expected = account
        self._token = token
        self._now = now
        self._graph = Graph(origin, token, read_time=read_time)
        self._reader = Reader(self._graph, page, self._web, self._not_read)
        self._whose: Account | None = None

    def secrets(self) -> Sequence[str]:
        """The access token."""
        return (self._token,)

    def weigh(self, text: str, warning: str = '') -> int:
        """The length in characters, as Facebook counts it. It knows no content warnings."""
        return counting.weigh('facebook', text, warning)

    def limits(self) -> Limits | CannotLook:
        """What a Page's post may hold; the API has no way to ask for it."""
        return counting.usual_limits('facebook') or Limits(_LENGTH)

    def account(self) -> Account | Refused | TryLater:
        """Whose token it is, asked anew; what it may do and when it ends, where Facebook tells.

        Tokens of Pages have no end by themselves; those of other kinds have.
        """
        self._whose = None
        whose = self._identity()
        if not isinstance(whose, Account):
            return whose
        about = self._graph.about_token()
        return Account(
            whose.name, whose.url, pages.may_post(about, self._page), pages.expires(about)
        )  # fmt: skip

    # -- our own posts ----------------------------------------------------------------------------

    def post(self, post: Post) -> Outcome:
        """Create one post. Photos are uploaded before; unpublished ones are visible to nobody.

        The preview of the first address in the text is asked for (``link``), as people get it who post
        by hand. That adds a card below and leaves the words as they are. With photos there is none.
        """
        refused = self._unfit(post) or self._other_account()
        if refused:
            return refused
        fields = {'message': post.text}
        end = time.monotonic() + _UPLOAD_TIME
        for number, image in enumerate(post.images):
            photo = self._upload(image, end)
            if not isinstance(photo, str):
                return photo
            fields[f'attached_media[{number}]'] = json.dumps({'media_fbid': photo})
        if not post.images and (link := posts.first_link(post.text)):
            fields['link'] = link
        exchange = self._graph.post(f'{self._page}/feed', fields)
        answer = exchange.json()
        if exchange.status == 200 and isinstance(answer, dict) and posts.id_of(answer.get('id')):
            return self._posted(answer['id'])
        return self._not_created(exchange)

    def find(self, post: Post, since: datetime, ignoring: Collection[str]) -> Lookup:
        """Look for *post* among the Page's posts since *since* (UTC, by the wiki's clock, with ten
        minutes more for the difference to Facebook's). Of several that match, the oldest.
        """
        trouble = self._other_account()
        if trouble:
            return CannotLook(trouble.reason)
        found = self._reader.find(post.text, since, ignoring)
        return self._posted(found) if isinstance(found, str) else found

    def edit(self, url: str, post: Post) -> Outcome:
        """Give our post at *url* the words of *post*.

        Only words can be changed. Refused are therefore: another number of photos or other
        alternative texts than the post has, and another first address where the post shows the preview
        of one. Other pictures under the same alternative texts cannot be told apart from here.
        """
        refused = self._unfit(post)
        if refused:
            return refused
        found = self._own(url, f'message,{_ATTACHMENTS}')
        if not isinstance(found, dict):
            return found or Refused(Reason('facebook-gone', (self._host, url)))
        trouble = self._unchangeable(found, post)
        if trouble:
            return trouble
        if found.get('message') == post.text:
            return self._posted(found['id'])
        exchange = self._graph.post(found['id'], {'message': post.text})
        if _success(exchange):
            return self._posted(found['id'])
        return self._not_created(exchange)

    def delete(self, url: str) -> Removal:
        """Take our post at *url* down, its photos first: they would stay in the Page's album."""
        found = self._own(url, _ATTACHMENTS)
        if found is None:
            return Deleted()
        if not isinstance(found, dict):
            return found
        for one in (*filter(None, posts.photos_of(found)), found['id']):
            exchange = self._graph.delete(one)
            # Without its only photo, a post is gone by itself.
            if not _success(exchange) and not verdicts.is_gone(exchange, self.secrets()):
                return self._not_created(exchange)
        return Deleted()

    def ours(self, since: datetime) -> Sequence[OwnPost] | CannotLook:
        """The Page's posts since *since* (UTC), oldest first, as far as Facebook lists them."""
        trouble = self._other_account()
        return CannotLook(trouble.reason) if trouble else self._reader.ours(since)

    # -- posts of others --------------------------------------------------------------------------

    def look_up(self, url: str) -> Seen | Refused | TryLater:
        """The post at *url*, where its address holds its number and everybody may see it."""
        post_id = posts.id_in(url, self._web)
        if not post_id:
            return Refused(Reason('facebook-no-post', (url,)))
        fields = 'id,message,created_time,permalink_url,from,privacy{value}'
        exchange = self._graph.get(post_id, fields=fields)
        answer = exchange.json()
        if exchange.status != 200 or not isinstance(answer, dict):
            if verdicts.is_gone(exchange, self.secrets()):
                return Refused(Reason('facebook-gone', (self._host, url)))
            return self._not_read(exchange)
        found = posts.read_post(answer, self._web)
        if found is None:
            return self._not_read(exchange)
        privacy = answer.get('privacy')
        if not isinstance(privacy, dict) or privacy.get('value') != 'EVERYONE':
            return Refused(Reason('facebook-private', (url,)))
        return self._reader.seen(found, tagged=False)

    def mentions(self, cursor: str) -> Batch | Refused | TryLater:
        """Public posts that tag the Page, since *cursor*. Facebook withholds the names of people."""
        return self._reader.tagged(cursor)

    def counts(self) -> Counts | Refused | TryLater:
        """Followers of the Page; Facebook gives no other numbers that the desk uses."""
        exchange = self._graph.get(self._page, fields='followers_count,fan_count')
        answer = exchange.json()
        if exchange.status != 200 or not isinstance(answer, dict):
            return self._not_read(exchange)
        followers = pages.count(answer.get('followers_count'))
        return Counts(pages.count(answer.get('fan_count')) if followers is None else followers)

    # -- in here ------------------------------------------------------------------------------------

    def _identity(self) -> Account | Refused | TryLater:
        """The Page that the token belongs to, asked once: the one of the environment, or a refusal."""
        if self._whose:
            return self._whose
        exchange = self._graph.get('me', fields='id,name,username,link')
        answer = exchange.json()
        if exchange.status != 200 or not isinstance(answer, dict):
            if verdicts.is_no_page(exchange, self.secrets()):
                return Refused(Reason('facebook-no-page', (self.name,)))
            return self._not_read(exchange)
        whose = pages.account_of(answer, self._expected)
        if whose is None:
            return self._not_read(exchange)
        if answer['id'] != self._page:
            return Refused(Reason('facebook-other-page', (self.name, whose.name, self._page)))
        self._whose = whose
        return whose

    def _other_account(self) -> Refused | TryLater | None:
        """Why nothing may be done with this token, if so."""
        whose = self._identity()
        if not isinstance(whose, Account):
            return whose
        if self._expected.strip() and not pages.same_name(whose.name, self._expected):
            names = (self.name, whose.name, self._expected)
            return Refused(Reason('channels-other-account', names))
        return None

    def _unfit(self, post: Post) -> Refused | None:
        """What of *post* Facebook would not show as it was approved."""
        if post.after:
            return Refused(Reason('facebook-no-thread'))
        if posts.has_mention_markup(post.text):
            return Refused(Reason('facebook-mention-markup'))
        return None

    def _upload(self, image: Image, end: float) -> str | Refused | TryLater:
        """The number of an uploaded photo that nobody can see yet."""
        if time.monotonic() > end:
            return TryLater(Reason('channels-image-slow', (self._host, image.name)))
        ending = image.media_type.rpartition('/')[2]
        ending = ending if re.fullmatch(r'[a-z0-9]{2,5}', ending) else 'bin'
        file = (f'image.{ending}', image.data, image.media_type)
        fields = {'published': 'false', 'alt_text_custom': image.alt}
        exchange = self._graph.post(f'{self._page}/photos', fields, file)
        answer = exchange.json()
        photo = posts.number_of(answer.get('id')) if isinstance(answer, dict) else ''
        if exchange.status == 200 and photo:
            return photo
        found = self._not_read(exchange)
        if isinstance(found, Refused) and found.reason.key == 'channels-refused':
            words = (self._host, image.name, found.reason.args[1])
            return Refused(Reason('channels-image-refused', words))
        return found

    def _own(self, url: str, fields: str) -> dict[str, Any] | Refused | TryLater | None:
        """Our post at *url* as the API tells it; None where it is certain that it is gone."""
        trouble = self._other_account()
        if trouble:
            return trouble
        post_id = posts.id_in(url, self._web)
        if not post_id and posts.is_ours(url, self._web):
            found = self._reader.id_at(url)
            if isinstance(found, TryLater | Refused):
                return found
            post_id = found
        if not post_id:
            return Refused(Reason('facebook-no-post', (url,)))
        exchange = self._graph.get(post_id, fields=f'id,from{{id}},{fields}')
        answer = exchange.json()
        if exchange.status == 200 and isinstance(answer, dict) and answer.get('id') == post_id:
            author = answer.get('from')
            if isinstance(author, dict) and author.get('id') == self._page:
                return answer
            return Refused(Reason('facebook-not-ours', (url,)))
        if not verdicts.is_gone(exchange, self.secrets()):
            return self._not_read(exchange)
        # The API says the same of what is not there and of what may not be read. Where the Page's posts
        # may be read, a post of the Page that cannot be is gone.
        if not post_id.startswith(f'{self._page}_'):
            return Refused(Reason('facebook-not-ours', (url,)))
        return self._reader.unreadable()

    def _unchangeable(self, found: dict[str, Any], post: Post) -> Refused | TryLater | None:
        """Why editing the words of the post *found* would not make it *post*, if so."""
        photos = posts.photos_of(found)
        alts = self._reader.alts(photos) if photos else []
        if not isinstance(alts, list):
            return alts
        if alts != sorted(' '.join(image.alt.split()) for image in post.images):
            return Refused(Reason('facebook-edit-photos'))
        words = found.get('message')
        before = posts.first_link(words) if isinstance(words, str) else ''
        if posts.has_preview(found) and before != posts.first_link(post.text):
            return Refused(Reason('facebook-edit-link', (before,)))
        return None

    def _posted(self, post_id: str) -> Posted:
        return Posted(post_id, posts.address_of(post_id, self._web))

    def _not_created(self, exchange: Exchange) -> Refused | TryLater | Unknown:
        return verdicts.not_created(exchange, self._host, self._now(), self.secrets())

    def _not_read(self, exchange: Exchange) -> Refused | TryLater:
        return verdicts.not_read(exchange, self._host, self._now(), self.secrets())


def _success(exchange: Exchange) -> bool:
    answer = exchange.json()
    return exchange.status == 200 and isinstance(answer, dict) and answer.get('success') is True
