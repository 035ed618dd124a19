"""Saving a page as compare-and-swap: what somebody else wrote meanwhile is never overwritten.

``baserevid`` without ``basetimestamp`` makes MediaWiki see conflicts of an account with itself too;
edits that do not touch are merged silently even so (API help for action=edit; T64698). Hence the saved
revision is read back, and callers decide on what really stands there.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import mwparserfromhell

from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.api import AnswerLost, Api, EditConflict, WikiRefused
from mwsocial.wiki.presave import inert
from mwsocial.wiki.read import snapshot, texts
from mwsocial.wiki.skeleton import cut

#: MediaWiki's limit for a summary, in characters.
SUMMARY = 500
#: Seconds to wait before each look for an edit whose answer was lost.
LOOKS = (0.5, 2.0, 4.0)

_SPACE = re.compile(r'[\s\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]+')
_ADDRESS = re.compile(r'\b[a-z][a-z0-9+.-]*://\S*', re.IGNORECASE)
_HANDLE = re.compile(r'@(?=\S)')


@dataclass(frozen=True)
class Saved:
    """Saved: ``text`` is what stands in revision ``revid``, with what the wiki merged in.

    ``parentid`` is the revision before it; ``changed`` is False where the page said just that already;
    ``merged``: others had their hands in what stands there now.
    """

    revid: int
    text: str
    parentid: int = 0
    changed: bool = True
    merged: bool = False


@dataclass(frozen=True)
class Conflict:
    """Somebody else saved the page meanwhile, or it came or went; nothing of ours was saved."""


@dataclass(frozen=True)
class Refused:
    """The wiki does not take this edit; the reason holds its own words. Nothing was saved."""

    reason: Reason


@dataclass(frozen=True)
class Lost:
    """The answer to the save was lost, and the edit was not found (yet): it may still come."""

    reason: Reason


Outcome = Saved | Conflict | Refused | Lost


def save(
    api: Api,
    title: str,
    text: str,
    *,
    base: int | None,
    summary: str,
    minor: bool = False,
    bot: bool = True,
    nonce: str = '',
    duty: bool = False,
    section: str | None = None,
    section_title: str = '',
) -> Outcome:
    """Save *text* as the page's new text, if its current revision is still *base* (0: no page yet).

    What others have left in it to be substituted by whoever saves next is broken up (``presave``).

    *nonce*: something that stands in *text* and never stood anywhere before; an edit whose answer was
    lost is recognised by it (else by its summary and its whole text). *duty*: save even where
    ``{{bots}}`` or ``{{nobots}}`` asks bots to stay away. *section* ``'new'`` appends *text* under
    *section_title*, which never conflicts; *base* is then only where looking for a lost edit begins.

    Raises TemporaryError (nothing was saved), ConfigurationError.
    """
    if api.simulate:
        return Refused(Reason('wiki-simulate'))
    text, nonce = inert(text), inert(nonce)
    size = len(text.encode())
    if size > api.largest_page:
        return Refused(Reason('wiki-too-large', (title, f'{size:,}', f'{api.largest_page:,}')))
    if not duty and not bots_welcome(text, api.user):
        return Refused(Reason('wiki-nobots', (title,)))
    said = safe_summary(summary)
    params = {
        'action': 'edit',
        'title': title,
        'summary': said,
        'minor': minor,
        'notminor': not minor,
        'bot': bot,
        'watchlist': 'nochange',
        'section': section,
        'sectiontitle': section_title or None,
        'text': text,
    }
    if section is None:
        params |= {'baserevid': base, 'nocreate': True} if base else {'createonly': True}
    try:
        answer = api.write(params)['edit']
        if not answer.keys() & {'newrevid', 'nochange'}:
            raise AnswerLost('The answer of the API does not say what was saved.')
    except EditConflict:
        return Conflict()
    except WikiRefused as error:
        return Refused(Reason('wiki-refused', (error.error.words,)))
    except AnswerLost as error:
        found = _look(api, title, base or 0, said, text, nonce)
        return _told(found or Lost(Reason('wiki-lost', (str(error),))), text, section)
    if 'newrevid' not in answer:
        return _unchanged(api, title, text)
    saved = _read_back(api, int(answer['newrevid']), int(answer.get('oldrevid', 0)))
    return _told(saved, text, section)


def _told(outcome: Outcome, text: str, section: str | None) -> Outcome:
    """The outcome, with whether others had their hands in what was saved."""
    if not isinstance(outcome, Saved) or section is not None:
        return outcome
    return replace(outcome, merged=outcome.text.rstrip() != text.rstrip())


def _read_back(api: Api, revid: int, parentid: int) -> Outcome:
    """What stands in the revision that was saved, from the first database server that knows it."""
    words = ''
    for pause in (0.0, *LOOKS):
        time.sleep(pause)
        try:
            return Saved(revid, texts(api, [revid])[revid], parentid)
        except TemporaryError as error:
            words = str(error)
    # It is saved, but what stands there nobody knows: the caller must look.
    return Lost(Reason('wiki-lost', (words,)))


def edit_page(
    api: Api,
    title: str,
    change: Callable[[str], str | None],
    *,
    summary: str,
    minor: bool = False,
    bot: bool = True,
    create: bool = False,
    duty: bool = False,
    tries: int = 5,
) -> Saved | Refused | None:
    """Change a page, again and again on what others have made of it, until it is saved.

    *change* gets the text ('' for a page that does not exist, with *create*) and returns the new one,
    or None where there is nothing to do: then so does this function. Raises TemporaryError after
    *tries* conflicts, or where the outcome of a save is unknown.
    """
    for attempt in range(tries):
        page = snapshot(api, [title]).pages[title]
        if page.redirect:
            return Refused(Reason('wiki-redirect', (title,)))
        if page.text_hidden:
            return Refused(Reason('wiki-hidden', (title,)))
        if page.missing and not create:
            return Refused(Reason('wiki-missing', (title,)))
        text = change(page.text)
        if text is None or (text == page.text and not page.missing):
            return None
        outcome = save(
            api, title, text, base=page.revid, summary=summary, minor=minor, bot=bot, duty=duty
        )
        if isinstance(outcome, Saved | Refused):
            return outcome
        if isinstance(outcome, Lost):
            # Once more would be twice, if it still comes: the next run sees what has become of it.
            raise TemporaryError(
                f'Nobody knows whether the page “{title}” was saved: {outcome.reason.text()}'
            )
        time.sleep(random.uniform(0.2, 0.6) * (attempt + 1))  # noqa: S311 - jitter, no secret
    raise TemporaryError(
        f'The page “{title}” was changed by others {tries} times while this run tried to save it.'
    )


def safe_summary(summary: str, longest: int = SUMMARY) -> str:
    """A summary without addresses and handles, on one line, of at most *longest* characters.

    Spam filters read summaries (Extension:SpamBlacklist). Nothing is cut in the middle of a link.
    """
    words = _SPACE.sub(' ', _HANDLE.sub('', _ADDRESS.sub('…', summary))).strip()
    if len(words) <= longest:
        return words
    cut = words[: longest - 2]
    cut = cut[: cut.rfind(' ')] if ' ' in cut else cut
    for opening, closing in (('[[', ']]'), ('{{', '}}')):
        if cut.rfind(opening) > cut.rfind(closing):
            cut = cut[: cut.rfind(opening)]
    return cut.rstrip(' ,;:') + ' …'


#: Characters that all such templates of a page have together, if they are not there to keep us busy.
_LONGEST_BOTS = 2000


def bots_welcome(text: str, bot: str) -> bool:
    """Whether ``{{bots}}`` and ``{{nobots}}`` on the page let *bot* edit it (Template:Bots)."""
    # Most pages have neither.
    if not re.search(r'\{\{\s*(template\s*:\s*)?(no)?bots\b', text, re.IGNORECASE):
        return True
    # Only they are parsed: for a page that somebody fills with open tags the parser takes hours.
    placed = cut(text, {'Bots', 'Nobots'}).templates
    raw = [text[one.start : one.end] for one in placed if one.closed]
    if sum(map(len, raw)) > _LONGEST_BOTS:
        return False
    for template in mwparserfromhell.parse(''.join(raw)).filter_templates():
        name = ' '.join(str(template.name).replace('_', ' ').split()).casefold()
        name = name.removeprefix('template:').strip()
        if name not in ('bots', 'nobots'):
            continue
        if name == 'nobots' and not template.params:
            return False
        for parameter in template.params:
            key = str(parameter.name).strip().casefold()
            listed = {one.strip() for one in str(parameter.value).split(',')} - {''}
            me = bool(listed & {bot, bot.replace(' ', '_'), 'all'})
            if name == 'nobots' and key == '1' and me:
                return False
            if name == 'nobots' and key == 'deny':
                return False
            if name == 'bots' and ((key == 'deny' and me) or (key == 'allow' and not me)):
                return False
    return True


def _unchanged(api: Api, title: str, text: str) -> Outcome:
    """The wiki saw no difference: then the page says what was to be said, unless it just changed."""
    page = snapshot(api, [title]).pages[title]
    if page.text.rstrip() == text.rstrip():
        return Saved(page.revid, page.text, page.revid, changed=False)
    return Conflict()


def _look(api: Api, title: str, base: int, said: str, text: str, nonce: str) -> Saved | None:
    """Look in the history for an own edit after *base*; the wiki may still be at it."""
    for pause in LOOKS:
        time.sleep(pause)
        try:
            found = _own_edit(api, title, base, said, text, nonce)
        except (TemporaryError, WikiRefused):
            continue
        if found:
            return found
    return None


def _own_edit(api: Api, title: str, base: int, said: str, text: str, nonce: str) -> Saved | None:
    answer = api.query({
        'titles': title,
        'prop': 'revisions',
        'rvprop': 'ids|user|comment',
        'rvlimit': '50',
    })  # fmt: skip
    revisions = [
        revision for page in answer['query']['pages'] for revision in page.get('revisions', [])
    ]
    own = {
        int(revision['revid']): int(revision['parentid'])
        for revision in revisions
        if revision['revid'] > base
        and revision.get('user') == api.user
        and revision.get('comment', said) == said
    }
    for revid, content in texts(api, own).items():
        if (nonce and nonce in content) or content.rstrip() == text.rstrip():
            return Saved(revid, content, own[revid])
    return None
