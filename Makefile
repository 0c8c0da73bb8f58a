# Every command of this project. `make` alone lists them.

STAGE ?= dev
STACK ?= UGC-$(STAGE)
export STAGE STACK

# Node's own module loader runs the TypeScript: one process, nothing between it and Ctrl-C.
TS   := node --import tsx
CDK  := npx --no-install cdk

# `npm ci` writes this file last.
INSTALLED := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help install bootstrap synth diff deploy outputs destroy redrive logs export import seed deleteSeed reconcile broadcast local \
        client test test-faults test-proof soak testClone audit typecheck lint format bench clean

help: ## List the commands and the variables they read
	@awk 'BEGIN { FS = ":.*## " } /^[a-zA-Z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  STAGE                  dev (default) or prod: which settings of cdk.json are used"
	@echo "  STACK                  the stack's name (default UGC-<STAGE>)"
	@echo "  AWS_PROFILE AWS_REGION the account and Region, as for every AWS tool"
	@echo "  ALARMS_EMAIL           the address that alarms are sent to, from the next deploy on"
	@echo "  ALLOWED_ORIGINS        overrides the stage's: *, or a comma-separated list of origins"
	@echo "  TERM_PROTECTION        true or false: whether CloudFormation refuses to delete the stack"
	@echo "  COMPUTE                lambda (default) or fargate: what runs the HTTP API"
	@echo "  CERTIFICATE_ARN API_DOMAIN  with fargate: the load balancer's certificate, and the name it is for"
	@echo "  SEED_COUNT             the number of channels that seed adds, with one stream each (50)"
	@echo "  OFFLINE_SESSION_COUNT  how many of the random ones are offline (1)"
	@echo "  JSON                   a file of channels to seed first, such as seed.example.json"
	@echo "  SEED                   the number of a set: seed makes that set instead of a new one,"
	@echo "                         deleteSeed deletes that set instead of all"
	@echo "  LOCAL=1                seed, deleteSeed, reconcile, outputs, redrive, export, import, destroy:"
	@echo "                         on the stack of make local"
	@echo "  FORCE=1                destroy: do not ask, and end the protection; import: first delete all rows"
	@echo "  DRY=1                  redrive: only show the dead letters"
	@echo "  FN SINCE FILTER FOLLOW logs: the function, since when (10m), which lines, FOLLOW=1 waits for more"
	@echo "  OUT IN                 the folder that export writes to, and that import reads"
	@echo "  PORT AWS_PORT          where make local listens (3000, 4566)"
	@echo "  DB                     a file in which make local keeps its data (default: memory)"
	@echo "  CHANNEL                whose broadcast make broadcast plays"
	@echo "  VIEWERS                how many viewers it has (20); with 0 nobody chats"
	@echo "  HISTORIES              how many histories test-faults plays (2000); SEED draws the same again"
	@echo "  ONLY                   the one history that test-faults plays, as it prints it: <campaign>:<seed>"
	@echo "  BUG SECONDS            test-proof: a part of the names of the bugs to plant (all), and how long each has (120)"
	@echo "  MINUTES                how long soak goes on (3)"

install: $(INSTALLED) ## Install what the lock file lists

$(INSTALLED): package.json package-lock.json
	npm ci
	@touch $@

bootstrap: install ## Prepare the account and Region for the CDK, once
	$(CDK) bootstrap

synth: install ## Make the CloudFormation template, validated, in cdk.out
	$(CDK) synth --quiet
	@echo "cdk.out/$(STACK).template.json"

diff: install ## Compare the deployed stack with this code
	$(CDK) diff $(STACK)

deploy: install ## Deploy the stack and print its outputs
	$(CDK) deploy $(STACK)
	@$(MAKE) --no-print-directory outputs

outputs: install ## Print the stack's outputs: URLs, tables, queues
	@$(TS) operations/run.ts outputs

destroy: install ## Delete the stack and its users' channels, rooms and stages at IVS
	@$(TS) operations/run.ts destroy

redrive: install ## Handle the dead letters again; list and keep those that fail again
	@$(TS) operations/run.ts redrive

logs: install ## Print the log of a function: FN=<name> [SINCE=10m] [FILTER=...] [FOLLOW=1]
	@$(TS) operations/run.ts logs

export: install ## Write every row of every table to the folder OUT, as JSON lines
	@$(TS) operations/run.ts export

import: install ## Write the rows of an export in the folder IN to the stack's empty tables
	@$(TS) operations/run.ts import

seed: install ## Add a set of mock channels with streams, chat and viewers to the stack's tables
	@$(TS) operations/run.ts seed

deleteSeed: install ## Delete the seeded rows and nothing else; with SEED=<number>, one set
	@$(TS) operations/run.ts deleteSeed

reconcile: install ## Compare the open sessions with the live streams of IVS, and repair differences
	@$(TS) operations/run.ts reconcile

broadcast: install ## Play a broadcast of CHANNEL=<username> to the local stack
	@$(TS) local/broadcast.ts

local: install ## Run everything on this machine, with no AWS account; Ctrl-C ends it
# With exec, make is the parent of the process that ends when make does.
	@exec $(TS) local/main.ts

client: install ## Generate the typed client's types from the OpenAPI document
	@$(TS) client/generate.ts

test: typecheck lint ## Check types, style and architecture, and run every test
	npx --no-install jest

testClone: ## Copy this to a new folder and, as a stranger there, run make local and make test
	@.ci/testClone

audit: install ## Ask the npm registry for known vulnerabilities, high and critical
	@.ci/audit

typecheck: client ## Check the types
	npx --no-install tsc --noEmit

lint: install client ## Check style, unused code, spelling and Markdown
	npx --no-install biome check --error-on-warnings .
	npx --no-install knip --treat-config-hints-as-errors
	npx --no-install cspell --no-progress --no-summary --dot
	npx --no-install remark --quiet --frail --no-stdout --ignore-path .gitignore .

format: install ## Put the formatting right
	npx --no-install biome check --write .

test-faults: install ## Put generated histories through faults and kills, and check what must always hold
	@$(TS) test/faults/testFaults.ts

test-proof: install ## Plant bugs in a copy of the project, and check that test-faults finds each
	@$(TS) test/faults/testProof.ts

soak: install ## Mixed traffic on a local server of its own for MINUTES: errors, times, memory, leftovers
	@$(TS) bench/soak/soak.ts

bench: install ## Measure, and print a table for each thing measured
	@for bench in bench/*.ts; do $(TS) $$bench || exit 1; done

clean: ## Remove what was generated; node_modules stays
	rm -rf cdk.out .local coverage client/schema.ts
