# The project's commands; `make help` lists them. Each target installs what it needs, pinned, into ./.tools.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

CARGO ?= cargo
PYTHON ?= python3
CARGO_DENY_VERSION := 0.20.2
CARGO_FUZZ_VERSION := 0.13.2

# What `make build` makes: the processor, x86_64 or arm64, and what goes into the zips beside the function: a policy file, a
# folder of Sigma rules.
ARCH ?= x86_64
POLICY ?=
RULES ?=

# What inflates log files on x86_64: `isal`, a third faster, where what builds it is on the machine, else `zlib-rs`.
ISAL_TOOLS := nasm autoconf automake libtoolize
ISAL_LACKS = $(foreach tool,$(ISAL_TOOLS),$(if $(shell command -v $(tool) 2>/dev/null),,$(tool)))
INFLATER ?= $(if $(strip $(filter-out x86_64,$(ARCH)) $(ISAL_LACKS)),zlib-rs,isal)
ifeq ($(filter isal zlib-rs,$(INFLATER)),)
$(error INFLATER is isal or zlib-rs, not $(INFLATER))
endif
FEATURES := $(if $(filter isal,$(INFLATER)),--features isal)

# What is deployed by Terraform (a folder) and by SAM (the stack's name, "Key=Value …"), and by which of both outputs and destroy
# go; YES=1 asks nothing.
EXAMPLE ?= infra/terraform/examples/complete
STACK ?= tablewarden
PARAMETERS ?=
POLICY_URI ?=
WITH ?= terraform
YES ?=
FUNCTIONS := trail-log ddl-event

# What `make fuzz` runs, and how long each.
FUZZ_TARGETS ?= delivery log_file record partiql policy
FUZZ_MINUTES ?= 30

TOOLS := $(CURDIR)/.tools
TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))

# What the tests need from the environment, absolute because a test runs in its own crate's folder.
export TABLEWARDEN_EMULATOR ?= $(TOOLS)/emulator/bin/ministack
export TABLEWARDEN_CARGO_LAMBDA ?= $(TOOLS)/lambda/bin/cargo-lambda
export TABLEWARDEN_FUNCTIONS ?= $(TARGET_DIR)/lambda

# cargo-nextest runs the tests side by side and stops one that hangs; plain cargo does where it is not installed.
RUN_TESTS := $(CARGO) $(if $(shell $(CARGO) nextest --version 2>/dev/null),nextest run,test) --locked

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(patsubst %,$(TOOLS)/%/.installed,lambda emulator sam checkov infra cargo) $(TOOLS)/cargo/.fuzz-installed ## Install every pinned tool into ./.tools

.PHONY: demo
demo: ## Replay the sample events and show what a security engineer would see
	@scripts/demo.sh

.PHONY: test
test: $(TOOLS)/emulator/.installed functions-for-tests ## Run every test: unit, scenarios, documentation, end to end, templates
	$(CARGO) test --locked --package tablewarden-core --package tablewarden-generator --doc
	$(RUN_TESTS) --workspace
	@$(MAKE) --no-print-directory isal-test
	@$(MAKE) --no-print-directory infra-test

.PHONY: unit
unit: ## Run the tests that need no emulator and no release build
	$(RUN_TESTS)

.PHONY: isal-test
isal-test: ## Hold ISA-L to the tests of zlib-rs, where it can be built
ifeq ($(INFLATER),isal)
	$(RUN_TESTS) --package tablewarden-inflate --features isal
	$(RUN_TESTS) --package tablewarden-core --features isal log_file
else
	@printf '\n!!! SKIPPED: ISA-L was NOT tested, INFLATER is %s; it takes %s !!!\n\n' "$(INFLATER)" "$(ISAL_TOOLS)" >&2
endif

.PHONY: e2e
e2e: $(TOOLS)/emulator/.installed functions-for-tests ## Run the deployable functions against an AWS emulator
	$(RUN_TESTS) --package tablewarden-tests

