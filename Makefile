# make serve    a server on port 8000; the second time it starts at once
# make test     everything that must hold before a change lands
PYTHON ?= python3
NPM ?= npm
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NODE := tests/integration/node

.PHONY: install dev node lint docs test serve bench pins clean

install: $(VENV)/.runtime

dev: $(VENV)/.dev

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements/runtime.txt
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

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: dev
	$(BIN)/python scripts/check_docs.py

test: lint node
	$(BIN)/python -m pytest
	$(BIN)/python scripts/check_docs.py

serve: install
	$(BIN)/vivavoce serve $(ARGS)

bench: dev
	$(BIN)/python -m bench $(ARGS)

# Resolves both files anew for every Python and system at once; needs uv.
pins:
	$(UV) pip compile --universal --fork-strategy fewest --no-header --no-annotate --upgrade \
		pyproject.toml --output-file requirements/runtime.txt
	$(UV) pip compile --universal --fork-strategy fewest --no-header --no-annotate --upgrade \
		--group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) $(NODE)/node_modules build dist src/*.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
