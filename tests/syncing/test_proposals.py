"""What is proposed of News and posts, and what is not."""

from __future__ import annotations

from mwsocial.channels.base import CannotLook
from mwsocial.reason import Reason
from mwsocial.syncing.proposals import PER_RUN, WAITING
from tests.syncing.worlds import BOT, Case, item, post, revision

ENTRY = "'''[[MediaWiki 1.47]]''' has been released, with many things."
ADDRESS = 'https://wiki.example/w/MediaWiki_1.47'
TEXT = f'MediaWiki 1.47 has been released, with many things. {ADDRESS}'


def texts(case: Case) -> list[str]:
    return [one.item.content.get('text', '') for one in case.from_news()]


def test_proposed() -> None:
    (one,) = Case().news('Bob', ENTRY).from_news()
    assert one.item.content == {'id': one.item.id, 'text': TEXT}
    assert one.user == 'Bob'
    assert one.decision.revid == 2
    assert one.item.editors == {'comment': 'from MediaWiki News of 2026-11-25'}


def test_in_the_name_of_who_gave_it_the_words_it_has() -> None:
    """Who rewrites another one's entry, its address too, does not approve it as the second person."""
    case = Case(blocked=['Vera']).news('Bob', ENTRY)
    case.news(
        'Alice', ENTRY.replace('[[MediaWiki 1.47]]', '[https://evil.example/ MediaWiki 1.47]')
    )
    (one,) = case.from_news()
    assert 'https://evil.example/' in one.item.content['text']
    assert (one.user, one.decision.revid) == ('Alice', 3)
    # A correction of the bot's is nobody's; one of somebody who is blocked is proposed for nobody.
    (one,) = Case().news('Bob', ENTRY).news(BOT, ENTRY.replace('many', 'few')).from_news()
    assert one.user == 'Bob'
    assert case.news('Vera', ENTRY.replace('many', 'evil')).from_news() == []


def test_templates_are_expanded() -> None:
    assert texts(Case().news('Bob', 'There is something {{new}} at last.')) == [
        'There is something new at last. https://wiki.example/w/New_things'
    ]


def test_not_what_the_bot_or_nobody_brought() -> None:
    assert texts(Case().news(BOT, ENTRY)) == []
    assert texts(Case().news('Bob', ENTRY, hours=24 * 15)) == []
    assert texts(Case().news('Bob', ENTRY, day='2026-11-01')) == []
    assert texts(Case()) == []


def test_not_while_it_is_being_worked_on() -> None:
    assert texts(Case().news('Bob', ENTRY, hours=0.1)) == []
    case = Case().news('Bob', ENTRY).news('Carol', ENTRY.replace('many', 'few'), hours=0.1)
    assert texts(case) == []


def test_not_of_the_blocked() -> None:
    assert texts(Case(blocked=['Bob']).news('Bob', ENTRY)) == []


def test_not_what_an_item_says() -> None:
    assert texts(Case(queue=item('a', TEXT)).news('Bob', ENTRY)) == []
    assert texts(Case(queue=item('a', 'x', news=ENTRY)).news('Bob', ENTRY)) == []
    other = TEXT.replace('1.47', '1.46')
    assert len(texts(Case(queue=item('a', other)).news('Bob', ENTRY))) == 1


def test_not_what_was_proposed_once() -> None:
    """Under its first words, whatever it says now, and under another id that it had to take."""
    case = Case().news('Bob', ENTRY)
    (one,) = case.from_news()
    for more in ('', '-2'):
        summary = f'mwsocial:propose {one.item.id}{more} by [[User:Bob]] from [[x]]'
        case.own = [revision(50, BOT, 10, summary)]
        assert case.from_news() == []
        changed = Case().news('Bob', ENTRY).news('Carol', ENTRY.replace('1.47', '1.47.1'))
        changed.own = case.own
        assert changed.from_news() == []


