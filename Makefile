# make help says what one needs from day to day; the other targets are .ci/run's. Everything installed or built lies in bin/, dist/ and .cache/.

RELEASE     := $(addprefix dist/graphlake-,linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64.exe windows-arm64.exe)
ENGINE      := $(addprefix dist/graphlake-temporal-,linux-amd64 linux-arm64)
AZURITE_VERSION := 3.37.0
SQLFLUFF_VERSION := 4.5.0
PYCEP_VERSION := 0.7.1
PUPPETEER_VERSION := 24.43.1
AXE_VERSION := 4.14.1
AZURITE     := $(CURDIR)/.cache/azurite/node_modules/.bin/azurite-blob
SQLFLUFF    := $(CURDIR)/.cache/sqlfluff/bin/sqlfluff
GOLANGCI    := go tool -modfile=$(CURDIR)/internal/tools/go.mod golangci-lint
SUPPLY      := go tool -modfile=$(CURDIR)/internal/supply/go.mod
BENCHTIME     ?= 1s
FUZZTIME      ?= 5s
PYTHON        ?= python3
READERS_USERS ?= 60

# The directories of the tests that contain $(1).
holding = $(shell git grep --untracked -lE '$(1)' -- '*_test.go' ':!engine' ':!internal/contract' ':!internal/duckdb' ':!internal/deploycheck' ':!internal/webvttcheck' | sed 's|/[^/]*$$||; s|^|./|' | sort -u)

# A binary that runs on any machine of its system, an empty image included, and that says nothing of this one.
# grpcnotrace leaves out pages of grpc, which exporters of telemetry bring along and nobody opens: they look methods up by name.
STATIC = CGO_ENABLED=0 go build -trimpath -tags grpcnotrace

.DEFAULT_GOAL := help
.PHONY: api-check azurite bench bench-duckdb bench-million bench-run build check-generated clean cloned contract dbt demo deploy-check \
	duckdb engine engines fuzz generate golden help lint orchestrators pycep readers readme release report-check reproducible sql-check temporal temporal-scale test test-deaths test-race trial vulncheck webvtt-check wine $(RELEASE) $(ENGINE)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## bin/graphlake and bin/graphsim
	$(STATIC) -o bin/ ./cmd/graphlake ./cmd/graphsim

engine: ## bin/graphlake-temporal, for hundreds of tenants: docs/engine.md
	cd engine/temporal && $(STATIC) -o $(CURDIR)/bin/ ./graphlake-temporal

release: cloned $(RELEASE) $(ENGINE) $(addsuffix .cdx.json,$(RELEASE) $(ENGINE)) dist/LICENSE dist/THIRD_PARTY_NOTICES ## static binaries of this commit for Linux, macOS and Windows, and of the engine for Linux, into dist, what is in each (CycloneDX), licences and sums
	cd dist && sha256sum $(notdir $(RELEASE) $(ENGINE)) $(addsuffix .cdx.json,$(notdir $(RELEASE) $(ENGINE))) LICENSE THIRD_PARTY_NOTICES >SHA256SUMS

# Build once more, in another directory and with nothing cached: the same commit has to give the same bytes.
REPRODUCED := dist/graphlake-linux-amd64 dist/graphlake-temporal-linux-amd64
reproducible: $(REPRODUCED)
	sh internal/reproducible.sh $(REPRODUCED)

# What of the binaries' code has known vulnerabilities; skipped by name where their database cannot be reached.
vulncheck:
	sh internal/vulncheck.sh

cloned:
	@test -d .git || { echo "Go stamps the version of a clone only, not of a worktree or an archive: release from a clone"; exit 1; }
	@test -z "$$(git status --porcelain)" || { echo "what is not committed would be in the release and not in its version: commit it first"; exit 1; }

$(RELEASE): dist/graphlake-%:
	GOOS=$(firstword $(subst -, ,$*)) GOARCH=$(lastword $(subst -, ,$(basename $*))) $(STATIC) -buildvcs=true -ldflags '-s -w' -o $@ ./cmd/graphlake

