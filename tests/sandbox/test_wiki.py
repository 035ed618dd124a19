"""The sandbox's wiki is what the desk's tests need it to be."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from mwsocial.sandbox import Gate, Person, Rule, Sandbox, WikiError


def png(red: int) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', check)

    row = b'\0' + bytes([red, 0, 0]) * 300
    return (
        b'\x89PNG\r\n\x1a\n'
        + chunk(b'IHDR', struct.pack('>IIBBBBB', 300, 200, 8, 2, 0, 0, 0))
        + chunk(b'IDAT', zlib.compress(row * 200))
        + chunk(b'IEND', b'')
    )


@pytest.fixture
def carol(wiki: Sandbox) -> Person:
    return wiki.person('Carol')


@pytest.fixture
def admin(wiki: Sandbox) -> Person:
    return wiki.person('Admin')


def test_edit_read_history_undo_rollback(carol: Person, admin: Person) -> None:
    first = carol.edit('Basics', 'one', 'begin')
    second = carol.edit('Basics', 'two', 'go on', base=first)
    assert carol.page('Basics') == ('two', second)
    assert carol.edit('Basics', 'two') == second
    assert carol.page('No such page') == ('', 0)
    undone = carol.undo('Basics', second)
    assert carol.text('Basics') == 'one'
    newest = carol.history('Basics')[0]
    assert (newest['revid'], newest['tags']) == (undone, ['mw-undo'])
    admin.edit('Basics', 'three')
    carol.edit('Basics', 'vandalism')
    rolled = admin.rollback('Basics', 'Carol')
    assert admin.page('Basics') == ('three', rolled)
    assert 'mw-rollback' in admin.history('Basics')[0]['tags']


def test_sections(carol: Person) -> None:
    carol.append_section('Sections', 'First', 'a')
    carol.append_section('Sections', 'Second', 'b')
    carol.edit('Sections', '== First ==\nchanged', section=1)
    assert carol.text('Sections') == '== First ==\nchanged\n\n== Second ==\n\nb'


def test_edit_conflict_and_merge(wiki: Sandbox, carol: Person) -> None:
    base = carol.edit('Conflict', 'a\n\nb\n\nc')
    wiki.person('Dave').edit('Conflict', 'A\n\nb\n\nc', base=base)
    merged = carol.edit('Conflict', 'a\n\nb\n\nC', base=base)
    assert carol.page('Conflict') == ('A\n\nb\n\nC', merged)
    with pytest.raises(WikiError, match='editconflict'):
        carol.edit('Conflict', 'x\n\nb\n\nc', base=base)


def test_merging_can_be_switched_off(wiki: Sandbox, carol: Person) -> None:
    base = carol.edit('Unmerged', 'a\n\nb\n\nc')
    wiki.person('Dave').edit('Unmerged', 'A\n\nb\n\nc', base=base)
    wiki.configure(wgDiff3='')
    try:
        with pytest.raises(WikiError, match='editconflict'):
            carol.edit('Unmerged', 'a\n\nb\n\nC', base=base)
    finally:
        wiki.configure(wgDiff3=None)


def test_read_only_switch(wiki: Sandbox, carol: Person) -> None:
    wiki.configure(wgReadOnly='for a test')
    try:
        with pytest.raises(WikiError, match='readonly'):
            carol.edit('Readonly', 'x')
    finally:
        wiki.configure(wgReadOnly=None)
    assert carol.edit('Readonly', 'x')


def test_five_writers_at_once(wiki: Sandbox) -> None:
    names = ['Admin', 'Alice', 'Bob', 'Carol', 'Dave']
    people = [Person(wiki.url, name, wiki.users[name]) for name in names]

    def write(number: int) -> list[int]:
        return [
            people[number].append_section('Crowd', f'{number}.{turn}', 'x') for turn in range(2)
        ]

    with ThreadPoolExecutor(5) as pool:
        saved = [revision for some in pool.map(write, range(5)) for revision in some]
    assert len(set(saved)) == 10
    text = people[0].text('Crowd')
    assert all(f'== {number}.{turn} ==' in text for number in range(5) for turn in range(2))


def test_a_long_history_in_one_go(wiki: Sandbox) -> None:
    carol = wiki.person('Carol')
    first = carol.edit('Long', 'text 0')
    wiki.edit_often('Carol', 'Long', [f'text {number}' for number in range(1, 31)], 'more')
    history = carol.history('Long')
    assert [one['comment'] for one in history[:30]] == ['more'] * 30
    assert [one['parentid'] for one in history] == [*(one['revid'] for one in history[1:]), 0]
    assert history[-1]['revid'] == first and len(history) == 31
    assert carol.text('Long') == 'text 30'
    assert carol.edit('Long', 'as always', base=history[0]['revid'])


def test_readers_and_writers_at_once(wiki: Sandbox) -> None:
    def live(number: int) -> None:
        for turn in range(2):
            name = ('Alice', 'Bob', 'Carol', 'Dave')[number % 4]
            person = Person(wiki.url, name, wiki.users[name])
            person.edit(f'Busy {number}', f'[[Busy {turn}]] {{{{Busy {turn}}}}}')
            assert (
                requests.get(
                    f'{wiki.url}/index.php/Busy_{number}?action=purge', timeout=60
                ).status_code
                == 200
            )
            page = person._session.get(f'{wiki.url}/index.php/Busy_{turn}', timeout=60)
            assert page.status_code in (200, 404)
            person.api(action='watch', titles=f'Busy {number}', token=_watch_token(person))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(live, range(6)))
    for name in ('wiki-database.log', 'wiki-exceptions.log'):
        path = wiki.logs / name
        found = path.read_text('utf-8').splitlines() if path.exists() else []
        # MediaWiki leaves the links of a page that is just being updated to the one that is at it.
        wrong = [
            line for line in found if _EXCEPTION.match(line) and 'lock for page ID' not in line
        ]
        assert not wrong, found


#: How a log begins what it tells of an exception; the lines below it are the stack.
_EXCEPTION = re.compile(r'\d{4}-\d\d-\d\d ')


def _watch_token(person: Person) -> str:
    answer = person.api(action='query', meta='tokens', type='watch')
    token: str = answer['query']['tokens']['watchtoken']
    return token


def test_rights(wiki: Sandbox) -> None:
    groups = {}
    rights = {}
    for name in wiki.users:
        answer = wiki.person(name).api(
            action='query', meta='userinfo', uiprop=['groups', 'implicitgroups', 'rights']
        )['query']['userinfo']
        groups[name] = set(answer['groups'])
        rights[name] = set(answer['rights'])
    for name in ('Admin', 'Alice', 'Bob', 'Carol', 'Dave', wiki.bot['name']):
        assert 'autoconfirmed' in groups[name]
    assert 'autoconfirmed' not in groups['Mallory'] | rights['Mallory']
    assert 'social-approver' in groups['Bob']
    assert 'social-approver' not in groups['Alice']
    assert {'sysop', 'interface-admin', 'bureaucrat'} <= groups['Admin']
    assert {'importupload', 'deleterevision', 'editsitejs'} <= rights['Admin']
    assert 'sysop' not in groups['Alice'] | groups['Bob'] | groups[wiki.bot['name']]
    assert {'bot', 'apihighlimits', 'noratelimit'} & rights[wiki.bot['name']] >= {'bot'}
    with pytest.raises(WikiError, match='protectednamespace'):
        wiki.person('Carol').edit('MediaWiki:Social-media.json', '{}')


def test_protection_block_and_hiding(wiki: Sandbox, carol: Person, admin: Person) -> None:
    revision = carol.edit('Guarded', 'secret')
    carol.edit('Guarded', 'open')
    admin.hide_revision(revision, content=True, user=True)
    hidden = wiki.person('Dave').history('Guarded')[-1]
    assert hidden['userhidden'] is True
    admin.hide_revision(revision, content=True, user=True, show=True)
    assert wiki.person('Dave').history('Guarded')[-1]['user'] == 'Carol'
    admin.protect('Guarded', edit='sysop', move='sysop')
    with pytest.raises(WikiError, match='protectedpage'):
        carol.edit('Guarded', 'again')
    admin.protect('Guarded', edit='all')
    assert carol.edit('Guarded', 'again')
    admin.block('Dave', reason='for a test')
    with pytest.raises(WikiError, match='blocked'):
        wiki.person('Dave').edit('Guarded', 'blocked')
    admin.unblock('Dave')
    assert wiki.person('Dave').edit('Guarded', 'free')


def test_delete_undelete_move_import(carol: Person, admin: Person) -> None:
    carol.edit('Gone', 'here')
    admin.delete('Gone', 'for a test')
    assert carol.text('Gone') == ''
    admin.undelete('Gone')
    assert carol.text('Gone') == 'here'
    carol.move('Gone', 'Moved')
    assert carol.text('Moved') == 'here'
    assert carol.text('Gone').startswith('#REDIRECT')
    pages = admin.import_xml(
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">'
        '<page><title>Imported</title><ns>0</ns><id>1</id><revision><id>5</id>'
        '<timestamp>2020-01-01T00:00:00Z</timestamp><contributor><username>Alice</username>'
        '<id>1</id></contributor><model>wikitext</model><format>text/x-wiki</format>'
        '<text xml:space="preserve">from afar</text></revision></page></mediawiki>'
    )
    assert [(page['title'], page['revisions']) for page in pages] == [('Imported', 1)]
    assert carol.text('Imported') == 'from afar'


def test_groups_and_new_accounts(wiki: Sandbox, admin: Person) -> None:
    admin.create_account('Newcomer', 'a long enough pass phrase')
    admin.user_rights('Newcomer', add=['social-approver'])
    found = admin.api(action='query', list='users', ususers='Newcomer', usprop='groups')
    assert 'social-approver' in found['query']['users'][0]['groups']
    admin.user_rights('Newcomer', remove=['social-approver'])
    newcomer = Person(wiki.url, 'Newcomer', 'a long enough pass phrase')
    assert newcomer.edit('By a newcomer', 'x')


def test_upload_and_thumbnail(wiki: Sandbox, carol: Person) -> None:
    address = carol.upload('Flower.png', png(200), 'A flower.')
    assert requests.get(address, timeout=10).content == png(200)
    html = carol.parse('[[File:Flower.png|thumb|100px|alt=A flower]]')
    thumbnail = re.search(r'src="(/images/thumb/[^"]+)"', html)
    assert thumbnail is not None
    assert requests.get(wiki.url + thumbnail[1], timeout=10).content.startswith(b'\x89PNG')
    carol.upload('Flower.png', png(100))
    assert requests.get(address, timeout=10).content == png(100)


def test_lua_templates_and_extensions(wiki: Sandbox, carol: Person, admin: Person) -> None:
    carol.edit('Module:Add', 'return { sum = function(f) return f.args[1] + f.args[2] end }')
    assert carol.expand('{{#invoke:Add|sum|2|3}}') == '5'
    assert carol.expand('{{#if:x|yes|no}}') == 'yes'
    assert 'mw-inputbox' in carol.parse('<inputbox>\ntype=create\n</inputbox>')
    carol.edit('Template:T', '<templatedata>{"params": {"a": {}}}</templatedata>')
    assert carol.api(action='templatedata', titles='Template:T')['pages']
    admin.edit('MediaWiki:Spam-blacklist', 'bad\\.example')
    with pytest.raises(WikiError, match='spam'):
        carol.edit('Spam', 'https://bad.example/x')
    names = {
        extension['name']
        for extension in carol.api(action='query', meta='siteinfo', siprop='extensions')['query'][
            'extensions'
        ]
    }
    assert {
        'Abuse Filter',
        'CodeEditor',
        'Gadgets',
        'Nuke',
        'Scribunto',
        'SyntaxHighlight',
        'TitleBlacklist',
        'VisualEditor',
        'WikiEditor',
        'Vector',
        'MinervaNeue',
    } <= names


@pytest.mark.parametrize('skin', ['vector', 'vector-2022', 'minerva'])
def test_pages_show_in_all_skins(wiki: Sandbox, carol: Person, skin: str) -> None:
    carol.edit('Shown', "'''bold'''")
    for address in (f'/index.php?title=Shown&useskin={skin}', f'/index.php/Shown?useskin={skin}'):
        answer = requests.get(wiki.url + address, timeout=20)
        assert answer.status_code == 200
        assert '<b>bold</b>' in answer.text
    style = re.search(r'href="(/load\.php[^"]*only=styles[^"]*)"', answer.text)
    assert style is not None
    got = requests.get(wiki.url + style[1].replace('&amp;', '&'), timeout=20)
    assert got.headers['Content-Type'].startswith('text/css')


def test_nothing_but_the_wiki_is_served(wiki: Sandbox) -> None:
    for path in (
        '/maintenance/update.php',
        '/vendor/autoload.php',
        '/images/../data/wiki.sqlite',
        '/wiki.json',
        '/images/',
        '/includes/Setup.php',
        '/composer.json',
        '/resources/..%2fmaintenance%2ftables.json',
    ):
        answer = requests.get(wiki.url + path, timeout=10)
        assert answer.status_code == 404, path
        assert len(answer.content) == 0


def test_addresses_follow_the_gate(wiki: Sandbox) -> None:
    with Gate(wiki.url) as gate:
        person = Person(gate.url, 'Carol', wiki.users['Carol'])
        assert person.expand('{{fullurl:A}}') == f'{gate.url}/index.php/A'
        general = person.api(action='query', meta='siteinfo')['query']['general']
        assert general['server'] == gate.url
        gate.rules.append(Rule(action='edit', after='drop'))
        with pytest.raises(requests.ConnectionError):
            person.edit('Through the gate', 'x')
        for _ in range(100):  # the gate writes its record after it has cut the connection
            if gate.count(action='edit'):
                break
            time.sleep(0.05)
        assert gate.count(action='edit') == 1
    assert wiki.person('Carol').text('Through the gate') == 'x'
    assert wiki.person('Carol').expand('{{fullurl:A}}') == f'{wiki.url}/index.php/A'


def test_another_host_is_not_believed(wiki: Sandbox) -> None:
    answer = requests.get(
        wiki.api,
        params={'action': 'query', 'meta': 'siteinfo', 'format': 'json'},
        headers={'Host': 'evil.example'},
        timeout=10,
    )
    assert answer.json()['query']['general']['server'] == wiki.url


def _pywikibot(wiki: Sandbox, code: str, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, '-c', code],
        env={**os.environ, **wiki.environment, **more},
        cwd=wiki.folder,
        timeout=120,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


_SAVE = """
import json, pywikibot
site = pywikibot.Site()
site.login()
page = pywikibot.Page(site, 'By the bot')
page.text += '.'
page.save(summary='test', quiet=True)
print(json.dumps([site.user(), site.hostname(), site.has_right('bot'), page.latest_revision_id,
                  site.has_right('block'), site.has_right('editprotected')]))
"""


def test_pywikibot_directly_and_through_a_gate(wiki: Sandbox) -> None:
    user, host, bot, first, block, _ = json.loads(_pywikibot(wiki, _SAVE))
    assert (user, host, bot, block) == (wiki.bot['name'], wiki.host, True, False)
    with Gate(wiki.url) as gate:
        user, host, bot, second, *_ = json.loads(_pywikibot(wiki, _SAVE, MWSOCIAL_WIKI=gate.host))
        assert (user, host, bot) == (wiki.bot['name'], gate.host, True)
        assert gate.count(action='edit') == 1
        assert wiki.bot['password'] not in repr(gate.requests)
    assert second > first
    newest = wiki.person('Carol').history('By the bot')[0]
    assert (newest['revid'], newest['user']) == (second, wiki.bot['name'])


def test_sql_and_maintenance(wiki: Sandbox, carol: Person) -> None:
    revision = carol.edit('Database', 'x')
    assert wiki.sql('SELECT rev_len FROM revision WHERE rev_id = ?', revision) == [(1,)]
    assert wiki.maintenance('version.php').startswith('MediaWiki version: 1.')
    wiki.run_jobs()
    assert wiki.maintenance('showJobs.php').strip() == '0'
