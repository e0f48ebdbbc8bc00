# Builds authorityc and mod_authority with GNU make. Everything made stands in out/.
#
#   make                     compiler and module
#   make check               every test that needs no installation; build/check runs all
#   make install             DESTDIR, PREFIX and APXS say where to
#   make SANITIZE=1 unit     compiler and unit tests under ASan and UBSan, in out/sanitize
#   make dist deb rpm        tarball and packages, in out/dist; see build/packages/package.mk
#
# CC, CFLAGS, CPPFLAGS, LDFLAGS and APXS are the caller's; what we need is added apart.

APXS   ?= apxs
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
CONFDIR ?= $(PREFIX)/share/mod_authority
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions

ifdef SANITIZE
OUT ?= out/sanitize
sanitize := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifdef FUZZ
OUT ?= out/fuzz
sanitize := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
else
OUT ?= out
endif

# Asked once, and only where needed: `make clean` works without httpd's headers.
ask = $(eval $(1) := $(shell $(2)))$($(1))
apr_config = $(call ask,apr_config,$(APXS) -q APR_CONFIG)
apu_config = $(call ask,apu_config,$(APXS) -q APU_CONFIG)
apr_flags = $(call ask,apr_flags,$(apr_config) --cppflags --includes; $(apu_config) --includes)
apr_libs = $(call ask,apr_libs,$(apu_config) --link-ld --libs; $(apr_config) --link-ld --libs)
httpd_include = $(call ask,httpd_include,$(APXS) -q INCLUDEDIR)
libexecdir = $(call ask,libexecdir,$(APXS) -q LIBEXECDIR)

warnings := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
# One compilation for the module and the compiler: what the unit tests run is what ships.
common := -std=c11 $(warnings) $(sanitize) -fPIC -fvisibility=hidden -I.

# Headers of APR and httpd by -isystem: their warnings are not ours.
core_flags :=
authorityc_flags = -D_GNU_SOURCE $(patsubst -I%,-isystem %,$(filter-out -I/usr/include,$(apr_flags)))
mod_authority_flags = $(authorityc_flags) -isystem $(httpd_include)
test_flags = $(mod_authority_flags)

core := $(patsubst %.c,$(OUT)/%.o,$(wildcard core/*.c))
authorityc := $(patsubst %.c,$(OUT)/%.o,$(wildcard authorityc/*.c authorityc/*/*.c))
mod_authority := $(patsubst %.c,$(OUT)/%.o,$(wildcard mod_authority/*.c))
unit_tests := $(patsubst %.c,$(OUT)/%,$(wildcard test/unit/test_*.c))
unit_common := $(patsubst %.c,$(OUT)/%.o,$(filter-out test/unit/test_%,$(wildcard test/unit/*.c)))

program := $(OUT)/authorityc/authorityc
libraries = $(apr_libs) -lssl -lcrypto -ljansson -lnghttp2 -lz -lm
module := $(OUT)/mod_authority/mod_authority.so

.PHONY: all unit headers check check-unit install uninstall clean FORCE
.SECONDARY:

all: $(program) $(module)

$(program): $(OUT)/authorityc/main.o $(OUT)/authorityc.a $(OUT)/core.a
	$(CC) $(CFLAGS) $(sanitize) $(LDFLAGS) -o $@ $^ $(libraries)

$(module): $(mod_authority) $(core)
	$(CC) $(CFLAGS) $(sanitize) $(LDFLAGS) -shared -o $@ $^ -lssl -lcrypto

# From an archive the linker takes only what a program asks for.
$(OUT)/core.a: $(core)
$(OUT)/authorityc.a: $(filter-out %/main.o,$(authorityc))
%.a:
	rm -f $@
	$(AR) rcs $@ $^

# A unit test is linked with core and the compiler. One that needs pieces of the module
# says so in its head comment: ` * links: mod_authority/NAME.c …`.
unit: $(unit_tests)
links = $(patsubst %.c,$(OUT)/%.o,$(shell sed -n 's/^ \* links: //p' $(1)))
.SECONDEXPANSION:
$(OUT)/test/unit/test_%: $(OUT)/test/unit/test_%.o $(unit_common) \
    $$(call links,test/unit/test_$$*.c) $(OUT)/authorityc.a $(OUT)/core.a
	$(CC) $(CFLAGS) $(sanitize) $(LDFLAGS) -o $@ $^ $(libraries)

$(OUT)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	$(CC) $(common) $($(firstword $(subst /, ,$<))_flags) $(CPPFLAGS) $(CFLAGS) \
	    -MMD -MP -c -o $@ $<

# The page of `authorityc report` carries these.
$(OUT)/authorityc/report/report_files.o: $(wildcard authorityc/report/report*.css \
    authorityc/report/report*.js)

# Each header alone: a second reader of it needs no luck with the order of includes.
header_stamps := $(patsubst %,$(OUT)/%.alone,$(wildcard core/*.h authorityc/*.h \
    authorityc/*/*.h mod_authority/*.h))
headers: $(header_stamps)
$(OUT)/%.h.alone: %.h $(OUT)/flags
	@mkdir -p $(@D)
	$(CC) $(common) $($(firstword $(subst /, ,$<))_flags) $(CPPFLAGS) $(CFLAGS) \
	    -MMD -MP -MT $@ -MF $@.d -Werror -fsyntax-only -include $< -x c /dev/null
	@touch $@

# Changes when the compiler or its flags do, so that no object of other flags stays.
flags := $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(sanitize) $(APXS)
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(flags)' | cmp -s - $@ || echo '$(flags)' >$@

check-unit: unit
	prove $(PROVEFLAGS) $(unit_tests)

check: all unit replays
	OUT='$(OUT)' prove $(PROVEFLAGS) $(wildcard test/*.t) $(unit_tests)

install: all
	install -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(libexecdir)' '$(DESTDIR)$(CONFDIR)'
	install -m 755 $(program) '$(DESTDIR)$(BINDIR)/authorityc'
	install -m 644 $(module) '$(DESTDIR)$(libexecdir)/mod_authority.so'
	install -m 644 mod_authority/authority.conf '$(DESTDIR)$(CONFDIR)/authority.conf'
	install -d '$(DESTDIR)$(BASHCOMPDIR)' '$(DESTDIR)$(ZSHCOMPDIR)'
	install -m 644 completion/authorityc.bash '$(DESTDIR)$(BASHCOMPDIR)/authorityc'
	install -m 644 completion/_authorityc '$(DESTDIR)$(ZSHCOMPDIR)/_authorityc'
	for page in $(wildcard man/*.[1-8]); do \
	    install -d "$(DESTDIR)$(MANDIR)/man$${page##*.}" && \
	    install -m 644 "$$page" "$(DESTDIR)$(MANDIR)/man$${page##*.}/" || exit 1; \
	done

uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/authorityc' '$(DESTDIR)$(libexecdir)/mod_authority.so' \
	    '$(DESTDIR)$(CONFDIR)/authority.conf' '$(DESTDIR)$(BASHCOMPDIR)/authorityc' \
	    '$(DESTDIR)$(ZSHCOMPDIR)/_authorityc'
	for page in $(wildcard man/*.[1-8]); do \
	    rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}"; \
	done

clean:
	rm -rf out

include test/fuzz/fuzz.mk test/thorough/analyzers.mk build/packages/package.mk

-include $(wildcard $(addprefix $(OUT)/,core/*.d authorityc/*.d authorityc/*/*.d \
    mod_authority/*.d test/unit/*.d test/fuzz/*.d))
