# `make help` lists what there is. Settings pass through the environment: PORT=8001 make run

# Test output is read in files and by CI.
export NO_COLOR := 1

# The programs then need no Swift where they run. One way of building for all of these, or each would build all anew.
RELEASE := swift build -c release --static-swift-stdlib
PROGRAMS := ingestor edge-node tidegate loadtest bybit-simulator

SOURCES := Package.swift Sources Tests loadtest/Sources

.PHONY: help run build test fuzz sanitize chaos upgrade-test bench lint format check-docs settings-table metrics-table clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and run the gateway in one process; options in ARGS
	scripts/bootstrap run
	$(RELEASE) --product tidegate
	exec .build/release/tidegate standalone $(ARGS)

build: ## build all programs
	scripts/bootstrap run
	for product in $(PROGRAMS); do $(RELEASE) --product $$product || exit 1; done

test: ## build and run all tests
	scripts/bootstrap test
	swift build --build-tests
	scripts/test

fuzz: ## have libFuzzer attack each reader of what outsiders send for SECONDS (60), or the TARGETS that are named
	scripts/bootstrap run
	scripts/fuzz $(or $(SECONDS),60) $(TARGETS)

sanitize: ## build and run all tests under the address and the thread sanitizer; ARGS=address or ARGS=thread for one
	scripts/sanitize $(ARGS)

chaos: ## break a cluster at random for ten minutes with each broker; options in ARGS
	scripts/chaos $(ARGS)

upgrade-test: ## take a cluster from an older release to this one and back; COMMIT says which, options in ARGS
	scripts/upgrade-test $(COMMIT) $(ARGS)

bench: ## measure throughput, latency, handshakes, resume and fan-out on this machine; with options in ARGS all but fan-out
	scripts/bootstrap run
	for product in $(PROGRAMS); do $(RELEASE) --product $$product || exit 1; done
	.build/release/tidegate bench $(ARGS)
	$(if $(ARGS),,loadtest/compare --rounds 1 --against floor)

lint: ## check the format of the code
	swift format lint --strict -r $(SOURCES)

format: ## put the code into its format
	swift format -i -r $(SOURCES)

check-docs: ## run every command and example of the documents, and follow their links; ARGS=links for the links only
	scripts/bootstrap test
	$(if $(filter links,$(ARGS)),,$(MAKE) build)
	.build/venv/bin/python scripts/check_docs $(ARGS)

settings-table: ## write the table of settings of the code into docs/settings.md
	UPDATE_SETTINGS_TABLE=1 swift test --filter SettingsTableTests

metrics-table: ## write the tables of metrics of the code into docs/metrics.md
	UPDATE_METRICS_TABLE=1 swift test --filter MetricsTableTests

clean: ## remove what was built
	swift package clean
