"""The history of pages on a real MediaWiki, and what may be believed of it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mwsocial.desk.item import Queue
from mwsocial.desk.knowledge import Knowledge, Need
from mwsocial.errors import TemporaryError
from mwsocial.sandbox import Sandbox
from mwsocial.wiki.api import Answer, Api
from mwsocial.wiki.former import FormerRights
from mwsocial.wiki.history import PageHistory, _imported, bot_revisions, contributions, revisions
from mwsocial.wiki.read import snapshot
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.save import Saved, save
from mwsocial.wiki.textstore import TextStore
from tests.wiki.desks import BOT, CONFIG, real_desk

pytestmark = pytest.mark.real

ITEM = '{{Social media item\n| id   = a-1\n| text = Hello\n}}'
XML = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
<page><title>{title}</title><ns>0</ns>
<revision><timestamp>2020-01-01T00:00:00Z</timestamp><contributor><username>Alice</username>
</contributor><comment>forged</comment><model>wikitext</model><format>text/x-wiki</format>
<text xml:space="preserve">forged</text></revision>
</page></mediawiki>"""


@pytest.fixture(scope='module')
def api(wiki: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Api:
    return real_desk(wiki, tmp_path_factory.mktemp('pywikibot')).api


@pytest.fixture
def title(wiki: Sandbox) -> str:
    """A page of its own for a test."""
    name = f'Sandbox/{uuid.uuid4()}'
    wiki.person('Carol').edit(name, 'first', summary='begin')
    return name


def history(api: Api, title: str, store: TextStore | None = None) -> PageHistory:
    page = snapshot(api, [title]).pages[title]
    return PageHistory(api, page, FormerRights(api, CONFIG), store)


def test_a_history_is_knowledge(api: Api, title: str, wiki: Sandbox) -> None:
    wiki.person('Alice').edit(title, ITEM, summary='an item')
    knowledge: Knowledge = history(api, title)
    newest, oldest = knowledge.chain
    assert (newest.user, newest.summary, newest.parentid) == ('Alice', 'an item', oldest.revid)
    assert oldest.parentid == 0 and newest.timestamp.utcoffset() is not None
    assert newest.sha1 == hashlib.sha1(ITEM.encode()).hexdigest()
    assert knowledge.queue(newest.revid).by_id()['a-1'].content['text'] == 'Hello'
    with pytest.raises(Need) as need:
        knowledge.text(oldest.revid)
    assert need.value.texts == {oldest.revid}
    with pytest.raises(Need):
        knowledge.person('Bob')
    with pytest.raises(Need):
        knowledge.former_rights('Bob')


def test_decisions_get_what_they_ask_for(api: Api, title: str, wiki: Sandbox) -> None:
    wiki.person('Alice').edit(title, ITEM)
    knowledge = history(api, title)
    oldest = knowledge.chain[-1].revid
    assert knowledge.decide(lambda: knowledge.text(oldest)) == 'first'
    assert knowledge.decide(lambda: knowledge.person('Bob').groups) == {'social-approver'}
    assert knowledge.decide(lambda: knowledge.former_rights('Bob'))[0].until is None

    def insatiable() -> None:
        raise Need(texts=[oldest])

    with pytest.raises(RuntimeError, match='goes on asking'):
        knowledge.decide(insatiable)


@pytest.mark.parametrize(('room', 'requests'), [(1000, 1), (3, 2), (1, 5)])
def test_texts_of_one_need_are_as_few_requests_as_hold_them(
    api: Api,
    title: str,
    wiki: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    room: int,
    requests: int,
) -> None:
    """Five texts of a byte besides the newest, which is known: two and three, or each alone."""
    monkeypatch.setattr('mwsocial.wiki.history._ANSWER', room)
    wiki.person('Carol').edit(title, 'f')
    for number in range(5):
        wiki.person('Carol').edit(title, f'{number}')
    knowledge = history(api, title)
    wanted = {revision.revid for revision in knowledge.chain[:-1]}
    asked = []
    send = api._send
    api._send = lambda *args: asked.append(args) or send(*args)  # type: ignore[func-returns-value]
    try:
        knowledge.fetch(Need(texts=wanted))
        knowledge.fetch(Need(texts=wanted))
    finally:
        api._send = send
    assert len(asked) == requests
    assert [knowledge.text(one.revid) for one in knowledge.chain[:-1]] == [*'43210f']


def test_an_imported_revision_is_not_in_the_chain(api: Api, title: str, wiki: Sandbox) -> None:
    wiki.person('Carol').edit(title, 'second')
    wiki.person('Admin').import_xml(XML.format(title=title))
    knowledge = history(api, title)
    forged = {one.revid for one in knowledge.revisions.values() if one.summary == 'forged'}
    assert forged
    assert forged.isdisjoint(one.revid for one in knowledge.chain)
    assert {'second', 'first'} <= {
        knowledge.decide(lambda one=one: knowledge.text(one.revid)) for one in knowledge.chain
    }


@pytest.mark.parametrize('ahead', [timedelta(), timedelta(hours=1), timedelta(days=-300)])
def test_an_import_may_have_made_any_edit_before_its_end(
    api: Api, title: str, wiki: Sandbox, ahead: timedelta
) -> None:
    """MediaWiki links what it imports to the accounts of this wiki where it is told to, at the time that
    the file says; with one of now or later it is the current text.
    """
    assert not any(one.imported for one in history(api, title).revisions.values())
    when = (api.now() + ahead).strftime('%Y-%m-%dT%H:%M:%SZ')
    xml = XML.format(title=title).replace('2020-01-01T00:00:00Z', when)
    wiki.person('Admin').import_xml(xml, known_users=True)
    knowledge = history(api, title)
    (forged,) = (one for one in knowledge.revisions.values() if one.summary == 'forged')
    assert forged.user == 'Alice' and forged.userid
    assert (forged in knowledge.chain) is (ahead >= timedelta())
    assert forged.imported
    later = wiki.person('Carol').edit(title, 'later')
    knowledge = history(api, title)
    assert [one.revid for one in knowledge.chain if not one.imported] == [later]
    assert knowledge.revisions[forged.revid].imported


def test_a_hidden_revision_is_empty_even_where_its_text_is_known(
    api: Api, title: str, wiki: Sandbox, tmp_path: Path
) -> None:
    store = TextStore(tmp_path / 'texts', 'host')
    secret = wiki.person('Carol').edit(title, ITEM, summary='secret summary')
    wiki.person('Carol').edit(title, 'clean')
    before = history(api, title, store)
    assert before.chain
    assert before.decide(lambda: before.queue(secret)).items
    wiki.person('Admin').hide_revision(secret, content=True, user=True, comment=True)
    for known in (store, TextStore(tmp_path / 'texts', 'host'), None):
        after = history(api, title, known)
        revision = {one.revid: one for one in after.chain}[secret]
        assert revision.text_hidden and revision.user_hidden and revision.summary_hidden
        assert (revision.user, revision.userid, revision.summary) == ('', 0, '')
        assert after.decide(lambda a=after: a.text(secret)) == ''
        assert after.decide(lambda a=after: a.queue(secret)) == Queue(())


def test_own_revisions(api: Api, title: str, wiki: Sandbox) -> None:
    revid = snapshot(api, [title]).pages[title].revid
    saved = save(api, title, 'bot', base=revid, summary='mwsocial:claim a-1')
    assert isinstance(saved, Saved)
    wiki.person('Carol').edit(title, 'human')
    found = bot_revisions(api, title, [BOT, 'Nobody of that name'], at_least=saved.revid)
    assert [(one.revid, one.summary) for one in found] == [(saved.revid, 'mwsocial:claim a-1')]
    assert bot_revisions(api, f'{title}/none', [BOT], at_least=0) == []
    both = bot_revisions(api, title, [BOT, 'Carol'], at_least=0)
    assert [one.user for one in both] == ['Carol', BOT, 'Carol']


def test_contributions_by_page(api: Api, title: str) -> None:
    other = f'{title}/other'
    first = save(api, title, 'bot', base=snapshot(api, [title]).pages[title].revid, summary='one')
    second = save(api, other, 'bot', base=0, summary='two')
    assert isinstance(first, Saved) and isinstance(second, Saved)
    users = [BOT, 'Nobody of that name']
    seen: dict[int, Revision] = {}

    def two(revision: Revision) -> bool:
        seen[revision.revid] = revision
        return revision.summary == 'two'

    assert contributions(api, users, two, at_least=second.revid) >= {other}
    assert title not in contributions(api, users, two)
    assert (seen[first.revid].summary, seen[first.revid].user) == ('one', BOT)
    assert seen[second.revid].parentid == 0


class Lagging:
    """Lets a question get, so many times, the answer that it got before the last edit."""

    def __init__(self, api: Api, times: int, **fields: str) -> None:
        self.api = api
        self.fields = fields
        self.times = times
        self.asked = 0
        self._send = api._send
        self._old: Answer | None = None

    def __enter__(self) -> Lagging:
        self.api._send = self._ask
        return self

    def __exit__(self, *_: object) -> None:
        self.api._send = self._send

    def _ask(self, params: Mapping[str, str], *more: Any) -> Answer:
        if any(params.get(name) != value for name, value in self.fields.items()):
            return self._send(params, *more)
        self.asked += 1
        if self._old is None:
            self._old = self._send(params, *more)
            return self._old
        if self.times:
            self.times -= 1
            return self._old
        return self._send(params, *more)


@pytest.mark.parametrize('whose', ['', BOT])
def test_a_history_that_lags_is_asked_for_again(
    api: Api, title: str, wiki: Sandbox, whose: str
) -> None:
    """Another database server does not know of the newest claim yet, which the page shows already."""
    with Lagging(api, 2, titles=title, rvlimit='max') as lag:
        assert revisions(api, title, whose) is not None
        base = snapshot(api, [title]).pages[title].revid
        saved = save(api, title, 'claimed', base=base, summary='mwsocial:claim a-1')
        assert isinstance(saved, Saved)
        found = revisions(api, title, whose, at_least=saved.revid)
        assert found[0].revid == saved.revid
        assert lag.asked == 1 + 3


@pytest.mark.parametrize('what', ['history', 'contributions'])
def test_a_history_that_goes_on_lagging_is_not_believed(
    api: Api, title: str, wiki: Sandbox, what: str
) -> None:
    fields = {'list': 'usercontribs'} if what == 'contributions' else {'rvlimit': 'max'}
    with Lagging(api, 1000, **fields):
        first = snapshot(api, [title]).pages[title]
        if what == 'contributions':
            contributions(api, [BOT], bool)
        else:
            assert history(api, title).chain
        saved = save(api, title, 'claimed', base=first.revid, summary='mwsocial:claim a-1')
        assert isinstance(saved, Saved)
        with pytest.raises(TemporaryError, match='does not show'):
            if what == 'contributions':
                contributions(api, [BOT], bool, at_least=saved.revid)
            else:
                _ = history(api, title).revisions


def test_a_long_history_is_continued(api: Api, title: str, wiki: Sandbox) -> None:
    for number in range(6):
        wiki.person('Carol').edit(title, f'{number}')
    send = api._send
    api._send = lambda params, *more: send(
        {**params, 'rvlimit': '2'} if params.get('rvlimit') == 'max' else params, *more
    )
    try:
        chain = history(api, title).chain
    finally:
        api._send = send
    assert len(chain) == 7 and chain[-1].summary == 'begin'
    assert [one.parentid for one in chain[:-1]] == [one.revid for one in chain[1:]]


def test_only_so_many_edits_as_the_log_says_may_be_imported(api: Api) -> None:
    """And as were made within an hour before: in which of the two ways none of these tells."""
    start = datetime(2026, 11, 25, 14, tzinfo=UTC)

    def made(revid: int, user: str, minutes: int, *, hidden: bool = False) -> Revision:
        time = start + timedelta(minutes=minutes)
        return Revision(revid, revid - 1, user, 1, time, user_hidden=hidden)

    old = [made(n, 'Carol', -600 + n) for n in range(1, 6)]
    meanwhile, forged = made(6, 'Carol', -30), made(7, 'Alice', 60)
    end, later = made(8, 'Admin', 0), made(9, 'Carol', 0)
    entry = {'timestamp': '2026-11-25T14:00:00Z', 'user': 'Admin', 'params': {'count': 1}}
    everything = [*old, meanwhile, forged, end, later]
    # Two of the last hour besides the one that the log counts, and the end itself.
    assert _imported(everything, [entry]) == {8, 7, 6, 5}
    assert _imported(everything, []) == frozenset()
    unknown = {**entry, 'params': {}}
    assert _imported(everything, [unknown]) == {8, 7, 6, 5, 4, 3, 2, 1}
    hidden = [*everything[:-2], replace(end, user='', user_hidden=True), later]
    assert _imported(hidden, [entry]) == {8, 7, 6, 5}
    # The page has been deleted since, and began anew.
    assert _imported([later], [{**entry, 'timestamp': '2026-11-24T14:00:00Z'}]) == frozenset()
    assert _imported([*old, later], [{**entry, 'user': 'Gone'}]) == {9, 5, 4, 3, 2, 1}


def test_imports_at_the_same_time_mix(api: Api) -> None:
    """One that ran inside another: the first edits of the outer one are as many further back."""
    end = datetime(2026, 11, 28, 12, tzinfo=UTC)
    old = end - timedelta(days=200)

    def made(revid: int, time: datetime, user: str = 'Carol') -> Revision:
        return Revision(revid, revid - 1, user, 1, time)

    genuine = [made(n, end - timedelta(days=1)) for n in range(1, 6)]
    forged = made(6, end - timedelta(minutes=59), 'Alice')
    mixed = [made(n, old) for n in range(7, 76)]  # 9 of the outer one, 60 of the inner one
    inner = made(76, end, 'Admin')
    rest = [made(n, old) for n in range(77, 107)]
    outer = made(107, end + timedelta(seconds=20), 'Admin')
    everything = [*genuine, forged, *mixed, inner, *rest, outer]
    log = [
        {'timestamp': '2026-11-28T12:00:20Z', 'user': 'Admin', 'params': {'count': 40}},
        {'timestamp': '2026-11-28T12:00:00Z', 'user': 'Admin', 'params': {'count': 60}},
    ]
    assert forged.revid in _imported(everything, log)
    # Where the log does not tell of one how many it brought, it tells that of none beside it.
    assert 1 in _imported(everything, [log[0], {**log[1], 'params': {}}])
    assert 1 not in _imported(everything, [{**log[0], 'params': {'count': 99}}])
