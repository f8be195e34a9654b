/* uevents - the lab's udev: gives device nodes the group and mode they have on a Debian system.
 *
 *	uevents		as a daemon of the guest; prints "ready" when it listens
 *
 * In the guest devtmpfs makes every node root's, 0600. Nodes that are there already are treated
 * first, then each one as the kernel announces it. */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct rule {
	const char *prefix;	/* of the node's name */
	const char *group;
	mode_t mode;
} rules[] = {
	{ "ttyUSB", "dialout", 0660 },
	{ "ttyACM", "dialout", 0660 },
	{ "ttyGS", "dialout", 0660 },
	{ "gpiochip", "gpio", 0660 },
	{ "net/tun", "root", 0666 },
};

static void treat(const char *node)
{
	char path[300];
	const struct group *g;

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (strncmp(node, rules[i].prefix, strlen(rules[i].prefix)) != 0)
			continue;
		g = getgrnam(rules[i].group);
		snprintf(path, sizeof path, "/dev/%s", node);
		if (!g || chown(path, 0, g->gr_gid) < 0 || chmod(path, rules[i].mode) < 0)
			fprintf(stderr, "uevents: %s: %s\n", path, g ? strerror(errno) : "no such group");
		else
			printf("%s: group %s, mode %o\n", path, rules[i].group, (unsigned)rules[i].mode);
		return;
	}
}

static void treat_present(void)
{
	DIR *d = opendir("/dev");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		treat(e->d_name);
	if (d)
		closedir(d);
	treat("net/tun");
}

/* The value of KEY= in an event, which is a run of texts, each ended by a zero byte; NULL if absent. */
static const char *field(const char *event, size_t n, const char *key)
{
	size_t len = strlen(key);

	for (const char *s = event; s < event + n; s += strlen(s) + 1)
		if (strncmp(s, key, len) == 0 && s[len] == '=')
			return s + len + 1;
	return NULL;
}

int main(void)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	char event[8192];
	int s = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("uevents: kernel events");
		return 1;
	}
	treat_present();
	puts("ready");
	for (;;) {
		ssize_t n = recv(s, event, sizeof event - 1, 0);
		const char *action, *node;

		if (n < 0 && (errno == EINTR || errno == ENOBUFS))
			continue;
		if (n <= 0)
			return 1;
		event[n] = '\0';
		action = field(event, (size_t)n, "ACTION");
		node = field(event, (size_t)n, "DEVNAME");
		if (action && node && strcmp(action, "add") == 0)
			treat(node);
	}
}
