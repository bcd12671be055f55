// Keyboards, tablets and mice, and the power button.
#define _GNU_SOURCE
#include "guestd.h"

#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct input input = { .last_key = -1, .x = -1, .y = -1, .range_x = 32767, .range_y = 32767 };

// By key code, from KEY_RESERVED on.
static const char plain[] = "\0\0331234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
static int shift;

int input_open_next(void) {
    static char opened[32];
    for (int i = 0; i < 32; i++) {
        char path[64];
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        if (opened[i]) continue;
        int device = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (device < 0) continue;
        opened[i] = 1;
        struct input_absinfo axis;
        if (!ioctl(device, EVIOCGABS(ABS_X), &axis) && axis.maximum > 0) input.range_x = axis.maximum;
        if (!ioctl(device, EVIOCGABS(ABS_Y), &axis) && axis.maximum > 0) input.range_y = axis.maximum;
        return device;
    }
    return -1;
}

static void type(int code) {
    if (code >= (int)sizeof plain - 1) return;
    char letter = shift ? shifted[code] : plain[code];
    size_t length = strlen(input.typed);
    if (letter == '\b') {
        if (length > 0) input.typed[length - 1] = 0;
    } else if (letter == '\n') {
        input.typed[0] = 0;
    } else if (letter >= ' ') {
        if (length > sizeof input.typed - 2) length = 0;
        input.typed[length] = letter;
        input.typed[length + 1] = 0;
    }
}

static void on_key(int code, int value) {
    if (code >= BTN_MOUSE && code < BTN_MOUSE + 8) {
        int button = 1 << (code - BTN_MOUSE);
        input.buttons = value ? input.buttons | button : input.buttons & ~button;
        return;
    }
    if (code == KEY_LEFTSHIFT || code == KEY_RIGHTSHIFT) shift = value != 0;
    if (value == 0) return;
    if (code == KEY_POWER) power_off();
    input.keys++;
    input.last_key = code;
    type(code);
}

void input_read(int descriptor) {
    struct input_event events[32];
    ssize_t size = read(descriptor, events, sizeof events);
    for (int i = 0; size > 0 && i < (int)(size / sizeof *events); i++) {
        struct input_event *event = &events[i];
        if (event->type == EV_KEY) on_key(event->code, event->value);
        else if (event->type == EV_ABS && event->code == ABS_X) input.x = event->value;
        else if (event->type == EV_ABS && event->code == ABS_Y) input.y = event->value;
    }
}
