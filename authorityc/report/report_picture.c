/* An address set as a picture: its groups as areas, what ends in 421 as lines over them.
 */
#include "authorityc/report/report_picture.h"

#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/report/report_html.h"

#define MARGIN      3.0 /* around each area */
#define PADDING     10.0
#define NAME_FONT   14.0
#define NAME_HEIGHT 18.0
#define ARROW       11.0

#define LARGEST_REST 0.3 /* of what is drawn */

/* The picture is there twice, for wide and for narrow pages: text must not shrink. */
typedef struct {
    const char *name;
    double width;
    double
        heights[3];  /* for one area, up to three, up to eight; then the last + a third */
    uint32_t areas;  /* at most */
    uint32_t lines;  /* at most */
    double smallest; /* share of the whole that an area has at least */
} picture_shape;

static const picture_shape shapes[] = {
    {"wide", 1000, {150, 240, 380}, 14, 9, 0.03},
    {"narrow", 360, {170, 400, 560}, 8, 4, 0.07},
};

typedef struct {
    const aty_report *report;
    const aty_report_set *set;
    const picture_shape *shape;
    const char *id; /* begins all ids of the picture */
    aty_box whole;
    aty_report_area *areas;
    uint32_t area_count;
    apr_array_header_t *lines; /* aty_report_line */
    uint32_t line_count;       /* that are drawn */
} picture;

static double height_of(const picture_shape *shape, uint32_t areas)
{
    return areas <= 1   ? shape->heights[0]
           : areas <= 3 ? shape->heights[1]
           : areas <= 8 ? shape->heights[2]
                        : shape->heights[2] * 4 / 3;
}

/* How many bytes of a text fit into a line, at least one character. */
static size_t fitting(apr_pool_t *pool, const char *text, double room)
{
    size_t length = strlen(text);

    while (length > 1 && (((unsigned char)text[length] & 0xc0) == 0x80 ||
                          aty_report_text_width(apr_pstrmemdup(pool, text, length),
                                                NAME_FONT, true) > room)) {
        length--;
    }
    return length;
}

/* Where to break a name: before a '.' or after a '-', if that does not waste the line. */
static size_t break_of(apr_pool_t *pool, const char *name, double room)
{
    size_t most = fitting(pool, name, room), at = most;

    if (!name[most]) {
        return most;
    }
    while (at > most / 3 && name[at] != '.' && name[at - 1] != '-') {
        at--;
    }
    return at > most / 3 ? at : most;
}

/* The lines of a label. Returns how many. */
static uint32_t label_break(apr_pool_t *pool, const char *name, double room,
                            uint32_t lines_most, const char *lines[ATY_LABEL_LINES])
{
    const double ellipsis = NAME_FONT;
    uint32_t count = 0;

    while (*name && count < lines_most) {
        size_t length = break_of(pool, name, room);
        bool is_cut = count + 1 == lines_most && name[length];
        if (is_cut) {
            length = fitting(pool, name, room - ellipsis);
        }
        lines[count++] =
            apr_psprintf(pool, "%.*s%s", (int)length, name, is_cut ? "…" : "");
        name += length;
    }
    return count;
}

static const char *area_name(const picture *p, const aty_report_area *area)
{
    return area->group ? aty_vhost_server_name(p->report->table, area->group->vhost)
                       : apr_psprintf(p->report->pool, "and %s more groups",
                                      aty_number_text(p->report->pool, area->groups));
}

static void area_label(const picture *p, aty_report_area *area)
{
    double room = area->box.width - 2 * PADDING;
    double lines_most = (area->box.height - 2 * PADDING) / NAME_HEIGHT - 1;
    uint32_t count;

    lines_most = lines_most < 1                 ? 1
                 : lines_most > ATY_LABEL_LINES ? ATY_LABEL_LINES
                                                : lines_most;
    count = label_break(p->report->pool, area_name(p, area), room, (uint32_t)lines_most,
                        area->lines);
    area->label = (aty_box){area->box.x + PADDING, area->box.y + PADDING / 2, 0,
                            NAME_HEIGHT * (count + 1) + 4};
    for (uint32_t i = 0; i < count; i++) {
        double width = aty_report_text_width(area->lines[i], NAME_FONT, true);
        area->label.width = width > area->label.width ? width : area->label.width;
    }
    area->label.width = area->label.width < 60 ? 60 : area->label.width;
}

