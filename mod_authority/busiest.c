#include "mod_authority/busiest.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "mod_authority/shared.h"

/* A pair may stand in so many places, one after the other from where its key leads. */
#define WAYS 32

/* What a pair can save up: as often it may be passed over before it is forgotten. */
#define CREDIT_MAX 10000

#define NO_PLACE SIZE_MAX

typedef atomic_uint_least64_t shared_number;

/* Whole numbers at a time, so that who reads while another writes finds any mixture of
 * the two, but nothing undefined. */
typedef struct {
    shared_number words[ATY_BUSIEST_TEXT / sizeof(uint64_t)];
} shared_text;

struct aty_log_limit {
    shared_number logged; /* apr_time_t; 0: never */
    shared_number left_out;
};

typedef struct {
    _Alignas(ATY_SHARED_ALIGNMENT) shared_number published; /* the key of the texts */
    shared_number credit;
    shared_number refused;
    shared_number observed;
    shared_number had_sni;
    shared_number reason;
    shared_number last; /* apr_time_t */
    aty_log_limit limit;
    shared_text connection;
    shared_text requested;
    shared_text example;
} place;

typedef struct {
    _Alignas(ATY_SHARED_ALIGNMENT) shared_number keys[ATY_BUSIEST_PLACES]; /* 0: free */
    place places[ATY_BUSIEST_PLACES];
    aty_log_limit common;
} block;

static block own_block;
static block *here = &own_block;

size_t aty_busiest_size(void)
{
    return sizeof(block);
}

void aty_busiest_use(void *memory)
{
    here = memory;
}

static uint64_t get(shared_number *number)
{
    return atomic_load_explicit(number, memory_order_relaxed);
}

static void set(shared_number *number, uint64_t value)
{
    atomic_store_explicit(number, value, memory_order_relaxed);
}

static void add(shared_number *number, uint64_t value)
{
    atomic_fetch_add_explicit(number, value, memory_order_relaxed);
}

static bool swap(shared_number *number, uint64_t expected, uint64_t value)
{
    return atomic_compare_exchange_strong(number, &expected, value);
}

static void write_text(shared_text *text, const char *string)
{
    size_t length = strnlen(string, ATY_BUSIEST_TEXT - 1);

    for (size_t at = 0; at <= length; at += sizeof(uint64_t)) {
        char bytes[sizeof(uint64_t)] = {0};
        uint64_t word;
        size_t left = length - at;
        memcpy(bytes, string + at, left < sizeof bytes ? left : sizeof bytes);
        memcpy(&word, bytes, sizeof word);
        set(&text->words[at / sizeof word], word);
    }
}

static void read_text(shared_text *text, char string[ATY_BUSIEST_TEXT])
{
    for (size_t at = 0; at < ATY_BUSIEST_TEXT; at += sizeof(uint64_t)) {
        uint64_t word = get(&text->words[at / sizeof word]);
        memcpy(string + at, &word, sizeof word);
    }
    string[ATY_BUSIEST_TEXT - 1] = '\0';
}

/* FNV-1a, of as much of the string as is kept, and its NUL. */
static uint64_t hash_string(uint64_t hash, const char *string)
{
    size_t length = strnlen(string, ATY_BUSIEST_TEXT - 1);

    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)string[i]) * UINT64_C(0x100000001b3);
    }
    return hash * UINT64_C(0x100000001b3);
}

static uint64_t key_of(const char *connection, bool had_sni, const char *requested)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) + had_sni;

    hash = hash_string(hash_string(hash, connection), requested);
    hash ^= hash >> 32; /* the low bits lead to the place */
    return hash ? hash : 1;
}

/* Takes one from the credit; false where there is none left. */
static bool spend(shared_number *credit)
{
    uint64_t left = get(credit);

    while (left > 0) {
        if (atomic_compare_exchange_weak(credit, &left, left - 1)) {
            return true;
        }
    }
    return false;
}

/* Gives the place to another key. What a child adds there in the same moment, for the
 * pair that had it, may be lost or go to the new one. */
static bool replace(size_t at, uint64_t key)
{
    place *taken = &here->places[at];
    uint64_t old = get(&here->keys[at]);

    if (old == key || !swap(&here->keys[at], old, key)) {
        return old == key;
    }
    set(&taken->published, 0);
    set(&taken->refused, 0);
    set(&taken->observed, 0);
    /* `logged` stays: in a place that changes hands all the time, every pair would
     * otherwise be a new one with a line of its own. */
    add(&here->common.left_out, atomic_exchange(&taken->limit.left_out, 0));
    return true;
}

/* The place of the key, taken for it where it had none; NO_PLACE where all are held by
 * pairs that come more often. */
static size_t find_place(uint64_t key)
{
    size_t weakest = NO_PLACE;
    uint64_t least = UINT64_MAX;

    for (size_t i = 0; i < WAYS; i++) {
        size_t at = (key + i) & (ATY_BUSIEST_PLACES - 1);
        uint64_t credit;
        if (get(&here->keys[at]) == 0 && swap(&here->keys[at], 0, key)) {
            return at;
        }
        if (get(&here->keys[at]) == key) {
            return at;
        }
        credit = get(&here->places[at].credit);
        if (credit < least) {
            least = credit;
            weakest = at;
        }
    }
    if (spend(&here->places[weakest].credit) || !replace(weakest, key)) {
        return NO_PLACE;
    }
    return weakest;
}

