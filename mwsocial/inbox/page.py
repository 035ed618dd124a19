"""The page of mentions: a new text for it, in which all else stays byte for byte. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mwsocial.desk.times import show_time
from mwsocial.inbox.mark import Mark, with_mark
from mwsocial.inbox.mentions import MENTION, Inbox, Mention, Placed, read_inbox
from mwsocial.proposing.wikitext import encode
from mwsocial.wiki.edits import remove_templates
from mwsocial.wiki.escape import inert_line, safe_excerpt, safe_value
from mwsocial.wiki.items import DECIDE, ITEM, SPACE, Parameter
from mwsocial.wiki.skeleton import Template, cut

_WIDTH = 10


@dataclass(frozen=True)
class New:
    """A post as it comes onto the page. ``created`` is aware UTC; ``text`` is what a stranger wrote.

    ``plainer``: 0 with a link to the post, 1 without, 2 without its words too: for wikis whose filters
    do not take them.
    """

    url: str
    channel: str
    kind: str
    author: str
    created: datetime
    text: str
    plainer: int = 0

    def wikitext(self) -> str:
        """Its section."""
        rows = (
            ('url', encode(self.url, addresses=self.plainer == 0)),
            ('channel', self.channel),
            ('kind', self.kind),
            ('author', safe_value(self.author)),
            ('date', show_time(self.created)),
            ('excerpt', safe_excerpt(self.text) if self.plainer < 2 else ''),
            (DECIDE, ''),
        )
        lines = [f'| {name:<{_WIDTH}} = {value}'.rstrip() for name, value in rows]
        title = safe_value(f'{self.author or self.channel}, {self.created:%Y-%m-%d}')
        return '\n'.join([f'== {title} ==', '{{' + MENTION, *lines, '}}'])


@dataclass(frozen=True)
class Changes:
    """What is to change on the page; addresses are the keys.

    ``remove``: with the text that was archived of each, where something was. ``notes``: '' takes one
    away. ``blank``: whose words go. ``decided``: what had been decided about each of ``remove``
    (``Inbox.about``): what people decide meanwhile keeps it on the page.
    """

    add: tuple[New, ...] = ()
    remove: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()
    decided: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.add or self.remove or self.notes or self.blank)


def changed(text: str, changes: Changes, mark: Mark | None = None) -> str:
    """The page with *changes* made, as far as they still apply, and the decisions of buttons folded in.

    What would not read back is not added. The *mark* is written where anything changes.
    """
    new = _removed(text, changes.remove, changes.decided)
    new = _folded(new)
    new = _set(new, {url: {'note': note} for url, note in changes.notes.items()})
    new = _set(new, {url: {'excerpt': ''} for url in changes.blank})
    new = _with_all(new, changes.add)
    if new == text and not (mark and mark.alone):
        return text
    return with_mark(new, mark) if mark else new


def _with_all(text: str, posts: Sequence[New]) -> str:
    """The page with *posts* behind all else; without those that would not read back."""
    if not posts:
        return text
    before = read_inbox(text)
    longer = '\n\n'.join([text.rstrip(), *(one.wikitext() for one in posts)])
    after = read_inbox(longer)
    added = after.mentions[len(before.mentions) :]
    if (
        after.mentions[: len(before.mentions)] == before.mentions
        and len(after.votes) == len(before.votes)
        and after.stopped == before.stopped
        and [(one.url, one.kind, one.channel) for one in added]
        == [(one.url, one.kind, one.channel) for one in posts]
    ):
        return longer
    if len(posts) == 1:
        return text
    middle = len(posts) // 2
    return _with_all(_with_all(text, posts[:middle]), posts[middle:])


# -- taking away ------------------------------------------------------------------------------------


def piece(text: str, inbox: Inbox, placed: Placed) -> tuple[int, int]:
    """Where what belongs to a mention begins and ends: its whole section, with all that people wrote
    there, if that holds no other mention or item; else its template alone.
    """
    template = placed.template
    start, end = _section(text, inbox, template)
    inside = [
        one for one in inbox.skeleton.templates
        if one.name in (MENTION, ITEM) and start <= one.start < end
    ]  # fmt: skip
    if start < end and len(inside) == 1 and _whole(text[start:end]):
        return start, end
    return template.start, template.end


def _section(text: str, inbox: Inbox, template: Template) -> tuple[int, int]:
    headings = inbox.skeleton.headings
    before = [one for one in headings if one.start < template.start]
    if not before:
        return 0, 0
    level = _level(text, before[-1].start)
    after = [one.start for one in headings if one.start > template.start]
    return before[-1].start, next((at for at in after if _level(text, at) <= level), len(text))


def _level(text: str, start: int) -> int:
    line = text[start : start + 6]
    return len(line) - len(line.lstrip('='))


def _whole(section: str) -> bool:
    # What is left open in it would swallow what comes behind it, wherever it is put.
    end = '== The next one =='
    headings = cut(f'{section}\n{end}', (MENTION,)).headings
    return bool(headings) and headings[-1].start == len(section) + 1


def archived(text: str, placed: Placed, inbox: Inbox, item: str = '') -> str:
    """What goes into the archive of a mention: its piece of the page, with the item that was made."""
    start, end = piece(text, inbox, placed)
    template = placed.template
    raw = text[template.start : template.end]
    if item:
        raw = with_values(raw, placed.params, {'item': item})
    if (start, end) == (template.start, template.end):
        title = safe_value(placed.mention.author) or placed.mention.digest
        return f'== {title} ==\n{raw}'
    return (text[start : template.start] + raw + text[template.end : end]).strip()


def _removed(text: str, gone: Mapping[str, str], decided: Mapping[str, frozenset[str]]) -> str:
    """The page without the mentions *gone*; a section goes whole where just that was archived. A mention
    about which somebody has decided since stays: the next run acts on that.
    """
    for url, kept in gone.items():
        inbox = read_inbox(text)
        if url in decided and inbox.about(url) - {''} != decided[url] - {''}:
            continue
        for placed in reversed([one for one in inbox.placed if one.mention.url == url]):
            start, end = piece(text, inbox, placed)
            # What somebody has added to the section meanwhile stays.
            item = _item_in(kept)
            if archived(text, placed, inbox, item) == kept.strip():
                text = text[:start] + text[end:]
            else:
                text = remove_templates(text, inbox.skeleton, [placed.template])
            inbox = read_inbox(text)
        votes = [one for one, vote in inbox.votes if vote.mention == _digest_of(url)]
        if votes:
            text = remove_templates(text, inbox.skeleton, votes)
    return text


def _item_in(kept: str) -> str:
    for placed in read_inbox(kept).placed:
        for one in placed.params:
            if one.name == 'item':
                return one.value
    return ''


def _digest_of(url: str) -> str:
    return Mention(0, url).digest


# -- changing a template ----------------------------------------------------------------------------


def _folded(text: str) -> str:
    """The page with what buttons decided written into the mentions."""
    inbox = read_inbox(text)
    known = {one.digest: one for one in inbox.mentions}
    about = [(one, vote) for one, vote in inbox.votes if vote.mention in known]
    if not about:
        return text
    wanted = {known[vote.mention].url: {DECIDE: vote.decision} for _, vote in about}
    new = _set(text, wanted)
    after = read_inbox(new)
    taken = {
        one.digest for one in after.mentions if one.decision == wanted.get(one.url, {}).get(DECIDE)
    }
    gone = [one for one, vote in after.votes if vote.mention in taken]
    return remove_templates(new, after.skeleton, gone)


def _set(text: str, wanted: Mapping[str, Mapping[str, str]]) -> str:
    """The page with parameters of the mentions at these addresses set; '' takes one away."""
    if not wanted:
        return text
    inbox = read_inbox(text)
    pieces = []
    pos = 0
    for placed in inbox.placed:
        values = wanted.get(placed.mention.url)
        if values is None:
            continue
        start, end = placed.template.start, placed.template.end
        pieces += [text[pos:start], with_values(text[start:end], placed.params, values)]
        pos = end
    new = ''.join([*pieces, text[pos:]])
    known = [replace(one, decision='', note='', excerpt='') for one in inbox.mentions]
    after = [replace(one, decision='', note='', excerpt='') for one in read_inbox(new).mentions]
    return new if known == after else text


def with_values(raw: str, params: tuple[Parameter, ...], values: Mapping[str, str]) -> str:
    """One template with some parameters set; what is not there yet comes last. ``excerpt`` and the
    decision are left empty where they are ''; another parameter goes then.
    """
    head = raw[: params[0].start] if params else raw[:-2]
    rows = []
    left = dict(values)
    for one in params:
        row = raw[one.start : one.end]
        if one.name in values:
            value = left.pop(one.name, '')
            if not value and one.name not in ('excerpt', DECIDE):
                continue
            old = raw[one.value_start : one.end]
            blank = old[len(old.rstrip(SPACE)) :] if old.strip(SPACE) else old.lstrip(' ')
            label = raw[one.start : one.value_start]
            row = f'{label} {inert_value(one.name, value)}'.rstrip(' ') + (blank or '\n')
        rows.append(row)
    body = head + ''.join(rows)
    added = [
        f'| {name:<{_WIDTH}} = {inert_value(name, value)}\n'
        for name, value in left.items()
        if value
    ]
    if added and not body.endswith('\n'):
        body += '\n'
    return f'{body}{"".join(added)}}}}}'


def inert_value(name: str, value: str) -> str:
    """A value that the bot writes: a decision stays as somebody wrote it."""
    return value if name == DECIDE else inert_line(value)
