# fuzz.mk: the fuzz targets, for libFuzzer and for replaying what is in files.
#
#   make replays                 each target with replay.c; SANITIZE=1 as everywhere
#   make FUZZ=1 CC=clang fuzzers each target with libFuzzer, in out/fuzz; see build/fuzz

fuzz_targets := $(patsubst test/fuzz/fuzz_%.c,%,$(wildcard test/fuzz/fuzz_*.c))
fuzz_common := $(OUT)/test/unit/table_questions.o
replays := $(addprefix $(OUT)/test/fuzz/replay_,$(fuzz_targets))
fuzzers := $(addprefix $(OUT)/test/fuzz/fuzz_,$(fuzz_targets))

.PHONY: replays fuzzers
replays: $(replays)
fuzzers: $(fuzzers)

fuzz_links = $(fuzz_common) $(call links,test/fuzz/fuzz_$(1).c) $(OUT)/authorityc.a $(OUT)/core.a

$(OUT)/test/fuzz/replay_%: $(OUT)/test/fuzz/fuzz_%.o $(OUT)/test/fuzz/replay.o \
    $$(call fuzz_links,$$*)
	$(CC) $(CFLAGS) $(sanitize) $(LDFLAGS) -o $@ $^ $(libraries)

$(OUT)/test/fuzz/fuzz_%: $(OUT)/test/fuzz/fuzz_%.o $$(call fuzz_links,$$*)
	$(CC) $(CFLAGS) $(sanitize) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(libraries)
