"""Normal form C of texts that somebody has made long on purpose."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial import normal
from mwsocial.normal import nfc
from mwsocial.wiki.escape import plain
from mwsocial.wiki.values import resolve

_MARKS = [one for one in map(chr, range(0x110000)) if unicodedata.combining(one)]
_COMPOSED = [one for one in map(chr, range(0x110000)) if unicodedata.decomposition(one)]


@settings(deadline=None, derandomize=True)
@given(
    st.text(
        st.one_of(
            st.sampled_from(_MARKS),
            st.sampled_from(_COMPOSED),
            st.sampled_from('aeK각\u1100\u11a8'),
        )
    )
)
def test_it_is_what_python_gives(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(normal, '_SHORT', 0)
        assert nfc(text) == unicodedata.normalize('NFC', text)


def test_a_letter_under_a_million_marks_is_no_harm() -> None:
    many = 500_000
    assert nfc('a' + '\u0315' * many + '\u0300' * many) == 'à' + '\u0300' * (many - 1) + (
        '\u0315' * many
    )


def test_marks_written_as_entities_are_no_harm() -> None:
    many = 120_000
    value = resolve('a' + '&#x315;' * many + '&#x300;' * many).value
    assert value == 'à' + '\u0300' * (many - 1) + '\u0315' * many


def test_marks_that_only_what_is_dropped_kept_apart_are_no_harm() -> None:
    many = 200_000
    assert len(plain('a' + '\u0315' * many + '\u00ad' + '\u0300' * many)) == 2 * many