/* The largest groups, and one area for all others. */
static void areas_choose(picture *p)
{
    const aty_report_set *set = p->set;
    uint32_t drawn =
        set->group_count <= p->shape->areas ? set->group_count : p->shape->areas - 1;

    p->areas = apr_pcalloc(p->report->pool, (drawn + 1) * sizeof *p->areas);
    for (uint32_t i = 0; i < set->group_count; i++) {
        aty_report_area *area = &p->areas[i < drawn ? i : drawn];
        area->group = i < drawn ? set->groups[i] : NULL;
        area->groups++;
        area->names += set->groups[i]->names;
    }
    p->area_count = drawn + (drawn < set->group_count ? 1 : 0);
}

static void areas_lay(picture *p)
{
    double *weights = apr_palloc(p->report->pool, p->area_count * sizeof *weights);
    aty_box *boxes = apr_palloc(p->report->pool, p->area_count * sizeof *boxes);
    double all = 0, least;

    for (uint32_t i = 0; i < p->area_count; i++) {
        /* The many that are not drawn are not to leave those that are without room. */
        bool is_small = p->areas[i].group || p->areas[i].names < all * LARGEST_REST;
        weights[i] = is_small ? p->areas[i].names : all * LARGEST_REST;
        all += weights[i];
    }
    least = all * p->shape->smallest;
    for (uint32_t i = 0; i < p->area_count; i++) {
        weights[i] = weights[i] > least ? weights[i] : least;
    }
    p->whole = (aty_box){0, 0, p->shape->width, height_of(p->shape, p->area_count)};
    aty_treemap(weights, p->area_count, p->whole, boxes);
    for (uint32_t i = 0; i < p->area_count; i++) {
        p->areas[i].box =
            (aty_box){boxes[i].x + MARGIN, boxes[i].y + MARGIN,
                      boxes[i].width - 2 * MARGIN, boxes[i].height - 2 * MARGIN};
        area_label(p, &p->areas[i]);
    }
}

static void lines_make(picture *p)
{
    apr_pool_t *pool = p->report->pool;
    uint32_t *area_of = apr_palloc(pool, (p->report->groups.count + 1) * sizeof *area_of);
    uint32_t last = p->area_count - 1;
    uint32_t rest = p->areas[last].group ? ATY_NONE : last;

    for (uint32_t i = 0; i < p->set->group_count; i++) {
        area_of[p->set->groups[i]->number - 1] = i < last ? i : last;
    }
    p->lines = aty_report_lines_collect(pool, p->set, area_of, rest);
    p->line_count = (uint32_t)p->lines->nelts < p->shape->lines
                        ? (uint32_t)p->lines->nelts
                        : p->shape->lines;
    aty_report_lines_lay(pool, p->areas, p->area_count,
                         (aty_report_line *)(void *)p->lines->elts, p->line_count,
                         p->whole);
}

static const aty_report_line *line_at(const picture *p, uint32_t index)
{
    return &APR_ARRAY_IDX(p->lines, (int)index, const aty_report_line);
}

static void area_write(const picture *p, const aty_report_area *area, FILE *out)
{
    fprintf(out, "<g class=\"area%s\"><title>", area->group ? "" : " rest");
    aty_html_text(out, area_name(p, area));
    fputs(": ", out);
    aty_html_count(out, area->names, "name");
    fprintf(out,
            "</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
            "rx=\"5\"/></g>\n",
            area->box.x, area->box.y, area->box.width, area->box.height);
}

static void area_label_write(const aty_report_area *area, FILE *out)
{
    double x = area->box.x + PADDING, y = area->box.y + PADDING / 2 + NAME_HEIGHT - 3;

    fputs(area->group ? "<g>" : "<g class=\"rest\">", out);
    for (int i = 0; i < ATY_LABEL_LINES && area->lines[i]; i++) {
        fprintf(out, "<text class=\"first\" x=\"%.1f\" y=\"%.1f\">", x, y);
        aty_html_text(out, area->lines[i]);
        fputs("</text>", out);
        y += NAME_HEIGHT;
    }
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">", x, y);
    aty_html_count(out, area->names, "name");
    fputs("</text></g>\n", out);
}

