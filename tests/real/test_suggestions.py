"""From a feed to the page of suggestions and on to the queue, with the script run as a job runs it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mwsocial.desk.item import Item
from mwsocial.proposing.wikitext import item_wikitext, section
from mwsocial.sandbox import Gate, Rule
from mwsocial.sources.page import suggestions
from mwsocial.wiki.escape import plain
from tests.real.conftest import NewDesk
from tests.real.desk import BOT, QUEUE, Desk
from tests.sources.server import Server

pytestmark = pytest.mark.real

PAGE = 'Social media/Suggestions'
TITLE = 'MediaWiki 1.47 &amp; you: {{Social media stop}} [[Category:Evil]] ~~~~ @everyone'


def atom(*entries: tuple[str, str], now: datetime | None = None) -> str:
    """A feed with entries (title, address), of today."""
    when = (now or datetime.now(UTC)) - timedelta(hours=1)
    rows = ''.join(
        f'<entry><id>{link}</id><title>{title}</title><link href="{link}"/>'
        f'<published>{when:%Y-%m-%dT%H:%M:%SZ}</published></entry>'
        for title, link in entries
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{rows}</feed>'


@pytest.fixture
def feeds() -> Iterator[Server]:
    """Where the feeds are."""
    with Server() as server:
        server.put('/feed', atom((TITLE, 'https://diff.wikimedia.org/47/')), ETag='"1"')
        yield server


@pytest.fixture
def desk(new_desk: NewDesk, feeds: Server) -> Desk:
    """A desk that reads one feed."""
    return new_desk(sources={'feeds': {'diff': {'url': feeds.url + '/feed'}}})


def only(desk: Desk) -> Item:
    """The one suggestion on the page."""
    (item,) = suggestions(desk.text(PAGE))
    return item


def decide(desk: Desk, item_id: str, word: str, by: str = 'Carol') -> int:
    """Write a decision into a suggestion."""
    text, revid = desk.person(by).page(PAGE)
    place = text.index('| decision   =', text.index(f'= {item_id}\n')) + len('| decision   =')
    changed = f'{text[:place]} {word} ~~~~{text[place:]}'
    return int(desk.person(by).edit(PAGE, changed, 'decided', base=revid))


def test_from_a_feed_to_the_queue(desk: Desk, feeds: Server) -> None:
    """The entry is suggested, Carol wants it, it stands on the queue in her name; then all is quiet."""
    run = desk.run('pull_sources')
    assert run.code == 0, run
    item = only(desk)
    assert item.content['text'].endswith('https://diff.wikimedia.org/47/')
    assert 'everyone' in item.content['text'] and '@' not in item.content['text']
    assert 'diff' in item.editors['comment']
    parsed = desk.person('Admin').api(
        action='parse', page=PAGE, prop=['categories', 'templates', 'externallinks']
    )['parse']
    assert 'Evil' not in str(parsed['categories'])
    assert 'Template:Social media stop' not in str(parsed['templates'])
    edits = len(desk.edits(PAGE))
    run = desk.run('pull_sources')
    assert (run.code, len(desk.edits(PAGE)), len(desk.edits())) == (0, edits, 0), run
    assert feeds.seen[-1][1]['if-none-match'] == '"1"'

    decide(desk, item.id, 'use')
    run = desk.run('pull_sources')
    assert run.code == 0, run
    assert suggestions(desk.text(PAGE)) == []
    proposed = desk.item(item.id)
    assert proposed.content == item.content and not proposed.faults
    summary = desk.edits()[0]['comment']
    assert f'mwsocial:propose {item.id} by [[User:Carol]]' in summary
    before = desk.text(), desk.text(PAGE)
    run = desk.run('pull_sources')
    assert run.code == 0, run
    assert (desk.text(), desk.text(PAGE)) == before

    # It still needs an approval.
    run = desk.run()
    assert not desk.posts(), run
    desk.decide(item.id)
    run = desk.run()
    assert [one for one in desk.posts() if 'diff.wikimedia.org/47/' in one['content']], run


def test_words_of_strangers_have_no_effect_on_the_wiki(desk: Desk) -> None:
    """Saved by the bot and shown by the real wiki, they are what they were, and nothing else."""
    pieces = [
        '{{', '}}', '{{{', '[[', ']]', '[[Category:Evil', '[https://evil.example', '<nowiki>', '</nowiki>', '<!--', '-->',
        '~~~~', '~~~', '__TOC__', '__NOINDEX__', '-{', '}-', "'''", '==', '----', '\n', '* ', '#REDIRECT [[A]]', '|', '=',
        '&lt;', '&#91;', '{{subst:PAGENAME}}', '{{Social media stop}}', '<ref>', '</ref>', '<script>', 'RFC 1', 'ISBN 1234567890',
        'https://evil.example/', 'mailto:a@b.example', '\u202e', 'https://w.example/__TOC__', '<pre>', '<section begin=x/>',
    ]  # fmt: skip
    chance = random.Random(1)
    texts = [''.join(chance.choices(pieces, k=6)) for _ in range(60)]
    texts = ['\n'.join(map(plain, text.split('\n'))).strip() for text in texts]
    page = 'Intro.'
    wanted = {}
    for number, text in enumerate(filter(None, texts)):
        content = {'id': f'a-{number}', 'text': text}
        item = item_wikitext(content, comment=text, decision=True, addresses=number % 2 == 0)
        page += section(text, item)
        wanted[f'a-{number}'] = text
    desk.person(BOT).edit(PAGE, page, 'words')
    assert desk.text(PAGE) == page, 'nothing was signed or substituted'
    assert {item.id: item.content['text'] for item in suggestions(page)} == wanted
    parsed = desk.person('Admin').api(
        action='parse',
        page=PAGE,
        prop=['categories', 'templates', 'externallinks', 'properties', 'sections'],
    )['parse']
    assert not [one for one in parsed['categories'] if 'Evil' in str(one)]
    assert {
        one['title'] for one in parsed['templates'] if one['title'].startswith('Template:')
    } == {'Template:Social media item'}
    assert not [link for link in parsed['externallinks'] if 'evil.example' in link]
    assert 'noindex' not in str(parsed['properties'])
    assert len(parsed['sections']) == len(wanted)


def test_removed_and_ignored_ones_do_not_come_again(desk: Desk, feeds: Server) -> None:
    """Whoever takes a suggestion off the page has the last word; a newcomer's word counts less."""
    feeds.put('/feed', atom(('One', 'https://a.example/1'), ('Two', 'https://a.example/2')))
    desk.run('pull_sources')
    one, _ = suggestions(desk.text(PAGE))
    decide(desk, one.id, 'ignore', by='Mallory')
    run = desk.run('pull_sources')
    assert run.code == 0, run
    assert 'autoconfirmed' in suggestions(desk.text(PAGE))[0].bot['note'], (run, desk.text(PAGE))
    desk.person('Mallory').edit(PAGE, 'All gone.', 'vandal')
    run = desk.run('pull_sources')
    assert run.code == 0, run
    assert desk.text(PAGE) == 'All gone.'


