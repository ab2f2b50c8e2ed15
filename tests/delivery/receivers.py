"""Receivers on this machine: HTTP servers that answer as they are told, mail servers, and servers that are broken."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """What a server answers; `behaviour` says what it does in place of answering."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    behaviour: str = ""


@dataclass
class Receiver:
    """An HTTP server: gives the answers in turn, the last one for ever, and keeps what it was sent."""

    url: str
    answers: list[Answer]
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.asked]


def json_answer(body: object, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(body).encode(), {name.replace("_", "-"): value for name, value in headers.items()})


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        answer = self.receiver.answers[min(len(self.receiver.asked), len(self.receiver.answers) - 1)]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if answer.behaviour:
            getattr(self, answer.behaviour)()
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def be_silent(self) -> None:
        be_silent(self.connection)
        self.close_connection = True

    def drip_headers(self) -> None:
        with suppress(OSError):
            self.connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(300):
                self.connection.sendall(b"x")
                time.sleep(0.05)

    def half_a_body(self) -> None:
        self.connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"errcode"')
        self.hang_up()

    def speak_nonsense(self) -> None:
        self.connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.hang_up()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@contextmanager
def http_receiver(*answers: Answer, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer((HERE, 0), Handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if context else "http"
    Handler.receiver = Receiver(f"{scheme}://{HERE}:{server.server_port}/robot?key=SECRET", list(answers))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Handler.receiver
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def socket_server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection what it is told; yields its port."""
    with closing(socket.create_server((HERE, 0))) as listening:

        def run() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with closing(connection), suppress(OSError):
                        serve(connection)

        threading.Thread(target=run, daemon=True).start()
        yield listening.getsockname()[1]


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with closing(socket.socket()) as taken:
        taken.bind((HERE, 0))
        yield taken.getsockname()[1]


@dataclass
class Mailroom:
    """What a mail server took, and at which step it answers what; the answers stand by the name of the command."""

    replies: dict[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.replies.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        reply = self.replies.get("DATA", "250 taken")
        if reply.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            self.taken.append(envelope.original_content)
            self.to.append(envelope.rcpt_tos)
        return reply


@contextmanager
def mail_server(
    mailroom: Mailroom,
    *,
    tls: ssl.SSLContext | None = None,
    sealed: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> Iterator[int]:
    """A mail server of aiosmtpd; `tls` for STARTTLS, `sealed` for encryption from the start. Yields its port."""

    def authenticated(*given: Any) -> AuthResult:
        data = given[-1]
        known = isinstance(data, LoginPassword) and login == (data.login.decode(), data.password.decode())
        return AuthResult(success=known, handled=False)

    controller = Controller(
        mailroom,
        hostname=HERE,
        port=0,
        ssl_context=sealed,
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=authenticated if login else None,
        auth_required=login is not None,
        auth_require_tls=tls is not None,
        enable_SMTPUTF8=True,
    )
    # The controller asks its own port whether it is there; with port 0 the system chooses one when it begins.
    with closing(socket.create_server((HERE, 0))) as free:
        controller.port = free.getsockname()[1]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def scripted_smtp(script: Mapping[str, Callable[[socket.socket], None] | bytes]) -> Callable[[socket.socket], None]:
    """A mail server by a script: what it says or does when it has read a command, by the command's name.

    `` is the greeting and `.` the end of the message.
    """

    def serve(connection: socket.socket) -> None:
        usual: dict[str, Callable[[socket.socket], None] | bytes] = {
            "": b"220 here\r\n",
            "EHLO": b"250 here\r\n",
            "MAIL": b"250 ok\r\n",
            "RCPT": b"250 ok\r\n",
            "DATA": b"354 go on\r\n",
            ".": b"250 taken\r\n",
            "QUIT": b"221 bye\r\n",
        }
        said = {**usual, **script}
        _act(connection, said[""])
        in_message = False
        for line in connection.makefile("rb"):
            command = line.strip().decode("ascii", "replace").partition(" ")[0].upper()
            if in_message and command != ".":
                continue
            in_message = command == "DATA" and said["DATA"] == usual["DATA"]
            _act(connection, said.get(command, b"500 what\r\n"))

    return serve


def _act(connection: socket.socket, doing: Callable[[socket.socket], None] | bytes) -> None:
    if isinstance(doing, bytes):
        connection.sendall(doing)
    else:
        doing(connection)


def hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def be_silent(connection: socket.socket) -> None:
    """Say nothing until the other side has gone."""
    with suppress(OSError):
        while connection.recv(1):
            pass


def drip(connection: socket.socket) -> None:
    for _ in range(300):
        connection.sendall(b"2")
        time.sleep(0.05)


def certificate(folder: Path, host: str = HERE) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The contexts of a server with a certificate of its own and of a client that trusts it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}"),
            *("-addext", f"subjectAltName=IP:{host}", "-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))
