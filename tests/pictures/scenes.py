"""A desk that has been at work for some days, played by people, scripts and networks: nothing on its pages
is written for the picture.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from tests.real.desk import QUEUE, Desk, Run
from tests.real.world import say

NETWORKS = ('bluesky', 'facebook', 'x')
DAY = 86_400
MENTIONS = 'Social media/Mentions'
ACCOUNTS = 'Social media/Accounts'
STATISTICS = 'Social media/Statistics'
FACTS = 'Social media/Facts'
SETTINGS = {
    'archive after days': 6,
    'sources': {'facts': {'page': FACTS}},
}


def flower(width: int = 640, height: int = 320) -> bytes:
    """A picture for a post, as PNG."""
    picture = Image.new('RGB', (width, height), '#0c57a8')
    draw = ImageDraw.Draw(picture)
    middle, size = (width // 2, height // 2), height // 7
    for x, y in ((0, -1), (0.87, -0.5), (0.87, 0.5), (0, 1), (-0.87, 0.5), (-0.87, -0.5)):
        at = (middle[0] + x * size * 1.6, middle[1] + y * size * 1.6)
        draw.ellipse([at[0] - size, at[1] - size, at[0] + size, at[1] + size], fill='#ffcc33')
    draw.ellipse(
        [middle[0] - size, middle[1] - size, middle[0] + size, middle[1] + size], fill='#b32424'
    )
    out = BytesIO()
    picture.save(out, 'PNG')
    return out.getvalue()


def _done(run: Run, *codes: int) -> None:
    if run.code not in (codes or (0,)):
        raise RuntimeError(repr(run))


def _time(desk: Desk, days: float, clock: str) -> str:
    return f'{desk.sandbox.clock.now() + timedelta(days=days):%Y-%m-%d} {clock}'


def _last_week(desk: Desk) -> None:
    """What went out a week ago, and what was declined: it stands in the archive now."""
    desk.propose(
        'tech-news-47',
        text='Tech News, issue 47: a new look for preferences, and more. '
        'https://meta.wikimedia.org/wiki/Tech/News/2026/47',
        comment='~~~~',
    )
    desk.approve('tech-news-47')
    desk.propose('too-early', text='MediaWiki 1.47 will be out tomorrow!', comment='~~~~')
    _done(desk.run())
    line = '| decline = we announce releases when they are there ~~~~'
    desk.change('| id = too-early\n', f'| id = too-early\n{line}\n', by='Alice')
    _done(desk.run('run_desk'), 0, 1)
    desk.sandbox.clock.advance(7 * DAY)
    _done(desk.run('run_desk'), 0, 1)


def _people(desk: Desk) -> None:
    """What editors have put there since."""
    desk.person('Carol').upload('MediaWiki 1.47.png', flower())
    desk.sandbox.clock.advance(2)  # what happens in the second of an approval counts as after it
    desk.propose(
        'mediawiki-1-47',
        text='MediaWiki 1.47 is out: https://www.mediawiki.org/wiki/MediaWiki_1.47 #MediaWiki\n\n'
        'Thanks to everybody who helped! 🎉',
        text_x='MediaWiki 1.47 is out! Thanks to everybody who helped 🎉 '
        'https://www.mediawiki.org/wiki/MediaWiki_1.47',
        image='File:MediaWiki 1.47.png',
        alt='A yellow flower on blue ground',
        news="'''[[MediaWiki 1.47]]''' has been released.",
        comment='for the release announcement ~~~~',
    )
    desk.approve('mediawiki-1-47')
    _done(desk.run('run_desk'), 0, 1)
    desk.propose(
        'hackathon',
        text='The #WikimediaHackathon begins on Friday: three days of code, questions and friends. '
        'Come along, on site or online: https://www.mediawiki.org/wiki/Wikimedia_Hackathon_2027',
        not_before=_time(desk, 3, '09:00'),
        comment='~~~~',
    )
    desk.approve('hackathon')
    desk.propose(
        'tech-talk',
        text='Tech talk on Thursday, 17:00 UTC: how Parsoid reads wikitext. Everybody is welcome.',
        not_before=_time(desk, 6, '12:00'),
        comment='with the link to the stream, once we have it ~~~~',
    )
    desk.propose(
        'three-things',
        text='Three things that are new in MediaWiki this month:\n----\n1. Dark mode for all skins\n'
        '----\n2. Parsoid read views\n\nMore: https://www.mediawiki.org/wiki/News',
        text_x='New in MediaWiki this month: dark mode for all skins, and Parsoid read views. '
        'https://www.mediawiki.org/wiki/News',
        text_facebook='New in MediaWiki this month: dark mode for all skins, and Parsoid read views. '
        'https://www.mediawiki.org/wiki/News',
        hold='draft ~~~~',
    )
    desk.propose(
        'long',
        text='We look for people who like to try new things: ' + 'skins, gadgets, modules; ' * 11,
        channels='mastodon, x',
        comment='~~~~',
    )


def _lists(desk: Desk) -> None:
    for channel, account, why in (
        ('mastodon', '@wikipedia@wikis.world', 'the official account of Wikipedia'),
        ('x', '@Wikimediatech', 'Wikimedia technology, with the server admin log'),
    ):
        text = (
            f'{{{{Social media account\n| channel = {channel}\n| account = {account}\n| why = {why}\n'
            '| confirmed = ~~~~\n}}'
        )
        desk.person('Alice').append_section(ACCOUNTS, account, text)
    text = (
        '{{Social media account\n| channel = bluesky\n| account = wikipedia.org\n| why = Wikipedia\n'
        '| confirmed = \n}}'
    )
    desk.person('Carol').append_section(ACCOUNTS, 'wikipedia.org', text)


def _numbers(desk: Desk) -> None:
    """Numbers from before the bot, put there by people."""
    now = desk.sandbox.clock.now()
    rows = []
    for back in range(20):
        year, week, _ = (now - timedelta(weeks=back)).isocalendar()
        rows.append(
            f'| {year}-W{week:02} = mastodon: {1215 - 9 * back + back % 3} followers, {8 + week % 5} posts, '
            f'{340 - 11 * back + 60 * (week % 3)} reactions; x: {"?" if back == 3 else 48210 - 40 * back} '
            f'followers, {6 + week % 4} posts, {120 + 40 * (week % 4)} reactions; bluesky: '
            f'{410 - 12 * back} followers, {5 + week % 3} posts, {90 - 2 * back} reactions'
        )
    text = desk.text(STATISTICS)
    head, _, rest = text.partition('{{Social media statistics')
    desk.person('Carol').edit(
        STATISTICS, head + '{{Social media statistics\n' + '\n'.join(rows) + rest
    )


def _mentions(desk: Desk) -> None:
    say(
        desk.sandbox,
        'the new dark mode is a joy for my eyes, thank you all! 💙',
        'how do I put a table into a template? It eats my pipes.',
    )
    _done(desk.run('pull_mentions'), 0, 1)


def play(desk: Desk) -> None:
    """All of it, in about a minute."""
    desk.person('Carol').edit(
        FACTS,
        '* MediaWiki was made for Wikipedia and first used there in January 2002. '
        'https://www.mediawiki.org/wiki/MediaWiki_history\n',
    )
    _numbers(desk)
    _last_week(desk)
    _lists(desk)
    _mentions(desk)
    _people(desk)
    _done(desk.run('run_desk'), 0, 1)


def archive(desk: Desk) -> str:
    """The page of the archive that has something on it."""
    answer = desk.person('Admin').api(
        action='query', list='allpages', apprefix='Social media/Archive/', aplimit='max'
    )
    return str(answer['query']['allpages'][0]['title'])


def pages(desk: Desk) -> dict[str, str]:
    """What there is to see: a name for the picture, and the query of the address."""
    form = 'action=edit&section=new'
    found = {
        'queue': f'title={QUEUE}',
        'form': f'title={QUEUE}&{form}&preload={QUEUE}/Preload&editintro={QUEUE}/Editintro',
        'mentions': f'title={MENTIONS}',
        'suggestions': 'title=Social media/Suggestions',
        'status': 'title=Social media/Status',
        'statistics': f'title={STATISTICS}',
        'accounts': f'title={ACCOUNTS}',
        'archive': f'title={archive(desk)}',
    }
    return {name: query.replace(' ', '_') for name, query in found.items()}