$(ENGINE): dist/graphlake-temporal-%:
	cd engine/temporal && GOOS=$(firstword $(subst -, ,$*)) GOARCH=$(lastword $(subst -, ,$*)) $(STATIC) -buildvcs=true -ldflags '-s -w' -o $(CURDIR)/$@ ./graphlake-temporal

dist/LICENSE dist/THIRD_PARTY_NOTICES: dist/%: %
	mkdir -p dist && cp $< $@

dist/%.cdx.json: dist/%
	$(SUPPLY) cyclonedx-gomod bin -json -std -noserial -notimestamp -output $@ $<

demo: build ## a week of a simulated tenant, read into ./lake; ALL=1: the optional datasets too
	sh internal/demo.sh

# Azurite is not there where npm is not: then its tests are skipped by name.
EMULATED = GRAPHLAKE_AZURITE=$$(command -v $(AZURITE))

test: azurite ## every test of the product, Blob Storage included
	$(EMULATED) go test -timeout 20m ./...

# Packages whose tests compute for long and have nothing side by side; what they hold is raced by the tests of those who use them.
ALONE := ./internal/foreign ./internal/graphsim ./transform/privacy ./transform/prose

# Packages that are tested first, so that none of them is left for the end, when only one core has work.
LONGEST := ./jobs ./internal/cli

test-race: azurite ## the same with the race detector, which needs a C compiler, but for deaths; five times slower
	$(EMULATED) go test -race -timeout 45m -skip '^TestCrash' $(LONGEST) $$(go list ./... | grep -vxF "$$(go list $(ALONE))")
	go test $(ALONE)

# A run that dies at every call of the store, not at samples of them as in make test.
test-deaths: azurite
	$(EMULATED) GRAPHLAKE_DEATHS=all go test -timeout 30m -count=1 -run '^TestCrash' ./jobs ./load/lane

# What is built for Windows, under Wine; skipped by name without it.
wine:
	sh internal/wine.sh

lint: ## golangci-lint over the product and the nested modules, and go vet of what is built for Windows
	$(GOLANGCI) run
	GOOS=windows go vet ./...
	cd internal/duckdb && $(GOLANGCI) run
	cd internal/deploycheck && $(GOLANGCI) run
	cd internal/webvttcheck && $(GOLANGCI) run
	cd engine/temporal && $(GOLANGCI) run
	cd engine/temporal/servertest && $(GOLANGCI) run
	cd internal/contract && $(GOLANGCI) run --fast-only # the others would analyse all of Microsoft's models

generate: ## docs/datasets, docs/privacy.md, docs/metrics.md, docs/dbt/models and docs/powerbi, from the values in schemas and views; control/openapi.json, from the types that are sent; THIRD_PARTY_NOTICES, from what is linked
	go run ./internal/gendocs docs control/openapi.json
	go run ./internal/notices >THIRD_PARTY_NOTICES

# Fail if make generate would change a file.
check-generated:
	@new=$$(mktemp -d) && trap 'rm -rf "$$new"' EXIT && \
	go run ./internal/gendocs "$$new" "$$new/openapi.json" && diff control/openapi.json "$$new/openapi.json" && diff -r docs/datasets "$$new/datasets" && diff docs/privacy.md "$$new/privacy.md" && \
	diff docs/metrics.md "$$new/metrics.md" && \
	diff -r docs/dbt/models "$$new/dbt/models" && diff -r -x README.md docs/powerbi "$$new/powerbi" || \
	{ echo "docs/datasets, docs/privacy.md, docs/metrics.md, docs/dbt/models, docs/powerbi or control/openapi.json is not what schemas, views and types say: run make generate, read the diff, commit it"; exit 1; }
	@go run ./internal/notices | diff THIRD_PARTY_NOTICES - || \
	{ echo "THIRD_PARTY_NOTICES is not what is linked: run make generate, read the diff, commit it"; exit 1; }

golden: ## rewrite the golden files; read the diff before you commit it
	UPDATE=1 go test -count=1 $(call holding,golden\.Equal)
	git status --short -- '*.golden'

