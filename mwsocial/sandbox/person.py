"""A human user of the wiki: a small client for tests and demonstrations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import requests

_LOGGED_OUT = {'assertuserfailed', 'assertnameduserfailed', 'assertbotfailed', 'badtoken'}


class WikiError(Exception):
    """The wiki's API refused: ``code`` is its code, ``info`` its words, ``details`` the answer."""

    def __init__(self, code: str, info: str, details: Mapping[str, Any]) -> None:
        super().__init__(f'{code}: {info}')
        self.code = code
        self.info = info
        self.details = details


class Person:
    """One account on one wiki, logged in when it is first needed.

    All methods raise WikiError with the wiki's own code when it refuses.
    """

    def __init__(self, url: str, name: str, password: str) -> None:
        self.url = url
        self.name = name
        self._password = password
        self._session = requests.Session()
        self._session.headers['User-Agent'] = 'mwsocial-sandbox'
        self._token = ''
        self._logged_in = False

    # -- the API -------------------------------------------------------------------------------

    def _ask(
        self,
        method: str,
        parameters: Mapping[str, Any],
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> dict[str, Any]:
        values = {
            key: '|'.join(map(str, value)) if isinstance(value, list | tuple | set) else value
            for key, value in parameters.items()
            if value is not None and value is not False
        }
        values = {key: '1' if value is True else value for key, value in values.items()}
        values |= {'format': 'json', 'formatversion': '2'}
        answer = self._session.request(
            method,
            f'{self.url}/api.php',
            params=values if method == 'GET' else None,
            data=values if method == 'POST' else None,
            files=files,
            timeout=120,
        )
        try:
            value: dict[str, Any] = answer.json()
        except ValueError:
            raise WikiError(f'http-{answer.status_code}', answer.text.strip()[-500:], {}) from None
        if 'error' in value:
            error = value['error']
            raise WikiError(error['code'], error.get('info', ''), value)
        return value

    def _log_in(self) -> None:
        self._session.cookies.clear()
        token = self._ask('GET', {'action': 'query', 'meta': 'tokens', 'type': 'login'})
        answer = self._ask(
            'POST',
            {
                'action': 'clientlogin',
                'username': self.name,
                'password': self._password,
                'logintoken': token['query']['tokens']['logintoken'],
                'loginreturnurl': self.url,
                'rememberMe': True,
            },
        )['clientlogin']
        if answer['status'] != 'PASS':
            raise WikiError(answer.get('messagecode', 'login'), answer.get('message', ''), answer)
        self._logged_in = True
        self._token = ''

    def _csrf(self) -> str:
        if not self._token:
            answer = self._ask('GET', {'action': 'query', 'meta': 'tokens', 'assert': 'user'})
            self._token = answer['query']['tokens']['csrftoken']
        return self._token

    def api(
        self, files: Mapping[str, tuple[str, bytes]] | None = None, **params: Any
    ) -> dict[str, Any]:
        """One call of the API (formatversion 2) as this person.

        Reading actions are sent as GET, all others as POST with a token. Lists are joined with
        ``|``; ``None`` and ``False`` are left out.
        """
        reading = params.get('action') in (
            'query',
            'parse',
            'expandtemplates',
            'compare',
            'templatedata',
            'opensearch',
        )
        for attempt in (1, 2):
            try:
                if not self._logged_in:
                    self._log_in()
                asserted = {'assert': 'user', **params}
                if reading:
                    short = sum(len(str(value)) for value in params.values()) < 4000
                    return self._ask('GET' if short else 'POST', asserted)
                token = params.get('token') or self._csrf()
                return self._ask('POST', {**asserted, 'token': token}, files)
            except WikiError as error:
                if attempt == 2 or error.code not in _LOGGED_OUT or 'token' in params:
                    raise
                self._logged_in = False
        raise AssertionError('unreachable')

    def _revisions(self, titles: str, **params: Any) -> dict[str, Any]:
        answer = self.api(action='query', prop='revisions', rvslots='main', titles=titles, **params)
        page: dict[str, Any] = answer['query']['pages'][0]
        return page

    # -- reading -------------------------------------------------------------------------------

    def page(self, title: str) -> tuple[str, int]:
        """Text and revision id of a page's newest revision; ``('', 0)`` if there is none."""
        found = self._revisions(title, rvprop=['content', 'ids'])
        for revision in found.get('revisions', []):
            return revision['slots']['main']['content'], revision['revid']
        return '', 0

    def text(self, title: str) -> str:
        """The wikitext of a page, empty if there is no such page."""
        return self.page(title)[0]

    def history(self, title: str) -> list[dict[str, Any]]:
        """All revisions of a page, newest first: ids, user, comment, tags, timestamp, flags."""
        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            answer = self.api(
                action='query',
                prop='revisions',
                titles=title,
                rvlimit='max',
                rvprop=['ids', 'user', 'userid', 'comment', 'tags', 'timestamp', 'flags', 'size'],
                **more,
            )
            found += answer['query']['pages'][0].get('revisions', [])
            if 'continue' not in answer:
                return found
            more = answer['continue']

    def parse(self, text: str, title: str = 'API') -> str:
        """The HTML of wikitext, as on the page ``title``."""
        answer = self.api(
            action='parse',
            text=text,
            title=title,
            contentmodel='wikitext',
            prop='text',
            disablelimitreport=True,
            pst=True,
        )
        html: str = answer['parse']['text']
        return html

    def expand(self, text: str, title: str = 'API') -> str:
        """Wikitext with all templates expanded, as on the page ``title``."""
        answer = self.api(action='expandtemplates', text=text, title=title, prop='wikitext')
        wikitext: str = answer['expandtemplates']['wikitext']
        return wikitext

    # -- writing -------------------------------------------------------------------------------

    def edit(
        self,
        title: str,
        text: str,
        summary: str = '',
        base: int | None = None,
        section: int | str | None = None,
        **extra: Any,
    ) -> int:
        """Save a page; returns the revision id (of the standing one if nothing changed)."""
        answer = self.api(
            action='edit',
            title=title,
            text=text,
            summary=summary,
            baserevid=base,
            section=None if section is None else str(section),
            **extra,
        )['edit']
        return self._saved(title, answer)

    def _saved(self, title: str, answer: dict[str, Any]) -> int:
        if answer.get('result') != 'Success':
            raise WikiError('edit-failed', f'{title} was not saved', answer)
        if 'newrevid' in answer:
            return int(answer['newrevid'])
        return self.page(title)[1]

    def append_section(self, title: str, heading: str, text: str, **extra: Any) -> int:
        """Add a section at the end of a page; returns the revision id."""
        answer = self.api(
            action='edit', title=title, section='new', sectiontitle=heading, text=text, **extra
        )['edit']
        return self._saved(title, answer)

    def undo(self, title: str, revision: int, summary: str = '', **extra: Any) -> int:
        """Undo one edit, with MediaWiki's own undo; returns the revision id."""
        answer = self.api(
            action='edit', title=title, undo=revision, summary=summary or None, **extra
        )['edit']
        return self._saved(title, answer)

    def rollback(self, title: str, user: str) -> int:
        """Roll back the last edits of ``user`` (needs that right); returns the revision id."""
        token = self.api(action='query', meta='tokens', type='rollback')
        answer = self.api(
            action='rollback',
            title=title,
            user=user,
            token=token['query']['tokens']['rollbacktoken'],
        )
        return int(answer['rollback']['revid'])

    def protect(self, title: str, **levels: str) -> None:
        """Protect a page: ``edit='sysop', move='sysop'``; ``all`` takes a protection off."""
        self.api(
            action='protect',
            title=title,
            expiry='infinite',
            protections=[f'{kind}={level}' for kind, level in levels.items()],
        )

    def block(self, user: str, expiry: str = 'infinite', **extra: Any) -> None:
        """Block an account; with ``pagerestrictions='Title', partial=True`` from a page only."""
        self.api(action='block', user=user, expiry=expiry, reblock=True, **extra)

    def unblock(self, user: str) -> None:
        """Lift a block."""
        self.api(action='unblock', user=user)

    def delete(self, title: str, reason: str = '') -> None:
        """Delete a page."""
        self.api(action='delete', title=title, reason=reason)

    def undelete(self, title: str, timestamps: Iterable[str] = ()) -> None:
        """Restore a deleted page, or some of its revisions."""
        self.api(action='undelete', title=title, timestamps=list(timestamps) or None)

    def hide_revision(
        self,
        revision: int,
        content: bool = False,
        user: bool = False,
        comment: bool = False,
        show: bool = False,
    ) -> None:
        """Hide parts of a revision (RevisionDelete), or show them again with ``show``."""
        parts = [
            name
            for name, wanted in (('content', content), ('user', user), ('comment', comment))
            if wanted
        ]
        self.api(
            action='revisiondelete',
            type='revision',
            ids=revision,
            hide=None if show else parts,
            show=parts if show else None,
        )

    def move(self, source: str, target: str, redirect: bool = True, reason: str = '') -> None:
        """Move a page."""
        names: dict[str, Any] = {'from': source, 'to': target}
        self.api(action='move', reason=reason, noredirect=not redirect, **names)

    def upload(self, filename: str, content: bytes, text: str = '', comment: str = '') -> str:
        """Upload a file (also over an existing one); returns its address."""
        answer = self.api(
            {'file': (filename, content)},
            action='upload',
            filename=filename,
            text=text,
            comment=comment,
            ignorewarnings=True,
        )['upload']
        if answer.get('result') != 'Success':
            raise WikiError('upload-failed', f'{filename} was not uploaded', answer)
        address: str = answer['imageinfo']['url']
        return address

    def import_xml(
        self, xml: str, prefix: str = 'old', known_users: bool = False
    ) -> list[dict[str, Any]]:
        """Import pages with their history (Special:Import); returns title and revision counts.

        *known_users*: edits are linked to the accounts of that name here.
        """
        answer = self.api(
            {'xml': ('import.xml', xml.encode())},
            action='import',
            interwikiprefix=prefix,
            assignknownusers=known_users,
            summary='import',
        )
        pages: list[dict[str, Any]] = answer['import']
        return pages

    def user_rights(self, user: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Add an account to groups, or remove it from them."""
        token = self.api(action='query', meta='tokens', type='userrights')
        self.api(
            action='userrights',
            user=user,
            add=list(add) or None,
            remove=list(remove) or None,
            token=token['query']['tokens']['userrightstoken'],
        )

    def create_account(self, name: str, password: str) -> None:
        """Create another account, as a bureaucrat or sysop may."""
        token = self.api(action='query', meta='tokens', type='createaccount')
        answer = self.api(
            action='createaccount',
            username=name,
            password=password,
            retype=password,
            createreturnurl=self.url,
            reason='for a test',
            createtoken=token['query']['tokens']['createaccounttoken'],
            token='',
        )['createaccount']
        if answer['status'] != 'PASS':
            raise WikiError(
                answer.get('messagecode', 'createaccount'), answer.get('message', ''), answer
            )
