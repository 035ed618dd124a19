from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

import mwsocial
from mwsocial.channels.base import Limits
from mwsocial.channels.originals import MOST_BYTES, most_pixels
from mwsocial.desk.files import FileFacts, titles_of
from mwsocial.desk.item import Item, Queue
from mwsocial.desk.validity import (
    ChannelFacts,
    Desk,
    channels_of,
    duplicate_ids,
    foremost,
    image_title,
    parts,
    problems,
    remarks,
    text_for,
)
from mwsocial.reason import Reason
from mwsocial.wiki.escape import inert_line


def facts(network: str, length: int, images: int = 4, host: str = '') -> ChannelFacts:
    return ChannelFacts(
        network,
        Limits(length, images, 20),
        lambda text, warning: len(text) + len(warning),
        lambda address: host in address,
    )


DESK = Desk(
    channels={'mastodon': facts('mastodon', 30, host='wikis'), 'x': facts('x', 20, 2, 'x.com')},
    switched_off=frozenset({'facebook'}),
    pointers={'support': 'Ask there', 'long': 'Ask at the support desk, please'},
)
PICTURE = {'image': 'File:A.png', 'alt': 'An A'}


def item(**content: str) -> Item:
    return Item(0, {name.replace('_', '-'): value for name, value in content.items()})


def found(one: Item, desk: Desk = DESK) -> list[tuple[str, ...]]:
    return [
        (
            reason.key.removeprefix('validity-'),
            *reason.args,
            *([reason.where] if reason.where else []),
        )
        for reason in problems(one, desk)
    ]


@pytest.mark.parametrize(
    'content',
    [
        {'text': 'Hello'},
        {'text_x': 'Hi', 'text_mastodon': 'Hello'},
        {'text_x': 'Hi', 'channels': 'x'},
        {'text': 'x' * 30, 'text_x': 'x' * 20},
        {'text': 'x' * 30, 'channels': 'mastodon'},
        {'news': 'Only news'},
        {'text': 'Hello', 'news': 'And news'},
        {'share': 'https://x.com/a/status/1'},
        {'share': 'https://x.com/a/status/1', 'news': 'x', 'channels': 'x'},
        {'point': 'https://wikis.world/@a/1', 'pointer': 'support'},
        {'text': 'Hello', **PICTURE},
        {'text': 'Hello', **PICTURE, 'image2': 'Image:b c.JPG', 'alt2': 'B'},
        {'text': 'a', 'not_before': '2026-11-25 14:00', 'not_after': '2026-11-25T14:01Z'},
        {'text': 'a', 'language': 'zh-Hant-TW'},
        {'text': 'a', 'warning': 'w'},
        {'text': 'a\n----\nb'},
        {'text': 'a', 'channels': 'x, facebook'},
        {'text': 'a', 'text_facebook': 'b'},
    ],
)
def test_can_be_posted(content: dict[str, str]) -> None:
    assert found(item(**content)) == []


