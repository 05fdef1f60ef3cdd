"""A web server of files that behaves as it is told: honestly, or as servers, lines and proxies sometimes do.

    server = Server()
    server.serve("/a.tar.gz", Source(path), in_turn(cut(1000), status(500), honest))
    ... server.url("/a.tar.gz") ... server.asked("/a.tar.gz") ...
    server.close()

A behaviour is a function of one exchange (a request and its answer); those below are made of
`Exchange.answer`, which sends a file's bytes rightly but for what its arguments say. Each GET is recorded,
with where its range began and the body's bytes that were handed to the system. Other methods get a 501.

    server.py FOLDER    serves a folder honestly from its own process, prints the port, ends with its input
"""

import argparse
import contextlib
import os
import re
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

# What a connection holds that was sent and has not left: small, so that what is recorded has nearly come.
SEND_BUFFER = 64 << 10


class Source:
    """A file as the server has it; `tag` names the version."""

    def __init__(self, path, tag="first"):
        self.path = Path(path)
        self.size = self.path.stat().st_size
        self.tag = f'"{tag}"'


@dataclass
class Request:
    """What was asked for (`start` is None without a range) and what was sent, from `origin` on."""

    path: str
    number: int
    start: int | None = None
    status: int | None = None
    origin: int = 0
    served: int = 0
    began: float = field(default_factory=time.monotonic)
    # When its last bytes were about to be sent.
    last: float = field(default_factory=time.monotonic)

    @property
    def reached(self):
        """The place in the file up to which bytes were sent."""
        return self.origin + self.served


