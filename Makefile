# make build · make check · make test · make fuzz · make test-sanitizers · make demo · make bench · make load · make soak · make kill-matrix
# make deb · make deb-test · make deb-reproducible · make repo · make clean

.PHONY: build check lint test test-swift test-fuzz test-dialog test-setup test-js test-browser test-faults test-load test-isolation test-sanitizers fuzz demo bench load soak kill-matrix release clean

# Every target imports only what it declares; Tests/check/layers.py says what it may declare.
swift-flags := --explicit-target-dependency-import-check error

build:
	packaging/install-dependencies build
	swift build $(swift-flags)
	node js/build.mjs

# What needs no machine and no browser, in a minute.
check:
	swift format lint --strict --recursive Package.swift Sources Tests
	Tests/check/style.py
	Tests/check/layers.py
	swift build --build-tests $(swift-flags)
	node js/build.mjs

test:
	packaging/install-dependencies build run desktop guest test
	$(MAKE) check
	$(MAKE) test-swift
	$(MAKE) test-fuzz
	$(MAKE) test-dialog
	$(MAKE) test-setup
	$(MAKE) test-js
	$(MAKE) test-browser
	$(MAKE) test-faults
	$(MAKE) test-load
	$(MAKE) test-isolation

# As an ordinary user even where root calls: the daemon and the session of libvirt refuse root.
test-swift:
	Tests/swift-tests

# Every corpus once: what fuzzing has found stays found.
test-fuzz:
	Tests/Fuzz/run 0

# The Swift tests again, twice, with a look at races and at memory.
test-sanitizers:
	packaging/install-dependencies build run guest test
	Tests/swift-tests --sanitize thread
	Tests/swift-tests --sanitize address

# A minute for each target; Tests/Fuzz/README.md has more.
fuzz:
	packaging/install-dependencies build
	Tests/Fuzz/run

# The consent window on a screen in memory, with a real keyboard.
test-dialog:
	Tests/as-user Tests/Dialog/test_dialog.py

# Root's part of set-up, in namespaces; with pkexec where root calls.
test-setup:
	Tests/Desktop/test_setup.py

test-js:
	cd js && node --test test/*.test.js

test-browser:
	Tests/Browser/run

# A computer that lacks something, and parts that are killed: a draw of the cells that `make kill-matrix` has all of.
test-faults:
	Tests/Faults/run
	Tests/lab/run Tests/Faults/kill_matrix.py --short

# A crowd at the door; only what does not hang on how busy this computer is counts.
test-load:
	LODGER_BENCH=1 swift build --product RelayBench $(swift-flags)
	Tests/lab/run Tests/Load/load.py

# What guests reach, told from inside and from outside; prints the matrix.
test-isolation:
	Tests/Isolation/run

demo:
	packaging/demo

bench:
	bench/run

# The crowd again, on a computer that does nothing else: here times count, too.
load: release
	LODGER_PRODUCTS=$$PWD/.build/release Tests/lab/run Tests/Load/load.py --strict --seconds 60

# A daemon at work for MINUTES.
MINUTES ?= 120
soak: release
	LODGER_PRODUCTS=$$PWD/.build/release Tests/lab/run Tests/Load/soak.py $(MINUTES)

# Each part killed in each state, ROUNDS times.
ROUNDS ?= 7
kill-matrix: release
	LODGER_PRODUCTS=$$PWD/.build/release Tests/lab/run Tests/Faults/kill_matrix.py --rounds $(ROUNDS)

release:
	packaging/install-dependencies build run desktop guest test
	swift build -c release --static-swift-stdlib $(swift-flags)
	LODGER_BENCH=1 swift build -c release --static-swift-stdlib --product RelayBench

.PHONY: deb deb-reproducible deb-test repo

# The Debian packages, under build/deb/packages; overrides of lintian stand in packaging/debian with their reason.
deb:
	packaging/install-dependencies build deb
	packaging/build-deb
	lintian --allow-root --fail-on error,warning build/deb/packages/*.changes

# The same once more from nothing, elsewhere: every byte has to be as before.
deb-reproducible: deb
	packaging/compare-debs

# The packages on a Debian of their own, from the first visit of a page to the purge; root only.
deb-test: deb
	packaging/install-dependencies guest test deb-test
	Tests/Package/run

# An apt repository of the packages, under build/repository/public.
repo: deb
	packaging/install-dependencies deb-test
	packaging/repository build/repository build/deb/packages/*.deb

clean:
	rm -rf .build build js/dist js/types