@pytest.mark.parametrize(
    ('content', 'expected'),
    [
        ({}, [('nothing',)]),
        ({'id': 'a', 'language': 'en'}, [('nothing',)]),
        (
            {'text': 'a', 'share': 'https://x.com/1'},
            [('kinds', 'text, share')],
        ),
        (
            {'text_x': 'a', 'point': 'https://x.com/1', 'pointer': 'support', 'channels': 'x'},
            [('kinds', 'text, point')],
        ),
        ({'text': 'a', 'pointer': 'support'}, [('pointer-alone',)]),
        ({'point': 'https://x.com/1'}, [('pointer-missing', 'long, support')]),
        (
            {'point': 'https://x.com/1', 'pointer': 'no'},
            [('pointer-unknown', 'no', 'long, support')],
        ),
        (
            {'point': 'https://x.com/1', 'pointer': 'long'},
            [('too-long', 'x', '11', '20', 'pointer')],
        ),
        (
            {'text': 'a', 'channels': 'x, y'},
            [('channel-unknown', 'y', 'facebook, mastodon, x', 'channels')],
        ),
        (
            {'text': 'a', 'channels': 'X'},
            [('channel-unknown', 'X', 'facebook, mastodon, x', 'channels')],
        ),
        ({'text': 'a', 'channels': 'x, news'}, [('channel-news', 'channels')]),
        ({'text': 'a', 'channels': ','}, [('channels-empty',)]),
        ({'text': 'a', 'channels': 'facebook'}, [('channels-off', 'mastodon, x')]),
        (
            {'text': 'a', 'text_y': 'b'},
            [('channel-unknown', 'y', 'facebook, mastodon, x', 'text-y')],
        ),
        (
            {'text': 'a', 'text_news': 'b'},
            [('channel-unknown', 'news', 'facebook, mastodon, x', 'text-news')],
        ),
        ({'text_x': 'Hi'}, [('no-text', 'mastodon')]),
        ({'text_x': 'Hi', 'channels': 'mastodon'}, [('no-text', 'mastodon')]),
        ({'text': 'x' * 25}, [('too-long', 'x', '5', '20', 'text')]),
        (
            {'text': 'x' * 31},
            [('too-long', 'mastodon', '1', '30', 'text'), ('too-long', 'x', '11', '20', 'text')],
        ),
        ({'text': 'a', 'text_x': 'x' * 21}, [('too-long', 'x', '1', '20', 'text-x')]),
        ({'text': 'x' * 19, 'warning': 'ww'}, [('too-long', 'x', '1', '20', 'text')]),
        (
            {'text': 'a\n----\n' + 'x' * 22},
            [('part-too-long', 'x', '2', '20', '2', 'text')],
        ),
        ({'text': 'a\n----'}, [('empty-part', 'text')]),
        ({'text': '----\na'}, [('empty-part', 'text')]),
        ({'text': 'a\n----\n----\nb'}, [('empty-part', 'text')]),
        ({'text': 'a\n----\n\u200b\u00a0'}, [('empty-part', 'text')]),
        ({'text': 'a', 'text_x': '----'}, [('empty-part', 'text-x')]),
        ({'text': '\n----\n'.join('a' * 25)}, []),
        ({'text': '\n----\n'.join('a' * 26)}, [('parts-many', '26', '25', 'text')]),
        ({'text': '\u200d \u00a0'}, [('empty-text', 'text')]),
        ({'share': 'x.com/1'}, [('address', 'x.com/1', 'https://', 'share')]),
        ({'share': 'ftp://x.com/1'}, [('address', 'ftp://x.com/1', 'https://', 'share')]),
        (
            {'share': 'javascript:alert(1)//x.com'},
            [('address', 'javascript:alert(1)//x.com', 'https://', 'share')],
        ),
        ({'share': 'https://x.com'}, [('address', 'https://x.com', 'https://', 'share')]),
        (
            {'share': 'https://u:p@x.com/1'},
            [('address', 'https://u:p@x.com/1', 'https://', 'share')],
        ),
        (
            {'share': 'https://x.com:port/1'},
            [('address', 'https://x.com:port/1', 'https://', 'share')],
        ),
        ({'share': 'https://x.com/1 2'}, [('address', 'https://x.com/1 2', 'https://', 'share')]),
        (
            {'share': 'https://x.com/1', 'channels': 'mastodon, x'},
            [('share-channel', 'mastodon', 'share')],
        ),
        ({'share': 'https://bsky.app/1'}, [('share-nowhere', 'share')]),
        ({'text': 'a', 'image': 'File:A.png'}, [('alt-missing', 'image', 'alt')]),
        ({'text': 'a', 'image': 'File:A.png', 'alt': '\u200b'}, [('alt-missing', 'image', 'alt')]),
        ({'text': 'a', 'alt': 'An A'}, [('alt-alone', 'alt', 'image')]),
        ({'text': 'a', 'alt3': 'An A'}, [('alt-alone', 'alt3', 'image3')]),
        (
            {'text': 'a', 'image2': 'File:A.png', 'alt2': 'A'},
            [('image-gap', 'image2', 'image')],
        ),
        (
            {'text': 'a', 'image': 'A.png', 'alt': 'A'},
            [('image-name', 'A.png', 'File:MediaWiki 1.47.png', 'image')],
        ),
        (
            {
                'text': 'a',
                **PICTURE,
                'image2': 'File:B.png',
                'alt2': 'B',
                'image3': 'File:C.png',
                'alt3': 'C',
            },
            [('images-many', 'x', '2')],
        ),
        (
            {'text': 'a', 'image': 'File:A.png', 'alt': 'x' * 21, 'channels': 'x'},
            [('too-long', 'x', '1', '20', 'alt')],
        ),
        ({'share': 'https://x.com/1', **PICTURE}, [('image-no-text',)]),
        ({'news': 'a', **PICTURE}, [('image-no-text',)]),
        ({'news': 'a', 'warning': 'w'}, [('warning-no-text',)]),
        ({'text': 'a', 'not_before': 'soon'}, [('time', 'soon', '2026-11-25 14:00', 'not-before')]),
        (
            {'text': 'a', 'not_after': '2026-11-25'},
            [('time', '2026-11-25', '2026-11-25 14:00', 'not-after')],
        ),
        (
            {'text': 'a', 'not_before': '2026-11-25 14:01', 'not_after': '2026-11-25 14:00'},
            [('times-order',)],
        ),
        (
            {'text': 'a', 'not_before': '2026-11-25 14:00', 'not_after': '2026-11-25 14:00'},
            [('times-order',)],
        ),
        ({'text': 'a', 'language': 'english'}, [('language', 'english', 'en', 'language')]),
        ({'text': 'a', 'language': 'EN'}, [('language', 'EN', 'en', 'language')]),
    ],
)
def test_what_is_wrong_is_named(content: dict[str, str], expected: list[tuple[str, ...]]) -> None:
    assert found(item(**content)) == expected


