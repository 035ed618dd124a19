"""Whole runs on a wiki in memory: everything that people, filters and crashes can do to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from mwsocial.desk.approval.authors import proposer_in
from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.reason import Reason
from mwsocial.sources.base import Found, Suggestion, World
from mwsocial.sources.fetch import Fetcher
from mwsocial.sources.page import read_cursors, suggestions
from mwsocial.sources.pulling import Pull, only
from mwsocial.sources.report import Report
from mwsocial.sources.trouble import Trouble
from mwsocial.wiki.items import read_queue
from tests.sources.fakewiki import BOT, FakeWiki, Killed, open_desk
from tests.sources.worlds import DESK, NOW

PAGE, QUEUE = 'Social media/Suggestions', 'Social media/Queue'


class Fixed:
    """A source that has what a test gives it."""

    def __init__(
        self, *found: Suggestion, name: str = 'feeds: a', cursors: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.found = found
        self.cursors = cursors or {}
        self.world: World | None = None

    def look(self, world: World) -> Found:
        self.world = world
        return Found(self.found, self.cursors)


def suggestion(number: int, **more: Any) -> Suggestion:
    values: dict[str, Any] = {
        'id': f'feed-{number:012x}', 'words': f'Post {number}', 'link': f'https://a.example/{number}',
        'why': Reason('sources-why-feed', ('a', 'today')), 'moment': NOW + timedelta(seconds=number),
    }  # fmt: skip
    return Suggestion(**{**values, **more})


class Site:
    """A wiki with a desk, and what is said in its runs."""

    def __init__(self, **settings: Any) -> None:
        self.wiki = FakeWiki()
        self.desk = open_desk(self.wiki, **settings)
        self.said: list[str] = []

    def run(self, *sources: Any, simulate: bool = False) -> Report:
        self.said.clear()
        fetcher = Fetcher('test')
        return Pull(self.desk, DESK, sources, fetcher, self.said.append).run(simulate=simulate)

    def page(self) -> dict[str, Any]:
        """The suggestions by id."""
        return {item.id: item for item in suggestions(self.wiki.text(PAGE))}

    def queue(self) -> dict[str, Any]:
        return read_queue(self.wiki.text(QUEUE)).by_id()

    def decide(self, number: int, words: str = 'use ~~~~', user: str = 'Carol') -> int:
        return self.change(
            f'= feed-{number:012x}\n',
            f'= feed-{number:012x}\n| decision = {words}\n',
            user,
            drop=True,
        )

    def change(self, old: str, new: str, user: str = 'Carol', drop: bool = False) -> int:
        text = self.wiki.text(PAGE)
        assert text.count(old) == 1, text
        start = text.index(old)
        after = text[start:].replace(old, new, 1)
        if drop:
            after = after.replace('\n| decision   =\n', '\n', 1)
        return self.wiki.edit(PAGE, text[:start] + after, user, 'changed')


@pytest.fixture
def site() -> Site:
    return Site()


def test_new_ones_once_and_newest_last(site: Site) -> None:
    report = site.run(Fixed(suggestion(2), suggestion(1)))
    assert list(site.page()) == ['feed-000000000001', 'feed-000000000002']
    assert (report.edits, report.added, report.waiting, report.exit_code) == (
        1,
        [*site.page()],
        2,
        0,
    )
    item = site.page()['feed-000000000001']
    assert item.content['text'] == 'Post 1 https://a.example/1'
    assert item.editors == {'comment': 'From the feed “a”, today.'} and not item.faults
    report = site.run(Fixed(suggestion(2), suggestion(1)))
    assert (report.edits, report.waiting, site.wiki.edits) == (0, 2, 1)


def test_what_was_suggested_once_never_comes_again(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.wiki.edit(PAGE, 'Blanked.', 'Mallory')
    assert site.run(Fixed(suggestion(1))).edits == 0
    site.wiki.revs[-2].hidden.add('comment')
    assert site.run(Fixed(suggestion(1))).edits == 0, 'a hidden summary is read from the text'


def test_a_forged_summary_hides_nothing(site: Site) -> None:
    site.wiki.edit(PAGE, 'x', 'Mallory', 'mwsocial:suggest new: feed-000000000001')
    site.wiki.edit(PAGE, 'y', BOT, 'by hand: feed-000000000001')
    assert site.run(Fixed(suggestion(1))).added == ['feed-000000000001']


def test_what_stands_on_the_queue_or_in_the_archive_is_not_suggested(site: Site) -> None:
    site.wiki.edit(
        QUEUE, '{{Social media item|id=x|text=See https://www.a.example/1/?utm_source=b}}'
    )
    site.wiki.edit(
        'Social media/Archive/2026-11', '{{Social media item|id=y|text=https://a.example/2}}'
    )
    site.wiki.edit(
        'Social media/Archive/2026-10', '{{Social media item|id=feed-000000000003|text=z}}'
    )
    site.run(
        *(Fixed(suggestion(n, only=n < 3)) for n in (1, 2, 3)),
        Fixed(suggestion(4, link='https://a.example/1')),
    )
    assert list(site.page()) == ['feed-000000000004']


def test_a_bounded_page(site: Site) -> None:
    site = Site(sources={'most on page': 5, 'most per run': 3})
    many = Fixed(*(suggestion(n) for n in range(1, 100)))
    assert site.run(many).waiting == 3
    assert 'more wait for room' in ' '.join(site.said)
    assert site.run(many).waiting == 5
    assert site.run(many).edits == 0
    assert list(site.page())[-1] == 'feed-000000000005'


def test_ids_fit_into_the_summary(site: Site) -> None:
    site = Site(sources={'most per run': 12})
    long = Fixed(*(suggestion(n, id=f'release-{n:055d}') for n in range(12)))
    report = site.run(long)
    assert 0 < len(report.added) < 12
    while site.run(long).added:
        pass
    assert len(site.page()) == 12


def test_a_source_that_fails_harms_no_other(site: Site) -> None:
    class Broken(Fixed):
        def look(self, world: World) -> Found:
            raise self.error

    temporary, lasting, fault = Broken(name='b'), Broken(name='c'), Broken(name='d')
    temporary.error = Trouble('sources-timeout', 'b.example', temporary=True)  # type: ignore[attr-defined]
    lasting.error = Trouble('sources-html', 'c.example')  # type: ignore[attr-defined]
    fault.error = RecursionError('x')  # type: ignore[attr-defined]
    report = site.run(temporary, Fixed(suggestion(1)))
    assert (report.exit_code, len(site.page())) == (0, 1)
    report = site.run(lasting, fault, Fixed(suggestion(2)))
    assert (report.exit_code, len(site.page())) == (1, 2)
    assert [(one.name, one.trouble.key if one.trouble else '') for one in report.sources] == [
        ('c', 'sources-html'), ('d', 'sources-fault'), ('feeds: a', ''),
    ]  # fmt: skip


def test_words_that_fit_nowhere(site: Site) -> None:
    site.run(
        Fixed(
            suggestion(1, words='http://only.example'),
            suggestion(2, link='https://a.example/' + 'x' * 400),
        )
    )
    assert site.page() == {}
    assert 'is not suggested' in ' '.join(site.said)


def test_use(site: Site) -> None:
    site.run(Fixed(suggestion(1), suggestion(2)))
    revid = site.decide(1)
    report = site.run(Fixed(suggestion(1), suggestion(2)))
    assert report.moved == {'feed-000000000001': 'feed-000000000001'} and report.edits == 2
    assert list(site.page()) == ['feed-000000000002']
    item = site.queue()['feed-000000000001']
    assert item.content == {'id': 'feed-000000000001', 'text': 'Post 1 https://a.example/1'}
    assert f'[[Special:Diff/{revid}]]' in item.editors['comment'] and 'decision' not in item.editors
    last = site.wiki.last(QUEUE)
    assert last and proposer_in(last.comment, 'feed-000000000001') == 'Carol'
    assert site.run(Fixed(suggestion(1), suggestion(2))).edits == 0


def test_who_changes_the_words_last_proposes_them(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1)
    site.change('= Post 1 h', '= A better post h', user='Dave')
    site.run()
    last = site.wiki.last(QUEUE)
    assert last and proposer_in(last.comment, 'feed-000000000001') == 'Dave'
    assert site.queue()['feed-000000000001'].content['text'].startswith('A better post')


def test_an_address_without_an_account_proposes_for_nobody(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1, user='192.0.2.7')
    site.run()
    last = site.wiki.last(QUEUE)
    assert last and 'feed-000000000001' in last.comment and '[[User:' not in last.comment


@pytest.mark.parametrize('dies', ['before', 'after'])
def test_dead_between_the_pages(site: Site, dies: str) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1)

    def kill() -> None:
        raise Killed

    if dies == 'before':
        site.wiki.filter = lambda params: 'kill'
    else:
        site.wiki.after = kill
    with pytest.raises(Killed):
        site.run()
    assert (len(site.queue()), len(site.page())) == (int(dies == 'after'), 1)
    site.wiki.filter, site.wiki.after = lambda params: '', lambda: None
    if dies == 'after':
        # Somebody takes it off the queue meanwhile: it was proposed, that is all.
        site.wiki.edit(QUEUE, 'Emptied.', 'Alice')
    site.run()
    assert (len(site.queue()), len(site.page())) == (int(dies == 'before'), 0)


def test_an_id_that_somebody_else_has_taken_on_the_queue(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1)
    site.wiki.edit(QUEUE, '{{Social media item|id=feed-000000000001|text=Other words}}', 'Mallory')
    site.wiki.after = lambda: (_ for _ in ()).throw(Killed())
    with pytest.raises(Killed):
        site.run()
    site.wiki.after = lambda: None
    report = site.run()
    assert report.moved == {'feed-000000000001': 'feed-000000000001-2'}
    assert [item.id for item in read_queue(site.wiki.text(QUEUE)).items] == [
        'feed-000000000001',
        'feed-000000000001-2',
    ]
    assert site.page() == {}


def test_a_hidden_edit_of_the_queue_is_not_guessed(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1)
    site.wiki.edit(QUEUE, 'x', BOT, 'mwsocial:record y')
    site.wiki.revs[-1].hidden |= {'comment', 'text'}
    site.wiki.edit(QUEUE, 'y', 'Alice')
    report = site.run()
    assert report.exit_code == 1 and len(site.page()) == 1 and not site.queue()
    assert 'hidden' in site.page()['feed-000000000001'].bot['note']


def test_many_used_at_once(site: Site) -> None:
    site = Site(sources={'most per run': 12})
    site.run(Fixed(*(suggestion(n) for n in range(12))))
    text = site.wiki.text(PAGE).replace('| decision   =', '| decision = use ~~~~')
    site.wiki.edit(PAGE, text, 'A user with quite a long name, as some have')
    edits = site.wiki.edits
    report = site.run()
    assert len(report.moved) == len(site.queue()) == 12 and not site.page()
    assert site.wiki.edits - edits == report.edits < 5
    for rev in site.wiki.revs:
        if rev.title == QUEUE and rev.user == BOT:
            assert len(rev.comment) <= 500


def test_ignore(site: Site) -> None:
    site.run(Fixed(suggestion(1), suggestion(2)))
    site.decide(1, 'ignore ~~~~')
    site.decide(2, 'Ignore, please', user='Mallory')
    site.run()
    assert 'not autoconfirmed' in site.page()['feed-000000000002'].bot['note']
    assert not site.page()['feed-000000000001'].bot
    site.wiki.time += timedelta(days=8)
    site.run()
    assert list(site.page()) == ['feed-000000000002']
    site.change('| decision = Ignore, please\n', '', user='Dave')
    site.run()
    assert not site.page()['feed-000000000002'].bot, 'the note goes with its reason'


@pytest.mark.parametrize(
    ('words', 'key'),
    [('share ~~~~', 'no decision'), ('<nowiki>', 'no decision'), ('yes|no', 'no decision')],
)
def test_what_is_no_decision(site: Site, words: str, key: str) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1, words)
    report = site.run()
    assert report.exit_code == 0 and not site.queue()
    assert site.run().edits == 0


def test_decisions_about_items_that_are_not_ours(site: Site) -> None:
    site.wiki.edit(PAGE, '{{Social media item|id=mine|text=Hello|decision=use}}', 'Mallory')
    site.run()
    assert not site.queue()
    assert 'put it on the queue' in site.page()['mine'].bot['note']


def test_two_with_one_id(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1)
    text = site.wiki.text(PAGE)
    copy = '{{Social media item|id=feed-000000000001|text=Evil|decision=use}}'
    site.wiki.edit(PAGE, copy + text, 'Mallory')
    site.run()
    assert not site.queue()
    for item in suggestions(site.wiki.text(PAGE)):
        assert 'Two suggestions' in item.bot['note']
    edits = site.wiki.edits
    site.run()
    assert site.wiki.edits == edits and not site.queue()


def test_broken_by_somebody(site: Site) -> None:
    site.run(Fixed(suggestion(1), suggestion(2)))
    site.change('= Post 1 h', '= Post | {{evil}} h')
    site.decide(1)
    site.decide(2)
    report = site.run()
    assert list(site.queue()) == ['feed-000000000002'] and report.exit_code == 0
    assert site.page()['feed-000000000001'].bot['note']


def test_blocked_since(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1)
    site.wiki.blocked.add('Carol')
    site.run()
    assert not site.queue() and 'blocked' in site.page()['feed-000000000001'].bot['note']


def test_old_and_past_ones_leave(site: Site) -> None:
    soon = suggestion(2, not_before=NOW, not_after=NOW + timedelta(days=1))
    site.run(Fixed(suggestion(1), soon))
    assert site.page()['feed-000000000002'].content['not-after'] == '2026-11-24 12:00'
    site.wiki.time += timedelta(days=2)
    assert site.run(Fixed(soon)).removed == ['feed-000000000002']
    site.wiki.time += timedelta(days=30)
    site.run(Fixed(suggestion(1)))
    assert site.page() == {} and site.wiki.text(PAGE) == 'Introduction.'


def test_what_is_decided_while_it_leaves_counts(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.wiki.time += timedelta(days=60)

    class Slow(Fixed):
        def look(self, world: World) -> Found:
            site.decide(1)
            return super().look(world)

    site.run(Slow())
    assert list(site.page()) == ['feed-000000000001']
    site.run(Fixed())
    assert list(site.queue()) == ['feed-000000000001'] and site.page() == {}


def test_replies_stay_where_people_wrote_them(site: Site) -> None:
    site.run(Fixed(suggestion(1), suggestion(2)))
    site.wiki.edit(PAGE, site.wiki.text(PAGE) + '\n: Good one. [[User:Dave]]', 'Dave')
    site.decide(2)
    site.decide(1)
    site.run()
    assert site.wiki.text(PAGE) == 'Introduction.\n\n== Post 2 ==\n: Good one. [[User:Dave]]'


def test_somebody_saves_at_the_same_moment(site: Site) -> None:
    done: list[int] = []

    def meddle(params: Mapping[str, Any]) -> str:
        if not done:
            done.append(site.wiki.edit(params['title'], 'A line by Dave.', 'Dave'))
        return ''

    site.wiki.filter = meddle
    site.run(Fixed(suggestion(1)))
    assert site.wiki.text(PAGE).startswith('A line by Dave.') and len(site.page()) == 1
    site.decide(1)
    done.clear()
    site.run()
    assert (
        site.wiki.text(QUEUE).startswith('A line by Dave.')
        and len(site.queue()) == 1
        and not site.page()
    )


def test_for_ever_in_the_way(site: Site) -> None:
    site.wiki.filter = lambda params: str(
        site.wiki.edit(params['title'], f'{site.wiki.time}', 'Dave')
    )[:0]
    with pytest.raises(TemporaryError):
        site.run(Fixed(suggestion(1)))


def test_lost_answers_are_looked_up_by_the_next_run(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('mwsocial.wiki.save.LOOKS', (0.0,))
    site.wiki.filter = lambda params: 'lost'
    with pytest.raises(TemporaryError):
        site.run(Fixed(suggestion(1)))
    site.wiki.filter = lambda params: ''
    assert site.run(Fixed(suggestion(1))).edits == 1


def spam(*words: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda params: 'spamblacklist' if any(one in params['text'] for one in words) else ''


def test_a_filter_that_dislikes_an_address(site: Site) -> None:
    site.wiki.filter = spam('https://a.example/2')
    report = site.run(Fixed(suggestion(1), suggestion(2)))
    assert (len(site.page()), report.edits, report.exit_code) == (2, 1, 0)
    assert 'https&#58;//' in site.wiki.text(PAGE)
    assert site.page()['feed-000000000002'].content['text'] == 'Post 2 https://a.example/2'
    site.decide(2)
    site.run()
    assert site.queue()['feed-000000000002'].content['text'] == 'Post 2 https://a.example/2'


def test_a_filter_that_dislikes_words(site: Site) -> None:
    site.wiki.filter = spam('Post 2')
    source = Fixed(suggestion(1), suggestion(2), suggestion(3))
    report = site.run(source)
    assert list(site.page()) == ['feed-000000000001', 'feed-000000000003']
    assert report.exit_code == 1 and 'feed-000000000002' in report.left
    assert read_cursors(site.wiki.text(PAGE)).keys() == {'refused-feed-000000000002'}
    edits = site.wiki.edits
    tries: list[int] = []
    site.wiki.filter = lambda params: str(tries.append(1) or '')[:0]
    assert site.run(source).edits == 0 and not tries and site.wiki.edits == edits


@pytest.mark.parametrize('tail', ['<!-- never closed'])
def test_a_page_that_somebody_left_open(site: Site, tail: str) -> None:
    site.wiki.edit(PAGE, f'Intro {tail}', 'Mallory')
    report = site.run(Fixed(suggestion(1)))
    assert (report.edits, report.exit_code) == (0, 1) and 'never closed' in ' '.join(site.said)
    site.wiki.edit(PAGE, 'Intro', 'Dave')
    assert site.run(Fixed(suggestion(1))).edits == 1


def test_a_page_that_takes_nothing(site: Site) -> None:
    site.wiki.filter = lambda params: 'protectedpage'
    report = site.run(Fixed(suggestion(1)))
    assert report.exit_code == 1 and site.wiki.edits == 0
    site.wiki.filter = lambda params: ''
    assert site.run(Fixed(suggestion(1))).added == ['feed-000000000001']


@pytest.mark.parametrize('title', [PAGE, QUEUE])
def test_stopped(site: Site, title: str) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1)
    site.wiki.edit(title, site.wiki.text(title) + '{{Social media stop}}', 'Mallory')
    edits = site.wiki.edits
    report = site.run(Fixed(suggestion(2)))
    assert (report.edits, report.exit_code, site.wiki.edits) == (0, 0, edits)
    assert 'stop' in site.said[0]


def test_paused_or_blocked() -> None:
    site = Site(paused=True)
    assert site.run(Fixed(suggestion(1))).edits == 0
    site = Site()
    site.wiki.blocked.add(BOT)
    assert site.run(Fixed(suggestion(1))).edits == 0


def test_no_page(site: Site) -> None:
    site.wiki.revs = [rev for rev in site.wiki.revs if rev.title != PAGE]
    with pytest.raises(ConfigurationError):
        site.run(Fixed(suggestion(1)))
    site.wiki.edit(PAGE, '#REDIRECT [[Elsewhere]]')
    with pytest.raises(ConfigurationError):
        site.run(Fixed(suggestion(1)))


def test_cursors_are_on_the_page_and_believed_from_the_bot_only(site: Site) -> None:
    source = Fixed(cursors={'metric-a': '1000'}, name='metrics: a')
    assert site.run(source).edits == 1
    assert '* metric-a: 1000' in site.wiki.text(PAGE)
    assert site.run(source).edits == 0
    site.wiki.edit(PAGE, site.wiki.text(PAGE).replace('1000', '9'), 'Mallory')
    assert site.run(source).edits == 0
    assert source.world and source.world.cursors == {'metric-a': '1000'}
    source.cursors = {'metric-a': '2000'}
    site.run(source)
    assert '* metric-a: 2000' in site.wiki.text(PAGE) and site.wiki.text(PAGE).startswith(
        'Introduction.'
    )


def test_simulate(site: Site) -> None:
    site.run(Fixed(suggestion(1)))
    site.decide(1)
    edits = site.wiki.edits
    site.run(Fixed(suggestion(2)), simulate=True)
    assert site.wiki.edits == edits
    said = ' '.join(site.said)
    assert (
        'would propose feed-000000000001 for Carol' in said
        and 'would suggest feed-000000000002' in said
    )


def test_only_some_sources() -> None:
    sources: Sequence[Any] = [Fixed(name='feeds: a'), Fixed(name='feeds: b'), Fixed(name='facts')]
    assert only(sources, '') == sources
    assert only(sources, 'feeds') == sources[:2]
    assert only(sources, 'feeds: b') == sources[1:2]
    with pytest.raises(ConfigurationError) as caught:
        only(sources, 'feed')
    assert 'feeds: a' in str(caught.value)
    assert only([], '') == []


def test_untouched_bytes_stay_untouched(site: Site) -> None:
    odd = "Odd:\t]] <b> ''x'' &nbsp; | = ==\n* a\n\n== Mine ==\n<nowiki>{{Social media item}}</nowiki>  x"
    site.wiki.edit(PAGE, odd, 'Dave')
    site.run(Fixed(suggestion(1)))
    assert site.wiki.text(PAGE).startswith(odd + '\n\n== Post 1 ==\n')
    site.decide(1)
    site.run()
    assert site.wiki.text(PAGE) == odd


def test_hostile_words_have_no_effect(site: Site) -> None:
    words = 'x}} {{Social media stop}} [[Category:A]] <nowiki> ~~~~ | y = == \n----\n{{subst:z}} __TOC__ -{a}- \u202e'
    site.run(Fixed(suggestion(1, words=words, link='https://a.example/}}{{x')))
    site.run(Fixed(suggestion(2, words=words)))
    assert len(site.page()) >= 1
    (item,) = [one for name, one in site.page().items() if name == 'feed-000000000002']
    assert item.content['text'].startswith('x}} {{Social media stop}}')
    assert not read_queue(site.wiki.text(PAGE)).stopped
    site.decide(2)
    site.run()
    assert site.queue()['feed-000000000002'].content['text'] == item.content['text']
    assert not read_queue(site.wiki.text(QUEUE)).stopped
