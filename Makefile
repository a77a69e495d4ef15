# make            build the satchel program into build/satchel
# make demo       install what is missing, build, and play the main job
# make test       install what the tests need, and run them all
# make check      the quick checks: layers, symbols, format, lint, unit tests
# make install    put program and man pages under $(DESTDIR)$(PREFIX)
# make help       these lines and the other targets
#
# make deps       install what `make` needs (Debian 12; as root or with sudo)
# make test-deps  install what the tests need
# make sanitize   unit tests and scenarios under ASan and UBSan
# make scenarios  the real binary, two sites and a stick
# make vectors    the public age test kit (from npm)
# make fuzz       every reader of foreign bytes, FUZZ_SECONDS each
# make sim        a year of SIM_SITES offices with everything going wrong
# make bench      rate, memory and size at BENCH_SIZES, beside stock tools
# make docs       print the pages that come from tables in the code
# make coverage   which lines the unit tests reach
# make clean
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

CC       = gcc
BUILD    = build
PREFIX   = /usr/local
VERSION  = 0.1.0
CPPFLAGS = -I. -D_POSIX_C_SOURCE=200809L -DSATCHEL_VERSION='"$(VERSION)"'
CFLAGS   = -std=c11 -O2 -g
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
           -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 \
           -Wimplicit-fallthrough -Wnull-dereference $(WERROR)
HARDEN   = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LDFLAGS  = -pie -Wl,-z,relro,-z,now
LDLIBS   = -lsodium -larchive -lcjson -lcsv -lz -lsqlite3 \
           -lutf8proc -lcurl -lqrencode
SANITIZE = -std=c11 -O1 -g -fno-omit-frame-pointer \
           -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_SECONDS = 20
BENCH_SIZES = 1000 100000 500000
SIM_DAYS  = 365
SIM_SITES = 50
# `sanitize` leaves out what is long: sweeps, and hundreds of cuts.
BATS      = bats

