"""The sentences that explain."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import mwsocial.desk.approval as package

FOLDER = resources.files('mwsocial').joinpath('i18n/approval')
ENGLISH = json.loads(FOLDER.joinpath('en.json').read_text('utf-8'))
ABOUT = json.loads(FOLDER.joinpath('qqq.json').read_text('utf-8'))
SOURCE = ''.join(file.read_text('utf-8') for file in Path(package.__path__[0]).glob('*.py'))


def test_every_sentence_is_documented_with_its_arguments() -> None:
    assert list(ENGLISH) == list(ABOUT)
    for key, words in ENGLISH.items():
        if key != '@metadata':
            assert set(re.findall(r'\$\d', words)) == set(re.findall(r'\$\d', ABOUT[key])), key


def test_every_sentence_is_used_and_every_key_has_one() -> None:
    used = set(re.findall(r"'(approval-[a-z-]+)'", SOURCE))
    used |= {f'approval-{key}' for key in re.findall(r"refused\(\s*'([a-z-]+)'", SOURCE)}
    used |= {
        f'approval-void-{kind}'
        for kind in ('content', 'item', 'approved', 'declined', 'taken-down', 'hidden')
    }
    used |= {
        f'approval-file-{kind}{place}'
        for kind in ('upload', 'move', 'delete', 'restore')
        for place in ('', '-there')
    }
    assert used == {key for key in ENGLISH if key != '@metadata'}