fuzz: ## every fuzz test for FUZZTIME (5s)
	@git grep --untracked -oE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | sed -E 's|/[^/]*:func | |' | \
	while read -r dir name; do \
		echo "$$dir $$name"; \
		go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) "./$$dir" </dev/null || exit 1; \
	done

bench: ## every benchmark, on one core, for BENCHTIME (1s)
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -cpu 1 $(call holding,^func Benchmark)

bench-run: build ## a whole run against the simulator: records/s, CPU, peak memory; ARGS='-against DIR' compares with another binary
	go run ./internal/trial run $(ARGS)

bench-million: build ## a day of a million small records, into an empty lake and again: peak memory; ARGS as above
	go run ./internal/trial million $(ARGS)

trial: build ## T=run|million|scale|throttle|night|dataset|truth|month|torture|sick|privacy|hostile|erase|read|metrics|answers|person, ARGS='-h' for its flags: the commands from outside
	go run ./internal/trial $(T) $(ARGS)

bench-duckdb: build ## JSON to Parquet against DuckDB, one thread each
	cd internal/duckdb && go run ./bench $(ARGS)

# Ask Microsoft's generated SDK about our URLs and paths; its first build takes minutes.
contract:
	cd internal/contract && go test -p 1 ./...

# Let a parser of WebVTT that others wrote read what ours reads.
webvtt-check:
	cd internal/webvttcheck && go test ./...

# The engine beyond one machine: what needs no server, and then with Temporal's in the process of the test, whose first build takes
# minutes and 3 GiB, and with workers that are killed. Its last line says what became of the tenants.
temporal:
	cd engine/temporal && go test -count=1 ./...
	cd engine/temporal/servertest && go test ./scale
	cd engine/temporal/servertest && go test -c -o $(CURDIR)/bin/servertest.test .
	cd engine/temporal/servertest && $(CURDIR)/bin/servertest.test -test.timeout 8m -test.parallel 3

temporal-scale: ## a night of 300 simulated tenants on 1, 2 and 4 workers of the engine: tenants an hour, what a further worker adds; ARGS=-h for its flags
	go build -o bin/ ./cmd/graphlake
	cd engine/temporal && go build -o $(CURDIR)/bin/ ./graphlake-temporal
	cd engine/temporal/servertest && go build -o $(CURDIR)/bin/ ./scale/temporal-server && go run ./scale -bin $(CURDIR)/bin $(ARGS)

# Let DuckDB read what we wrote; needs a C compiler.
duckdb: build
	cd internal/duckdb && go test -timeout 20m -count=1 ./... # the commands that it runs are not in Go's test cache

# Let pyarrow, polars, DuckDB and Spark read the demo of READERS_USERS (60), on disk and in Blob Storage; and delta-rs,
# DuckDB and Spark its Delta tables, also while they are written.
readers: build azurite
	sh internal/readers/run.sh --bin bin --users $(READERS_USERS) --azurite $(AZURITE)

# Let Spark, and DuckDB by what sqlglot makes of the T-SQL for Synapse, answer the worked examples of the metrics, and
# have the same rows as DuckDB in each metric of a small lake.
engines: build
	sh internal/readers/run.sh engines

# Ask the control API everything that its description has, by a client that is made of it, and run the examples of docs/control-api.md.
api-check: build
	sh internal/apicheck/run.sh

# Build docs/dbt on a small lake of the simulator, and once more on what it has to find; compare docs/powerbi with it; installs dbt into .cache.
dbt: build
	sh internal/dbtcheck/run.sh

# Hold deploy and what is released against who reads them; skips by name what this machine lacks.
CHECKED_HERE := $(addsuffix -linux-$(shell go env GOARCH),dist/graphlake dist/graphlake-temporal)
deploy-check: $(CHECKED_HERE) $(addsuffix .cdx.json,$(CHECKED_HERE)) dist/LICENSE dist/THIRD_PARTY_NOTICES pycep
	cd internal/deploycheck && go test -count=1 ./... # the files and commands that it reads are not in Go's test cache