FOLDERS  = base crypto formats policy store systems export import cli
SRCS    := $(wildcard $(FOLDERS:%=%/*.c))
OBJS    := $(SRCS:%.c=$(BUILD)/%.o)
PARTS   := $(filter-out $(BUILD)/cli/main.o,$(OBJS))
SUITES  := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
UNITS   := $(SUITES:%=$(BUILD)/unit/%)
TOOLS   := $(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c))
SIM     := $(wildcard tests/sim/*.c)
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
STYLED  := $(SRCS) $(wildcard */*.h tests/*/*.[ch])

DEPS      = gcc make libc6-dev libsodium-dev libarchive-dev libcjson-dev \
            zlib1g-dev libsqlite3-dev libutf8proc-dev libcsv-dev \
            libcurl4-openssl-dev libqrencode-dev
DEMO_DEPS = minisign age jq zip
TEST_DEPS = $(DEMO_DEPS) clang clang-format clang-tidy cppcheck \
            libclang-rt-14-dev libcmocka-dev bats mandoc shellcheck \
            faketime sqlite3 codespell p7zip-full strace python3 openssl \
            iproute2 procps zbar-tools librsvg2-bin
SERVERS   = openssh-server nginx-light

# Install the packages that are not there yet, saying which.
define need
@missing=; for p in $(1); do \
    dpkg-query -W -f='$${Status}' "$$p" 2>/dev/null | \
        grep -q '^install ok' || missing="$$missing $$p"; \
done; \
if [ -n "$$missing" ]; then \
    echo "Installing from Debian:$$missing"; \
    root=; [ "$$(id -u)" -eq 0 ] || root=sudo; \
    $$root apt-get update -qq && \
    $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends $$missing >/dev/null; \
fi
endef

all: $(BUILD)/satchel

$(BUILD)/satchel: $(OBJS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/libsatchel.a: $(PARTS)
	rm -f $@ && ar rcs $@ $^
$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(TOOLS:%.c=$(BUILD)/%.o) \
    $(BUILD)/libsatchel.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(HARDEN) -MMD -MP -c -o $@ $<

help:
	@sed -n 's/^# //p; /^#$$/p; /^\.DELETE/q' Makefile

deps:
	$(call need,$(DEPS))
demo-deps: deps
	$(call need,$(DEMO_DEPS))
test-deps: demo-deps
	$(call need,$(TEST_DEPS))
	@command -v npm >/dev/null || $(MAKE) -s npm-deps
	@$(MAKE) -s server-deps
# Where services run, these would be started too: then it is for whoever owns
# the machine to install them, and what needs them is skipped.
server-deps:
	$(if $(wildcard /run/systemd/system),@true,$(call need,$(SERVERS)))
npm-deps:
	$(call need,nodejs npm)

demo: demo-deps
	@$(MAKE) -s all
	@examples/demo.sh $(BUILD)/satchel

test: test-deps
	@tests/run_all

check: layers rules-tested words-told format lint unit symbols

layers:
	tests/check_layers
rules-tested:
	tests/check_rules
words-told:
	tests/check_words
symbols: $(OBJS)
	tests/check_symbols $(BUILD)
unit: $(UNITS)
	tests/run_unit $(UNITS)
sanitize:
	$(MAKE) BUILD=build/asan HARDEN= CFLAGS='$(SANITIZE)' all unit
	$(MAKE) BUILD=build/asan HARDEN= CFLAGS='$(SANITIZE)' \
	    BATS="bats --filter-tags '!long'" scenarios
scenarios: $(BUILD)/satchel tus-server
	printf '%s\n' tests/scenarios/*.bats | \
	    SATCHEL=$(abspath $(BUILD))/satchel xargs -P 2 -n 1 $(BATS) --tap
# An upload server, and what it keeps files in: the newest for Node 18 and 20.
tus-server:
	@grep -qs '"version": "1.5.1"' \
	    build/npm/node_modules/@tus/file-store/package.json || npm install \
	    --silent --ignore-scripts --no-audit --no-fund \
	    --prefix build/npm @tus/server@1.10.2 @tus/file-store@1.5.1
vectors: $(BUILD)/satchel
	@test -d build/npm/node_modules/cctv-age || npm install --silent \
	    --ignore-scripts --no-audit --no-fund --prefix build/npm \
	    cctv-age@0.2.0
	tests/vectors/cctv_age.sh build/npm/node_modules/cctv-age \
	    $(BUILD)/satchel

fuzz:
	$(MAKE) BUILD=build/fuzz CC=clang HARDEN= CFLAGS='-std=c11 -O1 -g \
	    -fsanitize=fuzzer-no-link,address,undefined \
	    -fno-sanitize-recover=all' fuzzers
	tests/run_fuzz $(FUZZ_SECONDS) $(FUZZERS:%=build/fuzz/%)
fuzzers: $(FUZZERS:%=$(BUILD)/%)
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libsatchel.a
	$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)

format:
	clang-format --dry-run -Werror $(STYLED)
lint: tidy
	cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 \
	    --enable=warning,portability,performance \
	    --suppress=missingIncludeSystem -I. $(FOLDERS)
	shellcheck examples/*.sh tests/run_* tests/check_* tests/bench/run \
	    tests/vectors/*.sh tests/tools/*.sh tests/tools/*.bash .ci/run
	mandoc -Tlint -Wwarning docs/*.1 docs/*.5
	codespell -q 3 --ignore-words docs/words README.md CHANGELOG.md docs \
	    $(FOLDERS)
# One stamp a file, so that only what changed is looked at again.
tidy: $(SRCS:%.c=build/tidy/%.ok)
build/tidy/%.ok: %.c .clang-tidy
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- $(CPPFLAGS) -std=c11 2>/dev/null
	@touch $@

sim: $(BUILD)/sim
	$(BUILD)/sim $(if $(SIM_SEED),--seed $(SIM_SEED)) --days $(SIM_DAYS) \
	    --sites $(SIM_SITES)
# Its own clock, and its own calls in the place of the C library's.
$(BUILD)/sim: $(SIM:%.c=$(BUILD)/%.o) $(BUILD)/libsatchel.a
	$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--wrap=clock_now -o $@ $^ $(LDLIBS)

bench: $(BUILD)/satchel $(BUILD)/bench/cases $(BUILD)/bench/measure tus-server
	tests/bench/run $(BUILD)/satchel $(BUILD)/bench '$(BENCH_SIZES)' \
	    $(BENCH_BRIEF)
$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -D_DEFAULT_SOURCE $(WARN) -o $@ $<

docs: $(BUILD)/satchel
	$(BUILD)/satchel plumbing print rules >docs/rules.md
	$(BUILD)/satchel plumbing print faults >docs/faults.md
	$(BUILD)/satchel plumbing print targets >docs/targets.md
	$(BUILD)/satchel plumbing print commands >$(BUILD)/commands.mdoc
	sed -i -e '/^\.\\" BEGIN/r $(BUILD)/commands.mdoc' \
	    -e '/^\.\\" BEGIN/,/^\.\\" END/{//!d}' docs/satchel.1
docs-fresh: $(BUILD)/satchel
	$(BUILD)/satchel plumbing print commands >$(BUILD)/commands.mdoc
	sed -n '/^\.\\" BEGIN/,/^\.\\" END/{//!p}' docs/satchel.1 | \
	    cmp - $(BUILD)/commands.mdoc
	$(BUILD)/satchel plumbing print rules | cmp - docs/rules.md
	$(BUILD)/satchel plumbing print faults | cmp - docs/faults.md
	$(BUILD)/satchel plumbing print targets | cmp - docs/targets.md

coverage:
	$(call need,gcovr)
	$(MAKE) BUILD=build/cov HARDEN= CFLAGS='-std=c11 -O0 -g --coverage' \
	    unit
	gcovr --root . --filter '($(subst $(eval ) ,|,$(FOLDERS)))/' \
	    --print-summary build/cov

install: $(BUILD)/satchel
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 755 $(BUILD)/satchel $(DESTDIR)$(PREFIX)/bin/satchel
	install -m 644 docs/satchel.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 docs/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/

clean:
	rm -rf build

.PHONY: all help deps demo-deps test-deps server-deps npm-deps tus-server \
    demo test check layers \
    rules-tested words-told \
    symbols unit sanitize scenarios vectors fuzz fuzzers format lint tidy docs \
    docs-fresh coverage sim bench install clean
-include $(OBJS:.o=.d) $(wildcard $(BUILD)/tests/unit/*.d \
    $(BUILD)/tests/sim/*.d)
