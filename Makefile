# Every target is one script, so each also runs without make: scripts/NAME.sh
.DEFAULT_GOAL := help
.PHONY: help run ui shots dist test setup lint vuln bench bench-ui faults fuzz fixtures lifecycle gen gen-check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## build and serve the demo project on 127.0.0.1:8080
	@scripts/run.sh

ui: ## build the web UI into web/dist, which the binary embeds
	@scripts/ui.sh

shots: ## a picture of every page of the web UI, into web/shots
	@scripts/shots.sh

dist: ## what a release publishes, for every platform, into dist (minutes)
	@scripts/dist.sh

test: ## install what is missing, then format check, vet, build and all tests
	@scripts/test.sh

setup: ## install the tools the tests need (Debian, as root), or say which are missing
	@scripts/setup.sh

lint: ## golangci-lint with .golangci.yml
	@scripts/lint.sh

vuln: ## govulncheck, where its database can be had
	@scripts/vuln.sh

bench: ## benchmarks on generated projects (minutes)
	@scripts/bench.sh

bench-ui: ## figures of the web UI in a real browser, on a generated project (minutes)
	@scripts/benchui.sh

faults: ## kill and I/O fault sweeps with real processes (minutes)
	@scripts/faults.sh

fuzz: ## every fuzz target, FUZZTIME (default 30s) each
	@scripts/fuzz.sh

fixtures: ## make the artifacts of our dbt projects, and the list of what dbt selects, again with real dbt
	@scripts/fixtures.sh
	@scripts/projects.sh
	@scripts/selectors.sh

lifecycle: ## a project's life with real dbt on PostgreSQL, compared with the database (a minute)
	@scripts/lifecycle.sh

gen: ## write generated files again; must leave no difference
	@scripts/gen.sh

gen-check: ## write generated files again and fail if that changes one
	@scripts/gen.sh --check
