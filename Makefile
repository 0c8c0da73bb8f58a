# Every command of this project. `make` alone lists them.

STAGE ?= dev
STACK ?= UGC-$(STAGE)
export STAGE STACK

# Node's own module loader runs the TypeScript: one process, nothing between it and Ctrl-C.
TS   := node --import tsx
CDK  := npx --no-install cdk

# `npm ci` writes this file last.
INSTALLED := node_modules/.package-lock.json

# These act on AWS only. Ignoring LOCAL would deploy to AWS by mistake.
ifneq ($(filter-out 0,$(LOCAL)),)
  ifneq ($(filter bootstrap diff deploy logs,$(MAKECMDGOALS)),)
    $(error make $(firstword $(filter bootstrap diff deploy logs,$(MAKECMDGOALS))) acts on AWS only: remove LOCAL=$(LOCAL))
  endif
endif

.DEFAULT_GOAL := help
.PHONY: help install local seed deleteSeed broadcast bootstrap synth diff deploy destroy outputs logs \
        reconcile redrive staff export import test jest typecheck lint format client web screenshots bench soak \
        test-faults test-proof testClone audit clean

help: ## List the commands and the variables they read
	@awk '/^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-zA-Z-]+:.*## / { split($$0, part, /:.*## /); printf "  make %-11s  %s\n", part[1], part[2] } \
	  /^#\?/ { print ($$0 == "#?" ? "" : "  " substr($$0, 4)) }' $(firstword $(MAKEFILE_LIST))

# The built web app. It is built again when a source has changed.
WEB := web/dist/index.html

##@ Run

install: $(INSTALLED) ## Install what the lock file lists

$(INSTALLED): package.json package-lock.json
	npm ci
	@touch $@

local: install $(WEB) ## Run the stack on this computer, without AWS; Ctrl-C ends it
# With exec, make is the parent of the process that ends when make does.
	@exec $(TS) local/main.ts

seed: install ## Add a set of mock channels with streams, chat and viewers
	@$(TS) operations/run.ts seed

deleteSeed: install ## Delete the seeded rows and nothing else
	@$(TS) operations/run.ts deleteSeed

broadcast: install ## Play a broadcast of one channel to the local stack
	@$(TS) local/broadcast.ts

#?
#? PORT AWS_PORT    ports of local: HTTP API (3000), AWS endpoint (4566)
#? DB               file in which local keeps its data (default: memory)
#? SIMULATION=0     local: seeded channels get no new viewers and messages
#? SEED_COUNT       number of channels that seed adds (50)
#? OFFLINE_SESSION_COUNT  how many of the random ones are offline (1)
#? PAST_STREAMS     past streams of each channel, with chat and viewers
#?                  of every minute (seed: 0, local: 3)
#? JSON             file of channels to seed first, as seed.example.json
#? SEED             number of a set: seed completes or replaces that set,
#?                  deleteSeed deletes that set only
#? CHANNEL          username of the channel that broadcasts
#? VIEWERS          number of viewers of the broadcast (20); 0: no chat

##@ Deploy

bootstrap: install ## Prepare the account and Region for the CDK, once
	$(CDK) bootstrap

synth: install ## Write the validated CloudFormation template to cdk.out
	$(CDK) synth --quiet
	@echo "cdk.out/$(STACK).template.json"

diff: install ## Compare the deployed stack with this code
	$(CDK) diff $(STACK)

deploy: install ## Deploy the stack and print its outputs
	$(CDK) deploy $(STACK)
	@$(MAKE) --no-print-directory outputs

destroy: install ## Delete the stack and its users' resources at IVS
	@$(TS) operations/run.ts destroy

#?
#? STAGE            settings of cdk.json to use: dev (default) or prod
#? STACK            name of the stack (UGC-<STAGE>)
#? AWS_PROFILE AWS_REGION  account and Region, as for every AWS tool
#? ALARMS_EMAIL     address that receives alarms; set it at every deploy
#? ALLOWED_ORIGINS  replaces the setting: * or origins, separated by commas
#? MAIL_FROM        replaces the setting: the sender of mails
#? ORIGIN_SECRET_VERSION  version of the secret that CloudFront sends to the
#?                  API; only to replace the secret (docs/operations.md)
#? TERM_PROTECTION  true or false: CloudFormation refuses to delete the stack
#? COMPUTE          runs the HTTP API: lambda (default) or fargate
#? CERTIFICATE_ARN API_DOMAIN  with fargate: certificate and the API's name
#? WEB_DOMAIN WEB_CERTIFICATE_ARN  domain name of CloudFront, and its
#?                  certificate in us-east-1
#? FORCE=1          destroy: do not ask, and remove the protection

