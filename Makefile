# Two commands are enough: `make run` and `make test`. The rest is for contributors; `make help` lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:  ## List what make can do here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $(READY)

install: $(READY)  ## Make the virtual environment from the lock file

run: $(READY)  ## Start Tocsin on http://127.0.0.1:8080 with the embedded database
	$(BIN)/tocsin serve --data data

test: $(READY)  ## Run the whole suite
	$(BIN)/pytest -n 2

lint: $(READY)  ## Style, types, architecture, tidiness
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_tidy.py tests/test_contracts.py

sim: $(READY)  ## Simulate with faults; SEED=42 replays one
	$(BIN)/tocsin sim run $(if $(SEED),--seed $(SEED),--budget $(or $(BUDGET),120))

bench: $(READY)  ## Measure the promises as ratios against peers
	$(BIN)/python -m benchmarks

docs: $(READY)  ## Make the reference pages from the code
	$(BIN)/python docs/make_reference.py

lock: ## Pin the dependencies anew
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install -q uv
	build/lock/bin/uv pip compile -q --generate-hashes --universal --python-version 3.11 --group dev pyproject.toml -o requirements.lock

check: lint test  ## What must be green before a change is done

.PHONY: help install run test lint sim bench docs lock check
