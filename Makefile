# make try    set everything up, start the sandbox, play one item from proposal to posted
# make test   all checks and tests, against real servers on this machine
# make trust  the long proofs, on real servers: every boundary at which a run can die, every fault, several runs at
#             once (two hours; TRUST='-seeds:100 storms' for a part: python -m tests.trust -help)
# make fuzz   a minute of spoiled inputs for everything that strangers can send (FUZZ='-seconds:600 queue' for a part)
# make check  only lint and types
# make bench  requests, edits, CPU and memory of whole runs
# make pictures  the pictures of the documentation
# make stop   stop the sandbox
# It needs Python 3.11 or newer, git, make, and root or sudo for Debian packages.

SHELL = /bin/sh
PYTHON ?= python3
BIN = .venv/bin
# So many tests run at a time, each with servers of its own. They often wait for one of these: twice as many as cores.
WORKERS ?= 4

.PHONY: try test check unit trust fuzz bench pictures stop clean

try: .venv/ready
	$(BIN)/python -m mwsocial.sandbox up
	$(BIN)/python -m mwsocial.sandbox story

test: check unit

check: .venv/ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: .venv/ready-test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

trust: .venv/ready-test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --trust -m trust
	$(BIN)/python -m tests.trust -write $(TRUST)
	MWSOCIAL_HISTORIES=100000 $(BIN)/python -m pytest tests/desk/approval/test_random_histories.py

fuzz: .venv/ready-test
	$(BIN)/python -m tests.fuzz -write $(FUZZ)

bench: .venv/ready-test
	$(BIN)/python -m tests.bench -write

pictures: .venv/ready-test
	sh .ci/setup $(PYTHON) '.[test]' fonts-noto-color-emoji
	$(BIN)/python -m tests.pictures

stop:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m mwsocial.sandbox down; fi

clean: stop
	rm -rf .venv .sandbox .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/ready: setup.cfg pyproject.toml
	sh .ci/setup $(PYTHON) .
	@touch $@

.venv/ready-test: .venv/ready
	sh .ci/setup $(PYTHON) '.[test]' chromium chromium-driver
	@touch $@
