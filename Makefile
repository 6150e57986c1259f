# make map    build the map of the texts in seeds/
# make test   run the tests
# make check  style, format and types, of the page's script too, and that script's own tests
# make docs   renew the parts of docs/ that are made from the code
# make pictures  take the pictures in docs/pictures/ anew; needs Chromium
# make clean  remove what these made
#
# Each makes .venv first, with nothing but python3 (3.11 or later); another interpreter: make PYTHON=python3.13 test

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PAGE := geomap/web/vendor/app.js
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm

.PHONY: map test check docs pictures clean
.DEFAULT_GOAL := map

map: $(READY) $(PAGE)
	@$(BIN)/geomap build seeds -o output
	@echo "The map is output/map.html; open it in a browser."

test: $(READY) $(PAGE)
	$(BIN)/python -m pytest

check: $(READY)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy --strict
	cd geomap/web && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	cd geomap/web && $(NPM) run --silent lint && $(NPM) run --silent types && $(NPM) run --silent test

docs: $(READY)
	$(BIN)/python tests/test_docs.py

pictures: $(READY) $(PAGE)
	$(BIN)/python docs/pictures.py

# A change of what is needed, or of how the package is put together, installs anew.
$(READY): pyproject.toml constraints.txt $(wildcard hatch_build.py)
	@command -v "$(PYTHON)" >/dev/null || { echo "geomap needs Python 3.11 or later: no '$(PYTHON)' here; install it, or set PYTHON=..." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "geomap needs Python 3.11 or later; '$(PYTHON)' is $$("$(PYTHON)" -V 2>&1). Set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@if command -v uv >/dev/null; then \
	  set -e; rm -rf $(VENV); uv venv --quiet --python "$(PYTHON)" $(VENV); \
	  uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[test,dev]'; \
	else \
	  set -e; "$(PYTHON)" -m venv --clear $(VENV) || { \
	    echo "Python's venv is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,dev]'; \
	fi
	@touch $@

# The page's script is bundled anew when its sources have changed.
$(PAGE): $(wildcard geomap/web/src/*.ts geomap/web/strings/*.json geomap/web/map.css geomap/web/package*.json) | $(READY)
	$(BIN)/python hatch_build.py

clean:
	rm -rf $(VENV) geomap/web/node_modules build dist .mypy_cache .ruff_cache .pytest_cache
	find output -mindepth 1 ! -name README.md -delete
	find geomap tests -name __pycache__ -type d -prune -exec rm -rf {} +
