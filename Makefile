# make help says what there is. Everything installed or built lies in bin/, dist/ and .cache/.

RELEASE     := $(addprefix dist/graphlake-,linux-amd64 linux-arm64 darwin-amd64 darwin-arm64)
AZURITE_VERSION := 3.37.0
SQLFLUFF_VERSION := 4.5.0
PYCEP_VERSION := 0.7.1
AZURITE     := $(CURDIR)/.cache/azurite/node_modules/.bin/azurite-blob
SQLFLUFF    := $(CURDIR)/.cache/sqlfluff/bin/sqlfluff
GOLANGCI    := go tool -modfile=$(CURDIR)/internal/tools/go.mod golangci-lint
BENCHTIME     ?= 1s
BENCH_USERS   ?= 800
BENCH_RECORDS ?= 1000000
SCALE_USERS   ?= 50000
SCALE_RATE    ?= 1
SCALE_MOST    ?= 1.10
KILLS         ?= 50
FUZZTIME      ?= 5s
THROTTLE_DAYS ?= 29
THROTTLE_MOST ?= 1.10
TRUTH_USERS   ?= 60
PYTHON        ?= python3
READERS_USERS ?= 60
MONTH_USERS   ?= 40

# The race detector needs a C compiler; where there is none the tests run without it.
RACE = $(shell command -v $$(go env CC) >/dev/null && echo -race)

# The directories of the tests that contain $(1).
holding = $(shell git grep --untracked -lE '$(1)' -- '*_test.go' ':!internal/contract' ':!internal/duckdb' ':!internal/deploycheck' | sed 's|/[^/]*$$||; s|^|./|' | sort -u)

# A binary that runs on any machine of its system, an empty image included, and that says nothing of this one.
STATIC = CGO_ENABLED=0 go build -trimpath

.DEFAULT_GOAL := help
.PHONY: azurite bench bench-duckdb bench-million bench-run bench-scale build check-generated clean cloned contract demo deploy-check \
	duckdb fuzz generate golden help lint month orchestrators pycep readers readme release sql-check test throttle torture trial truth $(RELEASE)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## bin/graphlake and bin/graphsim
	$(STATIC) -o bin/ ./cmd/graphlake ./cmd/graphsim

release: cloned $(RELEASE) ## static binaries of this commit for Linux and macOS into dist, and their sums
	cd dist && sha256sum $(notdir $(RELEASE)) >SHA256SUMS

cloned:
	@test -d .git || { echo "Go stamps the version of a clone only, not of a worktree or an archive: release from a clone"; exit 1; }
	@test -z "$$(git status --porcelain)" || { echo "what is not committed would be in the release and not in its version: commit it first"; exit 1; }

$(RELEASE): dist/graphlake-%:
	GOOS=$(firstword $(subst -, ,$*)) GOARCH=$(lastword $(subst -, ,$*)) $(STATIC) -buildvcs=true -ldflags '-s -w' -o $@ ./cmd/graphlake

demo: build ## a week of a simulated tenant, read into ./lake
	sh internal/demo.sh

test: azurite ## every test of the product, Blob Storage included
	GRAPHLAKE_AZURITE=$$(command -v $(AZURITE)) go test $(RACE) ./...
	GRAPHLAKE_AZURITE=$$(command -v $(AZURITE)) go test -run '^TestCrash' ./jobs # at every call: too many for the race detector
	$(if $(RACE),cd internal/duckdb && go test -count=1 -run '^TestWatch$$' .) # DuckDB needs a C compiler too

lint: ## golangci-lint over the product and the nested modules
	$(GOLANGCI) run
	cd internal/duckdb && $(GOLANGCI) run
	cd internal/deploycheck && $(GOLANGCI) run
	cd internal/contract && $(GOLANGCI) run --fast-only # the others would analyse all of Microsoft's models

generate: ## docs/datasets, from the values in schemas
	go run ./internal/gendocs docs/datasets

check-generated: ## fail if make generate would change a file
	@new=$$(mktemp -d) && trap 'rm -rf "$$new"' EXIT && \
	go run ./internal/gendocs "$$new" && diff -r docs/datasets "$$new" || \
	{ echo "docs/datasets is not what schemas says: run make generate, read the diff, commit it"; exit 1; }

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

bench-run: build ## a whole run against the simulator, of BENCH_USERS (800): records/s, CPU, peak memory
	go run ./internal/benchrun -users $(BENCH_USERS) -most 300

