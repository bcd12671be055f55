#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/un.h>

// struct ucred needs _GNU_SOURCE, which Swift's own view of the C library lacks.
struct lodger_peer { pid_t pid; uid_t uid; gid_t gid; };
static inline int lodger_peer_of(int socket, struct lodger_peer *peer) {
    socklen_t size = sizeof *peer;
    return getsockopt(socket, SOL_SOCKET, 17 /* SO_PEERCRED */, peer, &size);
}
