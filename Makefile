# Every target sets up first what is missing; when nothing is, that takes a tenth of a second.

SHELL := /bin/sh
PYTHON3 ?= python3
VENV := .venv/bin
export DAYLIGHT_HOME ?= $(CURDIR)/.daylight
export DAYLIGHT_MODE ?= tryout

.DEFAULT_GOAL := help
.PHONY: help setup demo run world test check coverage bench services crash thorough lock clean

help:
	@echo "make demo      watch a tender happen, from the draft to the proof (ONCE=1: stop at the end;"
	@echo "               SERVICES=1: on PostgreSQL, MinIO and Redis, with two workers of each kind)"
	@echo "make run       start the site on this machine (PORT=8123: on another port)"
	@echo "make world     the site with a year of invented tenders on it"
	@echo "make test      check, then every test"
	@echo "make check     format, lint, types, rooms, migrations, generated pages"
	@echo "make coverage  which branches of signatures/ no test takes: none, or it fails"
	@echo "make bench     measure"
	@echo "make services  install and start PostgreSQL, MinIO and Redis, as production has them"
	@echo "make crash     kill servers during submissions, 200 times each (CRASHES=20: fewer)"
	@echo "make thorough  let chance play ten times as often as in the gate (DAYLIGHT_THOROUGH=1)"
	@echo "make setup     install what is missing, and nothing else"
	@echo "make lock      pin the dependencies anew (for maintainers)"
	@echo "make clean     stop the database; remove everything that was made"

setup:
	@command -v $(PYTHON3) >/dev/null || { \
	  echo "Daylight needs Python 3.11 or newer, and there is no $(PYTHON3) here."; \
	  echo "Debian, Ubuntu:  sudo apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON3) procurement/tryout/bootstrap.py

demo: setup
	@ONCE=$(ONCE) $(if $(SERVICES),$(VENV)/python -m procurement.tryout.services) \
	  $(VENV)/python manage.py demo

run: setup
	@$(VENV)/python manage.py run

# A home and a log of its own: its past is invented, and no real log has such a beginning.
world: setup
	@DAYLIGHT_HOME="$(DAYLIGHT_HOME)/world" DAYLIGHT_LOG_ORIGIN=daylight.example/sample-world \
	  $(VENV)/python manage.py world

test: setup
	@$(MAKE) --no-print-directory check; checked=$$?; \
	$(VENV)/python -m procurement.tryout.minio_server build; \
	$(VENV)/python -m pytest -n $${WORKERS:-auto} --dist loadfile --no-loadscope-reorder; tested=$$?; \
	[ $$checked -eq 0 ] || echo "make check failed: see above"; \
	[ $$checked -eq 0 ] && [ $$tested -eq 0 ]

# Every check runs, also after one has failed.
check: setup
	@failed=""; \
	check() { \
	  echo "· $$*"; \
	  "$$@" || failed="$$failed\n  $$*"; \
	}; \
	check $(VENV)/ruff format --check .; \
	check $(VENV)/ruff check .; \
	check $(VENV)/mypy; \
	check $(VENV)/lint-imports; \
	check $(VENV)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run; \
	check $(VENV)/python manage.py docs --check; \
	[ -z "$$failed" ] || { printf "failed:$$failed\n"; exit 1; }

# Not part of make test: it runs the tests that judge signatures once more, counting.
coverage: setup
	@nice $(VENV)/python -m tests.counting

bench: setup
	@$(VENV)/python -m tests.bench

crash: setup
	@DAYLIGHT_CRASHES=$${CRASHES:-200} REQUIRE_SERVICES=1 $(VENV)/python -m pytest -n 0 tests/crash

thorough: setup
	@DAYLIGHT_THOROUGH=1 $(VENV)/python -m pytest -n $${WORKERS:-auto} --dist loadfile \
	  $$(grep -rlE "hypothesis|thoroughness" tests --include="test_*.py")

services: setup
	@$(VENV)/python -m procurement.tryout.services

lock: setup
	@command -v uv >/dev/null || { echo "make lock needs uv:  pip install uv"; exit 1; }
	uv pip compile --all-extras --group bootstrap --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --universal pyproject.toml -o requirements.lock
	npm install --package-lock-only --ignore-scripts

# Needs nothing installed: what is not there is not stopped.
clean:
	@if [ -x $(VENV)/python ]; then \
	  for home in "$(DAYLIGHT_HOME)" "$(DAYLIGHT_HOME)/world"; do \
	    $(VENV)/python -m procurement.tryout.embedded "$$home"; done; fi
	@rm -rf "$(DAYLIGHT_HOME)" .venv node_modules .mypy_cache .ruff_cache .pytest_cache .coverage* \
	  .import_linter_cache .hypothesis *.egg-info
	@echo "clean"
