"""Every sentence is used and documented, and takes the arguments that it is given."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import mwsocial

ROOT = Path(str(mwsocial.__file__)).parent
SOURCES = '\n'.join(path.read_text('utf-8') for path in (*ROOT.rglob('*.py'), *ROOT.rglob('*.lua')))


def read(area: str, language: str) -> dict[str, str]:
    file = resources.files('mwsocial').joinpath('i18n', area, f'{language}.json')
    found: dict[str, Any] = json.loads(file.read_text('utf-8'))
    return {key: words for key, words in found.items() if not key.startswith('@')}


@pytest.mark.parametrize('area', ['syncing', 'lists'])
def test_sentences(area: str) -> None:
    sentences, documented = read(area, 'en'), read(area, 'qqq')
    assert sentences.keys() == documented.keys()
    for key, words in sentences.items():
        assert key.startswith(f'{area}-')
        # Some keys of pictures are put together from their kind.
        stem = re.sub(r'-(followers|reactions|posts)$', '-', key)
        assert re.search(f'[\'"]({key}|{stem})[\'"]', SOURCES), key
        for place in set(re.findall(r'\$\d', words)):
            assert place in documented[key], key
