"""What the world says comes onto the wiki, people decide there, and it goes its way: on real servers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest

from mwsocial.inbox.mentions import Mention, item_id, read_inbox
from mwsocial.sandbox import Gate, Rule
from tests.real.conftest import NewDesk
from tests.real.desk import QUEUE, Desk, Run
from tests.real.world import say
from tests.wiki.desks import json_answer

pytestmark = pytest.mark.real

PAGE = 'Social media/Mentions'
#: What no page may show, and no run may print.
SECRET = 'between you and me'


def mentions(desk: Desk) -> list[Mention]:
    """What stands on the page."""
    return read_inbox(desk.text(PAGE)).mentions


def archive(desk: Desk) -> str:
    """The text of the month's archive."""
    return desk.text(f'Social media/Archive/{desk.sandbox.clock.now():%Y-%m}')


def boosted(desk: Desk, url: str) -> bool:
    """Whether the account has shared the post, as the server says."""
    found: Any = desk.sandbox.mastodon('mediawiki').search_v2(url, resolve=True)['statuses']
    return [one['reblogged'] for one in found if one['url'] == url] == [True]


def decide(desk: Desk, url: str, words: str, *, by: str = 'Carol') -> int:
    """Write a decision into a mention, as people do."""
    text, revid = desk.person(by).page(PAGE)
    place = text.index('| decision   =', text.index(f'= {url}\n')) + len('| decision   =')
    end = text.index('\n', place)
    changed = f'{text[:place]} {words} ~~~~{text[end:]}'
    return int(desk.person(by).edit(PAGE, changed, 'decided', base=revid))


def pull(desk: Desk, *args: str, code: int = 0, **environment: str) -> Run:
    """Run the script."""
    run = desk.run('pull_mentions', *args, **environment)
    assert run.code == code, run
    return run


def effects(desk: Desk) -> Mapping[str, Any]:
    """What the page of mentions does on the wiki beyond what it shows."""
    answer = desk.person('Admin').api(
        action='parse', page=PAGE, prop=['categories', 'templates', 'links', 'externallinks', 'images',
        'properties', 'sections', 'iwlinks', 'langlinks', 'text'], disablelimitreport=True,
    )['parse']  # fmt: skip
    return dict(answer)


def test_from_a_mention_to_a_boost(desk: Desk) -> None:
    """Somebody mentions us; Carol wants to share it, Alice approves, it is shared and archived."""
    (url,) = say(desk.sandbox, 'MediaWiki is great')
    pull(desk)
    (mention,) = mentions(desk)
    assert (mention.url, mention.channel, mention.kind) == (url, 'mastodon', 'mention')
    assert mention.excerpt.endswith(' MediaWiki is great')
    assert mention.author.startswith('@reader@')
    edits = len(desk.edits(PAGE))
    run = pull(desk)
    assert (len(desk.edits(PAGE)), len(desk.edits())) == (edits, 0), run
    assert int(re.findall(r'done: (\d+) requests', run.out)[0]) <= 12, run

    decide(desk, url, 'share')
    run = pull(desk)
    name = item_id('share', url)
    assert desk.item(name).content == {'id': name, 'share': url, 'channels': 'mastodon'}
    assert f'mwsocial:propose {name} by [[User:Carol]]' in desk.edits()[0]['comment']
    assert mentions(desk) == [], run
    assert url in archive(desk) and f'| item       = {name}' in archive(desk)
    before = desk.text(), desk.text(PAGE), archive(desk)
    pull(desk)
    assert (desk.text(), desk.text(PAGE), archive(desk)) == before

    # It is Carol's proposal: she cannot approve it, Alice can.
    desk.decide(name, by='Carol')
    run = desk.run()
    assert desk.item(name).bot.get('state', 'proposed') == 'proposed', run
    desk.decide(name, by='Alice')
    run = desk.run()
    assert desk.item(name).bot['state'] == 'posted', (run, desk.item(name))
    assert boosted(desk, url), run
    pull(desk)
    assert (desk.text(PAGE), archive(desk)) == before[1:]


@pytest.mark.trust
def test_what_is_not_for_everybody_reaches_no_page(desk: Desk) -> None:
    """A direct mention, and one for followers only: on no page, and in nothing that a run prints."""
    (url,) = say(desk.sandbox, 'for everybody')
    say(desk.sandbox, f'{SECRET} 1 MediaWiki #MediaWiki', visibility='direct')
    say(desk.sandbox, f'{SECRET} 2 MediaWiki #MediaWiki', visibility='private')
    run = pull(desk, '-timeline', '-hashtag', '-search')
    assert [one.url for one in mentions(desk)] == [url], run
    assert SECRET not in run.text
    answer = desk.person('Admin').api(
        action='query', generator='allpages', gaplimit='max', prop='revisions', rvprop='content',
        rvslots='main',
    )  # fmt: skip
    texts = [page['revisions'][0]['slots']['main']['content'] for page in answer['query']['pages']]
    assert len(texts) > 2 and not any(SECRET in one for one in texts)


