"""Images on a real wiki, and on a second one that is its shared repository: what counts as approved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from mwsocial.channels.base import Image, Limits, TryLater
from mwsocial.delivery.images import images_for
from mwsocial.delivery.reading import QueueReader, Reading
from mwsocial.desk.fingerprint import SHOWN, fingerprint
from mwsocial.desk.standing import Standing
from mwsocial.desk.validity import ChannelFacts, Desk
from mwsocial.sandbox import Gate, Rule, Sandbox
from mwsocial.sandbox.faults import html_error
from mwsocial.wiki.download import Originals
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.site import OpenDesk
from tests.wiki.desks import BOT, CONFIG, real_desk

pytestmark = pytest.mark.real

QUEUE = 'Social media/Queue'
CHANNELS = {'x': {'network': 'x', 'account': '@mediawiki', 'enabled': True}}
SETTINGS = {
    'bot': BOT, 'approvers': {'groups': [], 'users': ['Alice']}, 'quiet minutes': 0,
    'channels': CHANNELS,
}  # fmt: skip
RULES = Desk({'x': ChannelFacts('x', Limits(280), lambda text, warning: len(text))})


def png(seed: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture of its own for each *seed*."""
    body = BytesIO()
    colour = sum(ord(sign) * 7919**place for place, sign in enumerate(seed)) % 0xFFFFFF
    Pillow.new('RGB', size, f'#{colour:06x}').save(body, 'PNG')
    return body.getvalue()


class Place:
    """The desk's wiki, and the one that its shared files are on."""

    def __init__(self, wiki: Sandbox, commons: Sandbox, gate: Gate, folder: Path) -> None:
        """*gate*: through which the wiki, and so the desk, sees the other one."""
        self.wiki, self.commons, self.gate = wiki, commons, gate
        wiki.person('Admin').edit(CONFIG, json.dumps(SETTINGS))
        wiki.configure(wgForeignFileRepos=[{
            'class': 'ForeignAPIRepo', 'name': 'commons', 'apibase': f'{gate.url}/api.php', 'hashLevels': 2,
            'fetchDescription': False, 'apiThumbCacheExpiry': 0, 'apiMetadataExpiry': 1,
        }])  # fmt: skip
        wiki.person('Carol').edit(QUEUE, 'The queue.')
        self.desk: OpenDesk = real_desk(wiki, folder)
        self.reader = QueueReader(self.desk, RULES, {})

    def wait(self) -> None:
        """Let a minute pass on both wikis: a change in the second of the approval counts as later."""
        for one in (self.wiki, self.commons):
            one.clock.advance(60)

    def propose(self, name: str, *titles: str) -> None:
        """An item of that id with these files."""
        lines = [f'| id = {name}', f'| text = {name}']
        for place, title in enumerate(titles, 1):
            number = '' if place == 1 else str(place)
            lines += [f'| image{number} = {title}', f'| alt{number} = A picture']
        text = '\n'.join(['{{Social media item', *lines, '}}'])
        self.wiki.person('Carol').append_section(QUEUE, name, text)

    def approve(self, *names: str) -> None:
        """Alice approves these items."""
        self.wait()
        text = self.wiki.person('Alice').text(QUEUE)
        items = read_queue(text).by_id()
        for name in names:
            mark = fingerprint(items[name].content, ['x'], 'en')[:SHOWN]
            line = f'| id = {name}\n'
            text = text.replace(line, f'{line}| approved = {mark} ~~~~\n')
        self.wiki.person('Alice').edit(QUEUE, text)
        self.wait()

    def approved(self, name: str, *titles: str) -> None:
        """An item that is approved, and seen to be."""
        self.propose(name, *titles)
        self.approve(name)
        assert self.standing(name).approved, self.standing(name).note

    def read(self) -> Reading:
        return self.reader.read()

    def standing(self, name: str) -> Standing:
        return self.read().by_id[name]

    def refused(self, name: str, *words: str) -> str:
        """The note of an item that is not approved any more."""
        standing = self.standing(name)
        assert not standing.approved
        assert standing.note is not None
        note = self.reader.words(standing.note)
        plain = standing.note.text()
        for word in words:
            assert word in plain, plain
        return note

    def images(self, name: str, limits: Limits | None = None) -> Any:
        """What would be uploaded."""
        reading = self.read()
        approved = reading.by_id[name].approved
        assert approved is not None
        facts = reading.knowledge.file
        return images_for(approved.item, facts, limits or Limits(280), Originals())


