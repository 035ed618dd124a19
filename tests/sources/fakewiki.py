"""A wiki in memory: pages with histories, edits with conflicts, a filter; as much as these tests ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from mwsocial.wiki.api import AnswerLost, EditConflict, WikiRefused
from mwsocial.wiki.api_errors import ApiError
from mwsocial.wiki.config import DeskConfig

BOT = 'News bot'
NEWBIES = frozenset({'Mallory'})


class Killed(Exception):
    """The process died here."""


@dataclass
class Rev:
    """One revision."""

    revid: int
    parentid: int
    title: str
    user: str
    comment: str
    text: str
    when: datetime
    hidden: set[str] = field(default_factory=set)


class FakeWiki:
    """What ``mwsocial.wiki.api.Api`` is to its callers."""

    simulate = False
    largest_page = 2 * 1024 * 1024
    batch = 50
    pause = 0.0
    central = False
    user = BOT

    def __init__(self) -> None:
        self.revs: list[Rev] = []
        self.time = datetime(2026, 11, 23, 12, tzinfo=UTC)
        self.blocked: set[str] = set()
        #: looks at each edit before it is saved; may return the code of a refusal, or do things
        self.filter: Callable[[Mapping[str, Any]], str] = lambda params: ''
        #: called after an edit was saved
        self.after: Callable[[], None] = lambda: None
        self.edits = 0

    # -- for tests ---------------------------------------------------------------------------------

    def edit(self, title: str, text: str, user: str = 'Carol', comment: str = '') -> int:
        """Save a page as somebody; a minute later than the last edit."""
        self.time += timedelta(minutes=1)
        last = self.last(title)
        rev = Rev(
            len(self.revs) + 1,
            last.revid if last else 0,
            title,
            user,
            comment,
            text.rstrip(),
            self.time,
        )
        self.revs.append(rev)
        return rev.revid

    def last(self, title: str) -> Rev | None:
        """The current revision."""
        return next((rev for rev in reversed(self.revs) if rev.title == title), None)

    def text(self, title: str) -> str:
        """The current text."""
        last = self.last(title)
        return last.text if last else ''

    # -- the API -----------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.time

    def query_all(self, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield self.query(params)

    def read(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return self.query(params)

    def query(self, params: Mapping[str, Any]) -> dict[str, Any]:
        query: dict[str, Any] = {}
        if 'meta' in params:
            query['userinfo'] = {'name': BOT} | ({'blockid': 1} if BOT in self.blocked else {})
        if 'revids' in params:
            revs = [rev for rev in self.revs if rev.revid in {int(one) for one in params['revids']}]
            query['pages'] = [
                {'title': rev.title, 'revisions': [self._show(rev, True)]} for rev in revs
            ]
        elif 'titles' in params:
            titles = params['titles']
            titles = titles if isinstance(titles, list) else [titles]
            query['pages'] = [self._page(title, params) for title in titles]
        if params.get('list') == 'users':
            query['users'] = [
                {
                    'name': name,
                    'userid': self._userid(name),
                    'rights': [] if name in NEWBIES else ['autoconfirmed'],
                }
                | ({'blockid': 1} if name in self.blocked else {})
                for name in params['ususers']
            ]
        return {'query': query, 'curtimestamp': f'{self.time:%Y-%m-%dT%H:%M:%SZ}'}

    def _page(self, title: str, params: Mapping[str, Any]) -> dict[str, Any]:
        revs = [rev for rev in reversed(self.revs) if rev.title == title]
        if not revs:
            return {'title': title, 'ns': 0, 'missing': True}
        page: dict[str, Any] = {'title': title, 'ns': 0, 'pageid': 1, 'lastrevid': revs[0].revid}
        page['fullurl'] = 'https://w.example/wiki/' + title.replace(' ', '_')
        content = 'content' in params['rvprop']
        if 'rvlimit' not in params:
            revs = revs[:1]
        if params.get('rvuser'):
            revs = [
                rev for rev in revs if rev.user == params['rvuser'] and 'user' not in rev.hidden
            ]
        if params.get('rvend'):
            revs = [rev for rev in revs if f'{rev.when:%Y-%m-%dT%H:%M:%SZ}' >= params['rvend']]
        if revs[:1] and revs[0].text.startswith('#REDIRECT'):
            page['redirect'] = True
        page['revisions'] = [self._show(rev, content) for rev in revs]
        return page

    def _show(self, rev: Rev, content: bool) -> dict[str, Any]:
        shown: dict[str, Any] = {
            'revid': rev.revid, 'parentid': rev.parentid, 'timestamp': f'{rev.when:%Y-%m-%dT%H:%M:%SZ}',
            'tags': [], 'minor': False,
        }  # fmt: skip
        shown |= (
            {'userhidden': True}
            if 'user' in rev.hidden
            else {'user': rev.user, 'userid': self._userid(rev.user)}
        )
        shown |= {'commenthidden': True} if 'comment' in rev.hidden else {'comment': rev.comment}
        shown |= {'sha1hidden': True} if 'text' in rev.hidden else {'sha1': 'x'}
        if content:
            hidden = {'texthidden': True} if 'text' in rev.hidden else {'content': rev.text}
            shown['slots'] = {'main': {'contentmodel': 'wikitext', **hidden}}
        return shown

    @staticmethod
    def _userid(name: str) -> int:
        return 0 if name[0].isdigit() else 1 + sum(name.encode())

    def write(self, params: Mapping[str, Any]) -> dict[str, Any]:
        refused = self.filter(params)
        if refused == 'kill':
            raise Killed
        if refused == 'lost':
            raise AnswerLost('lost')
        if refused:
            raise WikiRefused(ApiError(refused, f'no {refused}'))
        title = str(params['title'])
        last = self.last(title)
        if params.get('section') != 'new' and params.get('baserevid') != (
            last.revid if last else None
        ):
            raise EditConflict(ApiError('editconflict', 'conflict'))
        self.edits += 1
        assert len(params['summary']) <= 500
        revid = self.edit(title, params['text'], BOT, params['summary'])
        self.after()
        return {
            'edit': {'result': 'Success', 'newrevid': revid, 'oldrevid': last.revid if last else 0}
        }


def open_desk(wiki: FakeWiki, **settings: Any) -> Any:
    """What ``open_desk`` gives, with *settings* of the configuration."""
    values = {
        'bot': BOT,
        'approvers': {'groups': ['sysop']},
        'channels': {'mastodon': {}, 'bluesky': {}},
    }
    values |= {name.replace('_', ' '): value for name, value in settings.items()}
    config = DeskConfig.model_validate_json(__import__('json').dumps(values))
    for title in (config.pages.queue, config.pages.suggestions):
        if wiki.last(title) is None:
            wiki.edit(title, 'Introduction.', 'Admin')
    return SimpleNamespace(api=wiki, config=config, config_title='MediaWiki:Social-media.json')
