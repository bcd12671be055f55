// Tries many ways out of the guest at once, and asks a name server.
#define _GNU_SOURCE
#include "guestd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 96 };

// One way: what the line said, and what has become of it.
struct attempt {
    char service[8], address[64];
    int port, socket;
    const char *outcome;
};

// Fills in an address of IPv4 or IPv6; 0 where the text is none.
static socklen_t parse(const char *text, int port, struct sockaddr_storage *address) {
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof *four;
    }
    if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1) return 0;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    // Addresses of one link need to be told which.
    if (IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) || IN6_IS_ADDR_MULTICAST(&six->sin6_addr)) six->sin6_scope_id = 2;
    return sizeof *six;
}

static void begin(struct attempt *attempt) {
    struct sockaddr_storage address;
    socklen_t size = parse(attempt->address, attempt->port, &address);
    int is_tcp = strcmp(attempt->service, "tcp") == 0, one = 1;
    attempt->socket = size ? socket(address.ss_family, (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0) : -1;
    attempt->outcome = size ? NULL : "no address";
    if (!size) return;
    setsockopt(attempt->socket, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
    if (connect(attempt->socket, (struct sockaddr *)&address, size) && errno != EINPROGRESS)
        attempt->outcome = strerror(errno);
    else if (!is_tcp && send(attempt->socket, "?", 1, 0) < 0)
        attempt->outcome = strerror(errno);
}

static void finish(struct attempt *attempt) {
    int failure = 0;
    socklen_t size = sizeof failure;
    char byte;
    if (strcmp(attempt->service, "tcp") == 0) getsockopt(attempt->socket, SOL_SOCKET, SO_ERROR, &failure, &size);
    else if (recv(attempt->socket, &byte, 1, 0) < 0) failure = errno;
    attempt->outcome = failure ? strerror(failure) : "reached";
}

// Takes lines of "tcp|udp ADDRESS PORT" and gives the same lines with what became of each within so many milliseconds.
void reach(const char *lines, int patience, char *result, size_t room) {
    static struct attempt attempts[MOST];
    int count = 0, length;
    while (count < MOST && sscanf(lines, "%7s %63s %d%n", attempts[count].service, attempts[count].address,
                                  &attempts[count].port, &length) == 3) {
        begin(&attempts[count++]);
        lines += length;
    }
    for (double end = uptime() + patience / 1000.0; uptime() < end;) {
        struct pollfd polled[MOST];
        int waiting = 0;
        for (int i = 0; i < count; i++) {
            int events = strcmp(attempts[i].service, "tcp") == 0 ? POLLOUT : POLLIN;
            polled[i] = (struct pollfd){ .fd = attempts[i].outcome ? -1 : attempts[i].socket, .events = events };
            waiting += !attempts[i].outcome;
        }
        if (!waiting || poll(polled, count, 100) < 0) break;
        for (int i = 0; i < count; i++)
            if (polled[i].revents) finish(&attempts[i]);
    }
    size_t used = 0;
    *result = 0;
    for (int i = 0; i < count; i++) {
        if (used < room)
            used += snprintf(result + used, room - used, "%s %s %d %s\n", attempts[i].service, attempts[i].address,
                             attempts[i].port, attempts[i].outcome ? attempts[i].outcome : "nothing");
        if (attempts[i].socket >= 0) close(attempts[i].socket);
    }
}

// Sends a message to port 53 of an address and returns the size of what comes back, 0 for nothing.
size_t ask(const char *text, const void *message, size_t size, void *answer, size_t room) {
    struct sockaddr_storage address;
    struct timeval patience = { .tv_sec = 8 };
    socklen_t length = parse(text, 53, &address);
    if (!length) return 0;
    int line = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ssize_t got = -1;
    if (sendto(line, message, size, 0, (struct sockaddr *)&address, length) >= 0) got = recv(line, answer, room, 0);
    close(line);
    return got > 0 ? got : 0;
}
