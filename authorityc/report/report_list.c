#include "authorityc/report/report_list.h"

#include "authorityc/report/report_html.h"

static void part_write(const aty_list *list, uint32_t first, uint32_t end, FILE *out)
{
    fputs(list->opening, out);
    for (uint32_t i = first; i < end; i++) {
        list->entry(list->of, i, out);
    }
    fputs(list->closing, out);
}

void aty_list_write(const aty_list *list, uint32_t count, FILE *out)
{
    /* One more is not worth a click. */
    uint32_t first = count <= ATY_LIST_FIRST + 2 ? count : ATY_LIST_FIRST;
    uint32_t more = list->more ? list->more : ATY_LIST_MORE;
    uint32_t shown = count - first > more ? first + more : count;

    part_write(list, 0, first, out);
    if (shown > first) {
        fputs("<details><summary>", out);
        aty_html_count(out, shown - first, list->what);
        fputs(" more</summary>\n", out);
        part_write(list, first, shown, out);
        fputs("</details>\n", out);
    }
    if (count > shown) {
        fputs("<p class=\"soft\">and ", out);
        aty_html_number(out, count - shown);
        fprintf(out, " more: %s</p>\n", list->rest);
    }
}