@pytest.fixture(scope='module')
def place(
    wiki: Sandbox, sandbox_base: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp('commons') / 'it'
    with Sandbox.scratch(folder, sandbox_base) as commons, Gate(commons.url) as gate:
        yield Place(wiki, commons, gate, tmp_path_factory.mktemp('pywikibot'))


@pytest.fixture(autouse=True)
def empty_queue(place: Place) -> None:
    """Each test begins with an empty page: what stands there is asked for at each reading."""
    place.wiki.person('Carol').edit(QUEUE, 'The queue.')
    place.gate.reset()


def link_works(place: Place, note: str) -> None:
    """The link to the log in a note leads to an entry of the log."""
    html = place.wiki.person('Carol').parse(note)
    assert 'Special:Redirect/logid/' in html, html
    logid = html.partition('Special:Redirect/logid/')[2].partition('"')[0]
    answer = place.wiki.person('Admin').api(
        action='query', list='logevents', lelimit=1, leprop='ids', leend=None
    )
    assert 0 < int(logid) <= answer['query']['logevents'][0]['logid']


def test_an_untouched_file_is_sent_as_it_is(place: Place) -> None:
    data = png('whole')
    place.wiki.person('Carol').upload('Whole.png', png('whole, an older version'))
    place.wait()
    place.wiki.person('Carol').upload('Whole.png', data)
    place.approved('whole', 'File:whole.png')
    assert place.images('whole') == (Image('Whole.png', 'image/png', data, 'A picture'),)
    (smaller,) = place.images('whole', Limits(280, image_side=20, media_types=('image/jpeg',)))
    assert Pillow.open(BytesIO(smaller.data)).size == (20, 15)
    # An edit of its page is no change of the file.
    place.wiki.person('Carol').edit('File:Whole.png', 'What it shows.')
    place.wiki.person('Admin').protect('File:Whole.png', edit='sysop')
    assert place.standing('whole').approved


def overwrite(admin: Any, name: str) -> None:
    admin.upload(name, png(f'{name} new'))


def overwrite_and_revert(admin: Any, name: str) -> None:
    """The old version is back: still, somebody has to look."""
    answer = admin.api(
        action='query', prop='imageinfo', titles=f'File:{name}', iilimit=5, iiprop=['archivename']
    )
    assert len(answer['query']['pages'][0]['imageinfo']) == 1
    admin.upload(name, png(f'{name} new'))
    answer = admin.api(
        action='query', prop='imageinfo', titles=f'File:{name}', iilimit=5, iiprop=['archivename']
    )
    old = answer['query']['pages'][0]['imageinfo'][1]['archivename']
    admin.api(action='filerevert', filename=name, archivename=old)


def move_over(admin: Any, name: str) -> None:
    admin.move(f'File:{name}', f'File:Away {name}', redirect=False)
    admin.move(f'File:Evil {name}', f'File:{name}', redirect=False)


def delete_and_restore(admin: Any, name: str) -> None:
    admin.delete(f'File:{name}')
    admin.undelete(f'File:{name}')


def delete_and_move_here(admin: Any, name: str) -> None:
    admin.delete(f'File:{name}')
    admin.move(f'File:Evil {name}', f'File:{name}', redirect=False)


CHANGES: list[tuple[Callable[[Any, str], None], str]] = [
    (overwrite, 'Admin uploaded a new version of'),
    (overwrite_and_revert, 'Admin uploaded a new version of'),
    (move_over, 'Admin moved'),
    (delete_and_restore, 'Admin deleted'),
    (delete_and_move_here, 'Admin deleted'),
]


@pytest.mark.parametrize(('change', 'words'), CHANGES)
def test_a_file_of_the_wiki_changes(
    place: Place, change: Callable[[Any, str], None], words: str
) -> None:
    name = f'{change.__name__}.png'.replace('_', ' ').capitalize()
    item = change.__name__.replace('_', '-')
    carol = place.wiki.person('Carol')
    carol.upload(name, png(name))
    carol.upload(f'Evil {name}', png(f'Evil {name}'))
    place.approved(item, f'File:{name}')
    change(place.wiki.person('Admin'), name)
    note = place.refused(item, words, f'File:{name}', 'Alice', 'approve again')
    link_works(place, note)


def test_approving_again(place: Place) -> None:
    """Whoever has looked at the new version approves that one."""
    carol, item = place.wiki.person('Carol'), 'again'
    carol.upload('Again.png', png('Again'))
    place.approved(item, 'File:Again.png')
    carol.upload('Again.png', png('Again, new'))
    place.refused(item, 'Carol uploaded a new version of File:Again.png')
    carol.edit(QUEUE, carol.text(QUEUE).replace(f'| text = {item}\n', f'| text = {item} 2\n'))
    place.wait()
    text = carol.text(QUEUE)
    old = read_queue(text).by_id()[item].editors['approved']
    mark = fingerprint(read_queue(text).by_id()[item].content, ['x'], 'en')[:SHOWN]
    place.wiki.person('Alice').edit(QUEUE, text.replace(old, f'{mark} ~~~~'))
    assert place.standing(item).approved
    assert place.images(item)[0].data == png('Again, new')


def test_a_file_moved_to_where_none_was(place: Place) -> None:
    """The move is logged under the title that it came from."""
    carol, admin = place.wiki.person('Carol'), place.wiki.person('Admin')
    carol.upload('Elsewhere.png', png('Elsewhere'))
    place.propose('nowhere', 'File:Nowhere.png')
    place.approve('nowhere')
    assert place.standing('nowhere').state == 'invalid'
    place.refused('nowhere', 'There is no file File:Nowhere.png here.')
    admin.move('File:Elsewhere.png', 'File:Nowhere.png', redirect=False)
    place.refused('nowhere', 'Admin moved File:Nowhere.png after Alice')


def test_a_name_that_leads_to_another_file(place: Place) -> None:
    place.wiki.person('Carol').upload('Old name.png', png('Old name'))
    place.approved('renamed', 'File:Old name.png')
    place.wiki.person('Admin').move('File:Old name.png', 'File:New name.png')
    place.refused('renamed', 'File:Old name.png leads to another file, File:New name.png')
    place.propose('redirect', 'File:Old name.png')
    assert place.standing('redirect').state == 'invalid'


def test_kinds_of_files(place: Place) -> None:
    carol = place.wiki.person('Carol')
    frames = [Pillow.new('RGB', (30, 30), colour) for colour in ('red', 'blue')]
    for name, form, more in (('Moving.gif', 'GIF', frames[1:]), ('Moving.png', 'PNG', frames[1:]),
                             ('Still.gif', 'GIF', [])):  # fmt: skip
        body = BytesIO()
        frames[0].save(body, form, save_all=bool(more), append_images=more)
        carol.upload(name, body.getvalue())
    carol.upload('Drawing.svg', b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    names = ('Moving.gif', 'Moving.png', 'Still.gif', 'Drawing.svg')
    for name in names:
        place.propose(name.lower().replace('.', '-'), f'File:{name}')
    reading = place.read()
    moving = [reading.knowledge.file(f'File:{name}').moving for name in names[:3]]
    assert moving == [True, True, False]
    states = [reading.by_id[name.lower().replace('.', '-')].state for name in names]
    assert states == ['invalid', 'invalid', 'proposed', 'invalid']
    place.refused('drawing-svg', 'Upload it as a PNG')


def test_the_file_is_overwritten_while_a_run_sends(place: Place) -> None:
    """It was read and found to be approved; what is fetched then is something else."""
    carol = place.wiki.person('Carol')
    carol.upload('Late.png', png('Late'))
    place.approved('late', 'File:Late.png')
    reading = place.read()
    approved = reading.by_id['late'].approved
    assert approved is not None
    carol.upload('Late.png', png('Late, other'))
    found = images_for(approved.item, reading.knowledge.file, Limits(280), Originals())
    assert isinstance(found, TryLater)
    assert found.reason.key == 'images-other-bytes'


def test_an_untouched_file_of_the_repository(place: Place) -> None:
    data = png('shared', (50, 20))
    place.commons.person('Carol').upload('Shared.png', png('shared, an older version'))
    place.wait()
    place.commons.person('Carol').upload('Shared.png', data)
    place.approved('shared', 'File:Shared.png')
    facts = place.read().knowledge.file('File:Shared.png')
    assert (facts.repository, facts.trouble, facts.changes) == ('commons', None, ())
    assert place.images('shared') == (Image('Shared.png', 'image/png', data, 'A picture'),)
    place.commons.person('Carol').edit('File:Shared.png', 'What it shows.')
    place.commons.person('Admin').protect('File:Shared.png', edit='sysop')
    assert place.standing('shared').approved


@pytest.mark.parametrize(('change', 'words'), [
    (overwrite, 'Admin uploaded a new version of'),
    (move_over, 'Admin moved'),
    (delete_and_restore, 'Admin deleted'),
])  # fmt: skip
def test_a_file_of_the_repository_changes(
    place: Place, change: Callable[[Any, str], None], words: str
) -> None:
    name = f'Shared {change.__name__}.png'.replace('_', ' ')
    item = f'shared-{change.__name__}'.replace('_', '-')
    carol = place.commons.person('Carol')
    carol.upload(name, png(name))
    carol.upload(f'Evil {name}', png(f'Evil {name}'))
    place.approved(item, f'File:{name}')
    change(place.commons.person('Admin'), name)
    note = place.refused(item, words, f'File:{name}', 'Alice', 'repository:')
    assert f'>File:{name}</a>' in place.wiki.person('Carol').parse(note).replace('&#58;', ':')


def test_a_file_moved_to_where_none_was_in_the_repository(place: Place) -> None:
    place.commons.person('Carol').upload('Elsewhere shared.png', png('Elsewhere shared'))
    place.propose('nowhere-shared', 'File:Nowhere shared.png')
    place.approve('nowhere-shared')
    assert place.standing('nowhere-shared').state == 'invalid'
    admin = place.commons.person('Admin')
    admin.move('File:Elsewhere shared.png', 'File:Nowhere shared.png', redirect=False)
    # Our wiki remembers for a while that there was none.
    place.wait()
    place.refused('nowhere-shared', 'Admin moved File:Nowhere shared.png after Alice')


def test_a_local_file_hides_a_shared_one(place: Place) -> None:
    place.commons.person('Carol').upload('Hidden.png', png('Hidden'))
    place.approved('hidden', 'File:Hidden.png')
    place.wiki.person('Carol').upload('Hidden.png', png('Hidden, local'))
    place.refused('hidden', 'Carol uploaded a new version of File:Hidden.png')
    # And back: it is the old file again, but it was away.
    place.wiki.person('Admin').delete('File:Hidden.png')
    place.refused('hidden', 'File:Hidden.png after Alice had approved it')
    assert place.read().knowledge.file('File:Hidden.png').repository == 'commons'


def test_a_description_page_alone_hides_nothing(place: Place) -> None:
    place.commons.person('Carol').upload('Described.png', png('Described'))
    place.approved('described', 'File:Described.png')
    place.wiki.person('Carol').edit('File:Described.png', 'A local description.')
    assert place.standing('described').approved


def test_what_files_cost(place: Place) -> None:
    """Fifty approved items with an image each: one request to read them, and one for their log."""
    carol = place.wiki.person('Carol')
    for number in range(5):
        carol.upload(f'Many {number}.png', png(f'Many {number}'))
    items = [
        f'== {n} ==\n{{{{Social media item\n| id = many-{n}\n| text = {n}\n'
        f'| image = File:Many {n % 5}.png\n| alt = A\n| not-before = 2099-01-01 14:00\n}}}}\n'
        for n in range(50)
    ]
    carol.edit(QUEUE, 'The queue.\n' + ''.join(items))
    place.approve(*(f'many-{n}' for n in range(50)))
    assert {one.state for one in place.read().standings} == {'approved'}
    # What a new process does, apart from its login.
    fresh = QueueReader(place.desk, RULES, {})
    count = place.desk.session.count
    assert len(fresh.read().standings) == 50
    assert place.desk.session.count - count <= 9
    assert not [one for one in place.gate.requests if 'letitle' in one.fields]


def test_a_repository_that_does_not_answer_is_not_guessed(place: Place) -> None:
    """What is due waits, with the reason; what is for later is left as it is."""
    place.commons.person('Carol').upload('Silent.png', png('Silent'))
    place.propose('now', 'File:Silent.png')
    place.propose('later', 'File:Silent.png')
    carol = place.wiki.person('Carol')
    line = '| id = later\n'
    carol.edit(QUEUE, carol.text(QUEUE).replace(line, f'{line}| not-before = 2099-01-01 14:00\n'))
    place.approve('now', 'later')
    assert {one.state for one in place.read().standings} == {'approved'}
    asks_log = Rule(
        when=lambda request: 'letitle' in request.fields, times=None, answer=html_error(503)
    )
    place.gate.rules.append(asks_log)
    note = place.refused('now', 'It waits', 'File:Silent.png', 'a shared repository', '503')
    assert '503' in place.wiki.person('Carol').parse(note)
    assert place.standing('later').approved
    place.gate.reset()
    assert place.standing('now').approved
    # A request is told before it is handed on, and counted only after its answer was.
    asked = [one.request for one in place.gate.events if one.when == 'before']
    asked = [one for one in asked if 'letitle' in one.fields]
    assert asked
    for request in asked:
        assert 'assert' not in request.fields
        assert 'cookie' not in {name.lower() for name in request.headers}
