/* Sets of digests: core/digest_set.h against values that sha256sum gave. */
#include <stdint.h>
#include <string.h>

#include "authorityc/digest.h"
#include "core/digest_set.h"
#include "test/unit/tap.h"

#define SET_MAX 12

/* Each letter stands for a digest of 32 times itself; a text is that of its set, as
 * for c in a b; do head -c32 /dev/zero | tr '\0' $c; done | sha256sum gives it. */
#define TEXT_A \
    "1, sha256:3ba3f5f43b92602683c19aee62a20342b084dd5971ddd33808d81a328879a547"
#define TEXT_B \
    "1, sha256:bdb339768bc5e4fecbe55a442056919b2b325907d49bcbf3bf8de13781996a83"
#define TEXT_AB \
    "2, sha256:fdd2a64d014f2c406d2ece67c23212a92b356314f4deb42b24c395296ee304d2"
#define TEXT_ABC \
    "3, sha256:a0072c38c4ca385fcfada6fbb8d31e72ffb8cd037662b0c6ac7e05b44f8738d1"
#define TEXT_A_TO_L \
    "12, sha256:db4919059aeb101507b018285beadfd3512c70c1d396af926d72f84cc54542ca"

static const struct {
    const char *letters;
    const char *left;
    const char *text;
} sets[] = {
    {"", "", "none"},
    {"a", "a", TEXT_A},
    {"aaaaa", "a", TEXT_A},
    {"ab", "ab", TEXT_AB},
    {"ba", "ab", TEXT_AB},
    {"babab", "ab", TEXT_AB},
    {"abc", "abc", TEXT_ABC},
    {"cba", "abc", TEXT_ABC},
    {"ccbaa", "abc", TEXT_ABC},
    {"bcabc", "abc", TEXT_ABC},
    {"bbbbbbbbbbbb", "b", TEXT_B},
    {"lbkacjdiehgf", "abcdefghijkl", TEXT_A_TO_L},
};

static size_t set_fill(uint8_t digests[SET_MAX][ATY_DIGEST_SIZE], const char *letters)
{
    size_t count = 0;

    for (; letters[count]; count++) {
        memset(digests[count], letters[count], ATY_DIGEST_SIZE);
    }
    return count;
}

static void check_sets(void)
{
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        uint8_t digests[SET_MAX][ATY_DIGEST_SIZE], left[SET_MAX][ATY_DIGEST_SIZE];
        char text[ATY_DIGEST_SET_TEXT_SIZE];
        size_t count =
            aty_digest_set_normalise(digests, set_fill(digests, sets[i].letters));
        size_t expected = set_fill(left, sets[i].left);

        tap_ok(count == expected && memcmp(digests, left, count * sizeof *left) == 0,
               "'%s' becomes '%s'", sets[i].letters, sets[i].left);
        aty_digest_set_text(text, digests, count, aty_digest_sha256);
        tap_is_str(text, sets[i].text, "the text of '%s'", sets[i].letters);
    }
}

/* Bytes count to the last, and as unsigned ones. */
static void check_bytes(void)
{
    uint8_t digests[3][ATY_DIGEST_SIZE] = {{0xff}, {0x7f}, {0x7f}};

    digests[1][ATY_DIGEST_SIZE - 1] = 1;
    tap_is_int((long long)aty_digest_set_normalise(digests, 3), 3,
               "digests that differ in their last byte are two");
    tap_ok(digests[0][ATY_DIGEST_SIZE - 1] == 0 && digests[1][0] == 0x7f &&
               digests[1][ATY_DIGEST_SIZE - 1] == 1 && digests[2][0] == 0xff,
           "and are sorted as unsigned bytes");
    tap_is_int((long long)aty_digest_set_normalise(NULL, 0), 0, "no digests are none");
}

static void check_hex(void)
{
    uint8_t digest[ATY_DIGEST_SIZE] = {0x00, 0x09, 0x9a, 0xf0, 0xff};
    char hex[ATY_DIGEST_HEX_SIZE];

    aty_digest_hex(hex, digest);
    tap_is_str(hex, "00099af0ff000000000000000000000000000000000000000000000000000000",
               "a digest in hexadecimal digits");
}

/* The longest count there is must fit. */
static void check_size(void)
{
    char longest[] = "18446744073709551615, sha256:";

    tap_is_int(ATY_DIGEST_SET_TEXT_SIZE, sizeof longest + 2 * ATY_DIGEST_SIZE,
               "a text has room for every count");
}

int main(void)
{
    check_sets();
    check_bytes();
    check_hex();
    check_size();
    return tap_done();
}