bench-million: build ## a day of BENCH_RECORDS (1000000) small records, into an empty lake and again: peak memory
	go run ./internal/benchmillion -records $(BENCH_RECORDS)

bench-scale: build ## a day of 20 chat messages a user, of SCALE_USERS (50000), at SCALE_RATE times Graph's limits: memory, time
	go run ./internal/benchscale -users $(SCALE_USERS) -rate $(SCALE_RATE) -most $(SCALE_MOST)

throttle: build ## 100,000 call records at Graph's limits on a fast clock: at most 1.10 times the least time
	go run ./internal/throttle -days $(THROTTLE_DAYS) -most $(THROTTLE_MOST)

bench-duckdb: build ## JSON to Parquet against DuckDB, one thread each
	cd internal/duckdb && go run ./bench

contract: ## ask Microsoft's generated SDK about our URLs and paths; its first build takes minutes
	cd internal/contract && go test -p 1 ./...

duckdb: build ## let DuckDB read what we wrote; needs a C compiler
	cd internal/duckdb && go test -count=1 ./... # the commands that it runs are not in Go's test cache

readers: build azurite ## let pyarrow, polars, DuckDB and Spark read the demo of READERS_USERS (60), on disk and in Blob Storage
	sh internal/readers/run.sh --bin bin --users $(READERS_USERS) --azurite $(AZURITE)

deploy-check: dist/graphlake-linux-$(shell go env GOARCH) pycep ## hold deploy against who reads it; skips by name what this machine lacks
	cd internal/deploycheck && go test -count=1 ./... # the files and commands that it reads are not in Go's test cache

torture: build ## kill the command KILLS (50) times at random, and compare what it leaves with an undisturbed lake
	go run ./internal/torture -kills $(KILLS)

month: build ## thirty nights of MONTH_USERS (40) users with two outages, an expired secret and throttling, against what was generated and what Graph still has
	go run ./internal/month -users $(MONTH_USERS)

readme: build ## do what README.md tells a newcomer, and compare what is printed
	go run ./internal/readme

truth: build ## what the simulator generated against what the lake holds, a line a table, over three nights
	go run ./internal/truth -users $(TRUTH_USERS)

trial: ## T=sick ARGS='-seeds 100 -seed 1': lakes of a Graph that is sick, against what it had
	go run ./internal/$(T) $(ARGS)

orchestrators: build ## docs/orchestrators against the simulator; with Airflow or Dagster, where PYTHON (python3) has them
	@if command -v $(PYTHON) >/dev/null; then \
		bin/graphsim --users 20 --from 2026-11-12 --to 2026-11-21 --now 2026-11-21T02:30:00Z --token demo -- \
		$(PYTHON) -B docs/orchestrators/tests/test_orchestrators.py --verbose; \
	else echo "orchestrators: there is no $(PYTHON), so docs/orchestrators is not tried"; fi

sql-check: build ## parse as T-SQL what graphlake sql prints for Synapse; installs sqlfluff into .cache
	@if [ -x $(SQLFLUFF) ] || { python3 -m venv .cache/sqlfluff && .cache/sqlfluff/bin/pip install --quiet sqlfluff==$(SQLFLUFF_VERSION); }; then \
		SQLFLUFF=$(SQLFLUFF) sh internal/sqlcheck.sh; \
	else echo "sql-check: skipped, for sqlfluff could not be installed; it needs Python with venv and its package index"; fi

azurite: ## install the Blob Storage emulator into .cache
	@if [ -x $(AZURITE) ]; then :; \
	elif command -v npm >/dev/null; then \
		npm install --silent --no-fund --no-audit --prefix .cache/azurite azurite@$(AZURITE_VERSION); \
	else echo "azurite: there is no npm, so the tests against Blob Storage will be skipped; install Node to run them"; fi

pycep: ## install the parser of Bicep into .cache
	@if [ -d .cache/pycep/pycep ]; then :; \
	elif command -v python3 >/dev/null; then \
		python3 -m pip install --quiet --root-user-action ignore --target .cache/pycep pycep-parser==$(PYCEP_VERSION) || \
		echo "pycep: it could not be installed, so the tests of deploy/azure will be skipped"; \
	else echo "pycep: there is no Python, so the tests of deploy/azure will be skipped"; fi

clean: ## remove bin, dist and .cache; never a lake
	rm -rf bin dist .cache
