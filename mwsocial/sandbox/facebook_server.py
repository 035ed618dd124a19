"""A stand-in for a Facebook Page: Meta's Graph API v26.0, as far as the desk uses it.

It follows the references of Page, Page Feed, Page Photos, Published Posts, Tagged, Post, Debug Token,
and the guides "Handling Errors", "Rate Limits" and "Batch Requests". It is stricter than the real one:
parameters that nobody documents are refused, and so is a token in an address, which the ledger keeps
(``violations``). It is not Facebook, and proves nothing about it.

``python -m mwsocial.sandbox.facebook_server --folder FOLDER`` runs it; the Page's number and token are
in FOLDER/ledger.json under ``page`` and ``token``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from .facebook_parts import (
    GraphFailure,
    Upload,
    check_image,
    graph_error,
    only,
    pick,
    read_fields,
    usage,
)
from .facebook_state import MANAGE, READ, READ_OTHERS, VERSION, PageState, dict_of
from .faults import Answer
from .loopback import Service
from .loopback_parts import Fault, Ledger, Request, json_answer
from .loopback_process import run

_LENGTH = 63206
_PERMISSIONS = {MANAGE: (200, 403), READ: (10, 403), READ_OTHERS: (10, 403)}
_ENDED = {
    460: 'Error validating access token: The session has been invalidated because the user changed '
    'their password or Facebook has changed the session for security reasons.',
    463: 'Error validating access token: Session has expired on Tuesday, 24-Nov-26 12:00:00 PST.',
}


class FacebookService(Service):
    """A Page. ``ledger``: ``page``, ``token``, ``rights`` (of the token), ``posts`` (ours and others',
    oldest first; edits in ``history``), ``photos``, ``violations``.
    """

    network = 'facebook'

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        super().__init__(ledger, now)
        self.state = PageState(ledger, now)

    # -- requests -------------------------------------------------------------------------------------

    def kind(self, request: Request) -> str:
        """post, photo, edit, delete, timeline, tagged, token, me, read, or page (for people)."""
        path = request.path.removeprefix(VERSION)
        if path == request.path:
            return 'page'
        if request.method == 'DELETE':
            return 'delete'
        last = path.rpartition('/')[2]
        if request.method == 'POST':
            return {'feed': 'post', 'photos': 'photo', '': 'token'}.get(last, 'edit')
        return {'published_posts': 'timeline', 'tagged': 'tagged', 'me': 'me'}.get(last, 'read')

    def answer(self, request: Request) -> Answer:
        """What the API answers; changes are saved before."""
        if not request.path.startswith(VERSION):
            if request.method == 'GET':
                return self.state.shown(request)
            return graph_error(2500, 'This stand-in answers below /v26.0/ only')
        form = dict(request.form())
        upload = None
        for part in request.parts():
            if part.file:
                upload = (part.name, Upload(part.media_type, part.data))
            else:
                form[part.name] = part.data.decode('utf-8', 'replace')
        try:
            self._check_address(request)
            self._check_token(request, form)
            found = self._routed(request, form, upload)
        except GraphFailure as failure:
            return failure.answer
        self.ledger.save()
        return json_answer(found)

    def failure(self, fault: Fault, request: Request) -> Answer | None:
        """'limit' and 'duplicate' as the API has them."""
        if fault.how == 'limit':
            headers = {**usage(19), **fault.headers}
            return graph_error(32, '(#32) Page request limit reached', headers=headers)
        if fault.how == 'duplicate':
            return graph_error(506, '(#506) Duplicate status message')
        return None

    def _routed(
        self, request: Request, form: Mapping[str, str], upload: tuple[str, Upload] | None
    ) -> Any:
        path = request.path.removeprefix(VERSION).split('/')
        query = dict(request.query)
        if upload and request.kind != 'photo':
            raise GraphFailure(100, '(#100) No file is taken here')
        if request.method == 'GET':
            return self._read(path, query, request)
        only(query, ())
        if request.method == 'DELETE' and len(path) == 1:
            return self._delete(path[0])
        if request.method != 'POST':
            raise GraphFailure(100, f'Unsupported {request.method.lower()} request.')
        if path == ['']:
            return self._batch(form)
        if path == [self.state.page['id'], 'feed']:
            return self._post(form, request)
        if path == [self.state.page['id'], 'photos']:
            return self._photo(form, upload)
        if len(path) == 1:
            return self._edit(path[0], form)
        raise GraphFailure(2500, f'Unknown path components: /{"/".join(path[1:])}')

    def _check_address(self, request: Request) -> None:
        target = unquote(request.target)
        if self.state.token in target or 'access_token' in dict(request.query):
            self.state.violations.append({'what': 'a token in an address', 'path': request.path})
            self.ledger.save()
            raise GraphFailure(100, 'This stand-in takes no token in an address: it lands in logs')

    def _check_token(self, request: Request, form: Mapping[str, str]) -> None:
        header = request.headers.get('authorization', '')
        scheme, _, given = header.partition(' ')
        if header and scheme not in ('Bearer', 'OAuth'):
            raise GraphFailure(190, 'Invalid OAuth access token.', status=401)
        tokens = {given} if header else set()
        tokens |= {form['access_token']} if 'access_token' in form else set()
        if not tokens:
            raise GraphFailure(
                2500, 'An active access token must be used to query information about the current user.'
            )  # fmt: skip
        if tokens != {self.state.token}:
            message = 'Invalid OAuth access token - Cannot parse access token'
            raise GraphFailure(190, message, status=401)
        end = self.state.rights['expires_at']
        ended = self.state.rights['ended'] or (463 if end and end <= self.now().timestamp() else 0)
        if ended:
            raise GraphFailure(190, _ENDED.get(ended, 'The token has ended'), ended, status=401)

    def _need(self, scope: str) -> None:
        if scope not in self.state.rights['scopes']:
            code, status = _PERMISSIONS[scope]
            message = f'(#{code}) It requires the {scope} permission and a Page access token.'
            raise GraphFailure(code, message, status=status)
        if self.state.rights['kind'] != 'PAGE':
            raise GraphFailure(190, 'A page access token is required.', 2069032)

    # -- what is changed ------------------------------------------------------------------------------

    def _post(self, form: Mapping[str, str], request: Request) -> Any:
        self._need(MANAGE)
        attached = [name for name in form if re.fullmatch(r'attached_media\[\d\]', name)]
        only(form, ('message', 'link', 'access_token', *attached))
        message, link = form.get('message', ''), form.get('link', '')
        if not (message or link or attached):
            raise GraphFailure(100, '(#100) Missing message or attachment', 1349125)
        if len(message) > _LENGTH:
            raise GraphFailure(100, '(#100) The message is too long')
        host = urlsplit(link).hostname or '' if link else 'none.example'
        if '.' not in host or (link and urlsplit(link).scheme not in ('http', 'https')):
            raise GraphFailure(1500, '(#1500) The url you supplied is invalid')
        if host.endswith('.invalid'):
            raise GraphFailure(1609005, '(#1609005) The link could not be scraped')
        photos = [self._fresh(form[name]) for name in sorted(attached)]
        ours = [
            one
            for one in self.state.posts
            if one['from'] == self.state.page['id'] and not one['deleted']
        ]
        if ours and (ours[-1]['message'], ours[-1]['link']) == (message, link) and not photos:
            raise GraphFailure(506, '(#506) Duplicate status message')
        for photo in photos:
            photo['published'] = True
        made = self.state.add(message, self.state.page['id'], self.state.page['name'], request)
        made |= {'link': link, 'photos': [photo['id'] for photo in photos]}
        return {'id': made['id']}

    def _fresh(self, value: str) -> dict[str, Any]:
        try:
            wanted = json.loads(value)['media_fbid']
        except (ValueError, TypeError, KeyError):
            raise GraphFailure(100, '(#100) Param attached_media must be an object') from None
        for photo in self.state.photos:
            if photo['id'] == wanted and not photo['published'] and not photo['deleted']:
                return dict_of(photo)
        raise GraphFailure(100, f'(#100) Invalid photo {wanted}')

    def _photo(self, form: Mapping[str, str], upload: tuple[str, Upload] | None) -> Any:
        self._need(MANAGE)
        only(form, ('published', 'alt_text_custom', 'access_token'))
        if upload is None or upload[0] != 'source':
            raise GraphFailure(324, '(#324) Requires upload file')
        check_image(upload[1])
        if form.get('published') != 'false':
            raise GraphFailure(100, 'This stand-in takes photos for later posts only')
        number = str(self.ledger.next_number('last photo', 70001))
        self.state.photos.append({
            'id': number, 'alt': form.get('alt_text_custom', ''), 'published': False,
            'deleted': False, 'size': len(upload[1].data), 'type': upload[1].media_type,
            'data': upload[1].data.hex() if len(upload[1].data) < 10_000 else '',
        })  # fmt: skip
        return {'id': number}

    def _edit(self, post_id: str, form: Mapping[str, str]) -> Any:
        self._need(MANAGE)
        only(form, ('message', 'access_token'))
        post = self.state.post(post_id)
        if post['from'] != self.state.page['id']:
            raise GraphFailure(200, '(#200) Permissions error', 1363041, status=403)
        if not form.get('message'):
            raise GraphFailure(100, '(#100) Nothing to change')
        post['history'].append(post['message'])
        post['message'] = form['message']
        return {'success': True}

    def _delete(self, number: str) -> Any:
        self._need(MANAGE)
        for photo in self.state.photos:
            if photo['id'] == number and not photo['deleted']:
                photo['deleted'] = True
                for post in self.state.posts:
                    # A post of one photo goes with its photo.
                    if post['photos'] == [number]:
                        post['deleted'] = True
                return {'success': True}
        post = self.state.post(number)
        if post['from'] != self.state.page['id']:
            raise GraphFailure(200, '(#200) Permissions error', 1363041, status=403)
        post['deleted'] = True
        return {'success': True}

    def _batch(self, form: Mapping[str, str]) -> Any:
        only(form, ('batch', 'access_token', 'include_headers'))
        try:
            (asked,) = json.loads(form.get('batch', ''))
            path, _, query = asked['relative_url'].partition('?')
            method = asked['method']
        except (ValueError, TypeError, KeyError):
            raise GraphFailure(100, '(#100) Param batch must be an array') from None
        given = parse_qs(query)
        if (method, path, list(given)) != ('GET', 'debug_token', ['input_token']):
            raise GraphFailure(100, f'This stand-in has no {path} in batches')
        valid = given['input_token'] == [self.state.token]
        scopes = self.state.rights['scopes'] if valid else []
        data = {
            'app_id': '4242', 'type': self.state.rights['kind'], 'application': 'Sandbox',
            'is_valid': valid, 'expires_at': self.state.rights['expires_at'], 'scopes': scopes,
            'profile_id': self.state.page['id'], 'data_access_expires_at': 0,
            'granular_scopes': [{'scope': one, 'target_ids': [self.state.page['id']]} for one in scopes],
        }  # fmt: skip
        return [{'code': 200, 'body': json.dumps({'data': data})}]

    # -- what is read ---------------------------------------------------------------------------------

    def _read(self, path: list[str], query: dict[str, str], request: Request) -> Any:
        fields = read_fields(query.get('fields', 'id'))
        if path == ['me']:
            only(query, ('fields',))
            if self.state.rights['kind'] != 'PAGE':
                return pick('User', {'id': '900', 'name': 'Olga Operator'}, fields)
            return pick('Page', self.state.page, fields)
        if path == [self.state.page['id']]:
            only(query, ('fields',))
            return pick('Page', self.state.page, fields)
        if path == ['']:
            self._need(READ)
            only(query, ('fields', 'ids'))
            wanted = query.get('ids', '').split(',')
            return {one: self.state.photo_node(one, fields) for one in wanted}
        if len(path) == 2 and path[0] == self.state.page['id'] and path[1] in _LISTS:
            return self._list(path[1], query, request)
        if len(path) == 1:
            self._need(READ)
            only(query, ('fields',))
            return pick('Post', self.state.node(self.state.post(path[0]), request), fields)
        raise GraphFailure(2500, f'Unknown path components: /{"/".join(path[1:])}')

    def _list(self, name: str, query: dict[str, str], request: Request) -> Any:
        self._need(READ_OTHERS if name == 'tagged' else READ)
        only(query, _LISTS[name])
        limit, now = int(query.get('limit', '25')), self.now().timestamp()
        if not 1 <= limit <= 100:
            raise GraphFailure(100, '(#100) limit must be 100 or less')
        found = [
            post for post in reversed(self.state.posts)
            if not post['deleted'] and post['shown'] <= now and post['listed']
            and (post['tagged'] if name == 'tagged' else post['from'] == self.state.page['id'])
            and post['created'] >= float(query.get('since', '0'))
        ]  # fmt: skip
        start = int(query['after'].removeprefix('CURSOR')) if 'after' in query else 0
        page = found[start : start + limit]
        fields = read_fields(query.get('fields', 'id,message,created_time'))
        data = [pick('Post', self.state.node(post, request), fields) for post in page]
        if not data:
            return {'data': []}
        paging: dict[str, Any] = {'cursors': {'before': f'CURSOR{start}', 'after': 'CURSOR'}}
        if start + limit < len(found):
            # With the token in it, as the real one gives it: an address that must not be used.
            turned = {
                **query,
                'after': f'CURSOR{start + limit}',
                'access_token': self.state.token,
            }
            paging['next'] = f'{request.url.partition("?")[0]}?{urlencode(turned)}'
        return {'data': data, 'paging': paging}

    # -- for people and tests -------------------------------------------------------------------------

    def control(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """``tag`` (somebody's post that tags the Page), ``visit`` (a visitor's post on the Page),
        ``hand`` (a person posts as the Page), ``token`` and ``page`` (change what is known
        of them), ``change`` (a post: ``id`` and what of it).
        """
        if name in ('tag', 'visit', 'hand'):
            only(arguments, ('message', 'author', 'name', 'created', 'privacy', 'permalink'))
            ours = name == 'hand'
            author = self.state.page['id'] if ours else arguments.get('author', '')
            post = self.state.add(
                arguments.get('message', ''), author, arguments.get('name', ''), None
            )  # fmt: skip
            post['tagged'] = name == 'tag'
            if name == 'visit':
                post['id'] = f'{self.state.page["id"]}_{post["id"].partition("_")[2]}'
            post |= {key: arguments[key] for key in ('created', 'privacy') if key in arguments}
            return {'id': post['id']}
        if name in ('token', 'page'):
            table = self.state.rights if name == 'token' else self.state.page
            only(arguments, table)
            table.update(arguments)
            return {}
        if name == 'change':
            post = self.state.post(str(arguments['id']))
            only(arguments, post)
            post.update(arguments)
            return {}
        return super().control(name, arguments)


_LISTS: Mapping[str, tuple[str, ...]] = {
    'published_posts': ('fields', 'limit', 'since', 'until', 'after', 'before'),
    'tagged': ('fields', 'limit', 'after', 'before'),
}
if __name__ == '__main__':
    raise SystemExit(run(FacebookService))