HOSTILE = (
    'x {{Social media stop}} {{subst:Evil}} {{{1}}} {{int:x}}',
    'x [[Category:Evil]] [[Evil]] [https://evil.example/ click] [[File:Evil.png]] [[en:Evil]]',
    'x ~~~~ ~~~~~ ~~~',
    'x </nowiki>[[Category:Evil]]<nowiki>',
    'x <script>alert(1)</script><b>bold</b><ref>evil</ref><div style="position:fixed">',
    'x --> <!-- <noinclude> <onlyinclude>',
    'x __NOTOC__ __NOINDEX__ __FORCETOC__ \n== Heading ==\n* list',
    'x \u202eright to left\u2066 \u200f\ufeff',
    'x ' + 'long ' * 2000,
    'x https://blacklisted.example/x http://evil.example/ blacklisted.example',
    "x ''''' | }} {{!}} = ]] -{zh:x}- {| table |}",
    'x RFC 1 ISBN 9780000000000 PMID 1 mailto:a@evil.example',
)


def test_hostile_words_have_no_effect(desk: Desk) -> None:
    """On the real wiki, with its filters: nothing but the words themselves comes of them."""
    admin = desk.person('Admin')
    admin.edit('MediaWiki:Spam-blacklist', 'blacklisted\\.example\n')
    say(desk.sandbox, 'harmless')
    pull(desk)
    before = effects(desk)
    urls = say(desk.sandbox, *HOSTILE)
    edits = len(desk.edits(PAGE))
    run = pull(desk)
    assert len(desk.edits(PAGE)) == edits + 1, run
    assert sorted(one.url for one in mentions(desk)[1:]) == sorted(urls)
    after = effects(desk)
    for what in ('categories', 'templates', 'images', 'properties', 'iwlinks', 'langlinks'):
        assert after[what] == before[what], what
    # Links of the cards: buttons for deciding, and the posts themselves; nothing from the words.
    assert after['links'] == before['links']
    host = desk.sandbox.mastodon_url
    foreign = [
        one for one in after['externallinks'] if not one.startswith((host, desk.sandbox.url))
    ]
    assert foreign == []
    assert len(after['sections']) == len(before['sections']) + len(HOSTILE)
    assert '<script>' not in after['text']
    text = desk.text(PAGE)
    assert 'x {{Social' not in text and 'Reader' not in text
    assert all(len(one.excerpt) <= 200 for one in mentions(desk))
    # And people can still decide about each of them.
    decide(desk, urls[3], 'share')
    run = pull(desk)
    assert desk.item(item_id('share', urls[3])), run


def test_a_post_on_a_blacklisted_host_is_listed_without_a_link(desk: Desk) -> None:
    """The filter would refuse the address of the post itself: it is written in another way."""
    host = desk.sandbox.mastodon_url.removeprefix('http://').partition(':')[0]
    desk.person('Admin').edit('MediaWiki:Spam-blacklist', f'{host}\n')
    (url,) = say(desk.sandbox, 'from a bad neighbourhood')
    run = pull(desk)
    (mention,) = mentions(desk)
    assert mention.url == url, run
    assert not [one for one in effects(desk)['externallinks'] if one.startswith(url)]
    assert url not in desk.text(PAGE)


def test_many_in_one_edit_and_words_that_go(desk: Desk) -> None:
    """30 new mentions are one edit; what is deleted at its source loses its words."""
    # No more than the server tells in one answer: its next one may pass over what was delivered late.
    said = say(desk.sandbox, *(f'number {number}' for number in range(30)))
    run = pull(desk)
    urls = [one.url for one in mentions(desk)]
    assert sorted(urls) == sorted(said), run
    assert len(desk.edits(PAGE)) == 1
    # The server cannot delete by its API: something before it says that the post is not there.
    nothing = json_answer({'accounts': [], 'statuses': [], 'hashtags': []})
    with Gate(desk.sandbox.mastodon_url) as network:
        rule = Rule(path='/api/v2/search', fields={'q': urls[0]}, answer=nothing, times=None)
        network.rules.append(rule)
        run = pull(desk, MWSOCIAL_MASTODON_URL=network.url)
    assert 'looked again at 20 posts: 1 are gone' in run.out, run
    assert mentions(desk)[0].excerpt == '' and mentions(desk)[1].excerpt
    assert f'number {said.index(urls[0])}' not in desk.text(PAGE).split(urls[1])[0]


