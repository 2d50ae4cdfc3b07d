# The commands of this project. `make demo` and `make test` work on a fresh machine with Python 3.11+, make and gcc.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

export OMP_NUM_THREADS ?= 2

.PHONY: env demo test lint types unit bench golden fuzz clean help

help:            ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

env: $(STAMP)    ## make the environment in .venv

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pimdeploy needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train,dev]'
	touch $@

demo: env        ## run the main job on the built-in SISO scenario
	$(BIN)/pimdeploy run odd_bfan_siso --out out/demo

test: env lint types unit  ## all tests, ruff and mypy

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: env
	$(BIN)/mypy

unit: env
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

bench: env       ## the figures: one Markdown table (takes a while)
	$(BIN)/python -m bench

golden: env      ## make the committed golden bundles and digests again from the zoo's weights, and print what changes
	OMP_NUM_THREADS=1 $(BIN)/python -m pimdeploy.golden_zoo

FUZZ_SECONDS ?= 60
fuzz: env        ## fuzz every reader of files for FUZZ_SECONDS; exit status 1 where one fails (docs/fuzzing.md)
	OMP_NUM_THREADS=1 $(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS)

clean:           ## remove what was made
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
