/* drive.c - runs a fuzzer without libFuzzer: over all its seeds, and over random changes to them which a
 * seed decides. Speaks TAP. OOBM_FUZZ_RUNS and OOBM_FUZZ_SEED override how many and which. With files as
 * arguments, it runs just these (a finding of libFuzzer, say). */
#include "fuzz.h"
#include "../unit/random.h"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#define INPUT_MAX 4096
#define SEEDS_MAX 128
#define RUNS 15000

struct input {
	uint8_t bytes[INPUT_MAX];
	size_t n;
};

static struct input seeds[SEEDS_MAX];
static size_t nseeds;
static struct input current;

/* Says which input it was. */
static void on_abort(int sig)
{
	static const char digits[] = "0123456789abcdef";
	static char out[2 * INPUT_MAX + 32];
	size_t len = strlen("# input in hex: ");

	memcpy(out, "# input in hex: ", len);
	for (size_t i = 0; i < current.n; i++) {
		out[len++] = digits[current.bytes[i] >> 4];
		out[len++] = digits[current.bytes[i] & 15];
	}
	out[len++] = '\n';
	(void)!write(STDERR_FILENO, out, len);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void run(const struct input *in)
{
	uint8_t *copy = exact_copy(in->bytes, in->n);

	if (in != &current)
		current = *in;
	LLVMFuzzerTestOneInput(copy, in->n);
	free(copy);
}

static bool load(const char *path, struct input *in)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return false;
	in->n = fread(in->bytes, 1, sizeof in->bytes, f);
	fclose(f);
	return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_seeds(const char *dir)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, by_name);	/* in order, so that a seed means the same everywhere */
	char path[8192];

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%.4096s/%s", dir, list[i]->d_name);
		if (list[i]->d_name[0] != '.' && nseeds < SEEDS_MAX && load(path, &seeds[nseeds]))
			nseeds++;
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static void cut_out(struct input *in, size_t at, size_t n)
{
	memmove(in->bytes + at, in->bytes + at + n, in->n - at - n);
	in->n -= n;
}

static void put_in(struct input *in, size_t at, const void *p, size_t n)
{
	if (n > sizeof in->bytes - in->n)
		return;
	memmove(in->bytes + at + n, in->bytes + at, in->n - at);
	memcpy(in->bytes + at, p, n);
	in->n += n;
}

static void change(struct input *in, uint64_t *seed)
{
	static const char *const words[] = {
		"\r\n", "\r", "\n", " ", ",", "\"", "OK", "ERROR", "> ", "+CMT: ,1", "AT", "FF", "00", "=", "%", "%41",
		"\x1b", "\xff", "\xd8\x3d", "1h30m", "up ", "99999999999999999999", "-1",
	};
	static uint8_t piece[INPUT_MAX];
	const struct input *other = &seeds[random_below(seed, (unsigned)nseeds)];
	size_t at = random_below(seed, (unsigned)in->n + 1), left = in->n - at, n;
	uint8_t byte = (uint8_t)random_below(seed, 256);
	const char *word;

	switch (random_below(seed, 7)) {
	case 0:
		if (left)
			in->bytes[at] ^= (uint8_t)(1U << random_below(seed, 8));
		break;
	case 1:
		if (left)
			in->bytes[at] = byte;
		break;
	case 2:
		put_in(in, at, &byte, 1);
		break;
	case 3:
		word = words[random_below(seed, sizeof words / sizeof *words)];
		put_in(in, at, word, strlen(word));
		break;
	case 4:
		if (left)
			cut_out(in, at, 1 + random_below(seed, (unsigned)left));
		break;
	case 5:	/* repeat a piece of itself */
		n = left ? 1 + random_below(seed, (unsigned)left) : 0;
		memcpy(piece, in->bytes + at, n);
		put_in(in, at, piece, n);
		break;
	default:	/* a piece of another */
		n = random_below(seed, (unsigned)other->n + 1);
		put_in(in, at, other->bytes + (other->n - n), n);
		break;
	}
}

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *s = getenv(name);

	return s && *s ? strtoul(s, NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	const char *src = getenv("OOBM_SRC"), *name = strrchr(argv[0], '/');
	unsigned long runs = setting("OOBM_FUZZ_RUNS", RUNS);
	uint64_t seed = setting("OOBM_FUZZ_SEED", 1);
	char dir[4096];

	signal(SIGABRT, on_abort);
	for (int i = 1; i < argc; i++)
		if (load(argv[i], &current))
			run(&current);
	if (argc > 1)
		return 0;

	snprintf(dir, sizeof dir, "%s/t/fuzz/seeds/%s", src ? src : ".", name ? name + 1 : argv[0]);
	load_seeds(dir);
	printf("1..2\n");
	for (size_t i = 0; i < nseeds; i++)
		run(&seeds[i]);
	printf("%s 1 - %zu seeds of %s\n", nseeds ? "ok" : "not ok", nseeds, dir);
	if (nseeds == 0)
		return 1;
	for (unsigned long i = 0; i < runs; i++) {
		current = seeds[random_below(&seed, (unsigned)nseeds)];
		for (unsigned changes = 1 + random_below(&seed, 6); changes > 0; changes--)
			change(&current, &seed);
		run(&current);
	}
	printf("ok 2 - %lu random changes to them\n", runs);
	return 0;
}
