# Everything here sets itself up: a virtual environment in .venv, with uv if it is there, else with pip.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The first Python of at least 3.11 on the PATH; override with `make PYTHON=/path/to/python …`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
ONCE ?=
ITEMS ?= 600
SEED ?= 7
ARGS ?=
SEEDS ?= 200
WEBHOOKS ?=

.PHONY: help demo test check conformance mutants converge crash bench-sync bench-normalize bench-reconcile bench-webhooks serve fmt clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

demo: .venv/.app ## Five trackers on loopback, read over HTTP, one portfolio (ONCE=1: print it and end)
	@$(BIN)/tspmo demo --items $(ITEMS) --seed $(SEED) $(if $(ONCE),--once)

test: .venv/.dev ## All tests, on SQLite and on a PostgreSQL that comes with the test dependencies
	@$(BIN)/python -m pytest -n logical --maxprocesses=4 --dist loadfile

check: .venv/.dev ## Format, lint, types, architecture, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/test_architecture.py tests/test_docs.py

conformance: .venv/.dev ## Recordings of real trackers, and the vendors' specifications (TSPMO_SHARED, default ../shared)
	@$(BIN)/python -m tests.conformance

mutants: .venv/.dev ## Deletes one mapping line at a time and lists those whose loss no case notices
	@$(BIN)/python -m tests.payloads.mutants

converge: .venv/.dev ## Random histories among faults, all held against the truth (SEEDS=200, WEBHOOKS=1, ARGS="--seed 17")
	@$(BIN)/python -m tests.converge --seeds $(SEEDS) $(if $(WEBHOOKS),--webhooks) $(ARGS)

crash: .venv/.dev ## Programs killed in the middle of their work: is everything there in the end? (ARGS="--times 3")
	@$(BIN)/python -m tests.crash $(ARGS)

bench-sync: .venv/.dev ## What a sync costs, a line of JSON a tracker (ARGS="--trackers trello --history off")
	@$(BIN)/python -m benchmarks.sync $(ARGS)

bench-normalize: .venv/.dev ## What mapping and replaying records costs (ARGS="--trackers trello")
	@$(BIN)/python -m benchmarks.normalize $(ARGS)

bench-reconcile: .venv/.dev ## What a comparison with the trackers costs (ARGS="--trackers trello")
	@$(BIN)/python -m benchmarks.reconcile $(ARGS)

bench-webhooks: .venv/.dev ## What webhooks cost and how soon they show (ARGS="--seconds 5 --burst 1000")
	@$(BIN)/python -m benchmarks.webhooks $(ARGS)

serve: .venv/.app ## The API for the tspmo.toml in this folder
	@$(BIN)/tspmo serve

fmt: .venv/.dev ## Format and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove the virtual environment and caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

define install
	@test -n "$(PYTHON)" || { echo "TS PMO needs Python 3.11 or newer on the PATH (or make PYTHON=…)."; exit 1; }
	@echo "Setting up .venv ($(1)) …"
	@if command -v uv >/dev/null; then \
		{ test -x $(BIN)/python || uv venv -q --python $(PYTHON) .venv; } && uv pip install -q --python $(BIN)/python -c constraints.txt -e "$(1)"; \
	else \
		{ test -x $(BIN)/python || $(PYTHON) -m venv .venv; } && $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e "$(1)"; \
	fi
endef

.venv/.app: pyproject.toml constraints.txt
	$(call install,.)
	@touch $@

.venv/.dev: pyproject.toml constraints.txt
	$(call install,.[dev])
	@touch .venv/.app $@
