# Zhuzi 逐字. The two commands most people need: `make demo` and `make run RECORDING=meeting.m4a`.
#
#   make demo      set up what is missing, then turn the sample meeting into its record
#   make run       RECORDING=… [MEETING=…]: your own recording
#   make install   .venv with every package at its pinned version, and the command .venv/bin/zhuzi
#   make models    fetch the default models (about 230 MB, once)
#   make eval      what `zhuzi eval` needs for cpWER, tcpWER and ORC-WER; has to be compiled (C++)
#   make test      everything that CI runs; `make check` is its quick half
#   make lock      resolve the pinned versions again (UPGRADE=1: to the newest)
#   make licences  write docs/licences.md anew
#   make docs      write docs/cli.md and docs/settings.md anew
#   make clean     remove .venv, caches and what the demo made; models and your own data stay
#
# TORCH=auto|cpu|cuda chooses the build of torch; auto never downloads CUDA.
# ZHUZI_DATA and ZHUZI_MODELS choose other places for data (your data directory; for the demo ./.demo) and models.

PYTHON ?= $(shell command -v python3.11 2>/dev/null || command -v python3.12 2>/dev/null || echo python3)
TORCH ?= auto
BIN = .venv/bin
# Most tests wait for processes that they start: more at once than there are cores, of whom each may hold models (1 GB).
TEST_PROCESSES ?= $(shell n=$$(($$(getconf _NPROCESSORS_ONLN) * 2 + 1)); echo $$((n < 9 ? n : 9)))

.PHONY: demo run install dev models eval test check lock licences docs clean
.SILENT:

# The demonstration has its own place, which `make clean` removes; your own meetings never go there.
demo: export ZHUZI_DATA := $(or $(ZHUZI_DATA),$(CURDIR)/.demo)
# Nor do its invented people go into your consent register.
demo: export ZHUZI_REGISTER := $(ZHUZI_DATA)-register
demo: export ZHUZI_REGISTER_KEY := $(ZHUZI_DATA)-register.key
demo: install models
	$(BIN)/zhuzi demo

run: install models
	test -n "$(RECORDING)" || { echo "Error: no recording is named. Run make run RECORDING=meeting.m4a [MEETING=meeting.toml]." >&2; exit 2; }
	$(BIN)/zhuzi run "$(RECORDING)" $(if $(MEETING),--meeting "$(MEETING)")

install: .venv/.installed

dev: .venv/.dev

models: install
	$(BIN)/zhuzi models fetch

eval: install
	sh requirements/eval.sh $(BIN)/python

test: dev models
	sh requirements/eval.sh $(BIN)/python where-possible
	sh requirements/browser.sh
	sh requirements/servers.sh
	sh requirements/validators.sh
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist worksteal

# .pre-commit-config.yaml runs exactly these; tests/pipeline/test_install.py compares the two lists.
check: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: dev
	echo "Resolving; with the digests of every wheel this takes some minutes."
	$(BIN)/python requirements/lock.py $(if $(UPGRADE),--upgrade)

licences: dev
	$(BIN)/python docs/licences.py

docs: dev
	$(BIN)/python docs/generate.py

clean:
	test ! -d .demo || chmod -R u+w .demo  # what was released there is write-protected
	rm -rf .venv .demo .demo-register .demo-register.key build ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made: requirements/pip.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Error: Python 3.11 or newer is needed; $(PYTHON) is older or missing. Install it, or name one: make install PYTHON=/path/to/python3.11." >&2; exit 1; }
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Error: $(PYTHON) cannot make virtual environments. On Debian or Ubuntu run: apt install python3-venv." >&2; exit 1; }
	echo "Making .venv with $$($(PYTHON) --version)."
	$(PYTHON) -m venv .venv
	sh requirements/install.sh $(BIN)/python requirements/pip.lock
	touch $@

.venv/.torch-$(TORCH): .venv/.made requirements/constraints.txt requirements/torch.sh
	sh requirements/torch.sh $(BIN)/python $(TORCH)
	rm -f .venv/.torch-*
	touch $@

.venv/.installed: .venv/.torch-$(TORCH) requirements.lock pyproject.toml
	sh requirements/install.sh $(BIN)/python requirements.lock --no-build-isolation
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	test "$(TORCH)" != cuda || $(BIN)/python -m pip install -qq --disable-pip-version-check --no-build-isolation -e '.[gpu]'
	touch $@

.venv/.dev: .venv/.installed requirements-dev.lock
	sh requirements/install.sh $(BIN)/python requirements-dev.lock
	touch $@
