# A thin front: each target says what is run, and the work is done elsewhere.

PRESET ?= release
SUITE ?= quick
ARGS ?=
RESULTS ?=
BASE ?= origin/main
JOBS ?= $(shell nproc)
# Where packages are installed by other means than apt: make SETUP=: TARGET
SETUP ?= scripts/setup

# The interpreter that Debian's packages (matplotlib, Jinja2, pytest) install for.
PYTHON := /usr/bin/python3
GAUNTLET := build/$(PRESET)/gauntlet
# All presets but one are built with clang.
COMPILER_PACKAGES := $(if $(filter release,$(PRESET)),build,build clang)

.DEFAULT_GOAL := help
# One thing after the other, also under make -j: what measures must not run beside a compiler.
.NOTPARALLEL:
.PRECIOUS: build/%/build.ninja
.PHONY: help setup build build-packages bench report gate test test-packages test-programs test-python test-sanitizers \
	sanitizer-packages lint lint-quick format clean

help:
	@echo 'make bench            measure every runtime (SUITE=$(SUITE)) and write a report'
	@echo 'make report           remake the report of the newest results (or RESULTS=DIR)'
	@echo 'make gate             what did this build make worse? (BASE=$(BASE))'
	@echo 'make build            the programs, in build/$(PRESET)/'
	@echo 'make test             style, unit tests, conformance, smoke scenarios, report tests'
	@echo 'make test-sanitizers  unit tests and conformance under ASan+UBSan and under TSan'
	@echo 'make lint             all style checks, clang-tidy on changed files (ARGS=--all: on all)'
	@echo 'make format           format every source'
	@echo 'make setup            install every package that is missing (scripts/setup --help)'
	@echo 'make clean            remove build/ (results/ stays)'
	@echo
	@echo 'Variables: PRESET=release|release-clang|debug|asan|tsan  SUITE=quick|smoke|...  ARGS="..."  RESULTS=DIR  BASE=REF  JOBS=N'

setup:
	@$(SETUP)

# Only the first configuration is asked for here; from then on the build repeats it when it has to.
build/%/build.ninja: CMakePresets.json
	cmake --preset $*

# The packages come before the first configuration, which looks for them.
build-packages:
	@$(SETUP) $(COMPILER_PACKAGES)

build: build-packages build/$(PRESET)/build.ninja
	cmake --build --preset $(PRESET) --parallel $(JOBS) --target programs

bench: build
	@$(SETUP) report
	$(GAUNTLET) bench $(SUITE) $(ARGS)

report: build
	@$(SETUP) report
	@directory='$(RESULTS)'; \
	[ -n "$$directory" ] || directory=$$(ls -td results/*/plan.json 2>/dev/null | head -n 1 | xargs -r dirname); \
	[ -n "$$directory" ] || { echo 'make report: results/ holds no results; run make bench first' >&2; exit 1; }; \
	$(GAUNTLET) report "$$directory" $(ARGS)

gate: build
	$(GAUNTLET) gate --base $(BASE) $(ARGS)

# Cheap checks come first, so that a slip shows in seconds.
test: test-packages lint-quick test-python test-programs

lint-quick: test-packages
	scripts/lint format shell tidy

test-python: test-packages
	$(PYTHON) -m pytest -q scripts/tests
	$(PYTHON) -m pytest -q reports/tests
	$(PYTHON) -m pytest -q ci/tests

test-packages:
	@$(SETUP) $(COMPILER_PACKAGES) report test

test-programs: test-packages build/$(PRESET)/build.ninja
	cmake --build --preset $(PRESET) --parallel $(JOBS)
	ctest --preset $(PRESET) --parallel $(JOBS) --no-tests=error $(ARGS)

# What measures is left out: its figures would be those of the sanitizer.
test-sanitizers: export ASAN_OPTIONS ?= detect_stack_use_after_return=1:strict_string_checks=1
test-sanitizers: export UBSAN_OPTIONS ?= print_stacktrace=1
test-sanitizers: export TSAN_OPTIONS ?= second_deadlock_stack=1
test-sanitizers: export ASAN_SYMBOLIZER_PATH ?= /usr/bin/llvm-symbolizer-19
test-sanitizers: sanitizer-packages test-under-asan test-under-tsan

sanitizer-packages:
	@$(SETUP) build clang

test-under-%: build/%/build.ninja
	cmake --build --preset $* --parallel $(JOBS) --target unit_tests
	ctest --preset $* --parallel $(JOBS) --no-tests=error --label-exclude measures $(ARGS)

lint:
	@$(SETUP) build clang lint
	scripts/lint $(ARGS)

format:
	@$(SETUP) lint
	scripts/lint --fix format

clean:
	rm -rf build