def test_all_channels_are_named_for_which_it_is_too_long() -> None:
    """Who makes it short enough for the first one must not be told the next time of another."""
    long = 'x' * 45
    for content, words in (
        (
            {'text': long},
            'text: Too long for mastodon by 15 (at most 30). Too long for x by 25 (at most 20).',
        ),
        (
            {'text': long, 'text-x': 'x' * 21},
            'text: Too long for mastodon by 15 (at most 30). text-x: Too long for x by 1 (at most 20).',
        ),
        # One sentence for each channel, however many parts there are.
        (
            {'text': f'a\n----\n{long}\n----\n{long}'},
            'text: Part 2 is too long for mastodon by 15 (at most 30). '
            'Part 2 is too long for x by 25 (at most 20).',
        ),
        ({'text': 'x' * 21}, 'text: Too long for x by 1 (at most 20).'),
        (
            {'text': long, 'pointer': 'help'},
            'pointer goes with point, the address of the post to answer.',
        ),
    ):
        told = foremost(problems(Item(0, {'id': 'a', **content}), DESK))
        assert told.text() == words
    shown = foremost((Reason('validity-nothing'), Reason('validity-too-long', ('x', '1', '20'))))
    assert shown == Reason('validity-nothing')


def test_unknown_limits_are_no_fault() -> None:
    channel = replace(DESK.channels['x'], limits=None)
    assert found(item(text='x' * 999), Desk({'x': channel})) == []


def test_without_an_enabled_channel_only_news_can_go() -> None:
    assert found(item(text='a'), Desk({})) == [('channels-off', '–')]
    assert found(item(news='a'), Desk({})) == []


@pytest.mark.parametrize(
    ('content', 'expected'),
    [
        ({'text': 'a', 'text_x': 'b'}, []),
        ({'text': 'a', 'text_x': 'b', 'channels': 'mastodon'}, [('text-unused', 'text-x', 'x')]),
        ({'text': 'a', 'text_facebook': 'b'}, [('channel-off', 'facebook')]),
        ({'text': 'a', 'channels': 'facebook, x'}, [('channel-off', 'facebook')]),
    ],
)
def test_remarks(content: dict[str, str], expected: list[tuple[str, ...]]) -> None:
    told = [(r.key.removeprefix('validity-'), *r.args) for r in remarks(item(**content), DESK)]
    assert told == expected
    assert problems(item(**content), DESK) == ()


@pytest.mark.parametrize(
    ('content', 'expected'),
    [
        ({'text': 'a'}, ('mastodon', 'x')),
        ({'text': 'a', 'channels': ' x ,x'}, ('x',)),
        ({'text': 'a', 'channels': 'facebook'}, ()),
        ({'news': 'a'}, ()),
        ({'news': 'a', 'channels': 'x'}, ()),
        ({'share': 'https://x.com/1'}, ('x',)),
        ({'point': 'https://wikis.world/1'}, ('mastodon',)),
    ],
)
def test_channels(content: dict[str, str], expected: tuple[str, ...]) -> None:
    assert channels_of(item(**content), DESK) == expected


def test_text_for_a_channel() -> None:
    one = item(text='all', text_x='short')
    assert (text_for(one, 'x'), text_for(one, 'mastodon')) == ('short', 'all')
    assert text_for(item(news='a'), 'x') == ''


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('a', ['a']),
        ('a\n----\nb', ['a', 'b']),
        ('a\n\n ---- \t\n\nb\n----\nc', ['a', 'b', 'c']),
        ('a\n-----\nb', ['a\n-----\nb']),
        ('a\n---\nb', ['a\n---\nb']),
        ('a ----\nb', ['a ----\nb']),
        ('a\r\n----\u00a0\nb', ['a\r\n----\u00a0\nb']),
        ('----', ['', '']),
    ],
)
def test_parts_of_a_thread(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ('value', 'title'),
    [
        ('File:MediaWiki 1.47.png', 'File:MediaWiki 1.47.png'),
        ('file:mediaWiki_1.47.png', 'File:MediaWiki 1.47.png'),
        ('Image: a  b.svg', 'File:A b.svg'),
        ('File:Ünïcode.jpeg', 'File:Ünïcode.jpeg'),
        ('MediaWiki.png', ''),
        ('Datei:A.png', ''),
        (':File:A.png', ''),
        ('Media:A.png', ''),
        ('File:A', ''),
        ('File:.png', ''),
        ('File:A.png|thumb', ''),
        ('File:A\n.png', ''),
        ('File:../A.png', ''),
        ('File:' + 'a' * 240 + '.png', ''),
        ('[[File:A.png]]', ''),
    ],
)
def test_names_of_images(value: str, title: str) -> None:
    assert image_title(value) == title