# Terraform itself is not installed here: where it is not on the PATH, what needs it is skipped, and said so at the end.
.PHONY: infra-test
infra-test: $(patsubst %,$(TOOLS)/%/.installed,lambda emulator sam checkov infra) functions-for-tests ## Check both templates, deploy them to an AWS emulator, hold them against each other
	INFLATER="$(INFLATER)" $(TOOLS)/infra/bin/python -m pytest tests/infra

# The sanitizers are options of a compiler that any stable one has too, hidden. What is fuzzed has the versions that are shipped.
.PHONY: fuzz
fuzz: $(TOOLS)/cargo/.fuzz-installed ## Fuzz what reads input from others (FUZZ_MINUTES=30 each; FUZZ_TARGETS)
	cp Cargo.lock fuzz/Cargo.lock
	for target in $(FUZZ_TARGETS); do \
		mkdir -p fuzz/corpus/$$target; \
		PATH="$(TOOLS)/cargo/bin:$$PATH" RUSTC_BOOTSTRAP=1 CONFIG_SITE="$(CURDIR)/scripts/isal.site" $(CARGO) fuzz run $(FEATURES) $$target \
			fuzz/corpus/$$target fuzz/seeds/$$target -- \
			-max_total_time=$$(($(FUZZ_MINUTES) * 60)) -timeout=25 -dict=fuzz/dictionaries/$$target.dict; \
	done

.PHONY: faults
faults: $(TOOLS)/emulator/.installed functions-for-tests ## Hold the functions to their promises under faults, with a million records
	$(CARGO) test --locked --package tablewarden-tests --test faults -- --ignored --nocapture

# Its corpus, 200 MB of log files, is made once. What else runs on the machine shows in the ratios less than in seconds.
.PHONY: bench
bench: inflater ## Print how fast each stage is, as a ratio to decompression alone (ROUNDS=9, INFLATER)
	$(CARGO) build --locked --release $(FEATURES) --package tablewarden --package tablewarden-bench --bin tablewarden --bin tablewarden-bench
	$(TARGET_DIR)/release/tablewarden-bench $(TARGET_DIR)/release/tablewarden $(TARGET_DIR)/bench-corpus $(ROUNDS)

.PHONY: cold-start
cold-start: functions-for-tests ## Print how long the functions take to start, and how large they are then (STARTS=100)
	$(CARGO) build --locked --release --package tablewarden-bench --bin cold-start
	$(TARGET_DIR)/release/cold-start $(TARGET_DIR)/lambda $(TARGET_DIR)/bench-corpus $(STARTS)

.PHONY: redrive
redrive: ## Bring dead letters back to their queue after a fix (DEAD_LETTERS=arn:aws:sqs:REGION:ACCOUNT:QUEUE)
	aws sqs start-message-move-task --source-arn "$(DEAD_LETTERS)"

# Days by FROM and TO, or exactly what is below PREFIX; NAME is the deployment's.
.PHONY: backfill
backfill: $(TOOLS)/infra/.installed ## Audit log objects of the past, telling nobody (FROM=2026-01-01 TO=2026-01-31 or PREFIX=AWSLogs/…, NAME=tablewarden)
	$(TOOLS)/infra/bin/python scripts/backfill.py $(addprefix --name=,$(NAME)) $(addprefix --prefix=,$(PREFIX)) $(addprefix --from=,$(FROM)) $(addprefix --to=,$(TO))

# A function is tested as the binary that would be deployed, built for the machine that runs the test.
.PHONY: functions-for-tests
functions-for-tests:
	@$(MAKE) --no-print-directory build ARCH=$(subst aarch64,arm64,$(shell uname -m))

.PHONY: lint
lint: $(TOOLS)/cargo/.installed $(TOOLS)/infra/.installed ## Check format, clippy, ruff, dependencies (licences, sources, advisories) and their direction
	$(CARGO) fmt --all --check
	$(TOOLS)/infra/bin/ruff format --check scripts tests/infra
	$(TOOLS)/infra/bin/ruff check scripts tests/infra
	$(CARGO) clippy --locked --workspace --all-targets $(FEATURES) -- --deny warnings
	PATH="$(TOOLS)/cargo/bin:$$PATH" scripts/check-supply-chain.sh
	scripts/check-dependency-direction.sh
	scripts/cost.py --check
	scripts/scale.py --check

