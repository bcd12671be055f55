// What the parts of guestd share.
#pragma once
#include <stddef.h>
#include <stdint.h>

// The screen: a framebuffer of 32 bits a pixel, or nothing.
struct screen {
    uint8_t *memory;
    int width, height;
    // In bytes.
    int stride;
    char driver[17];
};

// What the keyboard and the pointer did.
struct input {
    unsigned long keys;
    int last_key;
    // The text typed since the last Enter; in the layout of a US keyboard.
    char typed[64];
    // -1 before the first move.
    int x, y;
    int range_x, range_y;
    int buttons;
};

// What the NoCloud seed said.
struct seed {
    char host[128];
    char instance[128];
    // The first line of the user data.
    char user_data[128];
};

extern struct screen screen;
extern struct input input;
extern struct seed seed;
extern unsigned long requests;

double uptime(void);
void write_all(int descriptor, const void *bytes, size_t size);
void power_off(void);

void screen_open(void);
void screen_draw_card(void);
// Draws what changes: time, input, a moving block.
void screen_draw_live(int frame);

// Opens input devices that were not there before; returns a new descriptor, or -1.
int input_open_next(void);
void input_read(int descriptor);

void seed_read(void);

void reach(const char *lines, int patience, char *result, size_t room);
size_t ask(const char *text, const void *message, size_t size, void *answer, size_t room);

int http_listen(int port);
// Answers one connection and closes it.
void http_serve(int connection);
