"""Reading pages and people: few requests, and what belongs together from one answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mwsocial.desk.knowledge import Person
from mwsocial.desk.titles import capitalized
from mwsocial.errors import TemporaryError
from mwsocial.wiki.api import Api, read_timestamp

INFINITE = frozenset({'infinity', 'infinite', 'indefinite', 'never'})


@dataclass(frozen=True)
class PageState:
    """A page at one moment. Text and ``revid`` come from one answer and belong together.

    ``revid`` 0 and ``missing`` for a page that does not exist. ``user`` made that revision ('' where
    hidden). ``protection`` maps an action (``edit``, ``move``, ``create``) to the levels that it needs
    (all of them; a cascading protection of another page may add one). ``refusal``: the wiki's words
    where the account logged in may not edit the page (protection, block); '' where it may, or where
    that was not asked.
    """

    title: str
    namespace: int = 0
    pageid: int = 0
    revid: int = 0
    timestamp: datetime | None = None
    user: str = ''
    text: str = ''
    protection: Mapping[str, frozenset[str]] = field(default_factory=dict)
    redirect: bool = False
    missing: bool = False
    model: str = 'wikitext'
    text_hidden: bool = False
    refusal: str = ''


@dataclass(frozen=True)
class Snapshot:
    """Several pages at one moment, by the titles that were asked for.

    ``now`` is UTC by the wiki's clock; ``blocked`` says why the account logged in is blocked from the
    whole wiki ('' where it is not; a block from single pages shows as ``PageState.refusal``).
    """

    pages: Mapping[str, PageState]
    now: datetime
    blocked: str = ''


def snapshot(api: Api, titles: Sequence[str]) -> Snapshot:
    """Text, revision, protection and more of several pages, in one request (at most ``api.batch``).

    Raises TemporaryError.
    """
    wanted = list(dict.fromkeys(titles))
    pages: dict[str, PageState] = {}
    blocked = ''
    params = {
        'titles': wanted,
        'prop': 'info|revisions',
        'inprop': 'protection',
        'intestactions': 'edit',
        'intestactionsdetail': 'full',
        'rvprop': 'ids|timestamp|user|content',
        'rvslots': 'main',
        'meta': 'userinfo',
        'uiprop': 'blockinfo',
    }
    now = None
    # Answers that grow too large are continued, with the texts of the pages that are still missing.
    for answer in api.query_all(params):
        now = now or read_timestamp(answer['curtimestamp'])
        info = answer['query'].get('userinfo', {})
        if 'blockid' in info and not info.get('blockpartial'):
            blocked = str(info.get('blockreason') or '') or 'no reason given'
        for title, page in page_states(answer, wanted).items():
            if title not in pages or (page.revid and not pages[title].revid):
                pages[title] = page
    lacking = [t for t in wanted if t not in pages or not (pages[t].revid or pages[t].missing)]
    if lacking or now is None:
        raise TemporaryError(f'The wiki did not give the text of {", ".join(lacking)}.')
    return Snapshot(pages, now, blocked)


def page_states(answer: Mapping[str, Any], titles: Iterable[str]) -> dict[str, PageState]:
    """The pages of an answer to ``prop=info|revisions``, by the titles that were asked for."""
    query = answer['query']
    real = {one['from']: one['to'] for one in query.get('normalized', [])}
    found = {page['title']: page for page in query.get('pages', []) if 'title' in page}
    states = {}
    for title in titles:
        page = found.get(real.get(title, title))
        if page is not None:
            states[title] = _page_state(page)
    return states


def _page_state(page: Mapping[str, Any]) -> PageState:
    revision: Mapping[str, Any] = next(iter(page.get('revisions', [])), {})
    slot = revision.get('slots', {}).get('main', {})
    if revision and 'content' not in slot and 'texthidden' not in slot:
        raise TemporaryError(f'The wiki cannot find the text of {page["title"]} now.')
    refusals = page.get('actions', {}).get('edit')
    return PageState(
        title=page['title'],
        namespace=int(page.get('ns', 0)),
        pageid=int(page.get('pageid', 0)),
        revid=int(revision.get('revid', 0)),
        timestamp=read_timestamp(revision['timestamp']) if 'timestamp' in revision else None,
        text=str(slot.get('content', '')),
        user=str(revision.get('user', '')) if 'userhidden' not in revision else '',
        protection=_levels(page.get('protection', [])),
        redirect='redirect' in page,
        missing='missing' in page or 'invalid' in page,
        model=str(slot.get('contentmodel') or page.get('contentmodel', 'wikitext')),
        text_hidden='texthidden' in slot,
        refusal=_refusal(refusals),
    )


def _levels(protections: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    levels: dict[str, frozenset[str]] = {}
    for one in protections:
        levels[one['type']] = levels.get(one['type'], frozenset()) | {one['level']}
    return levels


def _refusal(refusals: Any) -> str:
    if isinstance(refusals, list):
        return ' '.join(str(one.get('text', one.get('code', ''))) for one in refusals)
    return 'not allowed' if refusals is False else ''


def people(api: Api, names: Iterable[str], page: str = '') -> dict[str, Person]:
    """What the wiki says of users now, by name; userid 0 where there is no such user.

    ``groups`` are explicit ones that have not expired (``usprop=groupmemberships``). ``blocked``:
    from the whole wiki or from the page of the title *page*. ``locked``: global locks, on wikis whose
    accounts are global.
    """
    wanted = sorted(set(names))
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), api.batch):
        batch = wanted[start : start + api.batch]
        params: dict[str, Any] = {
            'list': 'users',
            'ususers': batch,
            'usprop': 'groupmemberships|blockinfo',
        }
        found |= _people(api, batch, params, page)
    return found


def _people(api: Api, names: Sequence[str], params: dict[str, Any], page: str) -> dict[str, Person]:
    # A lock can be asked for one account at a time only; the first goes with the list of users.
    answer = api.query({**params, **_lock_question(api, names[0])})
    locked = {names[0]: _is_locked(answer)}
    for name in names[1:] if api.central else ():
        locked[name] = _is_locked(api.query(_lock_question(api, name)))
    now = read_timestamp(answer['curtimestamp'])
    users = {user['name']: user for user in answer['query']['users']}
    partly = [name for name, user in users.items() if user.get('blockpartial')]
    kept_out = _kept_out(api, partly, page) if partly else frozenset()
    found = {}
    for name in names:
        user = users.get(_canonical(name), {})
        found[name] = Person(
            name=name,
            userid=int(user.get('userid', 0)),
            groups=frozenset(
                one['group']
                for one in user.get('groupmemberships', [])
                if one['expiry'] in INFINITE or read_timestamp(one['expiry']) > now
            ),
            blocked='blockid' in user
            and (not user.get('blockpartial') or user['name'] in kept_out),
            locked=locked.get(name, False),
        )
    return found


def _lock_question(api: Api, name: str) -> dict[str, str]:
    return {'meta': 'globaluserinfo', 'guiuser': name} if api.central else {}


def _is_locked(answer: Mapping[str, Any]) -> bool:
    return bool(answer['query'].get('globaluserinfo', {}).get('locked', False))


def _kept_out(api: Api, names: Sequence[str], page: str) -> frozenset[str]:
    """Those of the partially blocked users who are blocked from the page."""
    found: set[str] = set()
    params: dict[str, Any] = {
        'list': 'blocks',
        'bkusers': names,
        'bkprop': 'user|restrictions|flags',
        'bklimit': 'max',
        'titles': page or None,
        'prop': 'info' if page else None,
    }
    for answer in api.query_all(params):
        pages = answer['query'].get('pages', [])
        ids = {one.get('pageid') for one in pages}
        spaces = {one.get('ns') for one in pages}
        for block in answer['query'].get('blocks', []):
            limits = block.get('restrictions') or {}
            if not block.get('partial') or (
                any(one.get('id') in ids for one in limits.get('pages', []))
                or not spaces.isdisjoint(limits.get('namespaces', []))
            ):
                found.add(block['user'])
    return frozenset(found)


def _canonical(name: str) -> str:
    words = ' '.join(name.replace('_', ' ').split())
    return capitalized(words)


def texts(api: Api, revids: Iterable[int], *, seen: int = 0) -> dict[int, str]:
    """The wikitext of revisions, by id; '' where the text is hidden or the revision is gone.

    *seen*: a revision that the wiki has shown before; those older than it may be gone (a page was
    deleted), what is newer must be there. Raises TemporaryError where the wiki has lost sight of a
    text, which is not the same as hidden, or does not know a revision (yet): a database server that
    lags behind takes it for one that never was.
    """
    wanted = sorted({revid for revid in revids if revid > 0})
    found: dict[int, str] = {}
    for start in range(0, len(wanted), api.batch):
        batch = wanted[start : start + api.batch]
        params = {
            'revids': batch,
            'prop': 'revisions',
            'rvprop': 'ids|content',
            'rvslots': 'main',
        }
        gone: set[int] = set()
        for answer in api.query_all(params):
            query = answer.get('query', {})
            gone |= {int(revid) for revid in query.get('badrevids', {})}
            for page in query.get('pages', []):
                for revision in page.get('revisions', []):
                    found[int(revision['revid'])] = _text(revision)
        gone -= found.keys()
        unsure = gone - _surely_gone(api, {revid for revid in gone if revid < seen}, seen)
        lacking = [revid for revid in batch if revid not in found and revid not in gone]
        for revid in sorted([*lacking, *unsure])[:1]:
            raise TemporaryError(f'The wiki did not give the text of revision {revid}.')
        found |= dict.fromkeys(gone, '')
    return found


def _surely_gone(api: Api, revids: Collection[int], seen: int) -> set[int]:
    """Those of the revisions that a database server does not know which knows the newer one *seen*."""
    if not revids:
        return set()
    gone: set[int] = set()
    for start in range(0, len(batch := sorted(revids)), api.batch - 1):
        asked = [*batch[start : start + api.batch - 1], seen]
        query = api.query({'revids': asked, 'prop': 'revisions', 'rvprop': 'ids'})['query']
        bad = {int(revid) for revid in query.get('badrevids', {})}
        gone |= set() if seen in bad else bad
    return gone


def _text(revision: Mapping[str, Any]) -> str:
    slot = revision.get('slots', {}).get('main', {})
    if 'texthidden' in slot or 'texthidden' in revision:
        return ''
    if 'content' not in slot:
        raise TemporaryError(f'The wiki cannot find the text of revision {revision["revid"]} now.')
    return str(slot['content'])
