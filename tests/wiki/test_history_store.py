"""Texts kept between runs: a cache that can be wrong, foreign, full or gone without harm."""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path

import pytest

from mwsocial.wiki.history import chain_of
from mwsocial.wiki.revision import Revision
from mwsocial.wiki.textstore import TextStore


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def test_a_text_is_kept_for_the_next_run(tmp_path: Path) -> None:
    folder = tmp_path / 'texts'
    TextStore(folder, 'wiki').put(7, 'déjà vu', sha1('déjà vu'))
    assert TextStore(folder, 'wiki').get(7, sha1('déjà vu')) == 'déjà vu'
    assert TextStore(folder, 'wiki').get(7) is None
    assert TextStore(folder, 'wiki').get(7, sha1('other')) is None
    assert TextStore(folder, 'other wiki').get(7, sha1('déjà vu')) is None
    assert TextStore(None, 'wiki').get(7, sha1('déjà vu')) is None
    assert folder.stat().st_mode & 0o077 == 0


def test_a_text_that_the_wiki_does_not_vouch_for_is_not_kept(tmp_path: Path) -> None:
    store = TextStore(tmp_path, 'wiki')
    store.put(7, 'text')
    store.put(8, 'text', sha1('another'))
    assert store.get(7) == store.get(8) == 'text'
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('content', [
    b'', b'nonsense', zlib.compress(b'forged'), zlib.compress('text'.encode('utf-16')),
    zlib.compress(b'x' * 100_000_000),
])  # fmt: skip
def test_wrong_files_are_ignored(tmp_path: Path, content: bytes) -> None:
    TextStore(tmp_path, 'wiki').put(7, 'text', sha1('text'))
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert TextStore(tmp_path, 'wiki').get(7, sha1('text')) is None


def test_links_and_pipes_are_ignored(tmp_path: Path) -> None:
    TextStore(tmp_path, 'wiki').put(7, 'text', sha1('text'))
    (path,) = tmp_path.iterdir()
    path.rename(tmp_path / 'elsewhere')
    path.symlink_to(tmp_path / 'elsewhere')
    assert TextStore(tmp_path, 'wiki').get(7, sha1('text')) is None
    path.unlink()
    os.mkfifo(path)
    assert TextStore(tmp_path, 'wiki').get(7, sha1('text')) is None


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    store = TextStore(tmp_path / 'file', 'wiki')
    store.put(7, 'text', sha1('text'))
    store.prune()
    assert store.get(7, sha1('text')) == 'text'


def test_the_folder_does_not_grow_for_ever(tmp_path: Path) -> None:
    store = TextStore(tmp_path, 'wiki', room=200)
    for revid in range(20):
        text = f'{revid} {os.urandom(20).hex()}'
        store.put(revid, text, sha1(text))
        os.utime(next(tmp_path.glob(f'*-{revid}.text')), (revid, revid))
    (tmp_path / 'notes').write_text('x' * 1000)
    store.prune()
    left = sorted(int(path.stem.rpartition('-')[2]) for path in tmp_path.glob('*.text'))
    assert left and left[-1] == 19 and left == list(range(left[0], 20))
    assert sum(path.stat().st_size for path in tmp_path.glob('*.text')) <= 200
    assert (tmp_path / 'notes').exists()


def test_a_chain_ends_where_a_parent_is_unknown_and_never_turns() -> None:
    from datetime import UTC, datetime

    when = datetime(2026, 11, 25, tzinfo=UTC)
    known = {n: Revision(n, p, 'A', 1, when) for n, p in {5: 4, 4: 2, 3: 1, 1: 0}.items()}
    assert [one.revid for one in chain_of(known, 5)] == [5, 4]
    known[2] = Revision(2, 5, 'A', 1, when)
    assert [one.revid for one in chain_of(known, 5)] == [5, 4, 2]
    assert chain_of(known, 9) == ()
