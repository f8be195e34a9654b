#include "power/find.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define CHIPS_MAX 64

/* Of all chips that there are, what a search needs to know. */
struct chips {
	char path[CHIPS_MAX][sizeof ((struct place *)0)->path];
	size_t n;
	size_t forbidden;	/* of these, how many we may not open */
};

/* --- which chips are there? ----------------------------------------------------------- */

static bool is_device(const char *path)
{
	struct stat st;

	/* not a link: some systems keep a chip's old name as one, and it would be found twice */
	return lstat(path, &st) == 0 && S_ISCHR(st.st_mode);
}

static int by_number(const void *a, const void *b)
{
	size_t la = strlen(a), lb = strlen(b);

	return la != lb ? (la < lb ? -1 : 1) : strcmp(a, b);
}

static void chips_list(struct chips *c)
{
	DIR *d = opendir("/dev");
	struct dirent *de;

	c->n = c->forbidden = 0;
	while (d && c->n < CHIPS_MAX && (de = readdir(d))) {
		size_t n = strlen(gpio_prefix);
		char *path = c->path[c->n];

		if (strncmp(de->d_name, gpio_prefix, n) != 0 || !isdigit((unsigned char)de->d_name[n]))
			continue;
		if ((size_t)snprintf(path, sizeof *c->path, "/dev/%s", de->d_name) < sizeof *c->path && is_device(path))
			c->n++;
	}
	if (d)
		closedir(d);
	qsort(c->path, c->n, sizeof *c->path, by_number);
}

/* "gpiochip0 (pinctrl-bcm2835, 54 lines), gpiochip1 (no permission)" */
static void chips_describe(const struct chips *c, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < c->n && len < size; i++) {
		struct gpio_chip *chip = gpio_chip_open(c->path[i]);
		const char *comma = len ? ", " : "";

		if (chip)
			len += (size_t)snprintf(out + len, size - len, "%s%s (%s, %u lines)", comma, gpio_chip_name(chip),
						gpio_chip_label(chip), gpio_chip_lines(chip));
		else
			len += (size_t)snprintf(out + len, size - len, "%s%s (%s)", comma, c->path[i] + 5,
						errno == EACCES ? "no permission" : "it cannot be opened");
		gpio_chip_close(chip);
	}
}

static int no_permission(const char *path, struct err *e)
{
	return err_set(e, "%s: no permission; the device needs the group gpio, which oobmd's udev rule gives it "
		       "(udevadm trigger --subsystem-match=gpio)", path);
}

static int no_chips(struct err *e)
{
	return err_set(e, "this machine has no GPIO chip: there is no /dev/%s0; is the driver loaded?", gpio_prefix);
}

static int open_error(const char *path, struct err *e)
{
	if (errno == EACCES || errno == EPERM)
		return no_permission(path, e);
	if (errno == ENOTTY || errno == ENODEV)
		return err_set(e, "%s is no GPIO chip", path);
	return err_sys(e, "%s: cannot be opened", path);
}

static int no_such_chip(const struct chips *c, const char *chip, struct err *e)
{
	char seen[320];

	if (!c->n)
		return no_chips(e);
	chips_describe(c, seen, sizeof seen);
	return err_set(e, "there is no GPIO chip \"%.64s\"; there are: %s", chip, seen);
}

/* --- the chip ---------------------------------------------------------------------------- */

static int chip_by_label(const struct chips *c, const char *label, char *path, size_t size, struct err *e)
{
	const char *found = NULL;

	for (size_t i = 0; i < c->n; i++) {
		struct gpio_chip *chip = gpio_chip_open(c->path[i]);
		bool same = chip && !strcmp(gpio_chip_label(chip), label);

		gpio_chip_close(chip);
		if (same && found)
			return err_set(e, "the chips %s and %s are both labelled \"%.64s\"; give a name instead", found + 5,
				       c->path[i] + 5, label);
		if (same)
			found = c->path[i];
	}
	if (!found)
		return no_such_chip(c, label, e);
	snprintf(path, size, "%s", found);
	return 0;
}

/* By path, or by name in /dev, of which some are links; else by label. */
static int chip_find(const struct chips *c, const char *chip, char *path, size_t size, struct err *e)
{
	char given[PATH_MAX], real[PATH_MAX];

	snprintf(given, sizeof given, "%s%s", chip[0] == '/' ? "" : "/dev/", chip);
	if ((chip[0] != '/' && strncmp(chip, gpio_prefix, strlen(gpio_prefix)) != 0) || !realpath(given, real))
		return chip[0] == '/' ? no_such_chip(c, chip, e) : chip_by_label(c, chip, path, size, e);
	if ((size_t)snprintf(path, size, "%s", real) >= size)
		return err_set(e, "%.128s...: the name is too long", chip);
	return 0;
}

/* --- the line ---------------------------------------------------------------------------- */

static bool is_offset(const char *line)
{
	return line[0] && line[strspn(line, "0123456789")] == '\0';
}

static void place_set(struct place *p, const char *path, struct gpio_chip *chip, unsigned offset, const char *name)
{
	snprintf(p->path, sizeof p->path, "%s", path);
	snprintf(p->chip, sizeof p->chip, "%s", gpio_chip_name(chip));
	snprintf(p->name, sizeof p->name, "%s", name);
	p->offset = offset;
}

