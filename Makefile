# reconcile: the commands a person needs. `make demo` and `make test` work on a fresh Debian 12 machine with Swift 6.3.
#
#   make demo     install what is missing, build, reconcile the sample month offline, say where the reports are
#   make test     the same set-up, then all tests
#   make check    format lint, build with warnings as errors, tests
#   make soak     kill the program at hundreds of seeded moments, and read many shuffled lists; takes about an hour;
#                 make soak SEEDS=301-400 for other moments, SEEDS=17 for the one that failed
#   make bench    records per second of each stage for an invented shop, make bench N=100000; then a workbook beside that
#                 of a plain C program, how much of a rate limit is used, and whether providers wait for each other
#   make night    which requests a night makes on a warehouse of N orders, and what it costs: make night N=1000000
#   make record   write the golden files of the tests again (look at the difference before you commit it)

SHELL := /bin/bash
PACKAGES := libsqlite3-dev libcurl4-openssl-dev libxlsxwriter-dev libssl-dev zlib1g-dev openssl tzdata ca-certificates
# Programs that tests hand the files to; where one cannot be installed, its tests are shown as skipped.
TEST_PACKAGES := beancount chromium hledger libreoffice-calc python3-openpyxl
DEMO := .build/demo
N ?= 100000
SEEDS ?= 1-300

.PHONY: demo test soak check lint build bench night record setup test-setup

define install
	@missing=""; for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "installing$$missing"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

setup:
	$(call install,$(PACKAGES))

test-setup: setup
	$(call install,$(TEST_PACKAGES)) || echo "not installed; the tests that need them are skipped"

build: setup
	swift build --product reconcile

demo: build
	rm -rf $(DEMO)
	.build/debug/reconcile demo $(DEMO)

test: test-setup
	swift build --build-tests
	@mkdir -p .build; swift test --skip-build 2>&1 | tee .build/test.log; status=$${PIPESTATUS[0]}; \
	if [ $$status != 0 ]; then printf '\nwhat failed (all of it: .build/test.log):\n'; \
	  grep -a -A1 ' recorded an issue' .build/test.log | grep -av '^--\|^✔\|^◇' | cut -c1-400 | head -30; fi; exit $$status

soak: setup
	swift build --build-tests
	RECONCILE_SOAK=$(SEEDS) swift test --skip-build --filter 'EndToEndTests.(CrashTests|InvariantTests)'

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

check: lint test

bench: setup
	for p in reconcile reconcile-sandbox reconcile-bench; do swift build -c release --product $$p || exit 1; done
	.build/release/reconcile-bench stages --orders $(N)
	.build/release/reconcile-bench workbook --rows $(N)
	.build/release/reconcile-bench pace

night: setup
	for p in reconcile reconcile-sandbox reconcile-bench; do swift build -c release --product $$p || exit 1; done
	.build/release/reconcile-bench night --orders $(N)

record: test-setup
	RECONCILE_RECORD=1 swift test || true
	git status --short Tests sample-data