# Open pages of the report, and that of a schedule, in Chromium (CHROMIUM), with screenshots in .cache/report/shots; skipped by name without it.
# Opened are those that the tests write and serve, and the demo's where there is one. Installs puppeteer-core and axe-core into .cache.
CHROMIUM ?= $(firstword $(shell command -v chromium chromium-browser google-chrome 2>/dev/null))
CHECKED  := $(CURDIR)/.cache/report
report-check:
	@if [ -z "$(CHROMIUM)" ]; then echo "report-check: skipped, for there is no Chromium; CHROMIUM names one"; \
	elif ! command -v npm >/dev/null; then echo "report-check: skipped, for there is no npm"; else \
		set -e; mkdir -p $(CHECKED)/pages; rm -f $(CHECKED)/pages/*; \
		[ -d $(CHECKED)/node_modules/axe-core ] || npm install --silent --no-fund --no-audit --prefix $(CHECKED) puppeteer-core@$(PUPPETEER_VERSION) axe-core@$(AXE_VERSION); \
		REPORT_PAGES=$(CHECKED)/pages go test -count=1 -run '^TestPages$$' ./report/page; \
		PAGECHECK_MODULES=$(CHECKED) PAGECHECK_CHROMIUM=$(CHROMIUM) go test -count=1 -run '^TestInChromium$$' ./statuspage ./internal/cli; \
		[ ! -f lake/report.html ] || cp lake/report.html $(CHECKED)/pages/demo.html; \
		node internal/pagecheck/check.js $(CHECKED) $(CHROMIUM) $(CHECKED)/shots $(CHECKED)/pages/one.html \
			$$(ls $(CHECKED)/pages/*.html | grep -v /one.html); \
	fi

# Do what README.md tells a newcomer, and compare what is printed.
readme: build
	go run ./internal/readme

# Docs/orchestrators against the simulator; with Airflow or Dagster, where PYTHON (python3) has them.
orchestrators: build
	@if command -v $(PYTHON) >/dev/null; then \
		bin/graphsim --users 20 --from 2026-11-12 --to 2026-11-21 --now 2026-11-21T02:30:00Z --token demo -- \
		$(PYTHON) -B docs/orchestrators/tests/test_orchestrators.py --verbose; \
	else echo "orchestrators: there is no $(PYTHON), so docs/orchestrators is not tried"; fi

# Parse as T-SQL what graphlake sql prints for Synapse; installs sqlfluff into .cache, with its parser in Rust: the other takes three times as long.
sql-check: build
	@if [ -x $(SQLFLUFF) ] || { python3 -m venv .cache/sqlfluff && .cache/sqlfluff/bin/pip install --quiet 'sqlfluff[rs]==$(SQLFLUFF_VERSION)'; }; then \
		SQLFLUFF=$(SQLFLUFF) sh internal/sqlcheck.sh; \
	else echo "sql-check: skipped, for sqlfluff could not be installed; it needs Python with venv and its package index"; fi

# Install the Blob Storage emulator into .cache.
azurite:
	@if [ -x $(AZURITE) ]; then :; \
	elif command -v npm >/dev/null; then \
		npm install --silent --no-fund --no-audit --prefix .cache/azurite azurite@$(AZURITE_VERSION); \
	else echo "azurite: there is no npm, so the tests against Blob Storage will be skipped; install Node to run them"; fi

# Install the parser of Bicep into .cache.
pycep:
	@if [ -d .cache/pycep/pycep ]; then :; \
	elif command -v python3 >/dev/null; then \
		python3 -m pip install --quiet --root-user-action ignore --target .cache/pycep pycep-parser==$(PYCEP_VERSION) || \
		echo "pycep: it could not be installed, so the tests of deploy/azure will be skipped"; \
	else echo "pycep: there is no Python, so the tests of deploy/azure will be skipped"; fi

# Remove bin, dist and .cache; never a lake.
clean:
	rm -rf bin dist .cache
