# Rota (轮值). `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
# Three processes for two cores, each with whole files of tests: some wait for time to pass, or for servers to answer.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
DEMO := build/demo

# Debian's packages that tests use, none of them needed to run Rota: a browser with Chinese glyphs for the pages,
# libical, through the system's Python, as an independent reader of the feeds, a mailbox to read, the journal's other
# database, a proxy with a certificate, and what judges units of systemd.
DEBIAN := chromium dovecot-imapd fonts-noto-cjk gir1.2-ical-3.0 python3-gi postgresql-15 nginx-light openssl systemd
# What npm installs for them: ical.js, another independent reader, pinned by the lock beside it.
JS := tests/calendars/js

# A benchmark and a test run use every core themselves.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help env demo test fast lint components bench bench-serving bench-rotation bench-district bench-repairs bench-courses bench-stations bench-cluster bench-start bench-page pins clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r t d; do printf '  make %-14s %s\n' "$$t" "$$d"; done

env: $(VENV)/rota.stamp ## make .venv with the pinned packages and Rota itself, editable

# The editable install is the plain kind, one path: a new package is seen without installing again.
$(VENV)/rota.stamp: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Rota needs Python 3.11 or newer, but $(PYTHON) is $$($(PYTHON) --version 2>&1 || true). Choose one: make PYTHON=python3.12" >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || { echo "Making $(VENV) with $$($(PYTHON) --version) ..."; $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing the pinned packages into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/rota.stamp
	@echo "Installing the pinned tools for tests into $(VENV) ..."
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

demo: env ## plan the year of the Suzhou case, verify it and export it to build/demo
	@mkdir -p $(DEMO)
	$(BIN)/rota plan examples/suzhou -o $(DEMO)/plan.json --require-optimal >/dev/null
	$(BIN)/rota verify examples/suzhou $(DEMO)/plan.json
	$(BIN)/rota export $(DEMO)/plan.json $(DEMO) --case examples/suzhou --to ics --to xlsx --to csv --to html >$(DEMO)/files.txt
	$(BIN)/rota show $(DEMO)/plan.json --case examples/suzhou
	@echo; echo "plan      $(DEMO)/plan.json"; echo "workbook  $(DEMO)/plan.xlsx"; \
	echo "feeds     $(DEMO)/feeds/all.ics and $$(find $(DEMO)/feeds -name '*.ics' | wc -l | tr -d ' ') files for units, people, rooms and sites"; \
	echo "poster    $$(ls $(DEMO)/poster.* | tr '\n' ' ')"; echo "week      $$(ls $(DEMO)/week-*.* | tr '\n' ' ')"; \
	echo "tables    $$(ls $(DEMO)/*.csv | tr '\n' ' ')"

test: components lint ## set up what the tests need, then lint and run all tests
	@$(PYTEST)

fast: $(VENV)/dev.stamp ## run the tests that are not slow
	@$(PYTEST) -m "not slow"

lint: $(VENV)/dev.stamp ## check style, format, types and imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# Only root can install Debian's packages. Anyone else is told what is missing; the tests that need it skip with a
# reason, or fail where CI=true.
components: $(JS)/node_modules
	@command -v dpkg-query >/dev/null || { echo "Not Debian: tests that need $(DEBIAN) look for them and skip what is missing."; exit 0; }; \
	missing=$$(for p in $(DEBIAN); do \
	  [ "$$(dpkg-query --show --showformat='$${db:Status-Status}' $$p 2>/dev/null)" = installed ] || printf '%s ' $$p; done); \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" != 0 ]; then echo "For all tests, install as root: apt-get install $$missing"; exit 0; fi; \
	echo "Installing from Debian: $$missing..."; mkdir -p build; export DEBIAN_FRONTEND=noninteractive; \
	{ apt-get update && apt-get install --yes --no-install-recommends $$missing; } </dev/null >build/apt.log 2>&1 \
	  || { tail -n 20 build/apt.log >&2; echo "apt-get failed; all it said is in build/apt.log" >&2; exit 1; }

$(JS)/node_modules: $(JS)/package-lock.json
	@if command -v npm >/dev/null; then cd $(JS) && npm ci --loglevel=error >/dev/null && touch node_modules; \
	else echo "For all tests, install Node.js with npm: ical.js reads the feeds there."; fi

bench: env ## run the benchmarks
	@for script in benchmarks/stations.py benchmarks/conflicts.py benchmarks/repair.py benchmarks/workers.py; do echo "$$script"; $(BIN)/python "$$script" || exit; done

