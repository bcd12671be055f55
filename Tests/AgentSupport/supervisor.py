#!/usr/bin/python3
"""Starts a program as systemd would: with listening sockets handed over and somebody to tell that it is ready.

  supervisor.py FOLDER HOST:PORT[,HOST:PORT…] PROGRAM [ARGUMENT…]

Prints what the program tells, a line each, and "port N" first. Port 0 takes one that is free at every address. Ends with the
program, by the program's status; a SIGTERM is passed on.
"""

import os
import signal
import socket
import sys


def listen(addresses):
    """Sockets on one and the same port."""
    hosts, port = [text.rsplit(":", 1)[0].strip("[]") for text in addresses], int(addresses[0].rsplit(":", 1)[1])
    for _ in range(50):
        sockets, number = [], port
        try:
            for host in hosts:
                sockets.append(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET))
                if ":" in host:
                    sockets[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sockets[-1].bind((host, number))
                sockets[-1].listen()
                number = sockets[-1].getsockname()[1]
            return sockets, number
        except OSError:
            for made in sockets:
                made.close()
    sys.exit("no free port")


def main():
    folder, addresses, command = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
    sockets, port = listen(addresses)
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.bind(f"{folder}/notify.sock")
    print(f"port {port}", flush=True)
    child = os.fork()
    if child == 0:
        for index, made in enumerate(sockets):
            os.dup2(made.fileno(), 100 + index)
        for index in range(len(sockets)):
            os.dup2(100 + index, 3 + index, inheritable=True)
            os.close(100 + index)
        os.environ.update(
            LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(sockets)), NOTIFY_SOCKET=f"{folder}/notify.sock")
        os.execv(command[0], command)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    notices.settimeout(0.1)
    while True:
        try:
            print(notices.recv(4096).decode(), flush=True)
        except TimeoutError:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)


main()
