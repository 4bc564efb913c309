# Needs python3 (3.11 or newer) with pip, and make; all else goes into .venv, which belongs to this file.
# Another interpreter: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# An activated .venv must not be asked to rebuild itself.
export PATH := $(subst $(CURDIR)/$(BIN):,,$(PATH))
VERSION := $(shell PATH='$(PATH)' $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# The interpreter's version is part of the name, so that another PYTHON gets another environment.
BASE := $(VENV)/.made-with-$(VERSION)
PIP := -m pip --disable-pip-version-check
# The build backend comes from constraints.txt as well, hence no isolated build.
INSTALL := $(BIN)/python $(PIP) install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench lock clean
.NOTPARALLEL:

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s%s\n", $$1, $$2}' Makefile

demo: $(VENV)/.demo  ## compare the financing designs of the Aarhus case
	$(BIN)/effekt compare scenarios/aarhus-unge-hjemloese.yaml

test: check  ## linters, types and all tests
	$(BIN)/python -m pytest -n 2

check: $(VENV)/.dev  ## linters and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## format, and mend what the linter can mend safely
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## measure speed
	$(BIN)/python -m tests.benchmarks

lock:  ## renew constraints.txt; run it with the oldest supported Python
	$(call python_or_hint)
	$(call make_venv,build/lock)
	build/lock/bin/python $(PIP) install --quiet hatchling virtualenv
	build/lock/bin/python $(PIP) install --quiet --no-build-isolation --editable '.[dev]'
	{ sed '/^#/!d' constraints.txt; build/lock/bin/python $(PIP) freeze --exclude-editable; } > build/constraints.txt
	@for version in 3.11 3.12 3.13; do \
	  echo "resolving for Python $$version"; \
	  build/lock/bin/python $(PIP) install --quiet --dry-run --target build/resolved --only-binary :all: \
	    --python-version $$version --requirement build/constraints.txt || exit 1; \
	done
	mv build/constraints.txt constraints.txt

clean:  ## remove the environment, caches and build output, never a contract store
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find contracts scenarios simulations reports tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE): pyproject.toml constraints.txt
	$(call python_or_hint)
	$(call make_venv,$(VENV))
	$(INSTALL) hatchling
	@touch $@

$(VENV)/.demo: $(BASE)
	$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(BASE)
	$(INSTALL) --no-build-isolation --editable '.[dev]'
	@touch $@ $(VENV)/.demo

define python_or_hint
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "effektkontrakt needs Python 3.11 or newer; '$(PYTHON)' is $(or $(VERSION),not there)." >&2; \
  echo "Install a newer one and name it: make PYTHON=python3.12" >&2; exit 1; }
endef

# Debian's python3 without python3-venv has no ensurepip; virtualenv brings its own pip.
define make_venv
@rm -rf $(1)
@$(PYTHON) -m venv $(1) || { \
  echo "$(PYTHON) -m venv failed; trying virtualenv instead." >&2; rm -rf $(1) build/virtualenv; \
  $(PYTHON) $(PIP) install --quiet --constraint constraints.txt --target build/virtualenv virtualenv && \
  PYTHONPATH=build/virtualenv $(PYTHON) -m virtualenv --quiet $(1); } || { \
  echo "No environment could be made. On Debian or Ubuntu: apt install python3-venv (or python3-pip)." >&2; \
  rm -rf $(1); exit 1; }
endef