# Radicale is the server that is compared with; it is part of nothing else.
bench-serving: env ## ask the server for 5,000 subscribers' feeds, and Radicale for one of them (needs wrk)
	@[ -f build/suzhou.json ] || { mkdir -p build; $(BIN)/rota plan examples/suzhou -o build/suzhou.json >/dev/null; }
	@[ -x build/radicale/bin/radicale ] || { $(PYTHON) -m venv build/radicale; \
	  build/radicale/bin/python -m pip --disable-pip-version-check install --quiet radicale==3.9.0; }
	@$(BIN)/python benchmarks/serving.py build/suzhou.json --radicale build/radicale/bin/radicale

# What is measured is kept as JSON here. To have the page show it: `make bench-rotation RESULTS=benchmarks/results`, then
# `make bench-page`.
RESULTS ?= build/benchmarks

bench-rotation: env ## run the rotation benchmark for 10, 60 and 300 s, beside Timefold where it is there (SECONDS="10 60", ALONE=1: Rota by itself)
	@$(BIN)/python -m benchmarks.rotation.run --seeds $(or $(SEEDS),7 8 9) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ALONE),--alone) --json $(RESULTS)/rotation.json

bench-district: env ## plan districts of 10 and 100 stations (STATIONS="10 100 1000" SEEDS=7 for the largest, too)
	@$(BIN)/python -m benchmarks.district.run --stations $(or $(STATIONS),10 100) --seeds $(or $(SEEDS),7 8 9) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ALONE),--alone) --json $(RESULTS)/district.json

REPAIRS = $(BIN)/python -m benchmarks.district.repairs --json $(RESULTS)/repairs.json
bench-repairs: env ## repair plans at random changes: a belt, districts (STATIONS="10 100 1000"), a plan of our own, several at once
	@$(REPAIRS) --case examples/jiangning --stations $(or $(STATIONS),10 100)
	@$(REPAIRS) --stations 100 --own --seconds 200 --commands 0
	@for n in 2 5; do $(REPAIRS) --case examples/jiangning --together $$n --changes 40 || exit; done

bench-courses: env ## run the instances of ITC-2007, track 3, for 300 s each (SEEDS=1 SECONDS=10 INSTANCES="comp01 comp02" in short)
	@$(BIN)/python -m benchmarks.courses.run $(if $(INSTANCES),--instances $(INSTANCES)) --seconds $(or $(SECONDS),300) \
	  --seeds $(or $(SEEDS),1 2 3) --json $(RESULTS)/courses.json

bench-stations: env ## plan the example cases for 60 s each, CP-SAT by itself beside them (CASES=suzhou SEEDS=0 in short)
	@$(BIN)/python benchmarks/stations.py $(CASES) --seeds $(or $(SEEDS),0 1 2) --seconds $(or $(SECONDS),60) $(if $(ALONE),--alone) --json $(RESULTS)/stations.json

bench-cluster: $(VENV)/dev.stamp ## plan a district by local processes, and by the workers of a cluster, of which one is killed (STATIONS="10 40")
	@$(BIN)/python -m benchmarks.district.cluster --stations $(or $(STATIONS),10) --seeds $(or $(SEEDS),7 8 9) $(if $(SECONDS),--seconds $(SECONDS)) --json $(RESULTS)/cluster.json

bench-start: env ## start commands that do next to nothing, 11 times each
	@$(BIN)/python -m benchmarks.start --json $(RESULTS)/start.json

bench-page: $(VENV)/dev.stamp ## write tables and curves of docs/performance.md from benchmarks/results
	@$(BIN)/python -m benchmarks.page

# One resolution for every platform and Python that pyproject.toml admits; versions that still fit are kept, unless
# UPGRADE=1. The hashes are those of all files of a release, and no address is written.
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

pins: $(VENV)/dev.stamp ## pin the packages anew after a change of pyproject.toml (UPGRADE=1: newest releases)
	@$(COMPILE) --group build --output-file requirements.txt >/dev/null
	@$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt >/dev/null
	@$(COMPILE) --group build --extra postgresql --constraint requirements.txt --output-file deploy/requirements.txt >/dev/null
	@for pins in requirements.txt requirements-dev.txt deploy/requirements.txt; do \
	  { echo "# Made by 'make pins' from pyproject.toml: all platforms, CPython 3.11 and newer."; cat $$pins; } >$$pins.new && mv $$pins.new $$pins; done
	@echo "Pinned $$(grep -c == requirements.txt) packages to run and $$(grep -c == requirements-dev.txt) to develop."

clean: ## remove everything that make made
	@rm -rf $(VENV) $(JS)/node_modules build dist ./*.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
