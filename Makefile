# `make test`, `make demo` and `make bench` install what they need on a Debian machine with a Swift toolchain.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# After a crash the backtracer can hang for minutes.
export SWIFT_BACKTRACE := enable=no

packages := libz-dev libsqlite3-dev pkg-config python3 strace
sudo := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help build test demo bench fuzz sanitize endure soak lint format install clean

help:
	@echo "make test    build, lint and run every test"
	@echo "make demo    a server and three clients, offline edits, a conflict, totals"
	@echo "make bench   measure what the README's table states"
	@echo "make fuzz    let libFuzzer try the decoders, sessions and parsers, SECONDS=60 each"
	@echo "make sanitize  run the tests under the thread sanitizer and the address sanitizer"
	@echo "make endure  kill offices and the province at random, for MINUTES=10"
	@echo "make soak    run the simulation for a long time: make soak SEEDS=100000 FIRST=0"
	@echo "make build   the three commands, in .build/debug"
	@echo "make format  format the sources"

# Only what is not there yet, so that it costs nothing the second time and needs no network then.
install:
	@missing=$$(for package in $(packages); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; done); \
	if [ -n "$$missing" ]; then \
		$(sudo) apt-get update -qq; \
		DEBIAN_FRONTEND=noninteractive $(sudo) apt-get install -y -qq --no-install-recommends $$missing; \
	fi

build: install
	swift build

lint:
	swift format lint --strict --recursive Package.swift Protocol Client Server Sources Tests

# The tests and the demo share one build. Tests start what they need on free ports and stop it.
# What failed is told once more at the end.
test: install lint
	swift build --build-tests
	@# Not all tests at once: what each of them waits for is then never far away, however slow the machine.
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	swift test --skip-build --experimental-maximum-parallelization-width 8 2>&1 | tee "$$log" || \
		{ printf '\n%s\n' 'What failed:'; grep -E '^(✘|↳)|unexpected signal' "$$log" | tail -n 60; exit 1; }

# How long offices and the province are killed.
MINUTES ?= 10

endure: install
	swift build --build-tests
	HUILIU_ENDURE_MINUTES=$(MINUTES) swift test --skip-build --filter EnduranceTests

demo: install
	swift build
	Tests/Demo/demo.sh "$$(swift build --show-bin-path)"

bench: install
	for product in huiliu-client huiliu-server huiliu-benchmarks; do \
		HUILIU_BENCHMARKS=1 swift build -c release --product $$product --scratch-path .build-bench; done
	.build-bench/release/huiliu-benchmarks

# How long each target of the fuzzers runs.
SECONDS ?= 60

# Release, so that a minute is worth it; Swift's own checks stay on.
fuzz: install
	HUILIU_FUZZ=1 swift build -c release --sanitize=fuzzer --sanitize=address --product huiliu-fuzz \
		--scratch-path .build-fuzz
	Tests/Fuzz/fuzz.sh .build-fuzz/release/huiliu-fuzz $(SECONDS)

# Two builds of everything, so this takes long. The programs that the integration tests start are sanitized too. The thread
# sanitizer wants a debug build: in an optimized one it sees arrays that threads hand on and not the reference counts that
# order it, and calls that a race. The address sanitizer would take hours in a debug build. What measures the memory of a
# process (CrowdTests) is left out: sanitizers take memory of their own.
sanitize: install
	for build in 'thread -c debug' 'address -c release -Xswiftc -enable-testing'; do \
		flags="--sanitize=$$build --scratch-path .build-$${build%% *}"; \
		swift build --build-tests $$flags; \
		TSAN_OPTIONS=halt_on_error=1 ASAN_OPTIONS=detect_leaks=0:suppressions=$(CURDIR)/Tests/Sanitize/address.txt \
			swift test --skip-build $$flags --experimental-maximum-parallelization-width 8 --skip CrowdTests; \
	done

# The simulation with many seeds, on every core: says how many a second, what happened in them, and which failed.
SEEDS ?= 10000
FIRST ?= 0
soak: install
	HUILIU_SOAK=1 swift build -c release --product huiliu-soak --scratch-path .build-bench
	.build-bench/release/huiliu-soak $(FIRST) $(SEEDS)

format:
	swift format --in-place --recursive Package.swift Protocol Client Server Sources Tests

clean:
	rm -rf .build .build-*
