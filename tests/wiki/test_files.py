"""What is read of files: one request for all, the log of the namespace, and other repositories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mwsocial.channels.transport import origin_of
from mwsocial.desk.files import FileChange
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki import files
from mwsocial.wiki.filelog import change_of, changes_in, changes_of, one_file, show
from mwsocial.wiki.files import FileReader
from mwsocial.wiki.repository import Repository, Silent, repository
from tests.wiki.file_server import FileServer, api_answer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SINCE = NOW - 5 * HOUR
A, B = 'File:A.png', 'File:B.png'


def entry(
    kind: str, action: str = '', *, title: str = A, ago: timedelta = HOUR, **more: Any
) -> dict[str, Any]:
    """An entry of a log."""
    return {
        'logid': 7, 'ns': 6, 'title': title, 'type': kind, 'action': action or kind,
        'user': 'Eve', 'timestamp': show(NOW - ago), 'params': {}, **more,
    }  # fmt: skip


def revision(
    revid: int,
    sha1: str | None = None,
    *,
    ago: timedelta = HOUR,
    user: str = 'Eve',
    parent: int = -1,
) -> dict[str, Any]:
    """A revision of a file's page; its parent is the one before."""
    found: dict[str, Any] = {
        'revid': revid, 'parentid': revid - 1 if parent < 0 else parent,
        'user': user, 'timestamp': show(NOW - ago), 'size': 9,
    }  # fmt: skip
    return found | ({'sha1': sha1} if sha1 else {'sha1hidden': True})


def page(title: str = A, repository: str = 'local', **more: Any) -> dict[str, Any]:
    """What is said of one file."""
    image = {
        'timestamp': show(NOW - 90 * HOUR), 'size': 9, 'width': 4, 'height': 3, 'sha1': 'a' * 40,
        'mime': 'image/png', 'canonicaltitle': title, 'url': 'https://wiki.example/A.png',
    }  # fmt: skip
    return {
        'ns': 6, 'title': title, 'imagerepository': repository,
        'imageinfo': [image | more.pop('image', {})], **more,
    }  # fmt: skip


# The log


@pytest.mark.parametrize(
    ('kind', 'action', 'what'),
    [
        ('upload', 'upload', 'upload'),
        ('upload', 'overwrite', 'upload'),
        ('upload', 'revert', 'upload'),
        ('import', 'upload', 'upload'),
        ('move', 'move', 'move'),
        ('move', 'move_redir', 'move'),
        ('delete', 'delete', 'delete'),
        ('delete', 'delete_redir', 'delete'),
        ('delete', 'restore', 'restore'),
        ('delete', 'revision', None),
        ('delete', 'event', None),
        ('protect', 'protect', None),
        ('patrol', 'patrol', None),
    ],
)
def test_what_a_log_entry_says(kind: str, action: str, what: str | None) -> None:
    change = change_of(entry(kind, action))
    assert (change and change.kind) == what
    if change:
        assert (change.user, change.when, change.logid) == ('Eve', NOW - HOUR, 7)


def test_a_hidden_user_has_no_name() -> None:
    change = change_of(entry('upload', userhidden=True))
    assert change is not None
    assert change.user == ''


def test_a_move_concerns_two_titles() -> None:
    moved = entry('move', title=B, params={'target_title': A, 'target_ns': 6})
    assert [title for title, _ in changes_of(moved)] == [B, A]


def answer(*log: Any, revisions: Any = (), **more: Any) -> dict[str, Any]:
    """An answer about one file."""
    query = {'logevents': list(log), 'pages': [page() | {'revisions': list(revisions)}]}
    return {'query': query, 'curtimestamp': show(NOW), **more}


OLD = revision(10, 'b', ago=9 * HOUR)


