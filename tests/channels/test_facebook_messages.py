"""Every sentence of the area is documented and used, and every one that is used is there."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import mwsocial
from mwsocial.channels import facebook


def messages(name: str) -> dict[str, str]:
    file = resources.files('mwsocial').joinpath(f'i18n/facebook/{name}.json')
    found = json.loads(file.read_text('utf-8'))
    return {key: text for key, text in found.items() if not key.startswith('@')}


def test_messages() -> None:
    english, notes = messages('en'), messages('qqq')
    assert sorted(english) == sorted(notes)
    code = ''.join(
        file.read_text('utf-8')
        for file in sorted(Path(facebook.__file__).parent.glob('*.py'))
    )  # fmt: skip
    used = set(re.findall(r"'(facebook-[a-z-]+)'", code))
    assert used == set(english)
    for key, text in english.items():
        for number in re.findall(r'\$(\d)', text):
            assert f'${number}:' in notes[key], key
    assert Path(mwsocial.__file__).parent in Path(facebook.__file__).parents
