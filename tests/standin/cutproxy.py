#!/usr/bin/env python3
"""A bad line: a TCP proxy on 127.0.0.1 that cuts, stalls, slows and corrupts.

    cutproxy.py --to PORT [--port N] [OPTION...]

Prints "port N" and ends when its standard input does.  A line on its standard
input is an order; each is answered by one line, the counts as JSON:

    count                what went over the line so far
    set NAME VALUE...    as the option of that name, from now on; its places
                         count from here
    cut                  what is open is cut now

    --cuts N --within B  N cuts at places drawn among the next B bytes that go
                         up (seeded: --seed; the places are told as "places")
    --cut-after B        one cut when B more bytes went up
    --each-after B       each connection is cut when so many went up over it
    --drop-reply B       once B more bytes went up, the next that comes down is
                         dropped and the line cut: the work is done, and the
                         client never hears of it
    --stall-after B      once B more bytes went up, nothing more moves on that
                         connection, until the client gives up
    --flip-at B          one bit of the byte that far on its way up is changed
    --flip-down B        the same on the way down
    --rate R             bytes a second, up and down together; 0: no limit
    --delay MS           each byte is so long on its way
    --half-open S        at a cut only the client sees it: the server waits so
                         many seconds before its side is closed

Up is from client to server.  The buffers of both sockets are small, and what
was read is passed on before a cut: so a byte that is counted has crossed, the
others were still with their sender ("unread": those that a cut found in the
buffer between).
"""

import argparse
import fcntl
import json
import random
import socket
import struct
import sys
import termios
import threading
import time

PIECE = 1024  # what is passed on at once
BUFFER = 4096  # of each socket; the kernel takes twice that


def waiting(sock, request):
    """Bytes in a socket's buffer: FIONREAD to be read, TIOCOUTQ to be sent."""
    return struct.unpack("i", fcntl.ioctl(sock, request, b"\0" * 4))[0]


class Line:
    """What all connections share: how much crossed, and what is to happen."""

    def __init__(self, given):
        self.lock = threading.Lock()
        self.open = set()
        self.free_at = 0.0
        self.counts = {"up": 0, "down": 0, "connections": 0, "cuts": 0,
                       "stalls": 0, "flips": 0, "drops": 0, "unread": 0}
        self.cuts = []
        self.drop = self.stall = self.flip = self.flip_down = None
        self.rate = self.each = self.delay = self.half_open = 0
        self.seed = given.seed
        self.within = given.within
        for name in ("cuts", "cut_after", "each_after", "drop_reply",
                     "stall_after", "flip_at", "flip_down", "rate", "delay",
                     "half_open"):
            value = getattr(given, name)
            if value is not None:
                self.set(name, value)

    def set(self, name, value, within=None):
        up, down = self.counts["up"], self.counts["down"]
        if name == "cuts":
            draw = random.Random(self.seed)
            room = within or self.within
            self.cuts = sorted(up + p for p in
                               draw.sample(range(1, int(room)), int(value)))
        elif name == "cut_after":
            self.cuts = [up + int(value)]
        elif name == "each_after":
            self.each = int(value)
        elif name == "drop_reply":
            self.drop = up + int(value)
        elif name == "stall_after":
            self.stall = up + int(value)
        elif name == "flip_at":
            self.flip = up + int(value)
        elif name == "flip_down":
            self.flip_down = down + int(value)
        elif name in ("rate", "delay", "half_open"):
            setattr(self, name, float(value))
        else:
            raise ValueError("no such order: %s" % name)

    def told(self):
        return dict(self.counts, places=self.cuts)

    def pace(self, count):
        """Wait until so many bytes have crossed."""
        if not self.rate:
            return
        with self.lock:
            self.free_at = max(self.free_at, time.monotonic()) + \
                count / self.rate
            until = self.free_at
        time.sleep(max(0.0, until - time.monotonic()))

    def order(self, text):
        words = text.split()
        if words[:1] == ["set"]:
            with self.lock:
                self.set(words[1].replace("-", "_"), *words[2:])
        elif words == ["cut"]:
            for one in list(self.open):
                one.cut()
        elif words != ["count"]:
            raise ValueError("no such order: %s" % text)


def flipped(piece, at):
    piece = bytearray(piece)
    piece[at] ^= 1
    return bytes(piece)


