# Trạm Ơi. `make` alone says what there is. It needs Python 3.11 or newer and make, nothing more.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench stories messages lock clean

export PIP_DISABLE_PIP_VERSION_CHECK := 1

VENV := .venv
IN_VENV := $(VENV)/bin/python
ROOMS := bot conversations handlers storage

# The newest Python here that is new enough; `make PYTHON=/path/to/python3 …` names another one.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	"$$name" -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v "$$name"; break; }; done)

help: ## show these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed ## the demonstration on sample data, at http://127.0.0.1:8080
	$(VENV)/bin/tramoi run

test: check ## everything that must be right before a change goes in
	$(IN_VENV) -m pytest

check: $(VENV)/.installed-dev ## style, types, import rules, translations
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy --strict $(ROOMS) tests tools
	$(VENV)/bin/lint-imports
	$(IN_VENV) -m tools.check_messages

bench: $(VENV)/.installed-dev ## how fast it is, against the raw ceiling
	$(IN_VENV) -m tests.bench

stories: $(VENV)/.installed-dev ## write the stories anew as they are told now; read the difference!
	$(VENV)/bin/tramoi play --rewrite tests/chats

messages: $(VENV)/.installed-dev ## bring new sentences into the catalogue, and say what lacks words
	$(IN_VENV) -m tools.check_messages --update

# Locks: exact versions and hashes for every Python from 3.11 on, and no address of any index.
COMPILE = $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml

lock: $(VENV)/bin/uv ## lock the dependencies anew (UPGRADE=--upgrade for the newest)
	$(COMPILE) $(UPGRADE) --group build --output-file requirements/run.txt
	$(COMPILE) $(UPGRADE) --group build --group dev --constraints requirements/run.txt \
		--output-file requirements/dev.txt

clean: ## remove all that was made, but not var/ with the data
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info build
	find $(ROOMS) tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found;" \
		"install it, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' || { echo "$(PYTHON) is no Python 3.11 or newer"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make" \
		"environments; on Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# The running program alone …
$(VENV)/.installed: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(IN_VENV) -m pip install --quiet --require-hashes --requirement requirements/run.txt
	$(IN_VENV) -m pip install --quiet --no-deps --no-build-isolation --no-index \
		--config-settings editable_mode=compat --editable .
	@touch $@

# … and what its makers need beside it.
$(VENV)/.installed-dev: requirements/dev.txt $(VENV)/.installed
	$(IN_VENV) -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

$(VENV)/bin/uv: | $(VENV)/bin/python
	$(IN_VENV) -m pip install --quiet uv
