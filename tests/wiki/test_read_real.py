"""Reading pages and people on a real MediaWiki."""

from __future__ import annotations

import uuid

import pytest

from mwsocial.desk.knowledge import Person
from mwsocial.errors import TemporaryError
from mwsocial.sandbox import Sandbox
from mwsocial.wiki.api import Api
from mwsocial.wiki.former import FormerRights
from mwsocial.wiki.read import people, snapshot, texts
from tests.wiki.desks import BOT, CONFIG, CONFIG_TEXT, real_desk

pytestmark = pytest.mark.real


@pytest.fixture(scope='module')
def api(wiki: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Api:
    return real_desk(wiki, tmp_path_factory.mktemp('pywikibot')).api


@pytest.fixture
def title(wiki: Sandbox) -> str:
    """A page of its own for a test."""
    name = f'Sandbox/{uuid.uuid4()}'
    wiki.person('Carol').edit(name, 'text')
    return name


def test_several_pages_in_one_request(api: Api, title: str, wiki: Sandbox) -> None:
    admin = wiki.person('Admin')
    admin.protect(title, edit='sysop', move='sysop')
    admin.edit(f'{title}/to', f'#REDIRECT [[{title}]]')
    titles = [title, f'{title}/to', f'{title}/none', title.replace('S', 's', 1), CONFIG, 'A|b']
    found = snapshot(api, titles)
    assert set(found.pages) == set(titles)
    page = found.pages[title]
    assert (page.text, page.revid) == wiki.person('Carol').page(title)
    assert page.protection == {'edit': frozenset({'sysop'}), 'move': frozenset({'sysop'})}
    assert page.refusal and page.user == 'Admin' and not page.missing
    assert found.pages[titles[3]] == page
    assert found.pages[f'{title}/to'].redirect and not page.redirect
    assert found.pages[f'{title}/none'].missing and not found.pages[f'{title}/none'].revid
    assert found.pages[CONFIG].model == 'json' and found.pages[CONFIG].namespace == 8
    assert found.pages['A|b'].missing
    assert abs((found.now - api.now()).total_seconds()) < 5
    assert found.blocked == ''


def test_a_hidden_text_is_told_from_an_empty_one(api: Api, title: str, wiki: Sandbox) -> None:
    old = wiki.person('Carol').page(title)[1]
    new = wiki.person('Carol').edit(title, '')
    wiki.person('Admin').hide_revision(old, content=True)
    page = snapshot(api, [title]).pages[title]
    assert (page.revid, page.text, page.text_hidden, page.missing) == (new, '', False, False)
    assert texts(api, [old, new, 0]) == {old: '', new: ''}


def test_what_is_gone_is_told_from_what_is_not_known_yet(
    api: Api, title: str, wiki: Sandbox
) -> None:
    """MediaWiki gives the same answer for a revision that was deleted and for one that its database
    server has not heard of yet.
    """
    admin = wiki.person('Admin')
    gone = wiki.person('Carol').edit(f'{title}/gone', 'words')
    admin.delete(f'{title}/gone')
    there = wiki.person('Carol').edit(title, 'new words')
    assert texts(api, [gone, there], seen=there) == {gone: '', there: 'new words'}
    for revids, seen in (([gone], 0), ([999_999_999], there), ([gone, there], gone)):
        with pytest.raises(
            TemporaryError, match=f'revision {max(revids) if seen > gone else gone}'
        ):
            texts(api, revids, seen=seen)
    # Neither is believed of a server that does not know what was seen before.
    with pytest.raises(TemporaryError, match=f'revision {gone}'):
        texts(api, [gone], seen=999_999_999)


def test_many_texts_in_batches(api: Api, title: str, wiki: Sandbox) -> None:
    revids = {wiki.person('Carol').edit(title, f'text {n}'): f'text {n}' for n in range(7)}
    batch, api.batch = api.batch, 3
    try:
        assert texts(api, revids) == revids
    finally:
        api.batch = batch


def test_people(api: Api, title: str, wiki: Sandbox) -> None:
    found = people(api, ['alice', 'Bob', 'Nobody at all', '192.0.2.1', BOT], title)
    assert found['Bob'].groups == {'social-approver'} and found['Bob'].userid > 0
    assert found['alice'] == Person('alice', found['alice'].userid) and found['alice'].userid
    assert found['Nobody at all'] == Person('Nobody at all', 0)
    assert found['192.0.2.1'].userid == 0
    assert found[BOT].groups == {'bot'}


def test_blocks(api: Api, title: str, wiki: Sandbox) -> None:
    admin = wiki.person('Admin')
    pageid = snapshot(api, [title]).pages[title].pageid
    try:
        admin.block('Dave', partial=True, allowusertalk=True, pagerestrictions='Main Page')
        assert pageid and not people(api, ['Dave'], title)['Dave'].blocked
        admin.block('Dave', partial=True, allowusertalk=True, pagerestrictions=f'Main Page|{title}')
        assert people(api, ['Dave', 'Carol'], title)['Dave'].blocked
        assert not people(api, ['Dave', 'Carol'], title)['Carol'].blocked
        admin.block('Dave', partial=True, allowusertalk=True, namespacerestrictions='0')
        assert people(api, ['Dave'], title)['Dave'].blocked
        admin.block('Dave', partial=True, allowusertalk=True, namespacerestrictions='4')
        assert not people(api, ['Dave'], title)['Dave'].blocked
        admin.block('Dave')
        assert people(api, ['Dave'], title)['Dave'].blocked
    finally:
        admin.unblock('Dave')
    assert not people(api, ['Dave'], title)['Dave'].blocked


def test_the_own_block(api: Api, title: str, wiki: Sandbox) -> None:
    admin = wiki.person('Admin')
    try:
        admin.block(
            BOT, partial=True, allowusertalk=True, pagerestrictions=title, reason='misbehaves here'
        )
        found = snapshot(api, [title, 'Main Page'])
        assert found.blocked == ''
        assert found.pages[title].refusal and not found.pages['Main Page'].refusal
        admin.block(BOT, reason='misbehaves')
        assert snapshot(api, [title]).blocked == 'misbehaves'
    finally:
        admin.unblock(BOT)
    assert snapshot(api, [title]).pages[title].refusal == ''


def test_rights_expire(api: Api, title: str, wiki: Sandbox) -> None:
    admin = wiki.person('Admin')
    token = admin.api(action='query', meta='tokens', type='userrights')
    admin.api(
        action='userrights', user='Dave', add='social-approver', expiry='1 day',
        token=token['query']['tokens']['userrightstoken'],
    )  # fmt: skip
    assert people(api, ['Dave'])['Dave'].groups == {'social-approver'}
    with wiki_later(wiki, 2 * 86400):
        assert people(api, ['Dave'])['Dave'].groups == frozenset()
        rights = FormerRights(api, CONFIG).of(people(api, ['Dave'])['Dave'])
        assert len(rights) == 1 and rights[0].until is not None
        assert 86000 < (rights[0].until - rights[0].since).total_seconds() < 86800


class wiki_later:
    """Let the wiki's clock run ahead by some seconds."""

    def __init__(self, wiki: Sandbox, seconds: int) -> None:
        self.wiki = wiki
        self.seconds = seconds

    def __enter__(self) -> None:
        self.wiki.clock.write(self.seconds)

    def __exit__(self, *_: object) -> None:
        self.wiki.clock.write(0)


def test_former_rights(api: Api, wiki: Sandbox) -> None:
    admin = wiki.person('Admin')
    with wiki_later(wiki, 1000):
        admin.edit(CONFIG, CONFIG_TEXT.replace('"Alice"', '"Alice", "Carol"'))
        admin.user_rights('Mallory', add=['social-approver'])
    with wiki_later(wiki, 2000):
        admin.edit(CONFIG, CONFIG_TEXT)
        admin.user_rights('Mallory', remove=['social-approver'])
    former = FormerRights(api, CONFIG)
    found = people(api, ['Alice', 'Bob', 'Carol', 'Mallory', BOT])
    assert [one.until for one in former.of(found['Alice'])] == [None]
    assert [one.until for one in former.of(found['Bob'])] == [None]
    assert former.of(found['Alice'])[0].since < former.of(found['Carol'])[0].since
    assert former.of(found[BOT]) == []
    for name in ('Carol', 'Mallory'):
        spans = former.of(found[name])
        assert len(spans) == 1 and spans[0].until is not None
        assert 900 < (spans[0].until - spans[0].since).total_seconds() < 1100
