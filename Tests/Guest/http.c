// HTTP as far as tests need it: README.md lists the paths.
#define _GNU_SOURCE
#include "guestd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

// A request: its head as text, and what of the body came with it.
struct request {
    int connection;
    char bytes[65536 + 1];
    // Of what has been read, in bytes.
    size_t size;
    // Where the body begins, and how long it says it is.
    size_t head, length;
};

static void reply(int connection, const char *status, const char *type, const void *body, size_t size) {
    char head[256];
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                          "Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n",
                          status, type, size);
    write_all(connection, head, length);
    write_all(connection, body, size);
}

static void reply_text(int connection, const char *status, const char *body) {
    reply(connection, status, "text/plain", body, strlen(body));
}

static void reply_status(int connection) {
    struct utsname kernel;
    uname(&kernel);
    char typed[2 * sizeof input.typed], json[2048];
    size_t end = 0;
    for (char *letter = input.typed; *letter; letter++) {
        if (*letter == '"' || *letter == '\\') typed[end++] = '\\';
        typed[end++] = *letter;
    }
    typed[end] = 0;
    int size = snprintf(
        json, sizeof json,
        "{\"ready\":true,\"hostname\":\"%s\",\"instanceId\":\"%s\",\"userDataHead\":\"%s\",\"kernel\":\"%s\","
        "\"uptime\":%.3f,\"framebuffer\":{\"driver\":\"%s\",\"width\":%d,\"height\":%d},"
        "\"input\":{\"keys\":%lu,\"lastKey\":%d,\"typed\":\"%s\",\"x\":%d,\"y\":%d,\"buttons\":%d},"
        "\"requests\":%lu}\n",
        seed.host, seed.instance, seed.user_data, kernel.release, uptime(), screen.driver, screen.width,
        screen.height, input.keys, input.last_key, typed, input.x, input.y, input.buttons, requests);
    reply(connection, "200 OK", "application/json", json, size);
}

// Byte i of the stream is (i ^ i >> 8 ^ i >> 16), so that a lost or swapped piece shows.
static void reply_bytes(int connection, unsigned long long count) {
    unsigned char bytes[65536];
    int head = snprintf((char *)bytes, sizeof bytes,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %llu\r\n"
                        "Connection: close\r\n\r\n",
                        count);
    write_all(connection, bytes, head);
    for (unsigned long long sent = 0; sent < count;) {
        size_t size = count - sent < sizeof bytes ? count - sent : sizeof bytes;
        for (size_t i = 0; i < size; i++) bytes[i] = (sent + i) ^ ((sent + i) >> 8) ^ ((sent + i) >> 16);
        write_all(connection, bytes, size);
        sent += size;
    }
}

// Reads the rest of a small body; false where it is too large or cut.
static int read_body(struct request *request) {
    if (request->length > sizeof request->bytes - 1 - request->head) return 0;
    while (request->size < request->head + request->length) {
        ssize_t got = read(request->connection, request->bytes + request->size,
                           request->head + request->length - request->size);
        if (got <= 0) return 0;
        request->size += got;
    }
    request->bytes[request->size] = 0;
    return 1;
}

// Sends the body back; one that fits is read whole first, so that a client may send before it reads.
static void reply_echo(struct request *request) {
    if (read_body(request)) {
        reply(request->connection, "200 OK", "application/octet-stream", request->bytes + request->head, request->length);
        return;
    }
    char head[160];
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        request->length);
    write_all(request->connection, head, size);
    size_t left = request->length, here = request->size - request->head;
    write_all(request->connection, request->bytes + request->head, here);
    for (left -= here; left > 0;) {
        ssize_t got = read(request->connection, request->bytes, sizeof request->bytes - 1);
        if (got <= 0) return;
        write_all(request->connection, request->bytes, got);
        left -= (size_t)got < left ? (size_t)got : left;
    }
}

