"""What anybody may have written on the desk's pages: read, judged and written into."""

from __future__ import annotations

from datetime import UTC, date, datetime

from mwsocial.archiving.pieces import cut_pieces, holds, with_pieces, without_pieces
from mwsocial.channels import counting
from mwsocial.channels.plaintext import from_html, may_render
from mwsocial.checking.items import Page, explain, judge_queue
from mwsocial.delivery.assemble import validity_desk
from mwsocial.errors import ConfigurationError
from mwsocial.inbox.mentions import introduced, read_inbox
from mwsocial.inbox.page import Changes, New, changed
from mwsocial.news.insert import insert
from mwsocial.news.read import read
from mwsocial.news.remove import remove
from mwsocial.news.surplus import Taken, take_surplus
from mwsocial.news.values import Entry, Inserted
from mwsocial.sources import page as suggestions
from mwsocial.status.page import read as read_status
from mwsocial.syncing.accounts import read_accounts
from mwsocial.syncing.said import Site, addresses, of_wikitext
from mwsocial.syncing.texts import first_link, words_of_entry
from mwsocial.wiki.config import NETWORKS, parse_config
from mwsocial.wiki.edits import apply
from mwsocial.wiki.items import find_items, read_queue
from mwsocial.wiki.values import resolve
from tests.fuzz import known
from tests.news.corpus import check
from tests.news.translate_rules import damage, errors

URL = 'https://a.example/@alice/1'
ENTRY = Entry('k', "'''[[MediaWiki 1.47]]''' has been released.")
TODAY = date(2026, 11, 24)


def queue(text: str) -> None:
    """The queue page: nothing goes out but what was approved, and only items change."""
    standings = known.judged(text)
    good = read_queue(known.approved()).items[0]
    for standing in standings:
        explained = explain(standing, None, known.NOW)
        assert explained.reason.text().strip() and '$1' not in explained.reason.text()
        if any(
            target.action in ('send', 'correct', 'delete') for target in standing.targets.values()
        ):
            assert standing.item.content == good.content, standing
    judge_queue(Page(standings, known.NOW))
    plan = known.planned(standings)
    new = apply(text, plan.changes)
    old_items, new_items = find_items(text), find_items(new)
    assert len(old_items) == len(new_items)
    for old, now in zip(old_items, new_items, strict=True):
        mine, theirs = dict(old.item.content), dict(now.item.content)
        # A new id is given to what had none.
        assert mine == theirs or ({**mine, 'id': theirs.get('id')} == theirs and not old.item.id)
        assert old.item.editors == now.item.editors
    assert _around(text) == _around(new)
    assert apply(new, ()) == new


def _around(text: str) -> list[str]:
    """What stands between the items."""
    found, at = [], 0
    for one in find_items(text):
        found.append(text[at : one.template.start])
        at = one.template.end
    return [*found, text[at:]]


def value(text: str) -> None:
    """One parameter's value."""
    found = resolve(text)
    assert resolve(text) == found


def news(text: str) -> None:
    """The news template: lossless, and an entry is put there once or not at all."""
    page = read(text)
    done = insert(text, [ENTRY], TODAY, 6)
    if isinstance(done, Inserted) and done.added and not (errors(text) or damage(text, text)):
        check(text, done, [ENTRY], TODAY)
        again = insert(done.text, [ENTRY], TODAY, 6)
        assert isinstance(again, Inserted) and again.text == done.text
    elif isinstance(done, Inserted) and not done.added:
        assert done.text == text
    remove(text, ENTRY)
    taken = take_surplus(text, 2)
    assert not isinstance(taken, Taken) or len(taken.text) <= len(text)
    for group in page.groups[:5]:
        for item in group.items[:5]:
            first_link(item.headline)
            words_of_entry(item.headline)
            of_wikitext(item.headline, Site('https://wiki.example/w'))


def mentions(text: str) -> None:
    """The page of mentions."""
    before = read_inbox(text)
    introduced(text, '')
    url = before.mentions[0].url if before.mentions else URL
    gone = changed(text, Changes(remove={url: ''}))
    left = iter(text)
    assert all(sign in left for sign in gone), 'nothing new'
    assert read_queue(gone).items == read_queue(text).items
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    new = New('https://new.example/1', 'mastodon', 'mention', '@a', moment, 'Hello')
    longer = changed(text, Changes((new,), notes={url: 'note'}, blank=frozenset({url})))
    after = read_inbox(longer)
    if longer != text and any(one.url == new.url for one in after.mentions):
        assert after.mentions[-1].url == new.url
    assert len(after.mentions) in (len(before.mentions), len(before.mentions) + 1)
    read_accounts(text)


def suggested(text: str) -> None:
    """The page of suggestions."""
    before = suggestions.suggestions(text)
    new = suggestions.New('new-1', 'Title', {'text': 'Hello', 'language': 'en'}, 'why')
    page = suggestions.changed(
        text, suggestions.Changes(add=(new,), notes={'one': 'note'}, cursors={'a': '2026-11-24'})
    )
    after = suggestions.suggestions(page)
    assert len(after) in (len(before), len(before) + 1)
    assert [one.content for one in after[: len(before)]] == [one.content for one in before]
    if before and before[0].id:
        less = suggestions.changed(
            text, suggestions.Changes(remove={before[0].id: before[0].editors})
        )
        assert len(suggestions.suggestions(less)) <= len(before)


def archive(text: str) -> None:
    """A page that pieces are cut out of, and one that they go to."""
    wanted = {one.item.id: one.template for one in find_items(text) if one.item.id}
    pieces = cut_pieces(text, wanted)
    for piece in pieces:
        assert piece.template in piece.text and piece.template in text
    there = with_pieces('{{Social media head|archive}}', pieces[:3])
    if there is not None:
        assert all(holds(there, piece) for piece in pieces[:3])
    without_pieces(text, pieces[:3])
    with_pieces(text, cut_pieces(known.PROPOSED, {'one': find_items(known.PROPOSED)[0].template}))
    read_status(text)


def configuration(text: str) -> None:
    """The configuration page: values, or a sentence that names the page."""
    try:
        config = parse_config(text, 'MediaWiki:Social-media.json')
    except ConfigurationError as error:
        assert 'MediaWiki:Social-media.json' in str(error) and len(str(error)) < 20_000
    else:
        config.rules()
        validity_desk(config)


def words(text: str) -> None:
    """Words that are counted, and HTML that is read."""
    for network in NETWORKS:
        assert counting.weigh(network, text) >= 0
    shown = from_html(text)
    may_render(text, shown)
    addresses(text)