def test_simulate(desk: Desk) -> None:
    """``-simulate`` says what it would do."""
    before = desk.text(PAGE)
    run = desk.run('pull_sources', '-simulate')
    assert run.code == 0, run
    assert 'would suggest feed-' in run.text
    assert desk.text(PAGE) == before


def test_a_source_that_fails_harms_no_other(new_desk: NewDesk, feeds: Server) -> None:
    """It is named, with the reason; a wrong key is exit code 2."""
    feeds.put('/html', '<!DOCTYPE html><html></html>')
    desk = new_desk(
        sources={
            'feeds': {
                'broken': {'url': feeds.url + '/html'},
                'diff': {'url': feeds.url + '/feed'},
            }
        }
    )
    run = desk.run('pull_sources')
    assert run.code == 1, run
    assert 'feeds: broken: 127.0.0.1 sends a web page' in run.text
    assert only(desk)
    run = desk.run('pull_sources', '-source:feeds: diff')
    assert run.code == 0, run
    run = desk.run('pull_sources', '-source:nothing')
    assert run.code == 2, run
    desk.configure(sources={'feeds': {'diff': {'url': 'http://diff.wikimedia.org/feed'}}})
    run = desk.run('pull_sources')
    assert run.code == 2, run
    assert '"sources" → "feeds" → "diff" → "url"' in run.text


@pytest.mark.trust
def test_kill_around_every_edit(desk: Desk) -> None:
    """A run that dies between the pages neither loses a suggestion nor proposes it twice."""
    dies = Dying(desk)
    for number in (1, 2):
        for when in ('before', 'after'):

            def kill(gate: Gate, pid: int, number: int = number, when: str = when) -> None:
                rule = Rule(action='edit', nth=number, pid=pid, forward=True)
                setattr(rule, when, 'kill')
                gate.rules.append(rule)

            assert dies(kill) == -9, (number, when)


@pytest.mark.trust
def test_kill_at_every_boundary(desk: Desk) -> None:
    """Wherever it dies."""
    dies = Dying(desk)
    boundary, code = 0, -9
    while code:
        boundary += 1
        at = boundary
        code = dies(lambda gate, pid, at=at: gate.kill_at(at, pid))
    assert boundary > 14, 'the gate did not count'


class Dying:
    """Runs that die while they move a suggestion to the queue, and later ones that mend it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.number = desk, 0
        desk.run('pull_sources')
        self.old = only(desk).id
        self.page, self.empty = desk.text(PAGE), desk.text()

    def __call__(self, kill: Callable[[Gate, int], object]) -> int:
        """*kill* says where; returns the exit code of the run that died, or lived."""
        self.number += 1
        desk, new = self.desk, f'feed-{self.number:012x}'
        # The bot's own mark on the page says that it is a suggestion of the bot's.
        desk.person('Admin').edit(QUEUE, self.empty, 'done')
        desk.person(BOT).edit(
            PAGE, self.page.replace(self.old, new), f'mwsocial:suggest new: {new}'
        )
        decide(desk, new, 'use')
        with Gate(desk.sandbox.url) as wiki:
            run = desk.start('pull_sources', MWSOCIAL_WIKI=wiki.host)
            kill(wiki, run.process.pid)
            ended = run()
        assert ended.code in (0, -9), (self.number, ended)
        again = desk.run('pull_sources')
        assert again.code == 0, (self.number, again)
        assert [one.id for one in desk.queue().items if one.id] == [new], (ended, again)
        assert new not in desk.text(PAGE), (self.number, again)
        return ended.code