def test_by_hand_on_some_channels() -> None:
    """Only where it is missing; nowhere if it stands everywhere."""
    case = Case().news('Bob', ENTRY)
    case.timelines = {'mastodon': [post(TEXT)], 'x': [], 'bluesky': []}
    (one,) = case.from_news()
    assert one.item.content['channels'] == 'bluesky, x'
    assert 'it stands on mastodon already' in one.item.editors['comment']
    case.timelines = {name: [post(f'{TEXT} #MediaWiki')] for name in case.timelines}
    assert case.from_news() == []
    assert any('every channel' in line for line in case.report.lines)


def test_a_channel_that_cannot_be_asked() -> None:
    """Entries are proposed all the same; of posts nothing, since it may be there."""
    case = Case().news('Bob', ENTRY)
    case.timelines = {
        'mastodon': [post('Something new by hand: https://a.example/x')],
        'x': CannotLook(Reason('channels-timeline-short')),
    }
    assert len(case.from_news()) == 1
    assert case.from_posts() == []
    case.timelines['x'] = []
    assert len(case.from_posts()) == 1


def entries(count: int) -> list[str]:
    return [f'The [[{chr(97 + n) * 7}]] has got {chr(97 + n) * 8}.' for n in range(count)]


def test_no_flood() -> None:
    """So many at once, the oldest first; none while too many wait."""
    case = Case().news('Bob', *entries(PER_RUN + 3))
    assert len(case.from_news()) == PER_RUN
    waiting = ''.join(item(f'news-{n}', f'waits {n}') for n in range(WAITING - 1))
    case = Case(queue=waiting).news('Bob', *entries(3))
    assert len(case.from_news()) == 1
    assert any('wait already' in line for line in case.report.lines)
    done = waiting.replace('waits', 'posted').replace('}}', '| state = posted\n}}')
    assert len(Case(queue=done).news('Bob', *entries(3)).from_news()) == 3


def test_an_entry_that_stands_everywhere_keeps_none_waiting() -> None:
    case = Case().news('Bob', *entries(PER_RUN + 1))
    posts = [
        post(f'The {chr(97 + n) * 7} has got {chr(97 + n) * 8}. https://wiki.example/w/{chr(65 + n)}{chr(97 + n) * 6}', number=n)
        for n in range(1, PER_RUN + 1)
    ]  # fmt: skip
    case.timelines = dict.fromkeys(('mastodon', 'x', 'bluesky'), posts)
    (one,) = case.from_news()
    assert one.item.content['text'].startswith('The aaaaaaa')


def test_a_post_becomes_an_entry() -> None:
    case = Case()
    case.timelines = {
        'mastodon': [post(f'Hello world of posts: {ADDRESS} #MediaWiki')],
        'x': [post(f'Hello world of posts! {ADDRESS}', number=2, hours=19)],
    }
    (one,) = case.from_posts()
    assert one.item.content == {
        'id': one.item.id,
        'news': 'Hello world of posts: [[MediaWiki 1.47]]',
    }
    assert one.item.id.startswith('post-2026-11-25-')
    assert one.user == ''
    assert '://' not in one.item.editors['comment'], 'no address that a filter would find'
    # Whichever of the two was proposed: never again.
    case.own = [revision(50, BOT, 10, f'mwsocial:propose {one.item.id} from [[x]]')]
    assert case.from_posts() == []
    case.timelines['mastodon'] = []
    again = case.from_posts()
    assert len(again) == 1, 'of the other post alone nobody knows that it is the same'


def test_posts_that_are_nothing_new() -> None:
    """Of items, in the News now or before, answers, too old, too new, without words."""
    words = f'Hello world of posts: {ADDRESS}'
    case = Case(queue=item('a', 'other', state='posted') + 'https://m.example/@us/1')
    case.timelines = {'mastodon': [post(words)]}
    assert case.from_posts() == []
    for one in (
        post(words, number=2, answers=True), post(words, number=2, hours=24 * 8),
        post(words, number=2, hours=0.1), post(f'#x {ADDRESS}', number=2),
    ):  # fmt: skip
        case.timelines = {'mastodon': [one]}
        assert case.from_posts() == []
    case.timelines = {'mastodon': [post(TEXT, number=2)]}
    assert len(case.from_posts()) == 1
    assert case.news('Bob', ENTRY).from_posts() == []
    # Taken out by people: not proposed again.
    assert case.news('Carol').from_posts() == []
