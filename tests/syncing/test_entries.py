"""Who brought which entry, told from histories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mwsocial.syncing.entries import Placed, placed
from mwsocial.wiki.revision import Revision

START = datetime(2026, 11, 20, tzinfo=UTC)
BASE = '; 2026-11-01\n* Old entry.'


class Story:
    """Revisions of the page, one after another."""

    def __init__(self, base: str = BASE) -> None:
        self.steps: list[tuple[Revision, str | None]] = [(Revision(1, 0, '', 0, START), base)]

    def save(self, user: str, text: str | None) -> Story:
        number = len(self.steps) + 1
        time = START + timedelta(minutes=number)
        self.steps.append((Revision(number, number - 1, user, number, time), text))
        return self

    def now(self) -> dict[str, Placed]:
        text = self.steps[-1][1]
        assert text is not None
        return {one.words: one for one in placed(text, self.steps)}


def page(*lines: str, day: str = '2026-11-20') -> str:
    return '\n'.join([f'; {day}', *(f'* {line}' for line in lines), BASE])


def brought(one: Placed) -> tuple[str, int]:
    """Who brought it, and the revision that changed it last."""
    revision, changed = one.origin.revision, one.origin.changed
    return revision.user if revision else '', changed.revid if changed else 0


def test_brought_and_corrected() -> None:
    """A correction, in whatever markup, keeps origin and id."""
    story = Story().save('Bob', page('[[MediaWiki 1.47.0]] has been released today.'))
    first = story.now()['[[MediaWiki 1.47.0]] has been released today.']
    story.save('Carol', page('[[MediaWiki 1.47.1]] has been released today.'))
    now = story.now()['[[MediaWiki 1.47.1]] has been released today.']
    assert (brought(first), brought(now)) == (('Bob', 0), ('Bob', 3))
    assert first.origin.id == now.origin.id
    assert now.origin.id.startswith('news-2026-11-20-')
    assert brought(story.now()['Old entry.']) == ('', 0)


def test_only_markup_is_no_change() -> None:
    story = Story().save('Bob', page('An entry of words.'))
    story.save('Carol', page("<translate><!--T:1--> '''An''' entry of words.</translate>"))
    assert brought(story.now()['An entry of words.']) == ('Bob', 0)


def test_another_entry_in_its_place() -> None:
    """Quite other words are another entry, by who wrote them."""
    story = Story().save('Bob', page('An entry of words.')).save('Carol', page('Spam and eggs!'))
    assert brought(story.now()['Spam and eggs!']) == ('Carol', 0)


def test_blanked_and_restored() -> None:
    """What a vandal takes out and somebody puts back stays whose it was."""
    text = page('An entry of words.')
    story = Story().save('Bob', text).save('Vandal', 'Haha').save('Carol', text)
    now = story.now()
    assert brought(now['An entry of words.']) == ('Bob', 0)
    assert brought(now['Old entry.']) == ('', 0)


def test_an_old_entry_reworded_is_old() -> None:
    story = Story().save('Carol', BASE.replace('Old entry', 'Old entry, corrected'))
    (one,) = story.now().values()
    assert brought(one) == ('', 2)


def test_behind_a_hidden_text_nobody_knows() -> None:
    story = Story().save('Bob', None).save('Carol', page('Whose is it?', 'And this?'))
    assert all(one.origin.unclear for words, one in story.now().items() if words != 'Old entry.')
    story.save('Dave', page('Whose is it?', 'And this?', 'Mine.'))
    assert not story.now()['Mine.'].origin.unclear


def test_two_corrected_at_once() -> None:
    story = Story().save('Bob', page('The first of two.', 'The last of two things.'))
    story.save('Carol', page('The first of two!', 'The last of two things, really.'))
    now = story.now()
    assert brought(now['The first of two!']) == ('Bob', 3)
    assert brought(now['The last of two things, really.']) == ('Bob', 3)
    assert len({one.origin.id for one in now.values()}) == 3
