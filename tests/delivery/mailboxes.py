"""Dovecot, a mail server that people use, in a folder of its own: with one mailbox into which tests put mails."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from delivery.mailbox import Mailbox
from delivery.smtp import Security
from tests.daemons import USER as NOBODY
from tests.daemons import another_user, folder_of_its_own, is_root
from tests.delivery.receivers import HERE, certificate

PROGRAM = Path("/usr/sbin/dovecot")
USER, PASSWORD = "rota@example.org", "code-for-programs"
CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{folder}/mail
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {sealed}
    ssl = yes
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A server that runs, its two ports, and the context of a client that trusts it."""

    plain: int
    sealed: int
    trusting: ssl.SSLContext

    def mailbox(self, security: Security = "ssl", folder: str = "INBOX", **more: object) -> Mailbox:
        """Return the mailbox as a coordinator states it."""
        port = self.sealed if security == "ssl" else self.plain
        stated = Mailbox(HERE, port, security, USER, PASSWORD, folder, context=self.trusting)
        return stated.__class__(**{**vars(stated), **more})

    def put(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into a folder, unseen."""
        with self._client() as client:
            client.create(folder)
            for mail in mails:
                client.append(folder, "", None, mail)

    def flags(self, folder: str = "INBOX") -> list[str]:
        """Return the flags of each mail in a folder, in order."""
        with self._client() as client:
            client.select(folder, readonly=True)
            found = client.uid("FETCH", "1:*", "(FLAGS)")[1]
            return [
                line.decode().partition("FLAGS (")[2].partition(")")[0] for line in found if isinstance(line, bytes)
            ]

    def empty(self) -> None:
        """Remove all mails."""
        with self._client() as client:
            _, (held,) = client.select()
            if held == b"0":
                return
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()

    @contextmanager
    def _client(self) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4(HERE, self.plain)
        client.login(USER, PASSWORD)
        try:
            yield client
        finally:
            client.logout()


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run a server with a certificate of its own."""
    with folder_of_its_own() as folder:
        _, trusting = certificate(folder)
        (folder / "home").mkdir()
        plain, sealed, config = _free_port(), _free_port(), folder / "dovecot.conf"
        about = {"folder": folder, "plain": plain, "sealed": sealed, "password": PASSWORD, **_runs_as()}
        config.write_text(CONFIG.format(**about), encoding="utf-8")
        command = [*another_user(folder), str(PROGRAM), "-F", "-c", str(config)]
        running = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL)
        try:
            _wait_for(plain, running, folder / "log")
            yield Dovecot(plain, sealed, trusting)
        finally:
            running.terminate()
            running.wait(30)


def _runs_as() -> dict[str, object]:
    user = pwd.getpwnam(NOBODY) if is_root() else pwd.getpwuid(os.getuid())
    return {"user": user.pw_name, "group": grp.getgrgid(user.pw_gid).gr_name, "uid": user.pw_uid, "gid": user.pw_gid}


def _free_port() -> int:
    with closing(socket.create_server((HERE, 0))) as free:
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with suppress(OSError), closing(socket.create_connection((HERE, port), 1)) as here:
            if here.recv(4) == b"* OK":
                return
        assert running.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())