// Tries a TCP connection out of the guest, within two seconds: "connected" or the reason.
static void reply_connect(int connection, const char *query) {
    char host[64] = "";
    int port = 0;
    struct sockaddr_in address = { .sin_family = AF_INET };
    if (sscanf(query, "%63[0-9.]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        reply_text(connection, "400 Bad Request", "an address and a port, as 10.0.2.2:80\n");
        return;
    }
    address.sin_port = htons(port);
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int failure = connect(probe, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    if (failure == EINPROGRESS) {
        struct pollfd writable = { .fd = probe, .events = POLLOUT };
        socklen_t size = sizeof failure;
        if (poll(&writable, 1, 2000) == 0) failure = ETIMEDOUT;
        else getsockopt(probe, SOL_SOCKET, SO_ERROR, &failure, &size);
    }
    close(probe);
    reply_text(connection, "200 OK", failure ? strerror(failure) : "connected");
}

// Puts the body on the wire as an Ethernet frame, whatever it holds.
static void reply_frame(struct request *request) {
    int wire = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    struct sockaddr_ll card = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex("eth0") };
    int sent = read_body(request)
        && sendto(wire, request->bytes + request->head, request->length, 0, (struct sockaddr *)&card, sizeof card) >= 0;
    reply_text(request->connection, sent ? "200 OK" : "500 Internal Server Error", sent ? "sent" : strerror(errno));
}

static void reply_reach(struct request *request) {
    static char result[16384];
    if (read_body(request)) reach(request->bytes + request->head, 2000, result, sizeof result);
    reply_text(request->connection, "200 OK", result);
}

// Passes the body on to a name server and its answer back.
static void reply_ask(struct request *request, const char *query) {
    char server[64] = "", answer[2048];
    sscanf(query, "%63[0-9a-f.:]", server);
    size_t size = read_body(request)
        ? ask(server, request->bytes + request->head, request->length, answer, sizeof answer) : 0;
    reply(request->connection, "200 OK", "application/octet-stream", answer, size);
}

// Reads up to the end of the head; false where none came.
static int read_head(struct request *request) {
    char *end = NULL;
    while (!end) {
        size_t room = sizeof request->bytes - 1 - request->size;
        ssize_t got = room ? read(request->connection, request->bytes + request->size, room) : 0;
        if (got <= 0) return 0;
        request->size += got;
        request->bytes[request->size] = 0;
        end = strstr(request->bytes, "\r\n\r\n");
    }
    request->head = end + 4 - request->bytes;
    char *length = strcasestr(request->bytes, "\r\ncontent-length:");
    if (length && length < end) request->length = strtoul(length + 17, NULL, 10);
    return 1;
}

static int is(const struct request *request, const char *start) {
    return strncmp(request->bytes, start, strlen(start)) == 0;
}

void http_serve(int connection) {
    static struct request request;
    struct timeval patience = { .tv_sec = 30 };
    int one = 1;
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    request.connection = connection;
    if (!read_head(&request)) { close(connection); return; }

    if (is(&request, "GET / ")) {
        const char *page = "<!doctype html><title>Test guest</title><h1>Hello from the test guest</h1>\n";
        reply(connection, "200 OK", "text/html", page, strlen(page));
    } else if (is(&request, "GET /api/status ")) {
        reply_status(connection);
    } else if (is(&request, "GET /api/bytes?n=")) {
        reply_bytes(connection, strtoull(request.bytes + 17, NULL, 10));
    } else if (is(&request, "POST /api/echo ")) {
        reply_echo(&request);
    } else if (is(&request, "POST /api/connect?to=")) {
        reply_connect(connection, request.bytes + 21);
    } else if (is(&request, "POST /api/reach ")) {
        reply_reach(&request);
    } else if (is(&request, "POST /api/ask?of=")) {
        reply_ask(&request, request.bytes + 17);
    } else if (is(&request, "POST /api/frame ")) {
        reply_frame(&request);
    } else if (is(&request, "POST /api/poweroff ")) {
        reply_text(connection, "200 OK", "bye\n");
        shutdown(connection, SHUT_WR);
        power_off();
    } else {
        reply_text(connection, "404 Not Found", "not found\n");
    }
    close(connection);
}

int http_listen(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) {
        perror("listen");
        return -1;
    }
    return listener;
}
