/* diff_text.h: pieces of a comparison for people. */
#ifndef ATY_AUTHORITYC_DIFF_TEXT_H
#define ATY_AUTHORITYC_DIFF_TEXT_H

#include "authorityc/diff/diff.h"
#include "authorityc/diff/diff_shown.h"

/* Adds the names of a row or a column to a list. */
void aty_diff_atom_show(aty_shown *shown, const aty_diff_point *point,
                        const aty_diff_atom *atom);

/* All changes, by what they mean and by kind; of each kind the first few. */
void aty_diff_changes_print(const aty_diff *diff, bool colour);

#endif
