/* well_formed.h: whether a text is what its format allows, judged by rules of its own and
 * not by who wrote it. Each returns NULL, or what is wrong. Texts are counted, and a NUL
 * follows.
 */
#ifndef ATY_TEST_FUZZ_WELL_FORMED_H
#define ATY_TEST_FUZZ_WELL_FORMED_H

#include <stdbool.h>
#include <stddef.h>

/* No control characters but line ends, and UTF-8. */
const char *well_formed_text(const char *text, size_t size);

/* Elements of HTML that are closed in their order, with attributes in double quotes; no
 * element but those that show texts, and none that does anything; `&` begins an entity.
 */
const char *well_formed_html(const char *text, size_t size);

/* Prometheus' text format 0.0.4: a HELP and a TYPE line before the samples of a metric,
 * samples with labels in quotes and a whole number, each once. */
const char *well_formed_prometheus(const char *text, size_t size);

/* Lines "Key: value", of which each key begins with the prefix. */
const char *well_formed_lines(const char *text, size_t size, const char *prefix);

#endif