GOOD = FileFacts(
    'File:A.png', 'local', size=1000, width=400, height=300, mime='image/png', sha1='0' * 40
)
NOT_PNG = ('file-type', 'File:A.png', 'gif, jpe, jpeg, jpg, png, webp', 'image')


@pytest.mark.parametrize(
    ('change', 'expected'),
    [
        ({}, []),
        ({'title': 'Datei:A.png', 'repository': 'shared'}, []),
        ({'size': MOST_BYTES, 'width': 4000, 'height': 4000}, []),
        ({'repository': ''}, [('file-missing', 'File:A.png', 'image')]),
        ({'redirect': True}, [('file-redirect', 'File:A.png', 'File:A.png', 'image')]),
        ({'title': 'File:B.png'}, [('file-redirect', 'File:A.png', 'File:B.png', 'image')]),
        ({'mime': 'image/svg+xml'}, [NOT_PNG]),
        ({'mime': 'text/html', 'width': 0}, [NOT_PNG]),
        ({'height': 0}, [NOT_PNG]),
        ({'size': MOST_BYTES + 1}, [('file-bytes', 'File:A.png', '20', 'image')]),
        ({'width': 16_000, 'height': 1001}, [('file-pixels', 'File:A.png', '16', 'image')]),
        ({'moving': True}, [('file-moving', 'File:A.png', 'image')]),
    ],
)
def test_files(change: dict[str, object], expected: list[tuple[str, ...]]) -> None:
    files = {'File:A.png': replace(GOOD, **change)}  # type: ignore[arg-type]
    content = item(text='Hello', channels='x', **PICTURE)
    told = problems(content, DESK, files)
    assert [(r.key.removeprefix('validity-'), *r.args, r.where) for r in told] == expected


def test_a_photograph_may_have_more_pixels() -> None:
    photo = replace(GOOD, title='File:A.jpg', mime='image/jpeg', width=8000, height=5000)
    content = item(text='Hello', image='File:A.jpg', alt='An A')
    assert photo.width * photo.height == most_pixels('image/jpeg')
    assert problems(content, DESK, {'File:A.jpg': photo}) == ()


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('File:A.svg', ('file-svg', 'File:A.svg', 'image')),
        ('File:A.SVG', ('file-svg', 'File:A.SVG', 'image')),
        ('File:A.pdf', ('file-type', 'File:A.pdf', NOT_PNG[2], 'image')),
        ('File:A.png.exe', ('file-type', 'File:A.png.exe', NOT_PNG[2], 'image')),
    ],
)
def test_what_no_network_takes_is_told_by_the_name(name: str, expected: tuple[str, ...]) -> None:
    assert found(item(text='Hello', image=name, alt='An A')) == [expected]


def test_which_files_an_item_names() -> None:
    one = item(image='image:a_b.png', image2='File:C.jpg', image3='A b.png', image4='File:A b.png')
    assert titles_of(one) == ('File:A b.png', 'File:C.jpg')


def test_ids_that_stand_twice() -> None:
    items = [
        Item(n, {'id': name} if name else {}) for n, name in enumerate(['a', 'b', 'a', '', ''])
    ]
    assert duplicate_ids(Queue(tuple(items))) == {'a'}


def test_the_sentence_says_where() -> None:
    (reason,) = problems(item(text='x' * 25), DESK)
    assert reason.text() == 'text: Too long for x by 5 (at most 20).'


def _messages(language: str) -> dict[str, str]:
    file = resources.files('mwsocial').joinpath(f'i18n/validity/{language}.json')
    read: dict[str, str] = json.loads(file.read_text('utf-8'))
    return {key: words for key, words in read.items() if not key.startswith('@')}


def test_each_message_is_used_documented_and_safe_on_the_wiki() -> None:
    english, notes = _messages('en'), _messages('qqq')
    assert set(english) == set(notes)
    package = Path(mwsocial.__file__).parent
    code = ''.join(file.read_text('utf-8') for file in package.rglob('*.py'))
    assert set(re.findall(r"'(validity-[a-z-]+)'", code)) == set(english)
    for key, words in english.items():
        assert inert_line(words) == words, key
        assert set(re.findall(r'\$\d', words)) == set(re.findall(r'\$\d', notes[key])), key


def test_every_argument_has_its_place() -> None:
    for key, words in _messages('en').items():
        count = len(set(re.findall(r'\$\d', words)))
        told = Reason(key, tuple(f'<{n}>' for n in range(count))).text()
        assert all(f'<{n}>' in told for n in range(count))
        assert '$' not in told
