#pragma once
#include <libwebsockets.h>
#include <sys/prctl.h>

// LWS_PRE is built by a function-like macro, which Swift does not import.
static const size_t lodger_lws_pre = LWS_PRE;

// prctl takes variable arguments, which Swift does not import.
static inline void lodger_name_thread(const char *name) { prctl(PR_SET_NAME, name); }
