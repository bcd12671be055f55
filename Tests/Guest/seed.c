// The NoCloud seed: a host name, an instance id and the first line of the user data.
#define _GNU_SOURCE
#include "guestd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct seed seed = { .host = "guest" };

// What goes into JSON unquoted must hold nothing that ends a string.
static void make_harmless(char *text) {
    for (; *text; text++)
        if (*text == '"' || *text == '\\' || (unsigned char)*text < ' ') *text = '_';
}

static void read_member(const char *name, char *value, size_t size) {
    FILE *file = fopen("/cidata/meta-data", "r");
    if (!file) return;
    char line[512];
    size_t length = strlen(name);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, name, length) != 0 || line[length] != ':') continue;
        char *start = line + length + 1;
        start += strspn(start, " \"");
        start[strcspn(start, "\"\r\n")] = 0;
        snprintf(value, size, "%s", start);
        break;
    }
    fclose(file);
    make_harmless(value);
}

void seed_read(void) {
    read_member("instance-id", seed.instance, sizeof seed.instance);
    read_member("local-hostname", seed.host, sizeof seed.host);
    FILE *file = fopen("/cidata/user-data", "r");
    if (file) {
        if (!fgets(seed.user_data, sizeof seed.user_data, file)) seed.user_data[0] = 0;
        seed.user_data[strcspn(seed.user_data, "\r\n")] = 0;
        make_harmless(seed.user_data);
        fclose(file);
    }
    // Without a name of its own the guest is called what the kernel calls it.
    if (sethostname(seed.host, strlen(seed.host)) != 0) perror("sethostname");
}