class Connection:
    def __init__(self, line, client, server):
        self.line = line
        self.client = client
        self.server = server
        self.went_up = 0
        self.ended = False
        self.halves = 2

    def start(self):
        self.line.open.add(self)
        for run in (self.up, self.down):
            threading.Thread(target=self.half, args=(run,),
                             daemon=True).start()

    def half(self, run):
        try:
            while run():
                pass
        except OSError:
            self.reset()
        with self.line.lock:
            self.halves -= 1
            last = self.halves == 0
            self.line.open.discard(self)
        if last and not self.ended:
            self.client.close()
            self.server.close()

    # --- its ways to end ---

    def reset(self):
        """Both sides at once, as somebody gives up."""
        with self.line.lock:
            if self.ended:
                return
            self.ended = True
        self.kill(self.client)
        self.kill(self.server)

    @staticmethod
    def kill(sock):
        """A reset: its last reader is woken, for only then is it closed."""
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
            sock.shutdown(socket.SHUT_RD)
        except OSError:
            pass
        sock.close()

    def cut(self):
        """The line breaks.  What has crossed reaches the server before."""
        with self.line.lock:
            if self.ended:
                return
            self.ended = True
            self.line.counts["cuts"] += 1
            try:
                self.line.counts["unread"] += waiting(self.client,
                                                      termios.FIONREAD)
            except OSError:
                pass
        self.kill(self.client)
        try:
            patience = 100
            while waiting(self.server, termios.TIOCOUTQ) > 0 and patience:
                time.sleep(0.01)
                patience -= 1
            time.sleep(0.02 + self.line.half_open)
        except OSError:
            pass
        self.kill(self.server)

    # --- the two ways ---

    def up(self):
        line = self.line
        piece = self.client.recv(PIECE)
        if piece == b"":
            self.server.shutdown(socket.SHUT_WR)
            return False
        if line.delay:
            time.sleep(line.delay / 1000)
        while piece:
            with line.lock:
                now = line.counts["up"]
                size, end = len(piece), None
                for at, what in ((line.cuts[:1] or [None])[0], "cut"), \
                        (line.stall, "stall"):
                    if at is not None and at - now <= size:
                        size, end = max(0, at - now), what
                if line.each and line.each - self.went_up <= size:
                    size, end = line.each - self.went_up, "each"
                part, piece = piece[:size], piece[size:]
                if line.flip is not None and now <= line.flip < now + size:
                    part = flipped(part, line.flip - now)
                    line.flip = None
                    line.counts["flips"] += 1
                line.counts["up"] += size
                self.went_up += size
                if end == "cut":
                    line.cuts.pop(0)
                elif end == "stall":
                    line.stall = None
                    line.counts["stalls"] += 1
            line.pace(size)
            self.server.sendall(part)
            if end == "stall":
                self.hang()
                return False
            if end is not None:
                self.cut()
                return False
        return True

    def hang(self):
        """Silence both ways, until the client goes or the test ends."""
        self.ended = True
        try:
            while self.client.recv(65536) != b"":
                time.sleep(0.2)
        except OSError:
            pass
        self.kill(self.client)
        self.kill(self.server)

    def down(self):
        line = self.line
        piece = self.server.recv(PIECE)
        if self.ended:
            return False
        if piece == b"":
            self.client.shutdown(socket.SHUT_WR)
            return False
        if line.delay:
            time.sleep(line.delay / 1000)
        with line.lock:
            now = line.counts["down"]
            dropped = line.drop is not None and line.counts["up"] >= line.drop
            if dropped:
                line.drop = None
                line.counts["drops"] += 1
            else:
                if line.flip_down is not None and \
                        now <= line.flip_down < now + len(piece):
                    piece = flipped(piece, line.flip_down - now)
                    line.flip_down = None
                    line.counts["flips"] += 1
                line.counts["down"] += len(piece)
        if dropped:
            self.cut()
            return False
        line.pace(len(piece))
        self.client.sendall(piece)
        return True


def small(sock):
    for which in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, which, BUFFER)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def accept(listener, to, line):
    while True:
        client, _ = listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = socket.socket()
        small(server)
        try:
            server.connect(("127.0.0.1", to))
        except OSError:  # it is being started again
            Connection.kill(client)
            server.close()
            continue
        with line.lock:
            line.counts["connections"] += 1
        Connection(line, client, server).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--within", type=int, default=0)
    for name in ("cuts", "cut-after", "each-after", "drop-reply",
                 "stall-after", "flip-at", "flip-down", "rate", "delay",
                 "half-open"):
        parser.add_argument("--" + name, type=float)
    given = parser.parse_args()
    line = Line(given)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    small(listener)
    listener.bind(("127.0.0.1", given.port))
    listener.listen(16)
    threading.Thread(target=accept, args=(listener, given.to, line),
                     daemon=True).start()
    print("port %d" % listener.getsockname()[1], flush=True)
    for text in sys.stdin:
        line.order(text)
        with line.lock:
            told = line.told()
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