static int line_by_offset(struct place *p, const char *option, const char *path, const char *line, struct err *e)
{
	unsigned long offset = strlen(line) < 9 ? strtoul(line, NULL, 10) : ULONG_MAX;
	struct gpio_chip *chip = gpio_chip_open(path);
	struct gpio_info info;
	unsigned n;
	int rc = 0;

	if (!chip)
		return open_error(path, e);
	n = gpio_chip_lines(chip);
	if (offset >= n)
		rc = err_set(e, "%s = %.20s: %s has only %u lines, 0 to %u", option, line, gpio_chip_name(chip), n, n ? n - 1 : 0);
	else if (gpio_chip_line(chip, (unsigned)offset, &info) < 0)
		rc = err_sys(e, "%s = %s: %s does not tell about this line", option, line, gpio_chip_name(chip));
	else
		place_set(p, path, chip, (unsigned)offset, info.name);
	gpio_chip_close(chip);
	return rc;
}

/* Letters to change, add or leave out to get from A to B (Levenshtein), in whichever case. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[GPIO_TEXT + 1];
	size_t n = strnlen(b, GPIO_TEXT);

	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; *a; i++, a++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned change = corner + (tolower((unsigned char)*a) != tolower((unsigned char)b[j - 1]));
			unsigned one = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			corner = row[j];
			row[j] = change < one ? change : one;
		}
	}
	return row[n];
}

/* A search for a name, over one chip or all. */
struct search {
	const char *option, *name;
	struct place *found, nearest;
	unsigned hits, named, best;
	char second[GPIO_TEXT + 32];	/* where it was found again */
};

static void search_chip(struct search *s, const char *path, struct gpio_chip *chip)
{
	struct gpio_info info;

	for (unsigned i = 0; i < gpio_chip_lines(chip); i++) {
		unsigned d;

		if (gpio_chip_line(chip, i, &info) < 0 || !info.name[0])
			continue;
		s->named++;
		if (!strcmp(info.name, s->name)) {
			if (s->hits++ == 0)
				place_set(s->found, path, chip, i, info.name);
			else
				snprintf(s->second, sizeof s->second, "%s line %u", gpio_chip_name(chip), i);
			continue;
		}
		d = distance(s->name, info.name);
		if (d < s->best) {
			s->best = d;
			place_set(&s->nearest, path, chip, i, info.name);
		}
	}
}

static int search_result(const struct search *s, const char *where, struct err *e)
{
	char near[256];

	if (s->hits == 1)
		return 0;
	if (s->hits > 1)
		return err_set(e, "%s = \"%.40s\": %s line %u and %s are both called so; give the chip, or an offset", s->option,
			       s->name, s->found->chip, s->found->offset, s->second);
	if (!s->named)
		return err_set(e, "%s = \"%.40s\": the lines of %s have no names; give the chip and an offset", s->option, s->name,
			       where);
	place_describe(&s->nearest, near, sizeof near);
	return err_set(e, "%s = \"%.40s\": no line of %s is called so; the nearest is %s", s->option, s->name, where, near);
}

static int line_by_name(struct place *p, const char *option, const char *path, const char *line, struct err *e)
{
	struct search s = { .option = option, .name = line, .found = p, .best = UINT_MAX };
	struct gpio_chip *chip = gpio_chip_open(path);
	char where[GPIO_TEXT];

	if (!chip)
		return open_error(path, e);
	search_chip(&s, path, chip);
	snprintf(where, sizeof where, "%s", gpio_chip_name(chip));
	gpio_chip_close(chip);
	return search_result(&s, where, e);
}

static int line_anywhere(struct place *p, const char *option, struct chips *c, const char *line, struct err *e)
{
	struct search s = { .option = option, .name = line, .found = p, .best = UINT_MAX };
	const char *forbidden = NULL;

	for (size_t i = 0; i < c->n; i++) {
		struct gpio_chip *chip = gpio_chip_open(c->path[i]);

		if (chip)
			search_chip(&s, c->path[i], chip);
		else if (errno == EACCES)
			forbidden = c->path[i];
		gpio_chip_close(chip);
	}
	if (!c->n)
		return no_chips(e);
	/* it may be one of those that we cannot see */
	if (!s.hits && forbidden)
		return no_permission(forbidden, e);
	return search_result(&s, "any chip", e);
}

int place_find(struct place *p, const char *option, const char *chip, const char *line, struct err *e)
{
	struct chips c;
	char path[sizeof p->path];

	if (!chip[0] && is_offset(line))
		return err_set(e, "%s = %.20s is the number of a line on a chip: give the chip, too (chip = \"%s0\")", option, line,
			       gpio_prefix);
	chips_list(&c);
	if (!chip[0])
		return line_anywhere(p, option, &c, line, e);
	if (chip_find(&c, chip, path, sizeof path, e) < 0)
		return -1;
	if (is_offset(line))
		return line_by_offset(p, option, path, line, e);
	return line_by_name(p, option, path, line, e);
}

void place_describe(const struct place *p, char *out, size_t size)
{
	snprintf(out, size, p->name[0] ? "%s line %u (%s)" : "%s line %u", p->chip, p->offset, p->name);
}
