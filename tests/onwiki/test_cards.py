"""The cards on a real MediaWiki: what editors see, and what outsiders cannot make them show."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mwsocial.desk.fingerprint import fingerprint
from mwsocial.onwiki.manifest import pages
from mwsocial.sandbox import Person, Sandbox
from mwsocial.wiki.escape import safe_value
from mwsocial.wiki.items import read_queue
from tests.onwiki import html
from tests.onwiki.conftest import Show
from tests.onwiki.desk import (
    CONFIGURATION,
    ENABLED,
    QUEUE,
    RELEASE,
    STATES,
    in_state,
    item,
)

pytestmark = pytest.mark.real

CONFIG = 'MediaWiki:Social-media.json'
WORDS = {
    'proposed': 'Waits for approval', 'approved': 'Approved', 'sending': 'Being sent',
    'posted': 'Posted', 'partly posted': 'Partly posted', 'failed': 'Refused',
    'unconfirmed': 'Not confirmed', 'missed': 'Missed its time', 'held': 'On hold',
    'declined': 'Declined', 'deleted': 'Taken down', 'invalid': 'Needs a correction',
}  # fmt: skip


def _finger(**content: str) -> str:
    return fingerprint(content, ENABLED, 'en')[:40]


def _approve(page: str) -> dict[str, list[str]]:
    (link,) = [one for one in html.links(page) if 'preload=' in one]
    return parse_qs(urlsplit(link).query)


@pytest.mark.parametrize('state', STATES)
def test_a_card_says_its_state_in_words(show: Show, state: str) -> None:
    page = show(in_state(state))
    assert 'error' not in page.replace('-error', '')
    card = next(one for one in html.tags(page, 'div') if one.get('role') == 'group')
    assert card['aria-label'].endswith(f': {WORDS[state]}')
    assert WORDS[state] in html.text(page)
    # Only what waits for an approval offers one.
    waits = state in ('proposed', 'failed', 'missed', 'partly posted')
    assert ('Approve these words' in page) is waits


def test_a_suggestion_asks_for_a_decision(admin: Person) -> None:
    words = item(id='feed-1', text='A post', decision='use [[User:A|A]]')
    page = admin.parse(words, 'Social media/Suggestions')
    seen = html.text(page)
    assert 'Suggestion' in seen and 'Waits for approval' not in seen
    assert 'Approve these words' not in page
    assert 'Decision: use A' in seen


def test_a_proposal_shows_everything_that_would_go_out(show: Show) -> None:
    page = show(item(**RELEASE))
    seen = html.text(page)
    assert 'This cannot be posted' not in seen
    assert 'mediawiki.org/wiki/MediaWiki_1…' in seen  # as Mastodon shows it
    assert 'https://www.mediawiki.org/wiki/MediaWiki_1.47' in seen  # as Bluesky shows it
    assert '#MediaWiki\n\nThanks to everybody who helped! 🎉' in seen
    assert '92 / 500' in seen and '93 / 280' in seen and '114 / 300' in seen
    assert 'Goes out on Wednesday 25 November 2026, 14:00 UTC' in seen
    assert 'Alternative text: A yellow disc on blue ground' in seen
    assert any('MediaWiki_1.47.png' in image['src'] for image in html.tags(page, 'img'))
    assert 'MediaWiki 1.47 has been released.' in seen
    assert 'for the release announcement Alice (talk) 14:00' in seen


def test_the_fingerprint_is_the_one_that_the_bot_computes(show: Show) -> None:
    content = {name: value for name, value in RELEASE.items() if name != 'comment'}
    finger = _finger(**content)
    page = show(item(**RELEASE))
    assert f'| approved = {finger} ~~~~' in html.text(page)
    item_id, shown, words = _approve(page)['preloadparams[]']
    assert (item_id, shown) == ('mediawiki-1-47', finger)
    (copy,) = read_queue(f'{{{{Social media item\n| id = {item_id}\n{words}\n}}}}').items
    assert copy.content == content


@pytest.mark.parametrize('alt', ['A flower', 'ש' * 990])
def test_the_approve_link_opens_a_filled_in_form(desk: Sandbox, show: Show, alt: str) -> None:
    text = 'Hello from the desk'
    image = {'image': 'File:MediaWiki 1.47.png', 'alt': alt}
    page = show(item(id='hello', text=text, **image))
    (link,) = [one for one in html.links(page) if 'preload=' in one]
    alice = desk.person('Alice')
    alice.api(action='query', meta='userinfo')
    form = alice._session.get(f'{desk.url}/{link.split("/", 3)[3]}', timeout=60).text
    box = re.search(r'<textarea[^>]*name="wpTextbox1"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    assert box
    finger = _finger(id='hello', text=text, **image)
    # An address has no room for very many words: then the form says that they are on the card.
    lines = [f'| text = {text}', f'| image = {image["image"]}', f'| alt = {alt}']
    words = '\n'.join(lines) if len(alt) < 100 else ''
    wanted = f'{{{{Social media decision|id=hello|approved={finger} ~~~~\n{words}\n}}}}'
    assert unescape(box[1]).strip() == wanted
    (summary,) = [one for one in html.tags(form, 'input') if one.get('name') == 'wpSummary']
    assert summary['value'] == 'Decision: hello'
    (section,) = [one for one in html.tags(form, 'input') if one.get('name') == 'wpSection']
    assert section['value'] == 'new'
    assert 'With this you answer for them' in form


def test_who_may_not_decide_takes_no_button_away(show: Show) -> None:
    """Anybody can write that an item is declined, or an approval that does not count."""
    plain = {'id': 'it', 'text': 'Hello from the desk'}
    finger = _finger(**plain)
    right = f'{finger} Erin'
    for more, button in (
        ({'decline': 'spam Erin'}, True),
        ({'decline': 'spam Alice', 'state': 'declined'}, False),
        ({'approved': right}, False),
        ({'approved': right, 'note': 'Erin may not approve.'}, True),
        ({'approved': right, 'state': 'posted'}, False),
        ({'approved': f'{"0" * 40} Alice', 'state': 'posted'}, True),
        ({'state': 'posted'}, False),
        # The bot has seen that the words are not those of the posts.
        ({'state': 'posted', 'note': 'Other words.'}, True),
        ({'approved': right, 'state': 'posted', 'note': 'Other words.'}, True),
    ):
        seen = html.text(show(item(**plain, **more)))
        assert ('Approve these words' in seen) is button, more
        assert (f'| approved = {finger} ~~~~' in seen) is button, more
    assert 'Decline asked for: spam' in html.text(show(item(**plain, decline='spam Erin')))


OVER = 'Its time has passed: set a new not-after, then have it approved.'


def test_what_is_too_late_cannot_be_approved(show: Show) -> None:
    """The bot would not send it any more, whoever approves it."""
    past, future = '2020-01-01 10:00', '2036-01-01 10:00'
    plain = {'id': 'it', 'text': 'Hello from the desk'}
    late = {**plain, 'not_after': past}
    for more, over, button in (
        ({}, True, False),
        ({'not_before': '2019-12-31 10:00'}, True, False),
        ({'state': 'missed', 'note': 'Its time is over.'}, True, False),
        ({'state': 'failed'}, True, False),
        ({'not_after': future}, False, True),
        ({'not_after': future, 'state': 'missed'}, False, True),
        # Nothing to approve.
        ({'state': 'posted'}, False, False),
        ({'hold': 'draft'}, False, False),
        ({'image': 'File:MediaWiki 1.47.png'}, False, False),
    ):
        seen = html.text(show(item(**{**late, **more})))
        assert (OVER in seen) is over, (more, seen)
        assert ('Approve these words' in seen) is button, more
        assert ('| approved = ' in seen) is button, more
    seen = html.text(show(item(**late)))
    assert 'Missed its time' in seen and 'Waits for approval' not in seen
    assert 'Was to go out by Wednesday 1 January 2020, 10:00 UTC' in seen
    assert 'Ask for a new approval' not in seen


def test_a_page_is_cached_as_long_as_before_where_no_time_is_set(admin: Person, show: Show) -> None:
    """What the wiki keeps of a page: 24 hours here, unless it shows what changes with the time."""
    report = {}
    for name, more in (('plain', {}), ('late', {'not_after': '2036-01-01 10:00'})):
        show(item(id='it', text='Hello', **more))
        page = admin.api(action='parse', page=QUEUE, prop='text')['parse']['text']
        report[name] = int(re.findall(r'Cache expiry: (\d+)', page)[0])
    assert report['late'] < report['plain']


def test_what_the_bot_found_invalid_is_not_approved(admin: Person, show: Show) -> None:
    """Lua cannot see everything: a template is gone before it looks."""
    admin.edit('Template:Foo', 'foo')
    said = {'state': 'invalid', 'note': 'news: Take out the template.'}
    seen = html.text(show(item(id='it', news='{{foo}} bar', **said)))
    assert 'Needs a correction' in seen and 'news: Take out the template.' in seen
    assert 'First do what the bot says.' in seen
    assert 'Approve these words' not in seen and '| approved = ' not in seen


def _decision(admin: Person, approved: str, item_id: str = 'hello') -> str:
    words = f'{{{{Social media decision|id={item_id}|approved={approved} ~~~~}}}}'
    return admin.parse(words, QUEUE)


def test_a_decision_shows_the_words_that_it_approves(admin: Person, show: Show) -> None:
    show(
        '== A ==\n'
        + item(id='other', text='Not this')
        + '\n== B ==\n'
        + item(id='hello', text='Say <nowiki>[[this]]</nowiki> &amp; that<!-- aside -->')
    )
    finger = _finger(id='hello', text='Say [[this]] & that')
    seen = html.text(_decision(admin, finger))
    assert 'Matches' in seen
    assert 'Say [[this]] & that' in seen
    assert 'Not this' not in seen
    assert 'Admin' in seen


def test_a_decision_about_changed_words_warns(admin: Person, show: Show) -> None:
    show(item(id='hello', text='Something else now'))
    seen = html.text(_decision(admin, _finger(id='hello', text='Hello')))
    assert 'The item has changed since' in seen and 'Matches' not in seen
    assert 'Do not save this' in seen and 'This decision does not count' not in seen
    assert 'Something else now' in seen


def test_a_saved_decision_about_other_words_says_that_it_does_not_count(show: Show) -> None:
    finger = _finger(id='hello', text='Hello')
    decision = f'{{{{Social media decision|id=hello|approved={finger} ~~~~}}}}'
    seen = html.text(show(item(id='hello', text='Something else now') + f'\n== D ==\n{decision}'))
    assert 'This decision does not count; read the item and approve it there.' in seen
    assert 'Do not save this' not in seen


@pytest.mark.parametrize(('digits', 'words'), [(39, 'Not enough digits'), (41, 'Matches')])
def test_a_decision_needs_forty_digits(admin: Person, show: Show, digits: int, words: str) -> None:
    show(item(id='hello', text='Hello'))
    whole = fingerprint({'id': 'hello', 'text': 'Hello'}, ENABLED, 'en')
    assert words in html.text(_decision(admin, whole[:digits]))


@pytest.mark.parametrize(
    'text',
    [
        '<nowiki>{item}</nowiki>',
        '<!-- {item} -->',
        '{{{{#if:x|{item}}}}}',
        '',
        '<pre>{item}</pre>',
    ],
)
def test_a_decision_finds_only_items_that_are_items(admin: Person, show: Show, text: str) -> None:
    show(text.format(item=item(id='hello', text='Hello')))
    seen = html.text(_decision(admin, _finger(id='hello', text='Hello')))
    assert 'No such item' in seen


def test_a_decision_finds_an_item_however_its_name_is_written(admin: Person, show: Show) -> None:
    for name in (
        'Template:Social media item',
        'social_media item <!-- x -->',
        'template: Social media item',
    ):
        show(item(id='hello', text='Hello').replace('Social media item', name))
        assert 'Matches' in html.text(_decision(admin, _finger(id='hello', text='Hello'))), name


def test_a_preview_asks_to_save_first(admin: Person) -> None:
    answer = admin.api(
        action='parse',
        text=item(id='hello', text='Hello'),
        title=QUEUE,
        prop='text',
        contentmodel='wikitext',
        preview=True,
    )
    seen = html.text(answer['parse']['text'])
    assert 'Hello' in seen and '5 / 280' in seen
    assert 'Save the page first' in seen
    assert 'Approve these words' not in seen


def test_elsewhere_nothing_can_be_approved(admin: Person) -> None:
    admin.edit('Somewhere', item(id='hello', text='Hello'))
    answer = admin.api(action='parse', page='Somewhere', prop='text')
    assert 'Approve these words' not in answer['parse']['text']


def test_an_item_without_an_id_waits_for_it(show: Show) -> None:
    page = show(item(text='Hello'))
    assert 'It waits for its id' in page and 'preload=' not in page


@pytest.mark.parametrize(('values', 'words'), [
    ({'text': 'x' * 281}, 'text: Too long for x by 1 (at most 280).'),
    ({'text': 'x' * 281, 'text_x': 'short'}, ''),
    ({'text': 'a\n----\n' + 'x' * 281}, 'text: Part 2 is too long for x by 1 (at most 280).'),
    ({'text': 'a\n----\n----\nb'}, 'text: A part of the thread is empty'),
    ({'text': 'a', 'share': 'https://mastodon.social/@a/1'}, 'Only one of these can stand'),
    ({'channels': 'mastodon'}, 'There is nothing to post'),
    ({'text': 'a', 'channels': 'mastodon, myspace'}, 'channels: There is no channel “myspace”.'),
    ({'text': 'a', 'channels': 'facebook'}, 'None of the channels of this item is switched on.'),
    ({'text_x': 'a'}, 'There is no text for bluesky'),
    ({'text': 'a', 'text_myspace': 'b'}, 'text-myspace: There is no channel “myspace”.'),
    ({'text': 'a', 'image': 'File:MediaWiki 1.47.png'}, 'image needs alt'),
    ({'text': 'a', 'image': 'File:No such file.png', 'alt': 'b'}, 'There is no file No such file.png'),
    ({'text': 'a', 'image': 'File:Logo.svg', 'alt': 'b'}, 'image: Logo.svg is a drawing (SVG)'),
    ({'text': 'a', 'image': 'File:Talk.pdf', 'alt': 'b'}, 'image: Talk.pdf is no image that can be'),
    ({'text': 'a', 'image': 'File:MediaWiki 1.47.png', 'alt': 'b' * 1001, 'channels': 'x, bluesky'},
     'alt: Too long for x by 1 (at most 1000).'),
    ({'text': 'a\n----\nb'}, 'text: x takes no threads from this account'),
    ({'text': 'a\n----\nb', 'text_x': 'a'}, ''),
    ({'text': '\n----\n'.join('a' * 26), 'channels': 'mastodon'},
     'text: A thread of 26 parts is too long: at most 25.'),
    ({'text': 'ｗ' * 301, 'channels': 'bluesky'}, 'text: Too long for bluesky by 1 (at most 300).'),
    ({'text': '👩‍👩‍👧‍👦' * 130, 'channels': 'bluesky'}, 'bluesky counts bytes, too: at most 3000'),
    ({'text': 'a', 'image': 'Main Page', 'alt': 'b'}, 'image: “Main Page” is no name of an image.'),
    ({'text': 'a', 'alt': 'b'}, 'There is alt but no image.'),
    ({'text': 'a', 'not_before': 'tomorrow'}, 'not-before: “tomorrow” is no time.'),
    ({'text': 'a', 'not_before': '2026-02-30 10:00'}, 'is no time.'),
    ({'text': 'a', 'not_before': '2026-02-20 10:00', 'not_after': '2026-02-20T10:00Z'},
     'not-before must be earlier than not-after.'),
    ({'text': 'a', 'language': 'English'}, 'language: “English” is no language code.'),
    ({'text': 'a [[b]]'}, 'text: '),
    ({'text': 'a|b'}, 'There is a | in the text: write {{!}} instead.'),
    ({'text': 'a', 'txt': 'b'}, 'An item has no parameter “txt”.'),
    ({'point': 'https://mastodon.social/@a/1', 'pointer': 'nope'}, 'There is no pointer “nope”.'),
    ({'share': 'mastodon.social'}, 'share: “mastodon.social” is no address of a post.'),
    ({'share': 'https://x.com/a/status/1', 'channels': 'mastodon'}, 'share: mastodon cannot share'),
    ({'share': 'https://x.com/a', 'channels': 'x'}, 'share: x cannot share'),
    ({'share': 'https://www.facebook.com/a/posts/1'}, 'share: None of the channels can share'),
    ({'share': 'https://u:p@mastodon.social/@a/1'}, 'is no address of a post.'),
    ({'text': 'MediaWiki {{{version}}} is out'}, 'text: Replace {{{version}}} by what belongs'),
])  # fmt: skip
def test_what_is_wrong_is_said_in_plain_words(
    admin: Person, values: dict[str, str], words: str
) -> None:
    seen = html.text(admin.parse(item(id='it', **values), QUEUE))
    assert ('This cannot be posted yet' in seen) is bool(words), seen
    assert words in seen
    assert ('Save the page first' in seen) is not bool(words)


def test_a_signature_may_hold_bars(show: Show) -> None:
    page = show(item(id='it', text='a', comment='yes [[User:A|A]] | [[User talk:A|talk]] 14:00'))
    assert 'This cannot be posted yet' not in page


def test_a_share_and_a_pointer_say_what_will_happen(show: Show) -> None:
    seen = html.text(show(item(id='it', share='https://mastodon.social/@a/1')))
    assert 'Shares https://mastodon.social/@a/1 with the share function of Mastodon.' in seen
    seen = html.text(
        show(item(id='it', point='https://bsky.app/profile/a/post/1', pointer='support'))
    )
    assert 'For help with MediaWiki see https://www.mediawiki.org' in seen


def test_a_share_says_who_cannot_do_it(show: Show) -> None:
    seen = html.text(show(item(id='it', share='https://mastodon.social/@a/1')))
    assert 'Not shared by Bluesky, X: a post can only be shared on its own network' in seen
    seen = html.text(show(item(id='it', share='https://x.com/a/status/1', channels='x')))
    assert 'with the share function of X.' in seen and 'Not shared by' not in seen
    seen = html.text(show(item(id='it', point='https://x.com/a/status/1', pointer='support')))
    assert 'Not answered by Bluesky, Mastodon: ' in seen
    # Where nobody can share it, nothing is said to be shared.
    seen = html.text(show(item(id='it', share='https://x.com/a/status/1', channels='mastodon')))
    assert 'with the share function of' not in seen


def _configured(admin: Person, **changes: Any) -> None:
    admin.edit(CONFIG, json.dumps({**CONFIGURATION, **changes}))


def test_a_post_on_x_says_what_it_costs(admin: Person, show: Show) -> None:
    link, plain = 'See mediawiki.org', 'No link: 127.0.0.1'
    assert 'Costs $0.20, because there is a link.' in html.text(show(item(id='a', text=link)))
    assert 'Costs $0.015.' in html.text(show(item(id='a', text=plain)))
    assert 'Costs' not in html.text(show(item(id='a', text=link, channels='mastodon, bluesky')))
    assert 'Costs' not in html.text(show(in_state('posted')))
    try:
        channels = {**CONFIGURATION['channels'], 'x': {'account': '@mediawiki', 'threads': True}}
        prices = {'post': 0.5, 'post with link': 'nonsense'}
        _configured(admin, **{'channels': channels, 'x prices': prices})
        seen = html.text(show(item(id='a', text=f'{link}\n----\n{plain}\n----\nend')))
    finally:
        _configured(admin)
    assert 'Costs $1.20, because there is a link.' in seen
    assert 'This cannot be posted yet' not in seen
    assert '23, 18, 3 / 280' not in seen and '27, 18, 3 / 280' in seen


def test_a_card_says_what_a_network_has_not(show: Show) -> None:
    words = {'id': 'a', 'text': 'Spiders', 'warning': 'spiders'}
    seen = html.text(show(item(**words, channels='mastodon')))
    assert '⚠ spiders' in seen and '14 / 500' in seen
    assert 'without the content warning' not in seen and 'Cannot be changed' not in seen
    seen = html.text(show(item(**words, channels='bluesky')))
    assert '⚠' not in seen and '7 / 300' in seen
    assert 'Goes out without the content warning' in seen and 'Cannot be changed once' in seen


def test_looking_for_files_is_thrifty(admin: Person) -> None:
    def cost(*images: str) -> int:
        values = {}
        for number, image in zip(('', '2', '3', '4'), images, strict=True):
            values |= {f'image{number}': f'File:{image}', f'alt{number}': 'b'}
        answer = admin.api(
            action='parse', text=item(id='it', text='a', **values), title=QUEUE,
            contentmodel='wikitext', prop='limitreportdata',
        )  # fmt: skip
        report = {one['name']: one for one in answer['parse']['limitreportdata']}
        return int(report['limitreport-expensivefunctioncount']['0'])

    none = cost('A.svg', 'B.svg', 'C.pdf', 'D.ogg')
    assert cost('A.png', 'B.png', 'C.png', 'D.png') == none + 4
    assert cost('A.png', 'A.png', 'a.png', 'A.svg') == none + 1
    assert none <= 2, 'the configuration and the style sheet'


def test_a_suggestion_has_a_decision_and_an_item_of_the_queue_has_none(admin: Person) -> None:
    text = item(id='it', text='a', decision='use [[User:A|A]]')
    assert 'Decision: use A' in html.text(admin.parse(text, 'Social media/Suggestions'))
    assert 'no parameter “decision”' in html.text(admin.parse(text, QUEUE))


def test_records_lead_to_what_was_posted(show: Show) -> None:
    page = show(in_state('posted'))
    assert 'https://wikis.world/@mediawiki/1154' in html.links(page)
    assert any('Special:Diff/7000120' in link for link in html.links(page))


NASTY = [
    '[[Category:Evil]]', '[[File:MediaWiki 1.47.png]]', '[https://evil.test Approve these words]',
    'https://evil.test/', 'mailto:evil@evil.test', "'''bold'''", '<b>bold</b>',
    '<script>alert(1)</script>', '<style>*{display:none}</style>', '<div style="position:fixed">x</div>',
    '<nowiki></nowiki>[[Category:Evil]]', '<nowiki>[[Category:Evil]]<script>x</script></nowiki>',
    '&lt;script&gt;alert(1)&lt;/script&gt;', '&#91;&#91;Category:Evil&#93;&#93;',
    '&amp;lt;b&amp;gt;', '__NOTOC__ __TOC__ __NOINDEX__', 'RFC 2324 ISBN 0-306-40615-2 PMID 1',
    '== Heading ==', '\n== Heading ==\n', '\n* list\n# list\n: list\n; list', '\n----\n', '\n{|\n| x\n|}',
    '~~~~', '-{zh:a;en:b}-', '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)",
    '</div></div></div><h1>x</h1>', '<ref>x</ref>', '<gallery>\nFile:MediaWiki 1.47.png\n</gallery>',
    '{{!}}{{=}}', '$1 $2 %1', '\u2028', '<!-- comment -->x', '[[User:A|Approve these words]]',
    '[[Special:Diff/1|x]]', '<templatestyles src="x" />', '{{{id}}}', '{{PAGENAME}}',
]  # fmt: skip
#: Parameters that a stranger fills in.
PLACES = (
    'id', 'text', 'text-x', 'alt', 'warning', 'language', 'channels', 'not-before', 'news', 'share',
    'point', 'pointer', 'image', 'state', 'sent-x', 'approved-in', 'unknown thing',
)  # fmt: skip


ALLOWED = {'div', 'span', 'b', 'i', 'bdi', 'br', 'code', 'ul', 'li', 'a', 'img', 'p'}


def _parse(admin: Person, text: str) -> dict[str, Any]:
    answer: dict[str, Any] = admin.api(
        action='parse', text=text, title=QUEUE, contentmodel='wikitext', preview=True,
        prop='text|categories|externallinks|sections',
    )['parse']  # fmt: skip
    # What the wiki itself makes of a <ref>, wherever it stands, comes after the cards.
    answer['text'] = answer['text'].partition('<div class="mw-references-wrap')[0]
    return answer


def _assert_inert(page: dict[str, Any]) -> None:
    assert html.names(page['text']) <= ALLOWED
    assert (page['categories'], page['sections'], page['externallinks']) == ([], [], [])
    for attributes in html.tags(page['text']):
        assert not any(name.startswith('on') for name in attributes)
        assert 'fixed' not in attributes.get('style', '')
        # A card is found by the id that it checked, and by no other.
        assert re.fullmatch(r'(social-media-[a-z0-9-]{1,64})?', attributes.get('id', ''))
    assert 'scribunto-error' not in page['text']


def _foreign(page: str) -> list[str]:
    """The links of a page without those that the cards themselves have, known by all that they say."""
    own = re.compile(
        r'.*/index\.php\?title=(Social_media/Queue&action=history'
        r'|Talk:Social_media/Queue&action=edit&preloadtitle=it&section=new)'
    )
    copies = re.compile(
        r'.*/index\.php\?title=Social_media/Queue&action=edit&.*&preloadparams%5B%5D='
    )
    return [one for one in html.links(page) if not own.fullmatch(one) and not copies.match(one)]


@pytest.mark.parametrize('place', PLACES)
def test_words_of_strangers_stay_words(admin: Person, place: str) -> None:
    values = {'id': 'it', 'text': 'a', 'image': 'File:MediaWiki 1.47.png', 'alt': 'b'}
    page = _parse(admin, '\n\n'.join(item(**{**values, place: nasty}) for nasty in NASTY))
    _assert_inert(page)
    # The picture leads to its file; nothing else is a link, but for those that each card has.
    assert {link.rpartition('/')[2] for link in _foreign(page['text'])} <= {
        'File:MediaWiki_1.47.png'
    }
    assert page['text'].count('role="group" aria-label="Social media item') == len(NASTY)


@pytest.mark.parametrize('place', ['comment', 'hold', 'decline', 'note', 'approved'])
def test_signed_words_keep_only_links_to_people_files_and_diffs(admin: Person, place: str) -> None:
    page = _parse(admin, '\n\n'.join(item(id='it', text='a', **{place: nasty}) for nasty in NASTY))
    _assert_inert(page)
    kept = _foreign(page['text'])
    # one to the person, one to the diff, one to the file (as a link, never the file itself)
    assert len(kept) == 3
    assert kept[0].endswith('File:MediaWiki_1.47.png')
    assert kept[1].partition('?')[2].startswith('title=User:A&')
    assert kept[2].endswith('Special:Diff/1')


@pytest.mark.parametrize(
    ('note', 'said'),
    [
        (safe_value('double brackets ([[ ]]) cannot stand in plain text'),
         'double brackets ([[ ]]) cannot stand in plain text'),
        ('double brackets ([[ ]], [[ |x]], [[:]]) stay', 'double brackets ([[ ]], [[ |x]], [[:]]) stay'),
        (safe_value("<ref>a</ref> ''b'' [[User:A|c]]"), "<ref>a</ref> ''b'' [[User:A|c]]"),
        ('see [[ ]] and [[User:A&amp;B|A &amp; &lt;B&gt;]]', 'see [[ ]] and A & <B>'),
    ],
)  # fmt: skip
def test_words_of_a_note_are_not_taken_for_markup(show: Show, note: str, said: str) -> None:
    """What the bot quotes as words is shown as words; links are those that it wrote itself."""
    page = show(item(id='it', text='a', note=note))
    assert said in html.text(page)
    links = [link for link in html.links(page) if 'User:A' in link]
    assert len(links) == ('[[User:A&amp;B' in note)


@pytest.mark.parametrize(
    ('value', 'said', 'linked'),
    [
        ('posted 2026-11-25T14:00:07Z 7 https://a.test/1', 'posted', True),
        ('editing 2026-11-25T14:00:07Z 9 n0nce 7 https://a.test/1', 'being changed', True),
        ('deleting 2026-11-25T14:00:07Z 9 n0nce 7 https://a.test/1', 'being taken down', True),
        ('deleted 2026-11-25T14:00:07Z 9 https://a.test/1 7', 'taken down', True),
        (
            'kept 2026-11-25T14:00:07Z 9 - 7 https://a.test/1 No such thing.',
            'stands as it was',
            True,
        ),
        ('sending 2026-11-25T14:00:07Z 7 n0nce', 'being sent', False),
    ],
)
def test_what_a_record_says(show: Show, value: str, said: str, linked: bool) -> None:
    """Where the post stands is linked, nonces and revision numbers are not shown."""
    page = show(item(id='it', text='a', sent_mastodon_2=value))
    assert said in page
    assert ('https://a.test/1' in html.links(page)) is linked
    assert 'n0nce' not in page
    assert ('No such thing.' in page) is value.startswith('kept')


def test_a_record_cannot_carry_a_trap(show: Show) -> None:
    for address in (
        'javascript:alert(1)',
        'https://evil.test/"onclick=x',
        'https://a@evil.test/',
        'https://evil.test/]x',
        '//evil.test/',
    ):
        for kind in (
            'posted 2026-11-25T14:00:07Z 7 ',
            'kept 2026-11-25T14:00:07Z 7 - 5 ',
            'editing 2026-11-25T14:00:07Z 7 n 5 ',
        ):
            page = show(item(id='it', text='a', sent_x=f'{kind}{address}'))
            assert not [link for link in html.links(page) if 'evil' in link or 'script' in link], (
                address
            )


def test_a_missing_or_broken_configuration_is_a_plain_warning(
    desk: Sandbox, admin: Person, show: Show
) -> None:
    whole = admin.text(CONFIG)
    broken: list[Any] = [
        [], {}, {'channels': []}, {'channels': {'BAD': {}}}, {'channels': {'x': 7}}, {'pages': 3},
        {'channels': {'x': {'network': 'telegraph'}}}, {'pointers': [1]}, {'language': {}},
    ]  # fmt: skip
    try:
        for configuration in broken:
            admin.edit(CONFIG, json.dumps(configuration))
            page = show(item(id='it', text='Hello', point='x'))
            assert 'scribunto-error' not in page, configuration
            assert 'Hello' in page
        admin.delete(CONFIG)
        page = show(item(id='it', text='Hello'))
        assert 'is missing or cannot be read' in page and 'scribunto-error' not in page
        assert 'Hello' in page and 'Approve these words' not in page
    finally:
        if not admin.text(CONFIG):
            admin.undelete(CONFIG)
        admin.edit(CONFIG, whole)
    assert 'Approve these words' in show(item(id='it', text='Hello again'))


def test_a_changed_default_changes_the_fingerprint(admin: Person, show: Show) -> None:
    before = _approve(show(item(id='it', text='Hello')))['preloadparams[]'][1]
    try:
        admin.edit(CONFIG, json.dumps({**CONFIGURATION, 'language': 'de'}))
        after = _approve(show(item(id='it', text='Hello ')))['preloadparams[]'][1]
    finally:
        admin.edit(CONFIG, json.dumps(CONFIGURATION))
    assert before != after
    assert after == fingerprint({'id': 'it', 'text': 'Hello'}, ENABLED, 'de')[:40]


def test_no_two_cards_share_an_id_attribute(show: Show) -> None:
    page = show('\n'.join(in_state(state) for state in STATES))
    ids = [one['id'] for one in html.tags(page) if 'id' in one]
    assert len(ids) == len(set(ids))


def test_a_hundred_items_stay_within_the_limits_of_a_wiki(admin: Person) -> None:
    cards = [item(**{**RELEASE, 'id': f'item-{n}'}) for n in range(100)]
    admin.edit(QUEUE, '\n'.join(cards))
    answer = admin.api(action='parse', page=QUEUE, prop='text|limitreportdata')['parse']
    report = {one['name']: one for one in answer['limitreportdata']}
    size, most = (int(report['limitreport-postexpandincludesize'][n]) for n in ('0', '1'))
    assert answer['text'].count('Approve these words') == 100
    assert size < most * 4 // 5
    assert len(answer['text'].encode()) / 100 < 12_000
    assert int(report['scribunto-limitreport-memusage']['0']) < 50 * 2**20
    # Looking for files ends where the wiki says so, and no card minds.
    expensive = report['limitreport-expensivefunctioncount']
    assert int(expensive['0']) > int(expensive['1']) == 100


@pytest.mark.parametrize('form', ['Preload', 'Preload release', 'Preload event', 'Preload share'])
def test_a_form_makes_an_item(desk: Sandbox, form: str) -> None:
    alice = desk.person('Alice')
    alice.api(action='query', meta='userinfo')
    page = alice._session.get(
        f'{desk.url}/index.php',
        params={'title': QUEUE, 'action': 'edit', 'section': 'new', 'preload': f'{QUEUE}/{form}',
                'editintro': f'{QUEUE}/Editintro'},
        timeout=60,
    ).text  # fmt: skip
    assert 'Replace everything in' in page
    box = re.search(r'<textarea[^>]*name="wpTextbox1"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert box
    text = unescape(box[1]).strip()
    alice.append_section(QUEUE, form, text)
    saved = alice.text(QUEUE).rpartition(f'== {form} ==')[2]
    found = re.search(r'\| id +=(.*)', saved)
    assert found and re.fullmatch(r'[0-9]{8}-[0-9]{6}-[0-9a-f]{4}', found[1].strip())
    assert '[[User:Alice|Alice]]' in saved and '~~~~' not in saved
    seen = html.text(alice.parse(saved, QUEUE))
    # Nothing is filled in yet, and the card says so.
    assert 'Needs a correction' in seen and found[1].strip() in seen
    field = 'share' if form == 'Preload share' else 'text'
    filled = re.sub(rf'(\| {field} +=).*', r'\1 https://mastodon.social/@a/1', saved)
    filled = re.sub(r'(\| news +=).*', r'\1', filled)
    assert 'Waits for approval' in html.text(alice.parse(filled, QUEUE))


def test_the_forms_on_the_queue_lead_to_the_preloads(admin: Person) -> None:
    (queue,) = [page for page in pages() if page.title == QUEUE]
    page = admin.parse(queue.text, QUEUE)
    preloads = [one['value'] for one in html.tags(page, 'input') if one.get('name') == 'preload']
    assert preloads == [
        f'{QUEUE}/{name}'
        for name in ('Preload', 'Preload release', 'Preload event', 'Preload share')
    ]
    for title in preloads:
        assert admin.text(title)


def test_templatedata_is_accepted_by_the_wiki(desk: Sandbox, admin: Person) -> None:
    for name in ('item', 'mention', 'decision', 'stop'):
        title = f'Template:Social media {name}'
        # Saving the page again puts the data of its documentation into the page's properties.
        admin.edit(title, admin.text(title) + '\n')
        admin.api(action='purge', titles=title, forcelinkupdate=True)
        answer = admin.api(action='templatedata', titles=title)
        (page,) = answer['pages'].values()
        assert page['title'] == title
        assert list(page['params']) and 'errors' not in page


def test_a_mention_shows_what_was_said(admin: Person) -> None:
    page = admin.parse(
        '{{Social media mention\n| url = https://mastodon.social/@alice/1234\n| channel = mastodon\n'
        '| kind = mention\n| author = @alice@mastodon.social\n| date = 2026-11-23T10:00:00Z\n'
        '| excerpt = <nowiki>I love [[MediaWiki]] <script>x</script></nowiki>\n| decision =\n}}',
        'Social media/Mentions',
    )
    seen = html.text(page)
    assert 'I love [[MediaWiki]] <script>x</script>' in seen
    assert 'Waits for a decision' in seen
    # In preview there are no buttons; the post itself can be looked at.
    assert html.links(page) == ['https://mastodon.social/@alice/1234']


def test_a_stop_is_seen(admin: Person) -> None:
    seen = html.text(admin.parse('{{Social media stop|wrong links ~~~~}}', QUEUE))
    assert 'The bot is stopped.' in seen and 'wrong links Admin' in seen


def test_a_page_in_a_script_from_right_to_left_keeps_its_sides(show: Show) -> None:
    page = show(item(id='it', text='שלום עולם #שלום', language='he'))
    (words,) = [one for one in html.tags(page, 'div') if one.get('lang') == 'he'][:1]
    assert words['dir'] == 'auto'
    for one in html.tags(page):
        assert not re.search(r'(margin|padding|border)-(left|right)', one.get('style', ''))
