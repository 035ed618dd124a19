"""The first letter of titles, where wikis agree and where they do not."""

from __future__ import annotations

import pytest

from mwsocial.desk.files import image_title, same_title
from mwsocial.desk.titles import capitalized


@pytest.mark.parametrize(
    ('name', 'written'),
    [
        ('logo.png', 'Logo.png'), ('ämter', 'Ämter'), ('łukasz', 'Łukasz'), ('жанна', 'Жанна'),
        ('ωmega', 'Ωmega'), ('Logo', 'Logo'), ('1st', '1st'), ('', ''), ('𝓪', '𝓪'),
        # Wikimedia's wikis leave these as they are; others may not.
        ('ⓐlogo.png', 'ⓐlogo.png'), ('გიორგი', 'გიორგი'), ('ßen', 'ßen'), ('ǰ', 'ǰ'), ('ŉ', 'ŉ'), ('ⅰ', 'ⅰ'),
    ],
)  # fmt: skip
def test_only_what_is_certain(name: str, written: str) -> None:
    assert capitalized(name) == written


def test_two_files_are_not_taken_for_one() -> None:
    assert image_title('File:ⓐlogo.png') == 'File:ⓐlogo.png'
    assert not same_title('File:ⓐlogo.png', 'File:Ⓐlogo.png')
    assert same_title('Datei:logo_1.png', 'File:Logo 1.png')
