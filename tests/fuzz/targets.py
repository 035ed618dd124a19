"""Everything that is fuzzed: by name, with good inputs to begin with and words that matter."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image as Pillow

from mwsocial.onwiki.manifest import pages as desk_pages
from tests.fuzz import known, networks, outside, pages
from tests.news.corpus import PAGES

TESTS = Path(__file__).parents[1]
#: Inputs that once failed, by target: they are played for ever.
FOUND = Path(__file__).parent / 'found'

WIKITEXT = (
    '{{', '}}', '{{{', '}}}', '[[', ']]', '|', '{{!}}', '{{=}}', '=', '\n', '\n\n', '== A ==\n', '<!--', '-->', '<nowiki>',
    '</nowiki>', '<pre>', '</pre>', '<noinclude>', '</noinclude>', '<includeonly>', '<onlyinclude>', '<translate>',
    '</translate>', '<!--T:1-->', '<tvar name="1">', '</tvar>', '<tvar|x>', '</>', '<ref>', '~~~~', '----', '&lt;', '&#10;',
    '&#x7c;', '\u202e', '\u200b', '\u00a0', 'é', 'e\u0301', '😀', "'''", '*', '; 2026-11-24\n', '* ', '__TOC__',
    '{{Social media item', '{{Social media item\n| id = x\n| text = y\n}}', '{{Social media decision|id=one|approved=',
    '{{Social media mention|url=', '| approved = ', '| hold = ', '| decline = ', '| text = ', '| id = one', '| sent-x = ',
    '| state = posted', '| sent-mastodon = posted 2026-11-24T10:40:00Z 2 https://m.example/1', '| not-before = ',
    '#REDIRECT [[A]]', '-{', '}-', '\x7f', "\x7f'\"`UNIQ--nowiki-00000000-QINU`\"'\x7f", '{{safesubst:', '{{subst:',
)  # fmt: skip
MARKUP = (
    '<', '>', '</', '/>', '&amp;', '&#0;', '&lt;', '<![CDATA[', ']]>', '<!DOCTYPE', '<!ENTITY', '<?xml', '<rss', '<item>',
    '<title>', '<link>', '<entry>', '<feed', '<table>', '<tr>', '<td>', '<a href="', 'class="', 'data-utcstart="', '"', "'",
    'xmlns:', 'encoding="utf-16"', '2026-11-24T10:00:00Z', 'Tue, 24 Nov 2026 10:00:00 GMT', '\u0000', '99999999999999999',
)  # fmt: skip
CALENDAR = (
    'BEGIN:VEVENT\r\n', 'END:VEVENT\r\n', 'DTSTART:20261125T100000Z\r\n', 'RRULE:FREQ=SECONDLY\r\n', 'RRULE:FREQ=YEARLY;BYDAY=5FR\r\n',
    'EXDATE:', 'RECURRENCE-ID:', 'DURATION:P1D\r\n', 'TZID=Europe/Berlin:', 'COUNT=999999999', 'UNTIL=', ';', ':', '\r\n ', 'RDATE:',
    'INTERVAL=0', 'BYMONTH=13', '00000000T000000Z', '99991231T235959Z', 'X-A;B="C:D":', 'SUMMARY:', 'URL:',
)  # fmt: skip
JSON = (
    '{', '}', '[', ']', ':', ',', 'null', 'true', '1e999', '-1', '""', '"\\ud800"', '"bot"', '"approvers"', '"channels"', '"sources"',
    '"users"', '"groups"', '"network"', '"account"', '"pages"', '"second person"', '"quiet minutes"', '"pointers"', '"feeds"',
    '"https://a.example/"', '"{year}"', '9' * 400, '"a": 1, "a": 2',
)  # fmt: skip
BYTES = ('\x00', '\x01', '\x7f', '\t', '\n', '0', '9', ' ')


@dataclass(frozen=True)
class Target:
    """``play`` takes any bytes and returns, or raises where something is wrong with the desk.

    ``most``: the longest input that is tried (bytes): a MediaWiki page has at most 2 MB,
    but what is not linear shows long before.
    """

    name: str
    play: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    words: Sequence[str] = BYTES
    most: int = 20_000

    def inputs(self) -> list[bytes]:
        """The good inputs, and what once failed."""
        found = sorted(FOUND.glob(f'{self.name}/*'))
        return [*self.seeds(), *(path.read_bytes() for path in found)]


def _text(play: Callable[[str], None]) -> Callable[[bytes], None]:
    return lambda data: play(data.decode('utf-8', 'replace'))


def _files(*patterns: str) -> list[bytes]:
    return [path.read_bytes() for one in patterns for path in sorted(TESTS.glob(one))]


def _queue() -> list[bytes]:
    return [known.PROPOSED.encode(), known.approved().encode()]


def _values() -> list[bytes]:
    return [
        b'Hello <nowiki>{{x}}</nowiki> &amp; {{!}} <!-- c --> [[a]] https://a.example/',
        b'a\n----\nb',
    ]


def _news() -> list[bytes]:
    return [text.encode() for text in PAGES.values()]


def _mentions() -> list[bytes]:
    one = (
        f'== @a, 2026-11-24 ==\n{{{{Social media mention\n| url = {pages.URL}\n| channel = mastodon\n| kind = mention\n'
        '| author = @a\n| date = 2026-11-24 10:00\n| excerpt = <nowiki>Hi &lt; you</nowiki>\n| decision = share [[User:A|A]]\n}}\n'
        'Talk.\n{{Social media decision|mention=abc|decision=ignore}}\n{{Social media account|account=@a@b.example|channel=mastodon}}\n'
    )
    return [one.encode(), f'Introduction.\n\n{one}{one}'.encode()]


def _configuration() -> list[bytes]:
    example = next(page.text for page in desk_pages() if page.title.endswith('.json'))
    return [known.CONFIG.encode(), example.encode()]


def _calendars() -> list[bytes]:
    event = (
        'BEGIN:VEVENT\r\nUID:{0}\r\nSUMMARY:Event {0}\r\nDTSTART;TZID=Europe/Berlin:2026112{0}T100000\r\n'
        'DTEND;TZID=Europe/Berlin:2026112{0}T110000\r\nURL:https://a.example/{0}\r\n{1}END:VEVENT\r\n'
    )
    events = event.format(
        5, 'RRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE:20261202T090000Z\r\n'
    ) + event.format(6, '')
    return [f'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n'.encode()]


def _feeds() -> list[bytes]:
    rss = (
        '<rss version="2.0"><channel><title>F</title><item><title>A &amp;amp; B</title><link>https://a.example/1</link>'
        '<pubDate>Mon, 23 Nov 2026 11:00:00 +0100</pubDate></item></channel></rss>'
    )
    atom = (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title type="html">'
        'A &lt;b&gt;</title><link href="https://a.example/1"/><updated>2026-11-23T10:00:00Z</updated></entry></feed>'
    )
    return [rss.encode(), atom.encode(), rss.encode('utf-16')]


def _images() -> list[bytes]:
    found = []
    gradient = Pillow.radial_gradient('L').resize((64, 48))
    for number, (kind, modes) in enumerate(
        {
            'PNG': ('RGB', 'RGBA', 'P', 'L', '1'),
            'JPEG': ('RGB', 'L', 'CMYK'),
            'GIF': ('P',),
            'WEBP': ('RGB', 'RGBA'),
        }.items()
    ):
        for mode in modes:
            body = BytesIO()
            gradient.convert(mode).save(body, kind)
            found.append(bytes([number]) + body.getvalue())
    return found


def _answers() -> list[bytes]:
    """Each operation with answers as they are, and with one or two of them spoiled."""
    dice = random.Random(1)
    found = []
    for number in range(len(networks.NAMES)):
        for first in range(3):
            found.append(bytes([number, *[0] * first, *(dice.randrange(256) for _ in range(12))]))
        found.append(bytes([number]))
    return found


TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        Target('queue', _text(pages.queue), _queue, WIKITEXT),
        Target('value', _text(pages.value), _values, WIKITEXT),
        Target('news', _text(pages.news), _news, WIKITEXT),
        Target('mentions', _text(pages.mentions), _mentions, WIKITEXT),
        Target('suggestions', _text(pages.suggested), _queue, WIKITEXT),
        Target('archive', _text(pages.archive), _queue, WIKITEXT),
        Target('configuration', _text(pages.configuration), _configuration, JSON),
        Target('words', _text(pages.words), lambda: [known.PROPOSED.encode(), *_values()], WIKITEXT + MARKUP),
        Target('feed', outside.feed, _feeds, MARKUP),
        Target('calendar', outside.dates, _calendars, CALENDAR),
        Target('html', _text(outside.html), lambda: _files('sources/pages/*.html'), MARKUP, 60_000),
        Target('wikitext', _text(outside.wikitext), lambda: _files('sources/pages/*.wiki'), WIKITEXT),
        Target('image', outside.image, _images),
        *(
            Target(f'answers-{name}', partial(networks.play, name), _answers, most=300)
            for name in networks.STAGES
        ),
    )
}  # fmt: skip
