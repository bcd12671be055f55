# make build · make check · make test · make demo · make bench · make clean

.PHONY: build check lint test test-swift test-dialog test-js test-browser demo bench clean

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
	packaging/install-dependencies build run guest test
	$(MAKE) check
	$(MAKE) test-swift
	$(MAKE) test-dialog
	$(MAKE) test-js
	$(MAKE) test-browser

# As an ordinary user even where root calls: the daemon and the session of libvirt refuse root.
test-swift:
	Tests/swift-tests

# The consent window on a screen in memory, with a real keyboard.
test-dialog:
	Tests/as-user Tests/Dialog/test_dialog.py

test-js:
	cd js && node --test test/*.test.js

test-browser:
	Tests/Browser/run

demo:
	packaging/demo

bench:
	bench/run

clean:
	rm -rf .build build js/dist js/types
