"""What the world says comes onto the wiki, people decide there, and it goes its way: on real servers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from mwsocial.inbox.mentions import Mention, item_id, read_inbox
from mwsocial.sandbox import Gate
from tests.real.conftest import NewDesk
from tests.real.desk import BOT, QUEUE, Desk, Run

pytestmark = pytest.mark.real

PAGE = 'Social media/Mentions'


def eventually(check: Callable[[], object], seconds: float = 60) -> None:
    """Delivery between accounts goes through a queue: wait until it has come."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not check():
        time.sleep(0.2)
    assert check()


def say(desk: Desk, words: str, **how: object) -> str:
    """Let somebody in the world say something to us; returns the address, once it has come."""
    client = desk.sandbox.mastodon('reader')
    url = str(client.status_post(f'@mediawiki {words}', **how)['url'])
    ours = desk.sandbox.mastodon('mediawiki')
    eventually(
        lambda: any(
            notice['status'] and notice['status']['url'] == url
            for notice in ours.notifications(limit=40)
        )
    )
    return url


def mentions(desk: Desk) -> list[Mention]:
    """What stands on the page."""
    return read_inbox(desk.text(PAGE)).mentions


def archive(desk: Desk) -> str:
    """The text of the month's archive."""
    return desk.text(f'Social media/Archive/{desk.sandbox.clock.now():%Y-%m}')


def boosted(desk: Desk, url: str) -> bool:
    """Whether the account has shared the post, as the server says."""
    found = desk.sandbox.mastodon('mediawiki').search_v2(url, resolve=True)['statuses']
    return [one['reblogged'] for one in found if one['url'] == url] == [True]


def decide(desk: Desk, url: str, words: str, *, by: str = 'Carol') -> int:
    """Write a decision into a mention, as people do."""
    text, revid = desk.person(by).page(PAGE)
    start = text.index(f'= {url}\n')
    place = text.index('| decision   =', start) + len('| decision   =')
    end = text.index('\n', place)
    changed = f'{text[:place]} {words} ~~~~{text[end:]}'
    return int(desk.person(by).edit(PAGE, changed, 'decided', base=revid))


def pull(desk: Desk, *args: str, code: int = 0, **environment: str) -> Run:
    """Run the script."""
    run = desk.run('pull_mentions', *args, **environment)
    assert run.code == code, run
    return run


def test_from_a_mention_to_a_boost(desk: Desk) -> None:
    """Somebody mentions us; Carol wants to share it, Alice approves, it is shared and archived."""
    url = say(desk, 'MediaWiki is great')
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
    desk.approve(name)
    run = desk.run()
    assert desk.item(name).bot['state'] == 'posted', (run, desk.item(name))
    assert boosted(desk, url), run
    pull(desk)
    assert (desk.text(PAGE), archive(desk)) == before[1:]
