"""Each source, on pages of every shape that it knows and on some that it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.sources import (
    calendars,
    deployments,
    discussions,
    eventpages,
    facts,
    feeds,
    metrics,
    releases,
    technews,
)
from mwsocial.sources.feedxml import Entry
from mwsocial.sources.fetch import Fetched
from mwsocial.sources.reminders import Event, reminders
from mwsocial.sources.settings import (
    Calendar,
    Deployments,
    Discussion,
    EventPage,
    Events,
    Facts,
    Feed,
    Metric,
    Releases,
    TechNews,
)
from mwsocial.sources.technews import Section, issue, plain_line, weeks
from mwsocial.sources.trouble import Trouble
from tests.sources.worlds import NOW, pages, world

IGNORE = TechNews().ignore


def page(folder: Path, name: str) -> str:
    return (folder / name).read_text('utf-8')


def why(caught: pytest.ExceptionInfo[Trouble]) -> str:
    return caught.value.reason.key


# -- Tech News -------------------------------------------------------------------------------------


def test_technews_of_2016(pages_folder: Path) -> None:
    assert issue(page(pages_folder, 'technews_2016.wiki'), IGNORE) == (
        Section(
            'Recent changes',
            ('You can now see maps in MediaWiki pages.', 'Bold words and italic ones.'),
        ),
        Section('Problems', ('Something broke.',)),
        Section('Meetings', ('You can join the next meeting at (UTC).',)),
    )


def test_technews_of_2021(pages_folder: Path) -> None:
    assert issue(page(pages_folder, 'technews_2021.wiki'), IGNORE) == (
        Section(
            'Changes later this week',
            ('The new version of MediaWiki will be on test wikis from 9 November.', 'Second.'),
        ),
    )


def test_technews_of_2026(pages_folder: Path) -> None:
    assert issue(page(pages_folder, 'technews_2026.wiki'), IGNORE) == (
        Section('Updates for editors', ('The new visual editor works on now.',)),
        Section(
            'Updates for technical contributors',
            (
                'The MediaWiki API has a new module, action=markfortranslation.',
                'Developers of Foo should test it.',
            ),
        ),
    )


def test_technews_without_markers(pages_folder: Path) -> None:
    assert issue(page(pages_folder, 'technews_bare.wiki')) == (
        Section('Weekly highlight', ('One.', 'Two.')),
    )


def test_a_week_without_technews(pages_folder: Path) -> None:
    assert issue(page(pages_folder, 'technews_nothing.wiki')) is None


def test_technews_in_another_shape(pages_folder: Path) -> None:
    with pytest.raises(Trouble) as caught:
        issue(page(pages_folder, 'technews_unknown.wiki'))
    assert why(caught) == 'sources-technews-shape'


@pytest.mark.parametrize(
    ('now', 'monday'),
    [
        (datetime(2024, 12, 30, 23, tzinfo=UTC), date(2024, 12, 30)),  # ISO week 1 of 2025
        (datetime(2024, 12, 30, 12, tzinfo=UTC), date(2024, 12, 23)),  # not out yet
        (datetime(2027, 1, 3, 12, tzinfo=UTC), date(2026, 12, 28)),  # ISO week 53 of 2026
        (datetime(2026, 11, 29, 23, tzinfo=UTC), date(2026, 11, 23)),
    ],
)
def test_iso_weeks(now: datetime, monday: date) -> None:
    assert weeks(now, 1) == [monday]
    assert weeks(now, 3) == [monday - timedelta(weeks=2), monday - timedelta(weeks=1), monday]


def test_technews_suggestions(pages_folder: Path) -> None:
    asked: list[str] = []
    shown = pages({'Tech/News/2025/01': page(pages_folder, 'technews_2026.wiki')})

    def wiki(params: Mapping[str, str]) -> Mapping[str, Any]:
        asked.append(params['titles'])
        return shown(params)

    now = datetime(2024, 12, 31, tzinfo=UTC)
    found = technews.TechNewsSource(TechNews(weeks=2)).look(world(wiki=wiki, now=now))
    assert asked == ['Tech/News/2024/52', 'Tech/News/2025/01']
    first, second = found.suggestions
    assert first.id == 'technews-2025-01' and first.link.endswith('Tech/News/2025/01')
    assert first.more == ('2025/01',)
    assert second.id.startswith('technews-2025-01-') and 'MediaWiki' in second.words


def test_technews_that_cannot_be_read_is_said(pages_folder: Path) -> None:
    good, bad = (
        page(pages_folder, 'technews_2026.wiki'),
        page(pages_folder, 'technews_unknown.wiki'),
    )
    source = technews.TechNewsSource(TechNews(weeks=2))
    wiki = pages({'Tech/News/2026/46': good, 'Tech/News/2026/47': bad})
    found = source.look(world(wiki=wiki))
    assert len(found.suggestions) == 2 and found.remarks[0].key == 'sources-technews-unread'
    with pytest.raises(Trouble):
        source.look(world(wiki=pages({'Tech/News/2026/46': bad, 'Tech/News/2026/47': bad})))
    assert source.look(world(wiki=pages({}))).suggestions == ()


@given(st.text(alphabet="*'=;:[]{}|<>!-/abc\n ", max_size=300))
@settings(max_examples=200)
def test_any_wikitext_is_an_issue_or_trouble(text: str) -> None:
    try:
        assert issue(text) is None or all(section.bullets for section in issue(text) or ())
    except Trouble as trouble:
        assert trouble.reason.key == 'sources-technews-shape'


def test_lines_made_to_take_long_are_left_out() -> None:
    for piece in ('{{a|', '[[a|', "'''", '<b>', '{|', '<!--', '[http://a ', '{{{', '&#'):
        plain_line(piece * (technews.LONGEST // len(piece)))
    assert plain_line('[[a|' * 1000) == ''


# -- Releases --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('title', 'versions'),
    [
        ('[MediaWiki-announce] MediaWiki 1.47.0 released', ('1.47.0',)),
        ('MediaWiki 1.47.0 is now available', ('1.47.0',)),
        (
            'MediaWiki security and maintenance releases 1.43.5 / 1.44.2 / 1.45.1',
            ('1.43.5', '1.44.2', '1.45.1'),
        ),
        ('MediaWiki Extensions Security Release Supplement (1.43.5/1.44.2)', ('1.43.5', '1.44.2')),
        ('MediaWiki 1.47.0-rc.0 released', ('1.47.0-rc.0',)),
        ('Upcoming MediaWiki security release 1.47.1', None),
        ('Pre-announcement: MediaWiki security release 1.47.1', None),
        ('Security pre-release announcement 1.47.1: will be released tomorrow', None),
        ('MediaWiki 1.47.0 release delayed', None),
        ('MediaWiki 1.47.0 release schedule', None),
        ('Advance notice of a security release (1.47.1)', None),
        ('Re: MediaWiki 1.47.0 released', None),
        ('MediaWiki 1.40 end of life', None),
        ('Version 11.47.0 of something released', None),
        ('Released!', None),
        ('2021.1.47.0 released', None),
    ],
)
def test_announcements(title: str, versions: tuple[str, ...] | None) -> None:
    found = releases.announced(title)
    assert (found.versions if found else None) == versions


def test_never_before_it_is_public() -> None:
    feed = [
        Entry(
            'MediaWiki security release 1.47.1', 'https://l.example/1', NOW + timedelta(seconds=1)
        ),
        Entry('MediaWiki security release 1.46.3', 'https://l.example/2', None),
        Entry('MediaWiki security release 1.45.9', 'https://l.example/3', NOW - timedelta(days=15)),
        Entry('MediaWiki 1.47.0-rc.1 released', 'https://l.example/4', NOW),
        Entry('MediaWiki security release 1.44.9', 'https://l.example/5', NOW),
    ]
    (found,) = releases.from_feed(feed, Releases(), NOW)
    assert found.id == 'release-1-44-9' and found.sentence == 'sources-post-security'
    ids = [one.id for one in releases.from_feed(feed, Releases(candidates=True), NOW)]
    assert ids == ['release-1-47-0-rc-1', 'release-1-44-9']


def test_the_table_of_versions(pages_folder: Path) -> None:
    found = releases.lifecycle(page(pages_folder, 'lifecycle.html'))
    assert found == [
        ('1.47', date(2026, 11, 19)),
        ('1.46', date(2026, 5, 21)),
        ('1.49', date(2026, 12, 24)),
    ]
    (one,) = releases.from_table(found, 'https://w.example/wiki/Version_lifecycle', Releases(), NOW)
    assert (one.id, one.link) == ('release-1-47', 'https://w.example/wiki/MediaWiki_1.47')


def test_feed_and_table_name_the_same_release(pages_folder: Path) -> None:
    item = (
        '<item><title>MediaWiki 1.47.0 released</title><link>https://l.example/1</link>'
        '<pubDate>Thu, 19 Nov 2026 20:00:00 GMT</pubDate></item>'
    )
    feed = f'<rss version="2.0"><channel>{item}</channel></rss>'
    source = releases.ReleasesSource(Releases(feed='https://l.example/feed/'))
    wiki = pages({'Version lifecycle': 'x'}, page(pages_folder, 'lifecycle.html'))
    found = source.look(world({'https://l.example/feed/': feed}, wiki))
    assert [(one.id, one.link) for one in found.suggestions] == [
        ('release-1-47', 'https://l.example/1')
    ]
    half = source.look(world({}, wiki))
    assert len(half.suggestions) == 1 and half.remarks[0].key == 'sources-status'
    with pytest.raises(Trouble):
        source.look(world({}, pages({'Version lifecycle': 'x'}, '<p>another shape</p>')))


def test_the_table_in_another_shape() -> None:
    with pytest.raises(Trouble) as caught:
        releases.lifecycle('<table><tr><th>Name</th></tr></table>')
    assert why(caught) == 'sources-releases-table'
    with pytest.raises(Trouble) as caught:
        releases.lifecycle(
            '<table><tr><th>Version</th><th>Status</th><th>Day of release</th></tr></table>'
        )
    assert why(caught) == 'sources-releases-table'


# -- Deployments -----------------------------------------------------------------------------------


def test_deployments(pages_folder: Path) -> None:
    found = deployments.windows(page(pages_folder, 'deployments.html'))
    assert [one.start for one in found] == [
        datetime(2026, 11, 24, 14, tzinfo=UTC),
        datetime(2026, 11, 25, 14, tzinfo=UTC),
        datetime(2026, 11, 26, 14, tzinfo=UTC),
        datetime(2026, 11, 26, 14, tzinfo=UTC),
    ]
    assert found[0].name == 'MediaWiki train - Utc-0 Version'
    assert found[2].name == 'UTC morning backport'
    assert found[3].off
    (one,) = deployments.suggest(found, 'https://w.example/wiki/Deployments', Deployments(), NOW)
    assert one.id == 'train-1-48-0-wmf-5'
    assert one.more == ('2026-11-24 14:00 UTC',)
    late = deployments.suggest(found, '', Deployments(), datetime(2026, 11, 24, 15, tzinfo=UTC))
    assert late == [], 'not said once the train is on its way'


@pytest.mark.parametrize(
    ('html', 'key'),
    [
        ('<p>Nothing</p>', 'sources-deployments-shape'),
        ('<div class="deploycal-item">x</div>', 'sources-deployments-times'),
    ],
)
def test_deployments_in_another_shape(html: str, key: str) -> None:
    with pytest.raises(Trouble) as caught:
        deployments.windows(html)
    assert why(caught) == key


# -- Events ----------------------------------------------------------------------------------------

LAST = NOW + timedelta(days=30)


def read_calendar(body: bytes, zone: str = '') -> calendars.Read:
    return calendars.calendar(Fetched('https://c.example/cal', body), 'diff', zone, NOW, LAST)


def test_a_calendar(pages_folder: Path) -> None:
    found = read_calendar((pages_folder / 'calendar.ics').read_bytes())
    assert [(one.title, one.start) for one in found.events] == [
        ('Weekly', datetime(2026, 11, 24, 17, tzinfo=UTC)),
        ('Weekly', datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ('A talk, with a comma', datetime(2026, 12, 1, 18, tzinfo=UTC)),
        ('In Berlin', datetime(2026, 12, 2, 18, tzinfo=UTC)),
        ('All day', date(2026, 12, 4)),
        ('Strange link', datetime(2026, 12, 6, 12, tzinfo=UTC)),
        ('Weekly', datetime(2026, 12, 10, 19, tzinfo=UTC)),
        ('Weekly (moved)', datetime(2026, 12, 16, 17, tzinfo=UTC)),
        ('Weekly', datetime(2026, 12, 22, 17, tzinfo=UTC)),
    ]
    assert {one.title: one.link for one in found.events}[
        'A talk, with a comma'
    ] == 'https://diff.example/event/1'
    assert {one.title: one.link for one in found.events}['Strange link'] == ''
    assert {one.key: one.args[1] for one in found.remarks} == {
        'sources-event-broken': '2', 'sources-event-rule': '2', 'sources-event-zone': '1',
    }  # fmt: skip
    zoned = read_calendar((pages_folder / 'calendar.ics').read_bytes(), 'America/New_York')
    assert datetime(2026, 12, 4, tzinfo=UTC) in [
        one.start for one in zoned.events if one.title == 'Somewhere'
    ]


@pytest.mark.parametrize(
    ('body', 'key'),
    [
        (b'', 'sources-calendar-broken'),
        (b'<!DOCTYPE html><html>', 'sources-html'),
        (b'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR', 'sources-calendar-broken'),
        (b'BEGIN:VCALENDAR\nnonsense', 'sources-calendar-broken'),
        ('BEGIN:VCALENDAR\nX:ä'.encode('latin-1'), 'sources-encoding'),
    ],
)
def test_what_is_no_calendar(body: bytes, key: str) -> None:
    with pytest.raises(Trouble) as caught:
        read_calendar(body)
    assert why(caught) == key


@given(
    st.text(alphabet='BEGINVDTSARULEFQ=;:,-+0123456789TZ\n ', max_size=200),
    st.sampled_from(['', 'UTC']),
)
def test_any_event_is_read_or_left_out(lines: str, zone: str) -> None:
    body = f'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:x\r\nDTSTART:20261201T180000Z\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR'
    try:
        read = read_calendar(body.encode(), zone)
    except Trouble:
        return
    assert all(NOW < one.begins <= LAST for one in read.events)


RULES = st.fixed_dictionaries(
    {'FREQ': st.sampled_from(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'HOURLY'])},
    optional={
        'INTERVAL': st.sampled_from(['0', '1', '3', '-1', '99999999999']),
        'COUNT': st.sampled_from(['0', '1', '5', '-3', '999999999']),
        'UNTIL': st.sampled_from(['20261205', '20261205T120000Z', '20261205T120000']),
        'BYDAY': st.sampled_from(['MO', 'TU,TH', '-1FR', '5MO', 'XX']),
        'BYMONTHDAY': st.sampled_from(['31', '-1', '30', '1,15']),
        'BYMONTH': st.sampled_from(['2', '12', '13']),
        'BYSETPOS': st.sampled_from(['1', '-1', '0']),
        'BYYEARDAY': st.just('1'),
    },
)


@given(RULES, st.sampled_from(['20261101T180000Z', '20120101T000000Z', '20261101']))
@settings(max_examples=60, deadline=None)
def test_rules_end(rule: dict[str, str], start: str) -> None:
    line = ';'.join(f'{name}={value}' for name, value in rule.items())
    body = f'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:x\r\nDTSTART:{start}\r\nRRULE:{line}\r\nEND:VEVENT\r\nEND:VCALENDAR'
    assert all(NOW < one.begins <= LAST for one in read_calendar(body.encode()).events)


def test_tech_talks(pages_folder: Path) -> None:
    found, unclear = eventpages.events(
        page(pages_folder, 'techtalks.html'), 'https://w.example/wiki/T', 'talks'
    )
    assert [(one.title, one.start, one.link) for one in found] == [
        (
            'How Wikis Work & why',
            datetime(2026, 12, 1, 18, tzinfo=UTC),
            'https://w.example/wiki/T#How_Wikis_Work',
        ),
        (
            'New heading',
            datetime(2026, 12, 2, 17, 30, tzinfo=UTC),
            'https://w.example/wiki/T#New_heading',
        ),
        ('Old one', datetime(2015, 3, 3, 9, tzinfo=UTC), 'https://w.example/wiki/T'),
        ('Marked', datetime(2026, 12, 4, 9, tzinfo=UTC), 'https://w.example/wiki/T'),
    ]
    assert unclear == 1


def test_a_link_that_is_no_address_leads_to_the_page() -> None:
    html = (
        '<div class="vevent"><span class="summary"><a href="//[x">A</a></span>'
        '<span class="dtstart" title="2026-12-01T10:00:00Z"></span></div>'
    )
    ((event,), _) = eventpages.events(html, 'https://w.example/wiki/T', 'talks')
    assert (event.title, event.link) == ('A', 'https://w.example/wiki/T')


def test_office_hours(pages_folder: Path) -> None:
    found, unclear = eventpages.events(
        page(pages_folder, 'officehours.html'), 'https://m.example/wiki/O', 'hours'
    )
    assert [(one.title, one.start, one.link) for one in found] == [
        (
            'Language team office hour',
            datetime(2026, 12, 1, 17, tzinfo=UTC),
            'https://m.example/wiki/Talk',
        ),
        ('Editing', datetime(2026, 12, 2, 16, tzinfo=UTC), 'https://meta.example/e'),
        ('Hackday', date(2026, 12, 5), 'https://m.example/wiki/O'),
        ('Anything (Sue)', datetime(2026, 12, 4, 4, tzinfo=UTC), 'https://m.example/wiki/Log'),
        ('Meetup', date(2026, 12, 5), 'https://m.example/wiki/O'),
    ]
    assert unclear == 3


def test_an_event_page_in_another_shape() -> None:
    source = eventpages.EventPageSource('x', EventPage(page='Events'), Events())
    with pytest.raises(Trouble) as caught:
        source.look(world(wiki=pages({'Events': 'x'}, '<p>Nothing</p>')))
    assert why(caught) == 'sources-events-shape'


def test_reminders() -> None:
    event = Event('k', 'Talk', NOW + timedelta(days=10), 'https://e.example', 'diff')
    found = reminders([event], ('week', 'day', 'hour'), NOW, 30)
    assert [(one.not_before, one.not_after) for one in found] == [
        (event.begins - timedelta(days=7), event.begins - timedelta(days=1)),
        (event.begins - timedelta(days=1), event.begins - timedelta(hours=1)),
        (event.begins - timedelta(hours=1), event.begins),
    ]
    assert len({one.id for one in found}) == 3
    soon = Event('k', 'Talk', NOW + timedelta(hours=5), '', 'diff')
    assert [one.sentence for one in reminders([soon], ('week', 'day', 'hour'), NOW, 30)] == [
        'sources-post-day', 'sources-post-hour',
    ]  # fmt: skip
    day = Event('k', 'Talk', date(2026, 12, 1), '', 'diff')
    assert [one.sentence for one in reminders([day], ('hour', 'day'), NOW, 30)] == [
        'sources-post-day'
    ]
    past = Event('k', 'Talk', NOW, '', 'diff')
    far = Event('k', 'Talk', NOW + timedelta(days=31), '', 'diff')
    assert reminders([past, far], ('day',), NOW, 30) == []
    moved = Event('k', 'Talk', NOW + timedelta(days=11), 'https://e.example', 'diff')
    assert not {one.id for one in reminders([moved], ('day',), NOW, 30)} & {one.id for one in found}


def test_calendar_source(pages_folder: Path) -> None:
    settings_ = Calendar(url='https://c.example/cal', words=('TALK',))
    source = calendars.CalendarSource('diff', settings_, Events(remind=('day',)))
    found = source.look(
        world({'https://c.example/cal': (pages_folder / 'calendar.ics').read_bytes()})
    )
    assert [one.words for one in found.suggestions] == ['A talk, with a comma']


# -- Feeds, discussions, metrics, facts ------------------------------------------------------------


def entry(number: int, **more: Any) -> Entry:
    values = {
        'title': f'Post {number}',
        'link': f'https://a.example/{number}',
        'published': NOW - timedelta(days=number),
    }
    return Entry(**{**values, **more})


def test_feed_entries() -> None:
    found = [
        entry(1), entry(2), entry(3), entry(15), entry(4, title='MediaWiki'), entry(-1),
        entry(5, published=None), entry(6, link='https://a.example/1?utm_source=x'),
    ]  # fmt: skip
    read = feeds.read_entries(found, 'diff', Feed(url='https://a.example/feed', most=2), world())
    assert [one.words for one in read.suggestions] == ['Post 2', 'Post 1']
    assert read.remarks[0].args == ('diff', '1')
    read = feeds.read_entries(
        found, 'diff', Feed(url='https://a.example/feed', words=('mediawiki',)), world()
    )
    assert [one.words for one in read.suggestions] == ['MediaWiki']


def test_new_sections() -> None:
    old, new = (
        '== Old ==\nx\n',
        "== Old ==\n== [[A|New]] ''one'' == <!-- x -->\ny\n=== Deep ===\n== {{evil}} ==\n",
    )

    def wiki(params: Mapping[str, str]) -> Mapping[str, Any]:
        if 'rvstart' in params:
            assert params['rvstart'] == '2026-11-16T12:00:00Z'
            return pages({'Talk': old})(params)
        return pages({'Talk': new})(params)

    source = discussions.DiscussionSource('talk', Discussion(page='Talk'))
    found = source.look(world(wiki=wiki))
    assert [(one.words, one.link) for one in found.suggestions] == [
        ('New one', 'https://w.example/wiki/Talk#New_one')
    ]


def test_new_pages_of_a_category() -> None:
    def wiki(params: Mapping[str, str]) -> Mapping[str, Any]:
        if params.get('list') == 'categorymembers':
            assert params['cmtitle'] == 'Category:Projects'
            return {'query': {'categorymembers': [
                {'pageid': 1, 'title': 'First', 'timestamp': '2026-11-22T00:00:00Z'},
                {'pageid': 2, 'title': 'Second', 'timestamp': '2026-11-21T00:00:00Z'},
            ]}}  # fmt: skip
        return {
            'query': {
                'pages': [
                    {'pageid': 1, 'fullurl': 'https://w.example/1'},
                    {'pageid': 2, 'fullurl': 'https://w.example/2'},
                ]
            }
        }

    source = discussions.DiscussionSource('projects', Discussion(category='Projects'))
    assert [one.link for one in source.look(world(wiki=wiki)).suggestions] == [
        'https://w.example/2',
        'https://w.example/1',
    ]


def test_a_category_that_is_not_there() -> None:
    def wiki(params: Mapping[str, str]) -> Mapping[str, Any]:
        return {
            'query': {'categorymembers': [], 'pages': [{'title': 'Category:X', 'missing': True}]}
        }

    with pytest.raises(Trouble) as caught:
        discussions.DiscussionSource('x', Discussion(category='X')).look(world(wiki=wiki))
    assert why(caught) == 'sources-page-missing'


@pytest.mark.parametrize(
    ('text', 'key'),
    [(None, 'sources-page-missing'), ('#REDIRECT [[Other]]', 'sources-page-redirect')],
)
def test_pages_that_are_missing_or_have_moved(text: str | None, key: str) -> None:
    found = {} if text is None else {'Talk': text}
    with pytest.raises(Trouble) as caught:
        discussions.DiscussionSource('x', Discussion(page='Talk')).look(world(wiki=pages(found)))
    assert why(caught) == key


@pytest.mark.parametrize(
    ('value', 'step', 'wanted'),
    [(999, 0, 0), (1000, 0, 1000), (1999, 0, 1000), (9999, 0, 9000), (10000, 0, 10000), (123456, 0, 100000),
     (123456, 50000, 100000), (10, 3, 9), (0, 5, 0), (0, 0, 0)],
)  # fmt: skip
def test_round_numbers(value: int, step: int, wanted: int) -> None:
    assert metrics.milestone(value, step) == wanted


def test_a_number_passed() -> None:
    def wiki(value: Any) -> Any:
        return lambda params: {
            'query': {
                'statistics': {'articles': value},
                'general': {'sitename': 'MediaWiki', 'base': 'https://w.example/'},
            }
        }

    source = metrics.MetricSource('mw', Metric())
    first = source.look(world(wiki=wiki(123456)))
    assert first.suggestions == () and first.cursors == {'metric-mw': '100000'}, (
        'the first look only remembers'
    )
    cursors = {'metric-mw': '100000'}
    assert source.look(world(wiki=wiki(199999), cursors=cursors)).suggestions == ()
    (one,) = source.look(world(wiki=wiki(200001), cursors=cursors)).suggestions
    assert (one.id, one.more) == ('metric-mw-200000', ('200,000', 'content pages'))
    back = source.look(world(wiki=wiki(150000), cursors={'metric-mw': '200000'}))
    assert back.suggestions == () and back.cursors == {'metric-mw': '200000'}, (
        'numbers that fall pass nothing twice'
    )
    for bad in ('many', None, True, -1, 10**16, 1.5):
        with pytest.raises(Trouble):
            source.look(world(wiki=wiki(bad)))


FACTS = """Intro
* MediaWiki is [[PHP|written in PHP]]. https://w.example/php
<!--
* hidden
-->
* It was first used on 25 January 2002.
* https://only.example/
*
"""


def test_facts_one_at_a_time_and_none_again_within_a_year() -> None:
    assert facts.read_facts(FACTS) == [
        ('MediaWiki is written in PHP.', 'https://w.example/php'),
        ('It was first used on 25 January 2002.', ''),
    ]
    source = facts.FactsSource(Facts())
    wiki = pages({'Social media/Facts': FACTS})
    suggested: dict[str, datetime] = {}
    said = []
    for day in range(420):
        now = NOW + timedelta(days=day)
        found = source.look(world(wiki=wiki, now=now, suggested=suggested))
        for one in found.suggestions:
            suggested[one.id] = now
            said.append((day, one.words[:2]))
    assert said == [(0, 'Me'), (7, 'It'), (366, 'Me'), (373, 'It')]
    standing = frozenset({next(iter(suggested))})
    assert (
        source.look(
            world(wiki=wiki, now=NOW + timedelta(days=9999), suggested=suggested, standing=standing)
        ).suggestions
        == ()
    )
    with pytest.raises(Trouble) as caught:
        source.look(world(wiki=pages({'Social media/Facts': 'No list'})))
    assert why(caught) == 'sources-facts-none'
