#pragma once
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

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Variadic in the C library, so not to be seen from Swift.
static inline int lodger_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
static inline int lodger_forbid_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
static inline int lodger_close_from(unsigned first) { return (int)syscall(SYS_close_range, first, ~0U, 0); }
static inline int lodger_set_lock(int file, struct flock *lock) { return fcntl(file, F_SETLK, lock); }
static inline int lodger_get_lock(int file, struct flock *lock) { return fcntl(file, F_GETLK, lock); }
// accept4 needs _GNU_SOURCE too.
static inline int lodger_accept(int listener) {
    return (int)syscall(SYS_accept4, listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
static inline int lodger_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }
static inline int lodger_pidfd_signal(int process, int number) {
    return (int)syscall(SYS_pidfd_send_signal, process, number, NULL, 0);
}
static inline int lodger_set_nonblocking(int file) {
    int flags = fcntl(file, F_GETFL);
    return flags < 0 ? -1 : fcntl(file, F_SETFL, flags | O_NONBLOCK);
}
static inline char *const *lodger_environment(void) {
    extern char **environ;
    return environ;
}
static inline int lodger_set_close_on_exec(int file) { return fcntl(file, F_SETFD, FD_CLOEXEC); }

// Starts a program that is nobody's child, so that it outlives its starter and leaves no zombie with it.
//
// Between fork and exec a process with threads may make only calls that are safe in signal handlers: Swift cannot promise
// that, so this is C. The program gets /dev/null for its input and output, `log` for its errors, and no other descriptor.
// Returns 0, or the reason.
static inline int lodger_spawn_detached(const char *path, char *const arguments[], char *const environment[],
                                        const char *log) {
    int report[2], reason = 0, status;
    if (pipe(report) != 0) return errno;
    fcntl(report[0], F_SETFD, FD_CLOEXEC);
    fcntl(report[1], F_SETFD, FD_CLOEXEC);
    pid_t first = fork();
    if (first == 0) {
        setsid();
        pid_t second = fork();
        if (second != 0) _exit(second < 0);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGPIPE, SIG_DFL);
        int null = open("/dev/null", O_RDWR);
        int errors = open(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
        if (null >= 0 && errors >= 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(errors, 2) == 2
            && chdir("/") == 0) {
            syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
            execve(path, arguments, environment);
        }
        reason = errno;
        if (write(report[1], &reason, sizeof reason) < 0) _exit(126);
        _exit(127);
    }
    reason = first < 0 ? errno : 0;
    close(report[1]);
    if (first > 0) {
        while (waitpid(first, &status, 0) < 0 && errno == EINTR) {}
        int told;
        ssize_t size;
        while ((size = read(report[0], &told, sizeof told)) < 0 && errno == EINTR) {}
        if (size == sizeof told) reason = told;
    }
    close(report[0]);
    return reason;
}

// Landlock, with layouts and numbers of our own: headers are often older than kernels. Fields that a kernel does not know
// must be zero.
struct lodger_landlock_rules { unsigned long long files, network, scopes; };
struct lodger_landlock_path { unsigned long long access; int parent; } __attribute__((packed));
static inline int lodger_landlock_version(void) {
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
}
static inline int lodger_landlock_create(const struct lodger_landlock_rules *rules) {
    return (int)syscall(SYS_landlock_create_ruleset, rules, sizeof *rules, 0);
}
static inline int lodger_landlock_allow(int ruleset, const struct lodger_landlock_path *path) {
    return (int)syscall(SYS_landlock_add_rule, ruleset, 1 /* LANDLOCK_RULE_PATH_BENEATH */, path, 0);
}
static inline int lodger_landlock_enforce(int ruleset) {
    return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}