def test_a_button_decides_without_javascript(desk: Desk) -> None:
    """The link on the card opens a form; what it holds, saved, is a decision."""
    (url,) = say(desk.sandbox, 'a question')
    pull(desk)
    html = effects(desk)['text']
    forms = re.findall(r'href="([^"]*[?&]preload=[^"]*|[^"]*;preload=[^"]*)"', html)
    assert len(forms) == 3, html
    carol = desk.person('Carol')
    carol.api(action='query', meta='userinfo')
    form = unescape(next(one for one in forms if 'point' in one))
    page = carol._session.get(form, timeout=60).text
    assert 'only propose' in page
    box = re.search(r'<textarea[^>]*name="wpTextbox1"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert box
    carol.append_section(PAGE, 'Decision', unescape(box[1]).strip())
    assert 'The bot acts on it at its next run' in effects(desk)['text']
    run = pull(desk)
    name = item_id('point', url)
    assert desk.item(name).content['pointer'] == 'support', run
    assert 'Social media decision' not in desk.text(PAGE)
    desk.decide(name)
    run = desk.run()
    assert desk.item(name).bot['state'] == 'posted', run
    assert 'Project:Support_desk' in desk.posts()[-1]['content']


@pytest.mark.trust
def test_ignored_and_old_ones_go_to_the_archive(desk: Desk) -> None:
    """With time by the wiki's clock; an outsider's own mention makes no item and stays."""
    one, two = say(desk.sandbox, 'one', 'two')
    pull(desk)
    decide(desk, one, 'ignore')
    forged = (
        f'{{{{Social media mention\n| url = {one}x\n| channel = mastodon\n| kind = mention\n'
        '| decision = share ~~~~\n}}'
    )
    desk.person('Mallory').append_section(PAGE, 'Look', forged)
    run = pull(desk)
    assert 'not brought here by the bot' in mentions(desk)[2].note, run
    assert desk.items() == {}
    desk.sandbox.clock.advance(2 * 86400)
    pull(desk)
    assert [mention.url for mention in mentions(desk)] == [two, f'{one}x']
    desk.sandbox.clock.advance(7 * 86400)
    run = pull(desk)
    assert [mention.url for mention in mentions(desk)] == [f'{one}x'], run
    answer = desk.person('Admin').api(
        action='query', generator='allpages', gapprefix='Social media/Archive/', prop='revisions',
        rvprop='content', rvslots='main',
    )  # fmt: skip
    pages = [page['revisions'][0]['slots']['main']['content'] for page in answer['query']['pages']]
    assert sorted(m.url for text in pages for m in read_inbox(text).mentions) == sorted([one, two])


def test_simulate_and_help(desk: Desk) -> None:
    """Nothing changes, and it is said what would."""
    (url,) = say(desk.sandbox, 'hello')
    before = desk.text(PAGE)
    run = pull(desk, '-simulate')
    assert f'would list {url}' in run.out and desk.text(PAGE) == before
    assert '-hashtag' in pull(desk, '-help').out
    pull(desk, '-nonsense', code=2)


def test_a_channel_that_is_down_is_named(new_desk: NewDesk) -> None:
    """Temporary where all are, and nothing is lost."""
    desk = new_desk()
    (url,) = say(desk.sandbox, 'hello')
    run = pull(desk, code=75, MWSOCIAL_MASTODON_URL='http://127.0.0.1:1')
    assert 'mastodon: ' in run.out and mentions(desk) == []
    run = pull(desk, code=1, MWSOCIAL_MASTODON_TOKEN='f' * 32)
    assert 'f' * 32 not in run.text
    pull(desk)
    assert [one.url for one in mentions(desk)] == [url]


@pytest.mark.trust
@pytest.mark.parametrize('when', ['after', 'before'])
def test_kill_at_every_edit(desk: Desk, when: str) -> None:
    """A run that dies just before or after any of its edits (queue, archive, page) loses nothing and
    doubles nothing: what it does between two edits changes nothing on the wiki.
    """
    empty, page = desk.text(), desk.text(PAGE)
    died = []
    for number in range(1, 4):
        desk.person('Admin').edit(QUEUE, empty, 'done')
        desk.person('Admin').edit(PAGE, page, 'done')
        (shared,) = say(desk.sandbox, f'share this {number} {when}')
        pull(desk)
        decide(desk, shared, 'share')
        (fresh,) = say(desk.sandbox, f'new {number} {when}')
        with Gate(desk.sandbox.url) as wiki:
            run = desk.start('pull_mentions', MWSOCIAL_WIKI=wiki.host)
            rule = Rule(action='edit', nth=number, pid=run.process.pid, forward=True)
            setattr(rule, when, 'kill')
            wiki.rules.append(rule)
            ended = run()
        assert ended.code in (0, -9), (number, when, ended)
        if ended.code:
            died.append((number, when))
        again = pull(desk)
        where = (number, when, ended, again)
        assert list(desk.items()) == [item_id('share', shared)], where
        assert [one.url for one in mentions(desk)] == [fresh], where
        kept = [one.url for one in read_inbox(archive(desk)).mentions]
        assert kept.count(shared) == 1 and fresh not in kept, where
    assert died == [(number, when) for number in (1, 2, 3)]
