#pragma once
#include <slirp/libslirp.h>
#include <sys/un.h>
