// Started in QEMU's place, with QEMU's arguments: tries what its orders say and writes down what it could do.
//
// The orders are the content of the machine's base image, one a line, and the report replaces its layer: so that both are
// there at all shows that the cage leaves a machine what it needs.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// The first file name among QEMU's block devices that ends so.
static char *file(char **arguments, const char *end) {
    const char *key = "\"filename\":\"";
    for (; *arguments; arguments++) {
        char *name = strstr(*arguments, key);
        if (!name) continue;
        name = strdup(name + strlen(key));
        *strchrnul(name, '"') = 0;
        size_t length = strlen(name);
        if (length > strlen(end) && strcmp(name + length - strlen(end), end) == 0) return name;
    }
    exit(3);
}

// A path, in which @ is the folder where the machine's network card is held out.
static const char *place(char **arguments, const char *word) {
    static char path[4096];
    const char *key = "\"path\":\"";
    if (*word != '@') return word;
    for (; *arguments; arguments++) {
        char *socket = strstr(*arguments, key);
        if (!socket) continue;
        socket += strlen(key);
        char *end = strstr(socket, "/net.sock");
        if (end && snprintf(path, sizeof path, "%.*s%s", (int)(end - socket), socket, word + 1) > 0) return path;
    }
    exit(6);
}

static int opens(const char *path, int flags) {
    int descriptor = open(path, flags, 0600);
    if (descriptor < 0) return 0;
    char byte;
    int works = flags & O_WRONLY || read(descriptor, &byte, 1) >= 0;
    close(descriptor);
    return works;
}

static int connects(const void *address, socklen_t size, int family) {
    int descriptor = socket(family, SOCK_STREAM, 0);
    int works = descriptor >= 0 && connect(descriptor, address, size) == 0;
    close(descriptor);
    return works;
}

static int connects_to_port(const char *port) {
    struct sockaddr_in address = {AF_INET, htons(atoi(port)), {htonl(INADDR_LOOPBACK)}, {0}};
    return connects(&address, sizeof address, AF_INET);
}

static int connects_to_path(const char *path, int abstract) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path + abstract, path, sizeof address.sun_path - 1 - abstract);
    return connects(&address, offsetof(struct sockaddr_un, sun_path) + abstract + strlen(path), AF_UNIX);
}

// What cannot be taken back is tried by a child.
static int child_can(int (*act)(const char *), const char *word) {
    pid_t child = fork();
    if (child < 0) return 0;
    if (child == 0) _exit(act(word) ? 0 : 1);
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int enters_user_namespace(const char *word) { (void)word; return unshare(CLONE_NEWUSER) == 0; }
static int mounts(const char *path) { return mount("none", path, "tmpfs", 0, NULL) == 0; }
static int runs(const char *path) {
    execl(path, path, NULL);
    return 0;
}
static int traces(const char *word) {
    pid_t process = atoi(word);
    return ptrace(PTRACE_SEIZE, process, NULL, NULL) == 0;
}

static int does(const char *verb, const char *word) {
    if (!strcmp(verb, "read")) return opens(word, O_RDONLY);
    if (!strcmp(verb, "write")) return opens(word, O_WRONLY);
    if (!strcmp(verb, "create")) return opens(word, O_WRONLY | O_CREAT);
    if (!strcmp(verb, "link")) return symlink("/etc/passwd", word) == 0;
    if (!strcmp(verb, "tcp")) return connects_to_port(word);
    if (!strcmp(verb, "socket")) return connects_to_path(word, 0);
    if (!strcmp(verb, "abstract")) return connects_to_path(word, 1);
    if (!strcmp(verb, "signal")) return kill(atoi(word), 0) == 0;
    if (!strcmp(verb, "trace")) return child_can(traces, word);
    if (!strcmp(verb, "run")) return child_can(runs, word);
    if (!strcmp(verb, "mount")) return child_can(mounts, word);
    if (!strcmp(verb, "namespace")) return child_can(enters_user_namespace, word);
    if (!strcmp(verb, "privileges")) return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
    return -1;
}

int main(int count, char **arguments) {
    if (count == 2) return 0; // --version
    FILE *orders = fopen(file(arguments, "/orders.img"), "r");
    FILE *report = fopen(file(arguments, ".qcow2"), "w");
    if (!orders || !report) return 4;
    char line[4096];
    while (fgets(line, sizeof line, orders)) {
        line[strcspn(line, "\n")] = 0;
        char *space = strchr(line, ' ');
        if (!space) continue;
        *space = 0;
        int result = does(line, place(arguments, space + 1));
        fprintf(report, "%s %s %s\n", result > 0 ? "could" : result == 0 ? "could-not" : "unknown", line, space + 1);
    }
    return fclose(report) == 0 ? 0 : 5;
}
