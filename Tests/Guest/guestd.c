// guestd: the whole user space of the test guest, beside busybox.
//
// It draws a test card, shows what the keyboard and the pointer do, and answers HTTP on ports 80 and 8080 (README.md).
#define _GNU_SOURCE
#include "guestd.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

unsigned long requests;

double uptime(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

void write_all(int descriptor, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size > 0) {
        ssize_t written = write(descriptor, next, size);
        if (written <= 0) return;
        next += written;
        size -= written;
    }
}

void power_off(void) {
    sync();
    reboot(RB_POWER_OFF);
}

static void say_ready(void) {
    FILE *console = fopen("/dev/console", "w");
    if (!console) return;
    fprintf(console, "GUEST-READY uptime=%.2f screen=%dx%d:%s host=%s instance=%s\n", uptime(), screen.width,
            screen.height, screen.driver, seed.host, seed.instance);
    fclose(console);
}

// Each connection has a process of its own, so that a slow reader holds up nobody.
static void accept_and_serve(int listener) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) return;
    requests++;
    if (fork() == 0) {
        signal(SIGCHLD, SIG_DFL);
        http_serve(connection);
        _exit(0);
    }
    close(connection);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    seed_read();
    enum { listeners = 2, most = 32 };
    struct pollfd polled[most] = {
        { .fd = http_listen(80), .events = POLLIN },
        { .fd = http_listen(8080), .events = POLLIN },
    };
    int count = listeners;
    screen_open();
    screen_draw_card();
    say_ready();

    double next_frame = 0;
    for (int frame = 0;;) {
        // Input devices may come late.
        if (frame % 10 == 0) {
            for (int found; count < most && (found = input_open_next()) >= 0;)
                polled[count++] = (struct pollfd){ .fd = found, .events = POLLIN };
        }
        if (uptime() >= next_frame) {
            screen_draw_live(frame++);
            next_frame = uptime() + 0.25;
        }
        if (poll(polled, count, 250) <= 0) continue;
        for (int i = 0; i < count; i++) {
            if (polled[i].revents & POLLIN) {
                if (i < listeners) {
                    accept_and_serve(polled[i].fd);
                } else {
                    input_read(polled[i].fd);
                    next_frame = 0;
                }
            } else if (polled[i].revents) {
                polled[i].fd = -1;
            }
        }
    }
}