class Exchange:
    """One request and the means to answer it."""

    def __init__(self, handler, owner, source, request):
        self.handler, self.owner, self.source, self.request = handler, owner, source, request
        self.socket = handler.connection
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", handler.headers.get("Range", ""))
        self.asked = (int(found[1]), int(found[2]) if found[2] else None) if found else None
        request.start = self.asked[0] if self.asked else None

    def raw(self, data):
        self.request.last = time.monotonic()
        self.socket.sendall(data)

    def head(self, code, headers):
        self.request.status = code
        lines = [f"HTTP/1.1 {code} {'OK' if code < 300 else 'Other'}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    def plain(self, code, headers=None):
        """A short answer without a file."""
        text = f"This is the page of status {code}.\n".encode()
        self.head(code, {"Content-Type": "text/plain", "Content-Length": len(text), **(headers or {})})
        self.raw(text)

    def end(self, hard=False):
        """Closes the connection; `hard` by a reset, before which what was sent has time to arrive."""
        self.handler.close_connection = True
        if hard:
            self.wait(0.2)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # The handler's streams would keep a closed socket open.
            os.close(self.socket.detach())
        else:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)

    def wait(self, seconds):
        self.owner.closing.wait(seconds)

    def answer(
        self, source=None, ranges=True, shift=0, said_total=0, said_length=0, until=None,
        surplus=0, framing="length", rate=None, flip=None,
    ):  # fmt: skip
        """Sends the file, or the part of it that was asked for, rightly but for what is told.

        `ranges` False sends all to a range request too. The range that is sent, and said, begins `shift`
        bytes later than asked for. `said_total` and `said_length` are added to what the headers say.
        `until` is the place in the file at which it stops sending; `surplus` bytes follow the file.
        `framing` is "length", "chunked" or "none" (the connection's end ends the body).
        `rate` is in bytes a second; `flip` is the place of a byte that is sent inverted.
        """
        source = source or self.source
        start, last = 0, source.size - 1
        headers = {"Content-Type": "application/gzip", "ETag": source.tag, "Accept-Ranges": "bytes"}
        partly = ranges and self.asked and self.handler.headers.get("If-Range", source.tag) == source.tag
        if partly:
            start = self.asked[0] + shift
            last = last if self.asked[1] is None else min(last, self.asked[1])
            if start >= source.size:
                return self.plain(416, {"Content-Range": f"bytes */{source.size}"})
            headers["Content-Range"] = f"bytes {start}-{last}/{source.size + said_total}"
        self.request.origin = start
        stop = last + 1 if until is None else max(start, min(last + 1, until))
        if framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
        elif framing == "length":
            total_too = 0 if partly else said_total
            headers["Content-Length"] = last + 1 - start + said_length + total_too
        else:
            headers["Connection"] = "close"
        self.head(206 if partly else 200, headers)
        self.body(source, start, stop, framing == "chunked", rate, flip)
        whole = stop == last + 1
        if surplus and whole:
            extra = b"\x55" * surplus
            self.raw(b"%x\r\n%b\r\n" % (surplus, extra) if framing == "chunked" else extra)
            self.request.served += surplus
        if framing == "chunked" and whole:
            self.raw(b"0\r\n\r\n")
        if framing == "none" and whole:
            self.end()

    def body(self, source, place, stop, chunked, rate, flip):
        step = (1 << 20) if rate is None else max(1, int(rate / 20))
        copied = chunked or rate is not None or flip is not None
        with open(source.path, "rb", buffering=0) as file:
            while place < stop:
                count = min(step, stop - place)
                if copied:
                    data = bytearray(os.pread(file.fileno(), min(count, 64 << 10), place))
                    if flip is not None and place <= flip < place + len(data):
                        data[flip - place] ^= 0xFF
                    self.raw(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
                    sent = len(data)
                else:
                    self.request.last = time.monotonic()
                    sent = os.sendfile(self.socket.fileno(), file.fileno(), place, count)
                place += sent
                self.request.served += sent
                if rate is not None:
                    self.wait(sent / rate)
                    if self.owner.closing.is_set():
                        return self.end()


# ---- Behaviours


def honest(exchange):
    exchange.answer()


def in_turn(*behaviours):
    """The first request is answered by the first of them, and so on; the last answers all that follow."""

    def behave(exchange):
        behaviours[min(exchange.request.number, len(behaviours) - 1)](exchange)

    return behave


def answered(**how):
    """As `Exchange.answer` does with these arguments."""
    return lambda exchange: exchange.answer(**how)


def cut(place, hard=False, **how):
    """Closes the connection when the file was sent up to `place`."""

    def behave(exchange):
        exchange.answer(until=place, **how)
        exchange.end(hard)

    return behave


def cut_in_head(exchange):
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Le")
    exchange.end()


def hang_up(exchange):
    """Not a byte."""
    exchange.end()


def stall(place, seconds, **how):
    """Sends nothing more after `place`, for that long; then the connection is closed."""

    def behave(exchange):
        exchange.answer(until=place, **how)
        exchange.wait(seconds)
        exchange.end()

    return behave


def mute(seconds):
    """Takes the request and answers nothing."""

    def behave(exchange):
        exchange.wait(seconds)
        exchange.end()

    return behave


def status(code, **headers):
    return lambda exchange: exchange.plain(code, headers)


def redirect(code, location):
    return lambda exchange: exchange.plain(code, {"Location": location})


def redirect_without_place(exchange):
    exchange.plain(302)


def kept_alive_and_closed(exchange):
    """Closes after a whole answer that did not say so."""
    exchange.answer()
    exchange.end()


def after_hints(exchange):
    """Sends an interim answer before the answer, as HTTP allows."""
    exchange.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n")
    exchange.answer()


def garbage(exchange):
    exchange.raw(bytes(range(256)) * 8)
    exchange.end()


def endless_head(exchange):
    """A header that has no end: a quarter of a gigabyte, if it is taken."""
    exchange.raw(b"HTTP/1.1 200 OK\r\n")
    line = b"X-Filler: " + b"x" * 65000
    for _ in range(4000):
        exchange.raw(line)
    exchange.end()


# ---- The server


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802
        self.server.owner.handle(self)

    def log_message(self, *_):
        pass

    def finish(self):
        with contextlib.suppress(OSError, ValueError):
            super().finish()


class Listener(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def get_request(self):
        connection, address = super().get_request()
        if self.owner.send_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.owner.send_buffer)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.owner.secure:
            connection = self.owner.secure.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        # A client that goes away is what many tests are about; anything else is this server's fault.
        if not isinstance(sys.exc_info()[1], (OSError, ValueError)):
            super().handle_error(request, client_address)


class Server:
    """Files by the path of their address, each with its behaviour."""

    def __init__(self, send_buffer=SEND_BUFFER, certificate=None):
        self.send_buffer = send_buffer
        self.secure = None
        if certificate:
            self.secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.secure.load_cert_chain(certificate)
        self.files, self.counts, self.requests = {}, {}, []
        self.lock, self.closing = threading.Lock(), threading.Event()
        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.listener.owner = self
        self.port = self.listener.server_address[1]
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def url(self, path):
        return f"{'https' if self.secure else 'http'}://127.0.0.1:{self.port}{path}"

    def serve(self, path, source, behaviour=honest):
        """Also begins the count of the requests anew that `in_turn` goes by."""
        with self.lock:
            self.files[path] = (source, behaviour)
            self.counts[path] = 0

    def asked(self, path=None):
        """The requests so far, of one path or of all, in the order in which they came."""
        with self.lock:
            return [one for one in self.requests if path in (None, one.path)]

    def most_at_once(self):
        """How many requests were being answered at a time, at most."""
        asked = self.asked()
        return max(sum(one.began <= at.began <= one.last for one in asked) for at in asked)

    def forget(self):
        with self.lock:
            self.requests = []

    def handle(self, handler):
        path = handler.path.split("?")[0]
        with self.lock:
            source, behaviour = self.files.get(path, (None, status(404)))
            request = Request(path, self.counts.get(path, 0))
            self.counts[path] = request.number + 1
            exchange = Exchange(handler, self, source, request)
            self.requests.append(request)
        try:
            behaviour(exchange)
        except OSError:
            handler.close_connection = True

    def close(self):
        self.closing.set()
        self.listener.shutdown()
        self.listener.server_close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    server = Server(send_buffer=None)
    for path in parser.parse_args().folder.iterdir():
        server.serve(f"/{path.name}", Source(path))
    print(server.port, flush=True)
    sys.stdin.read()
    server.close()


if __name__ == "__main__":
    main()