##@ Operate

outputs: install ## Print the stack's outputs: URLs, tables, queues
	@$(TS) operations/run.ts outputs

logs: install ## Print the log of a function
	@$(TS) operations/run.ts logs

reconcile: install ## Compare open sessions with the live streams of IVS; repair
	@$(TS) operations/run.ts reconcile

redrive: install ## Handle the dead letters again; list those that fail again
	@$(TS) operations/run.ts redrive

staff: install ## Give a user the staff role, or take it with REMOVE=1
# Shells set USER to the login name of the operator. Only a USER on the command line of make counts.
	@$(if $(filter command,$(origin USER)),,env -u USER) $(TS) operations/run.ts staff

export: install ## Write the rows of all tables to a folder, as JSON lines
	@$(TS) operations/run.ts export

import: install ## Write the rows of an export to the stack's empty tables
	@$(TS) operations/run.ts import

#?
#? LOCAL=1          seed, deleteSeed, destroy, outputs, reconcile, redrive,
#?                  staff, export, import: use the stack of make local
#? FN               function whose log to print
#? SINCE FILTER     how far back (10m), and which lines
#? FOLLOW=1         print new lines until Ctrl-C
#? USER             staff: username, on the command line after make staff
#? REMOVE=1         staff: take the role
#? DRY=1            redrive: only list the dead letters
#? OUT IN           folder to export to; folder to import from
#? FORCE=1          import: delete all rows first

##@ Develop

test: client $(WEB) ## Check types, style and architecture; run every test
# Side by side: some tests wait for processes and servers. Both need the generated types, which are there already.
	@$(MAKE) --no-print-directory --jobs=3 --old-file=client jest typecheck lint

jest: client $(WEB) ## Run every test, without the other checks
# Tests that run make start it without the options of this one.
	MAKEFLAGS= npx --no-install jest

typecheck: client ## Check the types
	npx --no-install tsc --noEmit
	npx --no-install tsc --noEmit --project web

lint: install client ## Check style, unused code, spelling, Markdown, API document
	@$(TS) client/lintDocument.ts & document=$$!; \
	set -x; \
	npx --no-install biome check --error-on-warnings . && \
	npx --no-install knip --treat-config-hints-as-errors && \
	npx --no-install cspell --no-progress --no-summary --dot && \
	npx --no-install remark --quiet --frail --no-stdout --ignore-path .gitignore .; \
	status=$$?; wait $$document && exit $$status

format: install ## Format the code
	npx --no-install biome check --write .

client: install ## Build the package of the typed client, and docs/events.md
	@$(TS) client/generate.ts
	@npx --no-install tsc --project client

web: $(WEB) ## Build the web app to web/dist

$(WEB): $(INSTALLED) $(shell find web client -type f -name '*.*' -not -path '*/dist/*' -not -name schema.ts)
	npx --no-install vite build web --logLevel warn

screenshots: install $(WEB) ## Take the pictures of the README and the documents
	@$(TS) test/browser/screenshots.ts

bench: install ## Measure, and compare the figures with their targets
	@$(TS) bench/support/runAll.ts

soak: install ## Run mixed traffic on a local server; check errors and memory
	@$(TS) bench/soak/soak.ts

test-faults: install ## Play generated histories with faults; check the invariants
	@$(TS) test/faults/testFaults.ts

test-proof: install ## Plant bugs in a copy, and check that test-faults finds each
	@$(TS) test/faults/testProof.ts

testClone: ## Run make local and make test in a copy, as a new user
	@.ci/testClone

audit: install ## Ask the npm registry for known vulnerabilities
	@.ci/audit

clean: ## Remove generated files; node_modules stays
	rm -rf cdk.out .local coverage client/schema.ts client/dist web/dist

#?
#? HISTORIES        number of histories that test-faults plays (2000)
#? SEED             test-faults: generate the histories of this number again
#? ONLY             test-faults: play one history, <campaign>:<seed>
#? BUG SECONDS      test-proof: part of the names of bugs; time for each (300)
#? MINUTES          duration of soak (3)
