#pragma once
#include <libwebsockets.h>

// LWS_PRE is built by a function-like macro, which Swift does not import.
static const size_t lodger_lws_pre = LWS_PRE;
