// The test card, on the kernel's framebuffer or on a VGA card that guestd drives itself.
#define _GNU_SOURCE
#include "guestd.h"

#include <fcntl.h>
#include <linux/fb.h>
#include <linux/kd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

struct screen screen;
static unsigned char font[256 * 32];
// 0 where there is no font.
static int font_height;

static void rectangle(int x, int y, int width, int height, uint32_t colour) {
    if (x < 0) { width += x; x = 0; }
    if (y < 0) { height += y; y = 0; }
    if (x + width > screen.width) width = screen.width - x;
    if (y + height > screen.height) height = screen.height - y;
    for (int row = 0; row < height; row++) {
        uint32_t *pixels = (uint32_t *)(screen.memory + (size_t)(y + row) * screen.stride) + x;
        for (int column = 0; column < width; column++) pixels[column] = colour;
    }
}

__attribute__((format(printf, 5, 6)))
static void text(int x, int y, int scale, uint32_t colour, const char *format, ...) {
    char line[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *letter = line; *letter; letter++, x += 8 * scale)
        for (int row = 0; row < font_height; row++)
            for (int column = 0; column < 8; column++)
                if (font[(unsigned char)*letter * 32 + row] & (0x80 >> column))
                    rectangle(x + column * scale, y + row * scale, scale, scale, colour);
}

// The console's own font is used; then the console may draw no more.
static void take_console(void) {
    int console = open("/dev/tty1", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (console < 0) return;
    struct console_font_op get = { .op = KD_FONT_OP_GET, .width = 32, .height = 32, .charcount = 256, .data = font };
    if (!ioctl(console, KDFONTOP, &get) && get.width == 8) font_height = get.height;
    // Left open: closing the last descriptor would give the console back.
    ioctl(console, KDSETMODE, KD_GRAPHICS);
}

static int open_pci(int slot, const char *file, int flags) {
    char path[96];
    snprintf(path, sizeof path, "/sys/bus/pci/devices/0000:00:%02x.0/%s", slot, file);
    return open(path, flags | O_CLOEXEC);
}

static unsigned long read_pci(int slot, const char *file) {
    char text[32] = "";
    int opened = open_pci(slot, file, O_RDONLY);
    if (opened < 0) return 0;
    ssize_t size = read(opened, text, sizeof text - 1);
    close(opened);
    return size > 0 ? strtoul(text, NULL, 16) : 0;
}

static void write_file(int opened, const char *text) {
    if (opened < 0) return;
    write_all(opened, text, strlen(text));
    close(opened);
}

static void *map_pci(int slot, const char *file, size_t size) {
    int opened = open_pci(slot, file, O_RDWR);
    if (opened < 0) return NULL;
    void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
    close(opened);
    return mapped == MAP_FAILED ? NULL : mapped;
}

// Sets a mode by the registers that QEMU's standard VGA and virtio-vga share, for kernels without a driver.
static int open_vga(int slot, int width, int height) {
    char name[16];
    snprintf(name, sizeof name, "0000:00:%02x.0", slot);
    // A driver that holds the card would keep its registers from being mapped.
    write_file(open_pci(slot, "driver/unbind", O_WRONLY), name);
    write_file(open_pci(slot, "enable", O_WRONLY), "1");
    volatile uint8_t *registers = map_pci(slot, "resource2", 4096);
    uint8_t *memory = map_pci(slot, "resource0", (size_t)width * height * 4);
    if (!registers || !memory) return 0;
    take_console();
    volatile uint16_t *display = (volatile uint16_t *)(registers + 0x500);
    enum { x_size = 1, y_size, depth, enable, virtual_width = 6, x_offset = 8, y_offset };
    display[enable] = 0;
    display[x_size] = width;
    display[y_size] = height;
    display[depth] = 32;
    display[virtual_width] = width;
    display[x_offset] = 0;
    display[y_offset] = 0;
    display[enable] = 0x41;
    // The attribute controller's bit without which a VGA card shows black.
    registers[0x400] = 0x20;
    screen = (struct screen){ .memory = memory, .width = width, .height = height, .stride = width * 4, .driver = "vga" };
    return 1;
}

static int open_framebuffer(void) {
    int device = open("/dev/fb0", O_RDWR | O_CLOEXEC);
    if (device < 0) return 0;
    struct fb_var_screeninfo mode;
    struct fb_fix_screeninfo layout;
    int known = !ioctl(device, FBIOGET_VSCREENINFO, &mode) && !ioctl(device, FBIOGET_FSCREENINFO, &layout);
    if (!known || mode.bits_per_pixel != 32) { close(device); return 0; }
    size_t size = (size_t)layout.line_length * mode.yres;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
    close(device);
    if (memory == MAP_FAILED) return 0;
    screen = (struct screen){
        .memory = memory, .width = mode.xres, .height = mode.yres, .stride = layout.line_length
    };
    memcpy(screen.driver, layout.id, sizeof layout.id);
    take_console();
    return 1;
}

void screen_open(void) {
    if (open_framebuffer()) return;
    for (int slot = 0; slot < 32; slot++) {
        unsigned long vendor = read_pci(slot, "vendor"), device = read_pci(slot, "device");
        int standard = vendor == 0x1234 && device == 0x1111;
        int virtio = vendor == 0x1af4 && device == 0x1050 && read_pci(slot, "class") == 0x030000;
        if ((standard || virtio) && open_vga(slot, 1280, 800)) return;
    }
}

void screen_draw_card(void) {
    static const uint32_t bars[8] = {
        0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff, 0x202020
    };
    if (!screen.memory) return;
    for (int y = 0; y < screen.height; y++) {
        uint32_t shade = 0x102030 + ((uint32_t)(y * 96 / screen.height) << 8) + (uint32_t)(y * 64 / screen.height);
        rectangle(0, y, screen.width, 1, shade);
    }
    int height = screen.height / 6;
    for (int i = 0; i < 8; i++)
        rectangle(i * screen.width / 8, screen.height - height, screen.width / 8 + 1, height, bars[i]);
    text(40, 40, 3, 0xffffff, "Test guest");
}

void screen_draw_live(int frame) {
    if (!screen.memory) return;
    int width = screen.width - 80, block = 60, y = 260;
    rectangle(40, 120, width, 120, 0x0c1a26);
    text(48, 124, 1, 0xc0ffc0, "host %s  instance %s", seed.host, seed.instance[0] ? seed.instance : "-");
    text(48, 148, 1, 0xc0ffc0, "screen %dx%d %s   up %.1fs   requests %lu", screen.width, screen.height,
         screen.driver, uptime(), requests);
    text(48, 172, 1, 0xffe080, "keys %lu  last %d  pointer %d,%d buttons %d", input.keys, input.last_key, input.x,
         input.y, input.buttons);
    text(48, 196, 1, 0xffffff, "> %s", input.typed);
    rectangle(40, y, width, block, 0x0c1a26);
    rectangle(40 + (frame * 12) % (width - block), y, block, block, 0xff8040);
    if (input.x >= 0 && input.y >= 0) {
        int x = (int)((int64_t)input.x * screen.width / (input.range_x + 1));
        int below = (int)((int64_t)input.y * screen.height / (input.range_y + 1));
        rectangle(x - 4, below - 4, 9, 9, 0xff2020);
    }
}