/* An arrow's head at the second point, as one comes from the first. */
static void head_write(aty_point from, aty_point to, double size, FILE *out)
{
    double x = to.x - from.x, y = to.y - from.y;
    double length = hypot(x, y) > 0.1 ? hypot(x, y) : 1;

    x *= size / length;
    y *= size / length;
    fprintf(out, "<path class=\"head\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fZ\"/>", to.x,
            to.y, to.x - x - y * 0.6, to.y - y + x * 0.6, to.x - x + y * 0.6,
            to.y - y - x * 0.6);
}

static aty_point moved(aty_point point, aty_point towards, double distance)
{
    double x = towards.x - point.x, y = towards.y - point.y;
    double length = hypot(x, y) > 0.1 ? hypot(x, y) : 1;

    return (aty_point){point.x + x * distance / length, point.y + y * distance / length};
}

static void line_write(const aty_report_line *line, FILE *out)
{
    double size = ARROW + line->thickness;
    aty_point a = line->points[0], b = line->points[1];
    aty_point from = line->pairs[1] ? moved(a, b, size * 0.8) : a;
    aty_point to = line->pairs[0] ? moved(b, a, size * 0.8) : b;

    for (int halo = 1; halo >= 0; halo--) {
        fprintf(out,
                "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\" stroke-width=\"%.1f\"/>",
                halo ? "halo" : "line", from.x, from.y, to.x, to.y,
                line->thickness + (halo ? 4 : 0));
    }
    for (int way = 0; way < 2; way++) {
        aty_point end = way == 0 ? b : a;
        if (line->pairs[way]) {
            head_write(way == 0 ? a : b, end, size, out);
        }
        else {
            fprintf(out, "<circle class=\"head\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>",
                    end.x, end.y, line->thickness / 2 + 3);
        }
    }
    fputc('\n', out);
}

static void loop_write(const aty_report_line *line, FILE *out)
{
    double x = line->label.x + 17, y = line->label.y + line->label.height / 2;

    fprintf(out,
            "<path class=\"line\" stroke-width=\"2.2\" d=\"M%.1f %.1fa5.5 5.5 0 1 1 -2 "
            "-4.2\"/>",
            x, y);
    head_write((aty_point){x - 9, y - 8}, (aty_point){x + 1.5, y - 1.5}, 8, out);
}

static void label_write(const picture *p, const aty_report_line *line, FILE *out)
{
    bool within = line->ends[0] == line->ends[1];
    double begin = line->label.x + (within ? ATY_LOOP_ROOM : 0);
    double middle = (begin + line->label.x + line->label.width) / 2;

    fputs("<g class=\"label\"><title>", out);
    aty_html_reasons(out, line->reasons);
    fputs(": ", out);
    aty_html_count(out, line->pairs[0] + line->pairs[1], "pair");
    fputs(within ? " at " : " between ", out);
    aty_html_text(out, area_name(p, &p->areas[line->ends[0]]));
    if (!within) {
        fputs(" and ", out);
        aty_html_text(out, area_name(p, &p->areas[line->ends[1]]));
    }
    fprintf(out,
            "</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
            "rx=\"11\"/>",
            line->label.x, line->label.y, line->label.width, line->label.height);
    if (within) {
        loop_write(line, out);
    }
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", middle,
            line->label.y + line->label.height / 2 + 4.5);
    aty_html_text(out, line->text);
    fputs("</text></g>\n", out);
}

