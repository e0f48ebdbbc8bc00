# analyzers.mk: what clang-tidy, cppcheck and gcc's -fanalyzer say of the sources. A finding
# is an error. Findings that are none are silenced where they are found (NOLINT) or in
# .cppcheck, with the reason.
#
#   make -k analyze          all that follows, in all directories
#   make -k tidy-core        clang-tidy with .clang-tidy, in core/ alone
#   make -k cppcheck-core    cppcheck with .cppcheck
#   make fanalyzer-core      gcc's
#   make -k DEEP=1 analyze   clang's analyzer without a bound: three times the work
#
# What was looked at is not looked at again until it changes.

analyzed := core authorityc mod_authority test
analyzed_sources = $(wildcard $(if $(filter test,$(1)),test/unit/*.c test/fuzz/*.c,\
    $(1)/*.c $(1)/*/*.c))

.PHONY: analyze $(analyzed:%=tidy-%) $(analyzed:%=cppcheck-%) fanalyzer-core
analyze: $(analyzed:%=tidy-%) $(analyzed:%=cppcheck-%) fanalyzer-core

# How many states of a function the analyzer of clang goes through; its default is 225000.
tidy_bound := $(if $(DEEP),,-Xclang -analyzer-config -Xclang max-nodes=20000)

# A unit test goes on after a point that is not held, and may crash then; the numbers that
# it reads are its own, and the random ones are to be the same each time.
tidy_test := '--checks=-clang-analyzer-*,-cert-err34-c,-cert-msc*'
top = $(firstword $(subst /, ,$*))

# The object stands for the headers, too. clang-tidy counts on standard error what it has
# left out.
$(OUT)/%.tidy$(DEEP): $(OUT)/%.o .clang-tidy
	clang-tidy --quiet $(tidy_$(top)) $*.c -- -std=c11 -I. $($(top)_flags) $(CPPFLAGS) \
	    $(tidy_bound) 2>$@.log || { cat $@.log; false; }
	@mv $@.log $@

define analyzed_rules
tidy-$(1): $(patsubst %.c,$(OUT)/%.tidy$(DEEP),$(call analyzed_sources,$(1)))
cppcheck-$(1): $(OUT)/$(1)/cppcheck
$(OUT)/$(1)/cppcheck: .cppcheck $(patsubst %.c,$(OUT)/%.o,$(call analyzed_sources,$(1)))
	cppcheck --quiet --std=c11 --language=c --platform=unix64 \
	    --enable=warning,style,performance,portability --error-exitcode=1 \
	    --suppressions-list=.cppcheck -I. -D_GNU_SOURCE \
	    -DOPENSSL_VERSION_NUMBER=0x30000000L $(call analyzed_sources,$(1))
	@touch $$@
endef
$(foreach directory,$(analyzed),$(eval $(call analyzed_rules,$(directory))))

fanalyzer-core: $(patsubst %.c,$(OUT)/%.fanalyzer,$(wildcard core/*.c))
$(OUT)/%.fanalyzer: $(OUT)/%.o
	gcc $(common) $(CPPFLAGS) $(CFLAGS) -fanalyzer -Werror -c -o $@ $*.c
