# Two commands are enough on a fresh Debian machine with git, make and Python 3.11 or newer:
#   make run    the window (without a display: the tour)        make test   every test
# The others: setup, check, lock, bench, shots, soak, clean.

PYTHON ?= python3
SHELL := /bin/sh
BIN := .venv/bin

# A stamp carries the version of Python, so that an upgraded system makes a new environment.
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
ENVIRONMENT := .venv/made-for-$(VERSION)
READY_TO_RUN := .venv/ready-to-run
READY_TO_TEST := .venv/ready-to-test
ORACLES := build/oracles/ready

# Only wheels whose hash stands in the lock are installed, so nothing is built from unknown parts.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes --only-binary :all: --requirement

COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --only-binary :all: --no-annotate \
	--no-header --quiet $(UPGRADE)
LOCK := $(COMPILE) pyproject.toml --group build

CHECKS := check-format check-lint check-types check-contracts check-dead-code \
	check-dependencies check-architecture

.PHONY: run test setup setup-test check $(CHECKS) lock bench shots soak clean \
	python system-run system-test

run: setup
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec $(BIN)/field-notebook; \
	else echo "There is no display here: this is the tour."; exec $(BIN)/field-notebook tour; fi

test: setup-test
	$(BIN)/python -m pytest $(TESTS)

setup: system-run $(READY_TO_RUN)

setup-test: system-test $(READY_TO_TEST) $(ORACLES)

check: $(READY_TO_TEST)
	@$(MAKE) --no-print-directory --keep-going --jobs 2 --output-sync=target $(CHECKS)

check-format:
	$(BIN)/ruff format --check
check-lint:
	$(BIN)/ruff check
check-types:
	$(BIN)/mypy crypto notebook ui tests packaging/stubs
check-contracts:
	$(BIN)/lint-imports
check-dead-code:
	$(BIN)/vulture
check-dependencies:
	$(BIN)/deptry .
check-architecture:
	$(BIN)/python -m pytest --quiet --numprocesses 0 tests/test_architecture.py tests/test_setup.py

# `make lock` keeps the versions it finds; `make lock UPGRADE=--upgrade` takes newer ones.
lock: $(READY_TO_TEST)
	$(LOCK) --output-file packaging/requirements.txt
	$(LOCK) --group dev --constraint packaging/requirements.txt \
		--output-file packaging/requirements-dev.txt
	$(COMPILE) --group soak --output-file packaging/requirements-soak.txt

bench: setup-test
	$(BIN)/python -m tests.bench

shots: setup-test
	$(BIN)/python -m tests.shots

# Every test with twenty times the effort, then the parsers for twenty minutes, guided by coverage.
# Where the fuzzer has no wheel for this machine that is said and left out.
soak: setup-test
	EFFORT=20 $(BIN)/python -m pytest --timeout=3600 $(TESTS)
	@if $(INSTALL) packaging/requirements-soak.txt; then \
		$(BIN)/python -m tests.faults.guided 20; \
	else echo "The fuzzer cannot be installed here: fuzzing guided by coverage is left out."; fi

clean:
	rm -rf build dist .venv *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache
	find crypto notebook ui tests -name __pycache__ -prune -exec rm -rf {} +

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; choose one with: make PYTHON=python3.12 …"; exit 1; }

system-run: python
	@packaging/install-system run

system-test: python
	@packaging/install-system run test

$(ENVIRONMENT): | system-run
	@echo "Installing the libraries into .venv; this takes a minute or two."
	$(PYTHON) -m venv --clear .venv
	@touch $@

$(READY_TO_RUN): packaging/requirements.txt pyproject.toml $(ENVIRONMENT)
	$(INSTALL) packaging/requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(READY_TO_TEST): packaging/requirements-dev.txt $(READY_TO_RUN) | system-test
	$(INSTALL) packaging/requirements-dev.txt
	@touch $@

$(ORACLES): tests/oracles/package.json tests/oracles/package-lock.json | system-test
	@mkdir -p build/oracles
	cp tests/oracles/package.json tests/oracles/package-lock.json build/oracles/
	cd build/oracles && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@
