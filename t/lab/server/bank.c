#include "config.h"

#include "bank.h"

#include "../kit/events.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIGFS "/sys/kernel/config"
#define SIM CONFIGFS "/gpio-sim"

static int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc = -1;

	if (fd < 0)
		return -1;
	if (write(fd, value, strlen(value)) == (ssize_t)strlen(value))
		rc = 0;
	close(fd);
	return rc;
}

/* The first line of a file; -1 if there is none. */
static int get(const char *path, char *value, size_t size)
{
	FILE *f = fopen(path, "re");
	int rc = f && fgets(value, (int)size, f) ? 0 : -1;

	if (f)
		fclose(f);
	if (rc == 0)
		value[strcspn(value, "\n")] = '\0';
	return rc;
}

static int make_dir(const char *path, struct err *e)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_sys(e, "%s", path);
	return 0;
}

static int make_line(const struct bank *b, unsigned i, const char *title, struct err *e)
{
	char path[PATH_MAX], name[80];

	snprintf(path, sizeof path, SIM "/%s/bank0/line%u", b->name, i);
	if (make_dir(path, e) < 0)
		return -1;
	strcat(path, "/name");
	snprintf(name, sizeof name, "%s-%s", b->name, title);
	return put(path, name) < 0 ? err_sys(e, "%s", path) : 0;
}

/* The kernel's own number of line 0, which its trace events use. */
static int find_base(struct bank *b, struct err *e)
{
	char path[PATH_MAX], label[80], want[80], base[16];
	DIR *d = opendir("/sys/class/gpio");
	const struct dirent *entry;

	snprintf(want, sizeof want, "%s-gpio", b->name);
	while (d && (entry = readdir(d))) {
		snprintf(path, sizeof path, "/sys/class/gpio/%s/label", entry->d_name);
		if (get(path, label, sizeof label) < 0 || strcmp(label, want) != 0)
			continue;
		snprintf(path, sizeof path, "/sys/class/gpio/%s/base", entry->d_name);
		if (get(path, base, sizeof base) == 0) {
			b->base = (unsigned)atoi(base);
			closedir(d);
			return 0;
		}
	}
	if (d)
		closedir(d);
	return err_set(e, "/sys/class/gpio has no chip %s", want);
}

int bank_live(struct bank *b, bool live, struct err *e)
{
	char path[PATH_MAX], device[64];

	if (live == b->live)
		return 0;
	snprintf(path, sizeof path, SIM "/%s/live", b->name);
	if (put(path, live ? "1" : "0") < 0)
		return err_sys(e, "%s", path);
	b->live = live;
	if (!live)
		return 0;
	snprintf(path, sizeof path, SIM "/%s/bank0/chip_name", b->name);
	if (get(path, b->chip, sizeof b->chip) < 0)
		return err_sys(e, "%s", path);
	snprintf(path, sizeof path, SIM "/%s/dev_name", b->name);
	if (get(path, device, sizeof device) < 0)
		return err_sys(e, "%s", path);
	snprintf(b->lines, sizeof b->lines, "/sys/devices/platform/%s/%s", device, b->chip);
	event("gpio: /dev/%s", b->chip);
	return find_base(b, e);
}

int bank_make(struct bank *b, const char *name, const char *const *titles, unsigned n, struct err *e)
{
	char path[PATH_MAX], value[80];

	if (access(SIM, F_OK) < 0 && mount("none", CONFIGFS, "configfs", 0, NULL) < 0)
		return err_sys(e, "no simulated GPIO here: %s is missing; is this the lab kernel?", SIM);
	snprintf(b->name, sizeof b->name, "%s", name);
	bank_remove(b);
	snprintf(b->name, sizeof b->name, "%s", name);
	snprintf(path, sizeof path, SIM "/%s", name);
	if (make_dir(path, e) < 0)
		return -1;
	strcat(path, "/bank0");
	if (make_dir(path, e) < 0)
		return -1;
	for (unsigned i = 0; i < n; i++)
		if (make_line(b, i, titles[i], e) < 0)
			return -1;
	snprintf(path, sizeof path, SIM "/%s/bank0/num_lines", name);
	snprintf(value, sizeof value, "%d", BANK_LINES);
	if (put(path, value) < 0)
		return err_sys(e, "%s", path);
	snprintf(path, sizeof path, SIM "/%s/bank0/label", name);
	snprintf(value, sizeof value, "%s-gpio", name);
	if (put(path, value) < 0)
		return err_sys(e, "%s", path);
	return bank_live(b, true, e);
}

void bank_remove(struct bank *b)
{
	char path[PATH_MAX];

	if (!b->name[0])
		return;
	snprintf(path, sizeof path, SIM "/%s/live", b->name);
	put(path, "0");
	for (unsigned i = 0; i < BANK_LINES; i++) {
		snprintf(path, sizeof path, SIM "/%s/bank0/line%u", b->name, i);
		rmdir(path);
	}
	snprintf(path, sizeof path, SIM "/%s/bank0", b->name);
	rmdir(path);
	snprintf(path, sizeof path, SIM "/%s", b->name);
	rmdir(path);
	b->live = false;
	b->name[0] = '\0';
}

void bank_pull(const struct bank *b, unsigned line, bool high)
{
	char path[PATH_MAX + 32];

	if (!b->live)
		return;
	snprintf(path, sizeof path, "%s/sim_gpio%u/pull", b->lines, line);
	if (put(path, high ? "pull-up" : "pull-down") < 0)
		event("gpio: %s: %s", path, strerror(errno));
}