@pytest.mark.parametrize(
    ('log', 'revisions', 'kinds'),
    [
        ([], [OLD], []),
        ([], [revision(11, 'c'), OLD], []),
        ([entry('upload', 'overwrite')], [revision(11, 'b'), OLD], ['upload']),
        ([entry('upload', ago=6 * HOUR)], [OLD], []),
        ([entry('upload', ago=5 * HOUR)], [OLD], ['upload']),
        # Moved here: only the page's history shows it.
        ([], [revision(11, 'b'), OLD], ['move']),
        ([], [revision(12, 'c'), revision(11, 'b'), OLD], ['move']),
        ([], [revision(11, 'b', ago=8 * HOUR), OLD], []),
        ([], [revision(11), OLD], ['move']),
        ([], [revision(11, 'c'), revision(10, ago=9 * HOUR)], ['move']),
        ([], [revision(11, 'b', parent=3), OLD], ['move']),
        ([], [revision(1, 'b', parent=0)], []),
        # Protected: no change of the file.
        ([entry('protect')], [revision(11, 'b'), OLD], []),
        ([entry('protect', ago=2 * HOUR)], [revision(11, 'b'), OLD], ['move']),
        ([entry('protect')], [revision(11, 'b', user='Mallory'), OLD], ['move']),
    ],
)
def test_what_happened_to_one_file(log: list[Any], revisions: list[Any], kinds: list[str]) -> None:
    sha1, changes = changes_in([answer(*log, revisions=revisions)], SINCE)
    assert sha1 == 'a' * 40
    assert [one.kind for one in changes] == kinds


def test_the_history_is_read_as_far_as_it_matters() -> None:
    def answers() -> Iterator[dict[str, Any]]:
        yield answer(revisions=[revision(12, 'c')], **{'continue': {'rvcontinue': 'x'}})
        yield answer(revisions=[revision(11, 'b'), OLD], **{'continue': {'rvcontinue': 'x'}})
        raise AssertionError('read too far')

    assert [one.kind for one in changes_in(answers(), SINCE)[1]] == ['move']


def test_the_log_is_read_whole() -> None:
    more = {'continue': {'lecontinue': 'x'}}
    parts = [answer(revisions=[OLD], **more), answer(entry('delete'))]
    assert [one.kind for one in changes_in(parts, SINCE)[1]] == ['delete']


# The wiki itself


