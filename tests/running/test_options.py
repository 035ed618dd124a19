"""The options of ``run_desk``."""

from __future__ import annotations

import argparse

import pytest

from scripts.run_desk import add_options


@pytest.mark.parametrize('word', ['-3', '0', 'nan', 'inf', '1e9', 'often', ''])
def test_no_time_between_two_looks(word: str) -> None:
    """A sentence, and not a watch that asks the wiki without a pause."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_options(parser)
    with pytest.raises(argparse.ArgumentError, match='write seconds above 0'):
        parser.parse_args([f'-poll={word}'])
    assert parser.parse_args(['-poll=2.5']).poll == 2.5
