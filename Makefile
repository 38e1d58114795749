# make run      see the whole job done on the sample workbooks
# make test     run the tests that take seconds
# make check    run all: those with other programs, and those that take minutes
# make race     run them with the race detector
# make fuzz     try every fuzz target for a while
# make bench    measure speed and memory against what one would use instead
# make lint     check formatting and run static analysis
# make samples  make sample-workbooks/ again from their generator
# make licences gather the licences of what regcert is built with again
# make dist     build the archives for Linux, Windows and macOS

GO ?= go
DEMO := demo
DEMO_DAY := 2026-05-11
DEMO_WEEK_BEFORE := 2026-05-04

.PHONY: build run test check race fuzz bench lint samples licences dist clean

build:
	@CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=auto -o regcert ./cmd/regcert

# The week before comes first, so that there is something to compare with.
run: build
	@rm -rf $(DEMO) && mkdir $(DEMO) && cp config.yaml $(DEMO)/
	@./regcert new --sample --as-of $(DEMO_WEEK_BEFORE) $(DEMO)/sample-workbooks >/dev/null
	@./regcert run --config $(DEMO)/config.yaml --as-of $(DEMO_WEEK_BEFORE) >/dev/null
	@./regcert digest --config $(DEMO)/config.yaml --as-of $(DEMO_WEEK_BEFORE) --send >/dev/null
	@cp sample-workbooks/*.xlsx $(DEMO)/sample-workbooks/
	@./regcert run --config $(DEMO)/config.yaml --as-of $(DEMO_DAY)
	@echo
	@./regcert digest --config $(DEMO)/config.yaml --as-of $(DEMO_DAY) --preview $(DEMO)/digest
	@echo
	@echo "Written workbooks, the digests ($(DEMO)/digest/index.html), the mail sent so far (outbox) and the state are in $(CURDIR)/$(DEMO)"

test:
	@$(GO) test -short ./...

check:
	@$(GO) test -timeout 20m ./...

race:
	@$(GO) test -race -short -timeout 20m ./...

# How long each fuzz target is tried: make fuzz FUZZTIME=5m
FUZZTIME ?= 10s
fuzz:
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$package || exit 1; \
		done; \
	done

bench: build
	@$(GO) run ./internal/bench -regcert ./regcert

lint:
	@test -z "$$(gofmt -l *.go cmd internal templates)" || { echo "not formatted:"; gofmt -l *.go cmd internal templates; exit 1; }
	@$(GO) vet ./...
	@$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

samples: build
	@rm -rf $(DEMO) && ./regcert new --sample $(DEMO) >/dev/null && cp $(DEMO)/*.xlsx sample-workbooks/ && rm -rf $(DEMO)

licences:
	@$(GO) run ./internal/licences/generate internal/licences

# The archives are reproducible: the same commit gives the same bytes.
dist:
	@$(GO) run ./internal/dist

clean:
	@rm -rf regcert dist $(DEMO)
