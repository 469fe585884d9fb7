# Starts a program as systemd does, with sockets that are its descriptors from 3 on. Says where they are bound.
# usage: passed-sockets.py [KEY=VALUE ...] [NAME=KIND:WHERE ...] [again] -- COMMAND...
# A variable has an upper-case key. KIND: tcp, udp, unix, unbound (of TCP, which does not listen), file. WHERE: a port at an
# address, or a path. With "again", the program is started once more as often as it ends with status 3. With "unprivileged"
# it may not bind ports below 1024, even as root.
import ctypes
import os
import signal
import socket
import sys

words = sys.argv[1:sys.argv.index("--")]
command = sys.argv[sys.argv.index("--") + 1:]
kept, names, variables = [], [], {}


def bound(kind, where):
    if kind == "file":
        return open(where)
    if kind == "unix":
        made = socket.socket(socket.AF_UNIX)
        made.bind(where.replace("@", "\0") if where.startswith("@") else where)
    else:
        host, port = where.rsplit(":", 1)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, int(port)))
        print("! port", made.getsockname()[1], flush=True)
    if kind in ("tcp", "unix"):
        made.listen(512)
    return made


for word in words:
    if word not in ("again", "unprivileged"):
        key, value = word.split("=", 1)
        if key.isupper():
            variables[key] = value
        else:
            names.append(key)
            kept.append(bound(*value.split(":", 1)))


def become():
    # High numbers first: a copy must not take the place of one that is still to be copied.
    high = [os.dup(each.fileno()) for each in kept]
    high = [os.dup(each) if each < 3 + len(kept) else each for each in high]
    for number, each in enumerate(high):
        os.dup2(each, 3 + number)
    os.environ.update({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(kept)), "LISTEN_FDNAMES": ":".join(names)})
    for key, value in variables.items():
        os.environ.pop(key, None) if value == "-" else os.environ.update({key: value})
    if "unprivileged" in words:
        ctypes.CDLL(None).prctl(24, 10)
    os.execvp(command[0], command)


if "again" not in words:
    become()
while True:
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        become()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 3:
        break
