"""The same targets under atheris (coverage-guided): ``python -m tests.fuzz.guided [-seconds:N] TARGET …``.

atheris is installed into ``.sandbox/`` at the first use; it has wheels for some versions of Python only, so that
neither the tests nor ``make fuzz`` need it. What fails is kept under ``tests/fuzz/found/``, where the tests play
it for ever. Exit code 1 where anything failed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
#: Where atheris is put.
PLACE = ROOT / '.sandbox/atheris'
#: Seconds for one input, and megabytes for a process (jobs.yaml).
LONGEST, MOST = 60, 1024


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command


def _install() -> None:
    if not (PLACE / 'atheris').is_dir():
        pip = [sys.executable, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
        subprocess.run([*pip, '--target', str(PLACE), 'atheris'], check=True)


def _run(name: str, seconds: int) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    sys.path.append(str(PLACE))
    import atheris

    with atheris.instrument_imports(include=['mwsocial', 'mwparserfromhell']):
        from tests.fuzz.targets import FOUND, TARGETS
    target = TARGETS[name]
    found = FOUND / name
    found.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / 'corpus'
        corpus.mkdir()
        for number, seed in enumerate(target.inputs()):
            (corpus / str(number)).write_bytes(seed)
        words = Path(folder) / 'words'
        words.write_text(
            ''.join(
                '"' + ''.join(f'\\x{byte:02x}' for byte in word.encode()) + '"\n'
                for word in target.words
                if word
            ),
            'ascii',
        )
        options = {
            'max_total_time': seconds, 'max_len': target.most, 'timeout': LONGEST,
            'rss_limit_mb': MOST, 'dict': words, 'artifact_prefix': f'{found}/', 'verbosity': 0,
            'print_final_stats': 1,
        }  # fmt: skip
        given = [f'-{option}={value}' for option, value in options.items()]
        atheris.Setup([sys.argv[0], *given, str(corpus)], target.play)
        atheris.Fuzz()


def main(arguments: list[str]) -> int:
    """Each target in a process of its own; returns the exit code."""
    if {'-help', '-h'} & set(arguments):
        _say(__doc__ or '')
        return 0
    options = dict(one[1:].partition(':')[::2] for one in arguments if one.startswith('-'))
    seconds = int(options.get('seconds', 60))
    if 'alone' in options:
        _run(options['alone'], seconds)  # before anything is imported that is to be watched
    from tests.fuzz.targets import TARGETS

    names = [one for one in arguments if not one.startswith('-')] or list(TARGETS)
    unknown = sorted(set(names) - set(TARGETS))
    if unknown:
        _say(f'There is no target {", ".join(unknown)}. There are: {", ".join(TARGETS)}.')
        return 2
    _install()
    failed = 0
    for name in names:
        command = [
            sys.executable,
            '-m',
            'tests.fuzz.guided',
            f'-alone:{name}',
            f'-seconds:{seconds}',
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        runs = [one.split()[-1] for one in done.stderr.splitlines() if 'number_of_executed' in one]
        _say(f'{name}: {"".join(runs) or "?"} inputs, {"FAILED" if done.returncode else "good"}')
        if done.returncode:
            _say(done.stderr[-3000:])
            failed += 1
    return int(failed > 0)


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