class Api:
    """Answers what the test says, one after the other, and keeps what it was asked."""

    batch = 50

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[Mapping[str, Any]] = []

    def now(self) -> datetime:
        return NOW

    def query_all(self, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        self.asked.append(params)
        while True:
            found = self.answers.pop(0)
            yield found
            if 'continue' not in found:
                return


def about(*pages: Any, log: Any = (), repos: Any = (), **more: Any) -> dict[str, Any]:
    """An answer of the wiki."""
    return {'query': {'pages': list(pages), 'logevents': list(log), 'repos': list(repos)}, **more}


def reader(api: Api) -> FileReader:
    return FileReader(api)  # type: ignore[arg-type]


def test_all_files_in_one_request() -> None:
    api = Api(
        about(
            page(A), page(B, 'shared'), {'title': 'File:C.png', 'missing': True, 'imagerepository': ''},
            log=[
                entry('upload', 'overwrite', ago=4 * HOUR), entry('delete', title='File:X.png'),
                entry('move', title=B, params={'target_title': A}),
            ],
            repos=[{'name': 'shared', 'displayname': 'Commons'}],
        )
    )  # fmt: skip
    found = reader(api).read({A: SINCE, B: None, 'File:C.png': NOW - 2 * HOUR})
    assert len(api.asked) == 1
    assert api.asked[0]['leend'] == show(SINCE)
    assert 'letitle' not in api.asked[0]
    assert [one.kind for one in found[A].changes] == ['upload', 'move']
    assert (found[A].since, found[B].since) == (SINCE, None)
    assert (found[B].repository, found[B].place, found[B].changes) == ('shared', 'Commons', ())
    assert found['File:C.png'].repository == ''
    assert (found[A].sha1, found[A].width, found[A].url[:8]) == ('a' * 40, 4, 'https://')


def test_the_log_is_not_read_where_nothing_was_approved() -> None:
    api = Api(about(page(A)))
    assert reader(api).read({A: None})[A].changes == ()
    assert 'list' not in api.asked[0]
    assert reader(Api()).read({}) == {}


def test_each_file_counts_from_its_own_approval_on() -> None:
    log = [entry('upload', ago=3 * HOUR), entry('upload', title=B, ago=3 * HOUR)]
    found = reader(Api(about(page(A), page(B), log=log))).read({A: SINCE, B: NOW - 2 * HOUR})
    assert (len(found[A].changes), len(found[B].changes)) == (1, 0)


def test_names_as_the_wiki_writes_them() -> None:
    api = Api(about(page('Datei:A.png'), log=[entry('delete', title='Datei:A.png')]))
    api.answers[0]['query']['normalized'] = [{'from': A, 'to': 'Datei:A.png'}]
    found = reader(api).read({A: SINCE})
    assert (found[A].title, len(found[A].changes)) == ('Datei:A.png', 1)


def test_answers_in_parts() -> None:
    bare = {'title': B, 'imagerepository': 'local'}
    api = Api(
        about(page(A), bare, **{'continue': {'iicontinue': 'x'}}),
        about({'title': A, 'imagerepository': 'local'}, page(B), log=[entry('delete')]),
    )
    found = reader(api).read({A: SINCE, B: SINCE})
    assert found[A].sha1 and found[B].sha1
    assert len(found[A].changes) == 1


def test_older_versions_are_not_the_file() -> None:
    """With one title, the API goes on with the versions before (``iistart``)."""
    old = page(A, image={'sha1': 'b' * 40, 'url': 'https://wiki.example/archive/A.png'})
    more = {'continue': {'iistart': 'x', 'continue': '||info'}}
    found = reader(Api(about(page(A), **more))).read({A: None})
    assert found[A].sha1 == 'a' * 40
    both = {'continue': {'iistart': 'x', 'lecontinue': 'y'}}
    api = Api(about(page(A), **both), about(old, log=[entry('delete')], **more))
    found = reader(api).read({A: SINCE})
    assert (found[A].sha1, len(found[A].changes)) == ('a' * 40, 1)


def test_older_versions_are_not_the_file_elsewhere() -> None:
    old = answer(entry('delete'), revisions=[OLD], **{'continue': {'iistart': 'x'}})
    old['query']['pages'][0] |= page(A, image={'sha1': 'b' * 40})
    first = answer(**{'continue': {'iistart': 'x', 'lecontinue': 'y'}})
    sha1, changes = changes_in([first, old, {}], SINCE)
    assert (sha1, len(changes)) == ('a' * 40, 1)


def test_a_log_that_is_too_long_is_asked_for_by_title(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, '_MOST_ENTRIES', 2)
    log = [entry('delete', title=f'File:{n}.png') for n in range(3)]
    api = Api(about(page(A), log=log, **{'continue': {'lecontinue': 'x'}}), answer(entry('move')))
    found = reader(api).read({A: SINCE})
    assert [one.kind for one in found[A].changes] == ['move']
    assert api.asked[1] == one_file(A, SINCE)


def test_more_files_than_one_request_takes() -> None:
    titles = [f'File:{n}.png' for n in range(60)]
    log = [entry('delete', title='File:59.png')]
    api = Api(about(*map(page, titles[:50]), log=log), about(*map(page, titles[50:])))
    found = reader(api).read(dict.fromkeys(titles, SINCE))
    assert len(api.asked) == 2
    assert [title for title in titles if found[title].changes] == ['File:59.png']


def test_a_file_that_the_wiki_says_nothing_of() -> None:
    with pytest.raises(TemporaryError):
        reader(Api(about(page(B)))).read({A: None})


@pytest.mark.parametrize(
    ('metadata', 'moving'),
    [
        ([{'name': 'frameCount', 'value': 1}], False),
        ([{'name': 'frameCount', 'value': 2}], True),
        ([{'name': 'animated', 'value': True}], True),
        ([{'name': 'animated', 'value': False}], False),
        ([{'name': 'Make', 'value': 'animated'}], False),
        (['nonsense', None], False),
        (None, False),
    ],
)
def test_animations(metadata: Any, moving: bool) -> None:
    api = Api(about(page(A, image={'metadata': metadata})))
    assert reader(api).read({A: None})[A].moving is moving


# Other repositories


@pytest.mark.parametrize(
    ('told', 'address'),
    [
        ({'scriptDirUrl': 'https://commons.example/w'}, 'https://commons.example/w/api.php'),
        ({'scriptDirUrl': '//commons.example/w'}, 'https://commons.example/w/api.php'),
        ({'apiurl': 'https://commons.example/api.php'}, 'https://commons.example/api.php'),
        ({'apiurl': 'http://127.0.0.1:8080/api.php'}, 'http://127.0.0.1:8080/api.php'),
        ({'scriptDirUrl': '/w'}, None),
        ({'apiurl': 'http://commons.example/w/api.php'}, None),
        ({'apiurl': 'https://a:b@commons.example/w/api.php'}, None),
        ({'apiurl': 'https://commons.example/w/api.php?x=y'}, None),
        ({'apiurl': 'ftp://commons.example/w/api.php'}, None),
        ({'apiurl': None, 'scriptDirUrl': ''}, None),
        ({}, None),
    ],
)
def test_where_a_repository_may_be(told: Mapping[str, Any], address: str | None) -> None:
    found = repository(told, 'Commons')
    if address is None:
        assert isinstance(found, Reason)
        assert 'Commons' in found.text()
    else:
        assert isinstance(found, Repository)
        assert found._api == address
        assert origin_of(found._session._origin)


def commons(**more: Any) -> dict[str, Any]:
    return answer(entry('upload', 'overwrite'), revisions=[OLD], **more)


def test_a_repository_is_asked_without_a_login() -> None:
    def answering(path: str, fields: dict[str, str]):  # type: ignore[no-untyped-def]
        status, headers, body = api_answer(commons())
        return status, headers | {'Set-Cookie': 'a=b'}, body

    with FileServer(answering) as server:
        place = Repository('Commons', f'{server.url}/w/api.php')
        sha1, (change,) = place.file(A, SINCE, NOW)
        place.file(A, SINCE, NOW)
        _, path, fields, headers = server.requests[-1]
    assert (sha1, change) == ('a' * 40, FileChange('upload', NOW - HOUR, 'Eve'))
    assert (path, fields['letitle'], fields['titles']) == ('/w/api.php', A, A)
    assert not {'Cookie', 'Authorization'} & headers.keys()
    assert not {'token', 'assert', 'assertuser'} & fields.keys()


@pytest.mark.parametrize('minutes', [-50, 50])
def test_clocks_that_differ(minutes: int) -> None:
    """The repository's clock is so much behind: its log is told by ours."""
    behind = timedelta(minutes=minutes)
    before = entry('upload', ago=5 * HOUR + behind + timedelta(seconds=10))
    after = entry('delete', ago=5 * HOUR + behind - timedelta(seconds=10))
    told = answer(after, before, revisions=[OLD], curtimestamp=show(NOW - behind))
    with FileServer(lambda path, fields: api_answer(told)) as server:
        place = Repository('Commons', f'{server.url}/api.php')
        _, (change,) = place.file(A, SINCE, NOW)
    assert (change.kind, change.when) == ('delete', SINCE + timedelta(seconds=10))


def repeated(path: str, fields: dict[str, str]) -> Any:
    return api_answer(commons(**{'continue': {'lecontinue': 'x'}}))


@pytest.mark.parametrize(
    'answering',
    [
        lambda path, fields: (200, {}, [b'<html>']),
        lambda path, fields: (200, {}, [b'{"query": ']),
        lambda path, fields: (500, {}, [b'{}']),
        lambda path, fields: (302, {'Location': 'http://127.0.0.1:9/'}, []),
        lambda path, fields: (200, {'Content-Encoding': 'gzip'}, [b'nonsense']),
        lambda path, fields: (200, {}, [b'x' * 1_000_000] * 9),
        lambda path, fields: (200, {}, [b'[' * 100_000]),
        lambda path, fields: api_answer({'error': {'code': 'readapidenied'}}),
        lambda path, fields: api_answer([]),
        lambda path, fields: api_answer({}),
        lambda path, fields: api_answer({'query': None, 'curtimestamp': show(NOW)}),
        lambda path, fields: api_answer({'query': {'pages': [7]}, 'curtimestamp': show(NOW)}),
        lambda path, fields: api_answer({'query': {}, 'curtimestamp': show(NOW)}),
        lambda path, fields: api_answer(commons(curtimestamp='yesterday')),
        lambda path, fields: api_answer(commons(curtimestamp=show(NOW - 2 * HOUR))),
        lambda path, fields: api_answer(answer(entry('upload', timestamp='x'))),
        lambda path, fields: api_answer(answer(entry('upload', logid=[]))),
        lambda path, fields: api_answer(answer('nonsense')),
        lambda path, fields: api_answer(answer(revisions=[{}])),
        repeated,
    ],
)
def test_a_repository_that_gives_no_clear_answer(answering: Any) -> None:
    with FileServer(answering) as server:
        place = Repository('Commons', f'{server.url}/api.php', patience=5)
        with pytest.raises(Silent) as silent:
            place.file(A, SINCE, NOW)
    assert silent.value.reason.text().startswith('Commons, where the file is, gave no clear answer')


def shared(server: FileServer, **more: Any) -> Api:
    repos = [{'name': 'shared', 'displayname': 'Commons', 'apiurl': f'{server.url}/api.php'}]
    return Api(about(page(A, 'shared', **more), page(B, 'shared', **more), repos=repos))


def test_both_logs_count_for_a_shared_file() -> None:
    with FileServer(lambda path, fields: api_answer(commons())) as server:
        api = shared(server)
        api.answers[0]['query']['logevents'] = [entry('delete', ago=2 * HOUR)]
        found = reader(api).read({A: SINCE})[A]
    assert [(one.kind, one.logid) for one in found.changes] == [('delete', 7), ('upload', 0)]
    assert found.trouble is None


def test_a_silent_repository_is_trouble_and_is_asked_once() -> None:
    with FileServer(lambda path, fields: (503, {}, [])) as server:
        found = reader(shared(server)).read({A: SINCE, B: SINCE})
        assert len(server.requests) == 1
    for facts in found.values():
        assert facts.trouble is not None
        assert facts.trouble.key == 'images-repository-silent'
        assert (facts.changes, facts.since) == ((), SINCE)


def test_a_repository_without_a_safe_address_is_trouble() -> None:
    api = Api(about(page(A, 'shared'), repos=[{'name': 'shared', 'scriptDirUrl': '/w'}]))
    found = reader(api).read({A: SINCE})[A]
    assert found.trouble is not None
    assert found.trouble.key == 'images-repository-address'


def test_a_wiki_that_shows_another_version_than_the_repository() -> None:
    """What this wiki keeps of another one may be some hours old."""
    told = answer(revisions=[OLD])
    with FileServer(lambda path, fields: api_answer(told)) as server:
        found = reader(shared(server, image={'sha1': 'b' * 40})).read({A: SINCE})[A]
        assert found.trouble is not None
        assert found.trouble.key == 'images-other-version'
        found = reader(shared(server)).read({A: SINCE})[A]
    assert (found.trouble, found.changes) == (None, ())


def test_nobody_is_asked_for_what_nobody_approved() -> None:
    with FileServer(lambda path, fields: api_answer({})) as server:
        assert reader(shared(server)).read({A: None, B: None})[A].repository == 'shared'
        assert server.requests == []
