#include "core/machine_table.h"

static const char *const state_names[] = {
	[MACHINE_OFFLINE] = "offline", [MACHINE_LISTENING] = "listening", [MACHINE_DIALLING] = "dialling",
	[MACHINE_CHECKING] = "checking", [MACHINE_CONNECTING] = "connecting", [MACHINE_OPEN] = "open",
	[MACHINE_CLOSING] = "closing", [MACHINE_PAUSING] = "pausing", [MACHINE_REPORTING] = "reporting",
	[MACHINE_STATES] = "?",
};

static const char *const event_names[] = {
	[MACHINE_EV_MODEM_READY] = "modem ready", [MACHINE_EV_MODEM_LOST] = "modem lost",
	[MACHINE_EV_UP] = "command up", [MACHINE_EV_DOWN] = "command down",
	[MACHINE_EV_EXTEND] = "command extend", [MACHINE_EV_LINK_UP] = "link up",
	[MACHINE_EV_CHECKED] = "path proven", [MACHINE_EV_TUNNEL_UP] = "tunnel up",
	[MACHINE_EV_FAILED] = "failed", [MACHINE_EV_TUNNEL_LOST] = "tunnel lost",
	[MACHINE_EV_CLOSED] = "closed", [MACHINE_EV_REPORTED] = "reported", [MACHINE_EV_STOP] = "stop",
	[MACHINE_EV_TIMEOUT] = "time-out", [MACHINE_EV_WINDOW_END] = "window over", [MACHINE_EV_WARN] = "warning due",
};

static const char *const action_names[] = {
	[MACHINE_ACT_NONE] = "", [MACHINE_ACT_SAVE] = "save", [MACHINE_ACT_OPEN_MODEM] = "open modem",
	[MACHINE_ACT_DIAL] = "dial", [MACHINE_ACT_CHECK] = "check", [MACHINE_ACT_CONNECT] = "connect",
	[MACHINE_ACT_CLOSE] = "close", [MACHINE_ACT_KILL] = "kill", [MACHINE_ACT_TELL_UP] = "tell: up",
	[MACHINE_ACT_TELL_BACK] = "tell: back", [MACHINE_ACT_TELL_WARN] = "tell: ends soon",
	[MACHINE_ACT_TELL_EXTENDED] = "tell: extended", [MACHINE_ACT_TELL_RETRY] = "tell: next try",
	[MACHINE_ACT_REPORT] = "report",
};

static const char *const end_names[] = {
	[MACHINE_END_NONE] = "unknown", [MACHINE_END_TIME] = "time is over", [MACHINE_END_ASKED] = "asked to close",
	[MACHINE_END_FAILED] = "failed",
};

const char *machine_state_name(enum machine_state s)
{
	return state_names[s];
}

const char *machine_event_name(enum machine_event_type e)
{
	return event_names[e];
}

const char *machine_action_name(enum machine_action a)
{
	return action_names[a];
}

const char *machine_end_name(enum machine_end e)
{
	return end_names[e];
}

static void print_edge(FILE *to, enum machine_state from, const struct machine_transition *t)
{
	enum machine_state dest = t->to == MACHINE_SAME ? from : t->to;
	const char *sep = "\\n/ ";

	fprintf(to, "\t%s -> %s [label=\"%s", state_names[from], state_names[dest], event_names[t->on]);
	if (t->guard != ALWAYS)
		fprintf(to, "\\n[%s]", machine_guard_text(t->guard));
	for (size_t i = 0; i < MACHINE_ACTIONS_MAX && t->act[i] != MACHINE_ACT_NONE; i++) {
		fprintf(to, "%s%s", sep, action_names[t->act[i]]);
		sep = ", ";
	}
	fputs("\"];\n", to);
}

void machine_print_dot(FILE *to)
{
	fputs("digraph oobmd {\n\trankdir=TB;\n\tnode [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
	      "\tedge [fontname=\"sans-serif\", fontsize=9];\n\tstart [shape=point];\n\tstart -> offline;\n"
	      "\topen [style=\"rounded,bold\"];\n", to);
	for (size_t i = 0; i < machine_rows; i++)
		for (int s = 0; s < MACHINE_STATES; s++)
			/* staying is left out: it is in the table, and would hide the way */
			if (machine_table[i].from & 1u << s && machine_table[i].to != MACHINE_SAME && (int)machine_table[i].to != s)
				print_edge(to, (enum machine_state)s, &machine_table[i]);
	fputs("}\n", to);
}
