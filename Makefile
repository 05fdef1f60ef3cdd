# Everything a person needs: make demo, make test. The rest is for those who change the code.

SHELL := /bin/bash
.DEFAULT_GOAL := help

SWIFT ?= swift
BUILD := $(SWIFT) build -c release --explicit-target-dependency-import-check error
BIN := .build/release
VENV := .venv
DEMO := demo

.PHONY: help setup build demo test check docs bench parity clean

help: ## This list.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: ## Install the system libraries that are missing, and say which.
	@Scripts/setup.sh

build: setup
	$(BUILD)

demo: build ## Synthesise films, train both losses, compare them; under five minutes after the build.
	@Scripts/demo.sh $(BIN) $(DEMO)

test: setup $(VENV)/ready ## Build and run all tests.
	$(BUILD) --build-tests -Xswiftc -enable-testing
	CXR_PYTHON=$(VENV)/bin/python $(SWIFT) test -c release --skip-build --no-parallel -Xswiftc -enable-testing
	$(SWIFT) test --scratch-path .build-debug --filter 'CXRDataTests|CXRMetricsTests'

check: setup ## Format, import graph, manifests, no unsafe flags; the consumers of single packages.
	$(SWIFT) format lint --strict -r Package.swift Packages Apps Tests
	$(BUILD) --build-tests -Xswiftc -enable-testing
	python3 Scripts/check_manifests.py
	python3 Scripts/check_sources.py
	Scripts/check_consumers.sh

docs: setup ## One documentation site of all modules, in Docs/site.
	@Scripts/docs.sh

parity: build $(VENV)/tensorflow ## Keras predicts the same from our checkpoints; CXR_REAL_DATA names real films.
	CXR_BIN=$(BIN) $(VENV)/bin/python Tests/Parity/keras_parity.py

bench: build ## Time training on one and on two threads, in alternation.
	@Scripts/bench.sh $(BIN)

clean: ## Remove what was built and made.
	rm -rf .build .build-debug .build-docs .build-consumers $(VENV) $(DEMO) Docs/site

$(VENV)/ready: Tests/Parity/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Parity/requirements.txt
	touch $@

$(VENV)/tensorflow: $(VENV)/ready Tests/Parity/requirements-keras.txt
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Parity/requirements-keras.txt
	touch $@