/* Readers skip the texts until `published` says that they are whole. */
static void publish(place *taken, uint64_t key, const aty_misdirection *misdirection)
{
    write_text(&taken->connection, misdirection->connection);
    write_text(&taken->requested, misdirection->requested ? misdirection->requested : "");
    write_text(&taken->example, misdirection->authority);
    set(&taken->had_sni, misdirection->had_sni);
    atomic_store_explicit(&taken->published, key, memory_order_release);
}

aty_log_limit *aty_busiest_count(const aty_misdirection *misdirection)
{
    const char *requested = misdirection->requested ? misdirection->requested : "";
    uint64_t key = key_of(misdirection->connection, misdirection->had_sni, requested);
    size_t at = find_place(key);
    place *taken;

    if (at == NO_PLACE) {
        return &here->common;
    }
    taken = &here->places[at];
    if (get(&taken->published) != key) {
        publish(taken, key, misdirection);
    }
    add(misdirection->observed ? &taken->observed : &taken->refused, 1);
    set(&taken->reason, misdirection->reason);
    set(&taken->last, (uint64_t)misdirection->time);
    if (get(&taken->credit) < CREDIT_MAX) {
        add(&taken->credit, 1);
    }
    return &taken->limit;
}

bool aty_busiest_line_due(aty_log_limit *limit, apr_time_t now, uint64_t *left_out,
                          apr_time_t *since)
{
    uint64_t logged = get(&limit->logged);
    /* A clock that was set back must not silence a pair for long. */
    apr_time_t passed =
        now < (apr_time_t)logged ? (apr_time_t)logged - now : now - (apr_time_t)logged;

    *left_out = 0;
    *since = (apr_time_t)logged;
    if ((logged != 0 && passed < ATY_BUSIEST_INTERVAL) ||
        !swap(&limit->logged, logged, (uint64_t)now)) {
        add(&limit->left_out, 1);
        return false;
    }
    *left_out = atomic_exchange(&limit->left_out, 0);
    return true;
}

bool aty_busiest_is_common(const aty_log_limit *limit)
{
    return limit == &here->common;
}

/* A place, and how often its pair was misdirected. */
typedef struct {
    uint64_t total;
    size_t at;
} candidate;

static int more_first(const void *a, const void *b)
{
    const candidate *first = a;
    const candidate *second = b;

    if (first->total != second->total) {
        return first->total < second->total ? 1 : -1;
    }
    return first->at < second->at ? -1 : 1;
}

/* Copies what stands in a place; false where that is not whole. */
static bool read_place(size_t at, aty_busy_pair *pair)
{
    place *taken = &here->places[at];
    uint64_t key = get(&here->keys[at]);

    if (atomic_load_explicit(&taken->published, memory_order_acquire) != key) {
        return false;
    }
    read_text(&taken->connection, pair->connection);
    read_text(&taken->requested, pair->requested);
    read_text(&taken->example, pair->example);
    pair->had_sni = get(&taken->had_sni) != 0;
    pair->reason = (aty_reason)get(&taken->reason);
    pair->refused = get(&taken->refused);
    pair->observed = get(&taken->observed);
    pair->last = (apr_time_t)get(&taken->last);
    if (key_of(pair->connection, pair->had_sni, pair->requested) != key) {
        swap(&taken->published, key, 0); /* to be written again */
        return false;
    }
    return pair->reason < ATY_REASON_COUNT;
}

/* Two children that took a place for one pair at once may have taken two: adds the pair
 * to the one before it that is the same. */
static bool is_repeated(aty_busy_pair *pairs, size_t count, const aty_busy_pair *pair)
{
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].had_sni == pair->had_sni &&
            strcmp(pairs[i].connection, pair->connection) == 0 &&
            strcmp(pairs[i].requested, pair->requested) == 0) {
            pairs[i].refused += pair->refused;
            pairs[i].observed += pair->observed;
            return true;
        }
    }
    return false;
}

size_t aty_busiest_read(aty_busy_pair *pairs, size_t most)
{
    candidate candidates[ATY_BUSIEST_PLACES];
    size_t count = 0;
    size_t found = 0;

    for (size_t at = 0; at < ATY_BUSIEST_PLACES; at++) {
        place *taken = &here->places[at];
        uint64_t total;
        if (get(&here->keys[at]) == 0) {
            continue; /* not even looked at: its page may not exist yet */
        }
        total = get(&taken->refused) + get(&taken->observed);
        if (total > 0) {
            candidates[count++] = (candidate){total, at};
        }
    }
    qsort(candidates, count, sizeof *candidates, more_first);
    for (size_t i = 0; i < count && found < most; i++) {
        if (read_place(candidates[i].at, &pairs[found]) &&
            !is_repeated(pairs, found, &pairs[found])) {
            found++;
        }
    }
    return found;
}
