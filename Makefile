# The front door. `make help` says what there is; each target sets up what it needs on its first run.
.PHONY: help demo test bench durability check fmt describe lock setup sbom audit fuzz
.DEFAULT_GOAL := help

BIN := .venv/bin
# Nobody compiles all of Python's programs anew for each of the hundreds of processes that tests start.
unexport PYTHONDONTWRITEBYTECODE
# Where the recorded data sets are, for the tests that replay them; without them those tests are skipped.
NOWALLS_DATA ?= $(if $(wildcard ../shared/data/falls),$(abspath ../shared/data))
ifneq ($(NOWALLS_DATA),)
export NOWALLS_DATA
else
unexport NOWALLS_DATA
endif
# More arguments for each command: make demo ARGS="--http-port 9000", make test ARGS="-k falls"
ARGS ?=

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/run.ok  ## start everything with a simulated community; Ctrl-C ends it
	@$(BIN)/nowalls up --demo $(ARGS)

test: .venv/dev.ok  ## all tests; installs a browser when root, else says what is missing
	@requirements/browser
	@# Files in their order: those that start systems and browsers first, the small ones fill up the end.
	@$(BIN)/python -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder -m "not bench" $(ARGS)

bench: .venv/dev.ok  ## latency, peak rate and cost a reading through the real chain; then make durability
	@$(BIN)/python -m benchmarks $(ARGS)
	@$(MAKE) --no-print-directory durability ARGS=

durability: .venv/dev.ok  ## a thousand kills under load, ten thousand devices at once, long troubles; takes an hour
	@mkdir -p out
	@NOWALLS_KILLS=1000 NOWALLS_KILLS_TO=out/kills.json $(BIN)/python -m pytest -q -s $(ARGS) tests/durability/test_killed.py
	@NOWALLS_STORM=10000 $(BIN)/python -m pytest -q -s $(ARGS) tests/durability/test_killed.py -k back_at_once
	@NOWALLS_TROUBLE_S=60 $(BIN)/python -m pytest -q $(ARGS) tests/durability/test_trouble.py tests/durability/test_cut.py
	@NOWALLS_CLUSTER_KILLS=32 $(BIN)/python -m pytest -q $(ARGS) tests/durability/test_cluster.py

check: .venv/dev.ok  ## format, lint, types, import rules, scripts of the pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@.ci/pages

fmt: .venv/dev.ok  ## put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

describe: .venv/dev.ok  ## write anew what is made from the code: protocol, API, client, settings, boards
	$(BIN)/nowalls protocol docs/protocol
	$(BIN)/python -m api.description
	$(BIN)/python -m api.settings_document docs/settings.md
	$(BIN)/python -m api.metrics_document docs/watching.md
	$(BIN)/python -m api.grafana dashboards/grafana

lock: .venv/dev.ok  ## choose versions anew from pyproject.toml
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	PATH="$$PATH:$(CURDIR)/$(BIN)" && for set in run dev; do \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate $$(test $$set = run || echo --extra dev --extra train) pyproject.toml \
	    --output-file requirements/$$set.txt || exit 1; \
	done

sbom: .venv/dev.ok  ## the software bill of materials, out/sbom.cdx.json
	@$(BIN)/python requirements/bom.py

audit: .venv/dev.ok  ## known weaknesses of what is locked, out/audit.json; needs the network
	@requirements/audit

fuzz: .venv/dev.ok  ## a million messages and 50,000 requests of an attacker; takes an hour
	@nice -n 19 $(BIN)/python -m tests.fuzz messages $(ARGS)
	@nice -n 19 $(BIN)/python -m tests.fuzz requests $(ARGS)

setup: .venv/dev.ok  ## only make .venv, with everything a developer needs

.venv/%.ok: requirements/%.txt requirements/setup
	@requirements/setup $*
