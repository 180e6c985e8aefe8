# The portal in two commands: `make run`, `make test`. Everything a target needs is set up first, once.
PYTHON ?= python3
PORT ?= 8000
export PORT

BIN := .venv/bin
RUN := $(BIN)/python -m scripts.run

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo walkthrough shots bench test quick coverage format lock clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## environment, locked packages, system libraries, a first .env
	@$(PYTHON) -m scripts.setup embedded

setup-dev: ## the same with everything tests and linters need
	@$(PYTHON) -m scripts.setup dev

run: setup ## the whole portal on http://localhost:8000 (PORT=)
	@exec $(RUN)

walkthrough: setup ## one engagement through all twelve steps (JSON=1; ARGS="--sign door --pay bank")
	@exec $(RUN) --in walkthrough-portal --fresh -- $(BIN)/python manage.py walkthrough $(if $(JSON),--json) $(ARGS)

shots: setup-dev ## pictures of every page of the demo in var/shots
	@exec $(RUN) --in shots-portal --seeded -- $(BIN)/python -m scripts.shots $(ARGS)

bench: setup-dev ## speed against references, as ratios (JSON=1 for programs)
	@exec $(BIN)/python -m bench $(ARGS)

test: setup-dev ## linters, checks and all tests, on PostgreSQL and SQLite (ARGS= goes to pytest)
	@exec $(BIN)/python -m scripts.check $(ARGS)

quick: setup-dev ## linters and the tests without a browser
	@exec $(BIN)/python -m scripts.check --quick $(ARGS)

coverage: setup-dev ## which lines and branches the tests without a browser miss
	@$(BIN)/python -m pytest -q -n 2 -m "not browser" --cov --cov-report=term $(ARGS)

format: setup-dev ## put the code in order
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

lock: ## lock the dependencies anew, by hash (needs uv)
	@for extra in dev embedded runtime; do \
		uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-header --no-strip-extras --quiet $$(case $$extra in \
				dev) echo --extra dev --extra embedded ;; \
				embedded) echo --extra embedded -c requirements/dev.txt ;; \
				runtime) echo -c requirements/dev.txt ;; esac) -o requirements/$$extra.txt; done

clean: ## forget the local portal's data (var/), not the environment
	@rm -rf var