# The bare bootstrap is what the end-to-end tests take, the zip what Terraform uploads.
.PHONY: build
build: inflater $(TOOLS)/lambda/.installed ## Build the functions, their checksums and SBOMs (ARCH=x86_64|arm64, INFLATER=isal|zlib-rs, POLICY=file, RULES=folder)
	PATH="$(TOOLS)/lambda/bin:$$PATH" ARCH="$(ARCH)" INFLATER="$(INFLATER)" POLICY="$(POLICY)" RULES="$(RULES)" scripts/build-functions.sh $(FUNCTIONS)

.PHONY: inflater
inflater:
	@printf 'log files are inflated by %s\n' "$(INFLATER)$(if $(filter zlib-rs,$(INFLATER)), (isal is a third faster: x86_64, and $(ISAL_TOOLS)))"

.PHONY: reproduce
reproduce: $(TOOLS)/lambda/.installed ## Build the last commit twice, in two folders, and compare the bytes (20 minutes of two cores)
	PATH="$(TOOLS)/lambda/bin:$$PATH" ARCH="$(ARCH)" INFLATER="$(INFLATER)" scripts/reproduce.sh $(FUNCTIONS)

DEPLOY = PATH="$(TOOLS)/lambda/bin:$(TOOLS)/sam/bin:$$PATH" ARCH="$(ARCH)" INFLATER="$(INFLATER)" POLICY="$(POLICY)" RULES="$(RULES)" \
	EXAMPLE="$(EXAMPLE)" STACK="$(STACK)" PARAMETERS="$(PARAMETERS)" POLICY_URI="$(POLICY_URI)" YES="$(YES)" scripts/deploy.sh

# The policy does not go into the zips: Terraform puts it into a bucket, where a new version of it needs no deployment.
.PHONY: deploy-terraform
deploy-terraform: ## Build, check the policy and apply (EXAMPLE=folder, POLICY=file, RULES=folder, TF_VAR_…, YES=1)
	@$(MAKE) --no-print-directory build POLICY=
	@$(DEPLOY) terraform up

.PHONY: deploy-sam
deploy-sam: $(TOOLS)/lambda/.installed $(TOOLS)/sam/.installed ## Build, check the policy and deploy (STACK=name, PARAMETERS="Key=Value …", POLICY=file POLICY_URI=s3://…, YES=1)
	@$(DEPLOY) sam up

.PHONY: outputs
outputs: $(TOOLS)/sam/.installed ## Show what a deployment put out (WITH=terraform|sam, EXAMPLE, STACK)
	@$(DEPLOY) $(WITH) outputs

.PHONY: destroy
destroy: $(TOOLS)/sam/.installed ## Take a deployment down (WITH=terraform|sam, EXAMPLE, STACK, YES=1)
	@$(DEPLOY) $(WITH) down

.PHONY: clean
clean: ## Remove what was built and the installed tools
	$(CARGO) clean
	rm -rf $(TOOLS)

# A virtual environment a tool, made anew when its pins change.
$(TOOLS)/%/.installed: scripts/requirements-%.txt
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

# cargo-deny takes minutes to compile: one of the right version that is on the machine already will do.
$(TOOLS)/cargo/.installed: Makefile
	if [ "$$($(CARGO) deny --version 2>/dev/null)" != "cargo-deny $(CARGO_DENY_VERSION)" ]; then \
		$(CARGO) install --locked --root $(@D) --version $(CARGO_DENY_VERSION) cargo-deny; \
	fi
	mkdir -p $(@D)
	touch $@

$(TOOLS)/cargo/.fuzz-installed: Makefile
	if [ "$$($(CARGO) fuzz --version 2>/dev/null)" != "cargo-fuzz $(CARGO_FUZZ_VERSION)" ]; then \
		$(CARGO) install --locked --root $(@D) --version $(CARGO_FUZZ_VERSION) cargo-fuzz; \
	fi
	mkdir -p $(@D)
	touch $@
