# Two commands are enough: `make run` and `make test`. The rest is for contributors; `make help` lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools
UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -type f -print)
DIST := src/tocsin/web/dist/BUILD
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:  ## List what make can do here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $(READY)

$(TOOLS): $(READY) requirements-dev.lock
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	@touch $(TOOLS)

$(DIST): $(UI_SOURCES) hatch_build.py | $(READY)
	$(BIN)/python hatch_build.py

ui: $(DIST)  ## Build the web interface

install: $(TOOLS) $(DIST)  ## Make the virtual environment from the lock files

run: $(READY) $(DIST)  ## Start Tocsin on http://127.0.0.1:8080 with the embedded database
	$(BIN)/tocsin serve --data data

test: $(TOOLS) $(DIST)  ## Run the whole suite
	$(BIN)/pytest -n 2

dev: $(TOOLS) $(DIST)  ## Serve with both halves reloading: the interface on :5173, the server on :8080
	$(BIN)/python tests/dev.py

screenshots: $(TOOLS) $(DIST)  ## Draw every screen in both languages into docs/screenshots
	cd tests && ../$(BIN)/python -m browser.screenshots

api: $(TOOLS)  ## Make the web interface's types from the API
	$(BIN)/python docs/make_openapi.py build/openapi.json
	$(BIN)/python hatch_build.py types

lint: $(TOOLS) api  ## Style, types, architecture, tidiness
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_tidy.py tests/test_contracts.py
	$(BIN)/python hatch_build.py check

sim: $(TOOLS)  ## Simulate with faults; SEED=42 replays one
	$(BIN)/tocsin sim run $(if $(SEED),--seed $(SEED),--budget $(or $(BUDGET),120))

bench: $(TOOLS)  ## Measure the promises as ratios against peers
	$(BIN)/python -m benchmarks

docs: $(TOOLS)  ## Make the reference pages from the code
	$(BIN)/python docs/make_reference.py

lock: ## Pin the dependencies anew
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install -q uv
	build/lock/bin/uv pip compile -q --generate-hashes --universal --python-version 3.11 --group build pyproject.toml -o requirements.lock
	build/lock/bin/uv pip compile -q --generate-hashes --universal --python-version 3.11 --group dev pyproject.toml -o requirements-dev.lock

check: lint test  ## What must be green before a change is done

.PHONY: help ui install run test dev screenshots api lint sim bench docs lock check