/* In words, what is largest. */
static void description_write(const picture *p, FILE *out)
{
    aty_html_count(out, p->set->group_count, "group");
    fputs(". The largest: ", out);
    for (uint32_t i = 0; i < p->area_count && i < 3; i++) {
        fputs(i ? "; " : "", out);
        aty_html_text(out, area_name(p, &p->areas[i]));
        fputs(", ", out);
        aty_html_count(out, p->areas[i].names, "name");
    }
    fputs(". ", out);
    aty_html_count(out, p->set->pairs, "pair");
    fputs(" that clients try and that end in 421", out);
    for (uint32_t i = 0; i < p->line_count && i < 3; i++) {
        const aty_report_line *line = line_at(p, i);
        uint32_t from = line->pairs[0] ? 0 : 1;
        fprintf(out, "%s%s, from ", i ? "; " : ": ", line->text);
        aty_html_text(out, area_name(p, &p->areas[line->ends[from]]));
        fputs(" to ", out);
        aty_html_text(out, area_name(p, &p->areas[line->ends[1 - from]]));
        fputs(line->pairs[0] && line->pairs[1] && line->ends[0] != line->ends[1]
                  ? " and back"
                  : "",
              out);
    }
    fputs(". The tables below have all of it.", out);
}

static void svg_write(const picture *p, FILE *out)
{
    fprintf(out,
            "<svg class=\"picture %s\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
            "aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">Groups of ",
            p->shape->name, p->whole.width, p->whole.height, p->id, p->id, p->id);
    aty_html_text(
        out, aty_html_address(p->report->pool, p->report->table, p->set->address_set));
    fprintf(out, "</title>\n<desc id=\"%s-d\">", p->id);
    description_write(p, out);
    fputs("</desc>\n", out);
    for (uint32_t i = 0; i < p->area_count; i++) {
        area_write(p, &p->areas[i], out);
    }
    for (uint32_t i = 0; i < p->line_count; i++) {
        if (line_at(p, i)->ends[0] != line_at(p, i)->ends[1]) {
            line_write(line_at(p, i), out);
        }
    }
    for (uint32_t i = 0; i < p->area_count; i++) {
        area_label_write(&p->areas[i], out);
    }
    for (uint32_t i = 0; i < p->line_count; i++) {
        label_write(p, line_at(p, i), out);
    }
    fputs("</svg>\n", out);
}

/* How much of a picture's lines is drawn, where that is not all. */
static void rest_write(const picture *p, FILE *out)
{
    if ((uint32_t)p->lines->nelts > p->line_count) {
        fprintf(out,
                "<span class=\"key %s\">of %d lines the %u largest are drawn; the table "
                "below has the others</span>\n",
                p->shape->name, p->lines->nelts, p->line_count);
    }
}

static void legend_write(const picture *p, FILE *out)
{
    fputs("<span class=\"key\"><svg viewBox=\"0 0 30 18\" "
          "aria-hidden=\"true\"><g class=\"area\"><rect x=\"1\" y=\"1\" width=\"28\" "
          "height=\"16\" rx=\"4\"/></g></svg> a group: vhosts with equal settings; its "
          "first name, and a size by its names (small ones are drawn larger, many that "
          "are put together smaller)</span>\n",
          out);
    if (p->lines->nelts > 0) {
        fputs("<span class=\"key\"><svg viewBox=\"0 0 30 18\" aria-hidden=\"true\"><path "
              "class=\"line\" stroke-width=\"3\" d=\"M3 9L18 9\"/><circle class=\"head\" "
              "cx=\"4\" cy=\"9\" r=\"4\"/><path class=\"head\" d=\"M29 9L17 2L17 "
              "16Z\"/></svg> "
              "requests that clients send on connections of the one group for names of "
              "the other, and that end in 421: why, and for how many pairs; a ring: "
              "within the group</span>\n",
              out);
    }
}

void aty_report_picture(const aty_report *report, uint32_t set, FILE *out)
{
    picture pictures[sizeof shapes / sizeof shapes[0]];

    fputs("<figure>\n", out);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        picture *p = &pictures[i];
        *p = (picture){.report = report,
                       .set = &APR_ARRAY_IDX(report->sets, (int)set, aty_report_set),
                       .shape = &shapes[i],
                       .id = apr_psprintf(report->pool, "p%u-%s", set, shapes[i].name)};
        areas_choose(p);
        areas_lay(p);
        lines_make(p);
        svg_write(p, out);
    }
    fputs("<figcaption>", out);
    legend_write(&pictures[0], out);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        rest_write(&pictures[i], out);
    }
    fputs("</figcaption>\n</figure>\n", out);
}
