"""What the stand-in for the Graph API remembers: a Page, its token, posts and photos."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from .facebook_parts import Fields, GraphFailure, pick
from .faults import Answer
from .loopback_parts import Ledger, Request

VERSION = '/v26.0/'
PAGE = '100200300400'
MANAGE, READ, READ_OTHERS = 'pages_manage_posts', 'pages_read_engagement', 'pages_read_user_content'
SCOPES = (MANAGE, READ, READ_OTHERS, 'pages_show_list')
_GONE = (
    "Unsupported request. Object with ID '{}' does not exist, cannot be loaded due to missing "
    'permissions, or does not support this operation.'
)


class PageState:
    """The ledger of one Page. ``posts`` are ours and those of others, oldest first."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self.now = now
        self.ledger = ledger
        self.page = ledger.table('page')
        self.rights = ledger.table('rights')
        self.posts = ledger.list('posts')
        self.photos = ledger.list('photos')
        self.violations = ledger.list('violations')
        if not self.page:
            self.page.update({
                'id': PAGE, 'name': 'MediaWiki', 'username': 'mediawiki.sandbox',
                'link': f'https://www.facebook.com/{PAGE}', 'followers_count': 1234,
                'fan_count': 1200,
            })  # fmt: skip
            self.rights.update({
                'kind': 'PAGE', 'ended': 0, 'expires_at': 0, 'scopes': list(SCOPES),
            })  # fmt: skip
            ledger.data['token'] = f'EAAsandbox{secrets.token_hex(24)}'
            ledger.save()

    @property
    def token(self) -> str:
        """The Page's access token; ``rights`` says what it is good for."""
        return str(self.ledger.data['token'])

    def add(self, message: str, author: str, name: str, request: Request | None) -> dict[str, Any]:
        """A new post, by *author* ('' where nobody is to know)."""
        number = self.ledger.next_number('last', 5001)
        now = self.now()
        shown = now + request.delay if request else now
        owner = author or '900'
        post: dict[str, Any] = {
            'id': f'{owner}_{number}', 'message': message, 'created': now.timestamp(),
            'shown': shown.timestamp(), 'from': author, 'name': name, 'link': '', 'photos': [],
            'history': [], 'deleted': False, 'privacy': 'EVERYONE', 'tagged': False, 'listed': True,
        }  # fmt: skip
        self.posts.append(post)
        return post

    def post(self, post_id: str) -> dict[str, Any]:
        """The post that can be seen under this id. Raises GraphFailure where there is none."""
        now = self.now().timestamp()
        for post in self.posts:
            if post['id'] == post_id and not post['deleted'] and post['shown'] <= now:
                return dict_of(post)
        raise GraphFailure(100, _GONE.format(post_id), 33)

    def node(self, post: Mapping[str, Any], request: Request) -> dict[str, Any]:
        """A post with all its fields, as *request* may see it."""
        page, _, number = post['id'].partition('_')
        author = {'id': post['from'], 'name': post['name']} if post['from'] else None
        made = datetime.fromtimestamp(int(post['created']), UTC)
        query = urlencode({'story_fbid': f'pfbid0{int(number):x}', 'id': page})
        return {
            'id': post['id'], 'message': post['message'] or None,
            'created_time': made.strftime('%Y-%m-%dT%H:%M:%S+0000'), 'from': author,
            'permalink_url': f'{request.url.partition(VERSION)[0]}/permalink.php?{query}',
            'privacy': {'value': post['privacy']}, 'attachments': self._attachments(post),
        }  # fmt: skip

    def _attachments(self, post: Mapping[str, Any]) -> dict[str, Any] | None:
        photos = [{'media_type': 'photo', 'target': {'id': one}} for one in post['photos']]
        if len(photos) > 1:
            album = {'media_type': 'album', 'target': {'id': '1'}}
            return {'data': [album | {'subattachments': {'data': photos}}]}
        if post['link']:
            return {'data': [{'media_type': 'link', 'target': {'url': post['link']}}]}
        return {'data': photos} if photos else None

    def photo_node(self, number: str, fields: Fields) -> dict[str, Any]:
        """Fields of a photo. Raises GraphFailure where there is none."""
        for photo in self.photos:
            if photo['id'] == number and not photo['deleted']:
                node = {'id': number, 'alt_text_custom': photo['alt'] or None}
                return pick('Photo', node, fields)
        raise GraphFailure(100, _GONE.format(number), 33)

    def shown(self, request: Request) -> Answer:
        """The Page as people see it: all its posts, or the one of an address."""
        wanted = request.path.strip('/').split('/')
        number = wanted[2] if len(wanted) == 3 and wanted[1] == 'posts' else ''
        code = parse_qs(urlsplit(request.target).query).get('story_fbid', [''])[0]
        there = wanted in ([''], [self.page['id']], ['permalink.php']) or bool(number)
        rows = []
        for post in reversed(self.posts) if there else ():
            own = post['id'].partition('_')[2]
            if post['deleted'] or (number and own != number) or (
                code and code != f'pfbid0{int(own):x}'
            ):  # fmt: skip
                continue
            alts = [photo['alt'] for photo in self.photos if photo['id'] in post['photos']]
            pictures = ''.join(f'<p>[{escape(alt)}]</p>' for alt in alts)
            link = f'<p>Preview: {escape(post["link"])}</p>' if post['link'] else ''
            words = escape(post['message']).replace('\n', '<br>')
            rows.append(f'<article><h2>{escape(post["name"] or "Somebody")}</h2><p>{words}</p>'
                        f'{pictures}{link}</article>')  # fmt: skip
        title = f'{escape(self.page["name"])} (a stand-in for a Facebook Page)'
        body = f'<!DOCTYPE html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
        html = (body + ''.join(rows or ['<p>Nothing here.</p>'])).encode()
        status = 200 if there and (rows or not (number or code)) else 404
        return Answer(status, [('Content-Type', 'text/html; charset=utf-8')], html)


def dict_of(value: Any) -> dict[str, Any]:
    """*value* of the ledger, which is a table."""
    assert isinstance(value, dict)
    return value
