# One word runs everything. `make up` and `make test` need only Python 3.11, Node 20 and git.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help up build test soak reference check api bench goldens format pins

help: ## Show what there is
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1	\2/' | expand -t 20

up: ## Build, start and fill everything at http://127.0.0.1:8080
	@exec $(PYTHON) -m runtime up

build: ## Only the environment and the front end
	@$(PYTHON) -m runtime build

test: ## Everything that must hold: Python, Vitest, browser journeys
	@$(PYTHON) -m runtime build-dev
	@$(BIN)/python -m runtime.suites

soak: ## The same with the full numbers; takes hours
	@$(PYTHON) -m runtime build-dev
	@LABELWRIGHT_SOAK=1 LABELWRIGHT_HYPOTHESIS=soak $(BIN)/python -m runtime.suites

reference: ## Metrics and exports against other libraries in environments of their own; LABELWRIGHT_SOAK=1 for 10,000 cases each
	@$(PYTHON) -m runtime.reference

check: ## Style, types, layers, generated files
	@$(PYTHON) -m runtime build-dev
	@$(BIN)/python -m runtime.checks

api: ## Write openapi.json and the front end's types again
	@$(PYTHON) -m runtime build-dev
	@$(BIN)/python -m runtime.api

bench: ## Measure the budgets
	@$(PYTHON) -m runtime build-dev
	@$(BIN)/python -m bench

goldens: ## Draw the kept pictures of the canvas anew: look at them before you commit them
	@LABELWRIGHT_GOLDENS=renew $(BIN)/pytest tests/journeys/test_pictures.py -q -n 0

format: ## Put the code in shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@cd frontend && npm run --silent format

pins: ## Compile the requirements again, without upgrades
	@for set in base dev reference reference-irr reference-loaders reference-readers reference-datumaro; do $(BIN)/pip-compile --quiet --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  --strip-extras --output-file requirements/$$set.txt requirements/$$set.in; done
