"""A selection of the fuzzing: ``make fuzz`` goes on for minutes."""

from __future__ import annotations

import pytest

from tests.fuzz.choices import Choices
from tests.fuzz.mutate import made
from tests.fuzz.networks import NAMES, STAGES, play
from tests.fuzz.targets import TARGETS

#: How many inputs are tried of each, by how long one takes.
COUNT = 60
SLOW = {f'answers-{name}': 40 for name in STAGES} | {'queue': 40, 'html': 40}


@pytest.mark.parametrize('name', TARGETS)
def test_nothing_crashes(name: str) -> None:
    target = TARGETS[name]
    seeds = target.inputs()
    for number in range(len(seeds), len(seeds) + SLOW.get(name, COUNT)):
        target.play(made(target, seeds, number))


@pytest.mark.parametrize('name', [name for name in TARGETS if not name.startswith('answers-')])
def test_good_inputs_and_what_once_failed(name: str) -> None:
    for data in TARGETS[name].inputs():
        TARGETS[name].play(data)


@pytest.mark.parametrize('network', STAGES)
def test_every_operation_ends_as_it_must_with_answers_as_they_are(network: str) -> None:
    found = dict(play(network, bytes([number])).split(': ') for number in range(len(NAMES)))
    assert set(found) == set(NAMES)
    assert found['post'] == 'Posted' and found['account'] == 'Account'
    assert found['mentions'] == 'Batch' and found['find ours'] == 'Posted'


def test_a_spoiled_answer_does_differ() -> None:
    """The second byte spoils the first answer: none comes in time, or it is a page of a web server."""
    assert play('mastodon', bytes([NAMES.index('account'), 9, 1])) == 'account: TryLater'
    assert play('mastodon', bytes([NAMES.index('account'), 5, 1])) == 'account: TryLater'


def test_choices_end_with_the_first() -> None:
    choices = Choices(b'\x05\x01\x00')
    assert (choices.number(4), choices.number(1000)) == (1, 256)
    assert choices.one_of('abc') == 'a' and choices.bytes(9) == b''


def test_inputs_are_the_same_every_time() -> None:
    target = TARGETS['queue']
    seeds = target.inputs()
    inputs = [made(target, seeds, number) for number in range(50)]
    assert inputs == [made(target, seeds, number) for number in range(50)]
    assert len(set(inputs)) > 45
