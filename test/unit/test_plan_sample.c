/* Names that stand for what a pattern and a certificate have in common: found if and only
 * if there are any, which is asked of all short names. */
#include "test/unit/tap.h"

#include "authorityc/plan/plan_sample.h"
#include "test/unit/random_policy.h"

#define PAIRS   4000
#define LONGEST 7 /* of the names that are tried */

static const char letters[] = "ab.";

/* Whether a name of up to LONGEST letters is in both. */
static bool have_common(char *name, size_t length, const char *pattern, const char *san)
{
    if (length > 0 && aty_name_matches(name, length, pattern) &&
        aty_name_covers(san, name, length)) {
        return true;
    }
    for (const char *letter = letters; *letter && length < LONGEST; letter++) {
        name[length] = *letter;
        if (have_common(name, length + 1, pattern, san)) {
            return true;
        }
    }
    return false;
}

static void random_text(char *text, const char *from, uint32_t longest)
{
    uint32_t length = 1 + random_below(longest);

    for (uint32_t i = 0; i < length; i++) {
        text[i] = from[random_below((uint32_t)strlen(from))];
    }
    text[length] = '\0';
}

/* Few letters: their names in common, if any, are short. */
static void random_pairs(void)
{
    uint32_t missed = 0, wrong = 0, none = 0, found = 0;

    random_seed(1);
    for (int i = 0; i < PAIRS; i++) {
        char pattern[5], san[6] = "*.", sample[ATY_NAME_MAX + 1], name[LONGEST + 1];
        random_text(pattern, "ab.*?*", 4);
        random_text(random_below(2) ? san : san + 2, "ab.", 3);
        bool has = aty_plan_sample(sample, pattern, san);
        size_t length = has ? strlen(sample) : 0;
        missed += has != have_common(name, 0, pattern, san);
        wrong += has && !(aty_name_matches(sample, length, pattern) &&
                          aty_name_covers(san, sample, length));
        none += !has;
        found += has;
    }
    tap_ok(none > PAIRS / 10 && found > PAIRS / 10,
           "%u have a name in common, %u have not", found, none);
    tap_is_int(missed, 0, "... as all short names say");
    tap_is_int(wrong, 0, "... and the sample is such a name");
}

#define ANY "\1"

static const struct {
    const char *pattern, *san, *sample;
} known[] = {
    {"*.a.test", "*.a.test", ANY ".a.test"},
    {"*.a.test", "*.sub.a.test", ANY ".sub.a.test"},
    {"*.sub.a.test", "*.a.test", NULL},
    {"*.a.test", "x.a.test", "x.a.test"},
    {"*.a.test", "a.test", NULL},
    {"n?.b.test", "*.b.test", "n" ANY ".b.test"},
    {"n*.test", "*.b.test", "n" ANY ".b.test"},
    {"www.*", "*.b.test", "www.b.test"},
    {"*", "*.b.test", ANY ".b.test"},
    {"*", "b.test", "b.test"},
    {"*", "192.0.2.1", NULL},
    {"*.a.test", "f*.a.test", NULL},
    {"f*.a.test", "f*.a.test", NULL},
};

int main(void)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char sample[ATY_NAME_MAX + 1];
        tap_is_str(aty_plan_sample(sample, known[i].pattern, known[i].san) ? sample
                                                                           : NULL,
                   known[i].sample, "%s and %s", known[i].pattern, known[i].san);
    }
    random_pairs();
    return tap_done();
}
