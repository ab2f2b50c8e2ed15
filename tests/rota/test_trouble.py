"""Why something failed: in the reader's language, or in quotation marks where the system alone has words for it."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl

import pytest

from rota.text import Message
from rota.trouble import COMMON, why_of


def of(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (of(errno.ECONNREFUSED), "connection refused", "对方拒绝连接"),
        (socket.gaierror(-2, "Name or service not known"), "the name is not known", "找不到该域名"),
        (TimeoutError("timed out"), "timed out", "连接超时"),
        (ssl.SSLCertVerificationError(1, "self-signed"), "the certificate is not trusted", "证书不受信任"),
        (of(errno.ENOSPC), "the disk is full", "磁盘空间不足"),
        (PermissionError(errno.EACCES, "Permission denied", "/etc/x"), "permission denied", "没有权限"),
        (
            ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"),
            "“[SSL: WRONG_VERSION_NUMBER]”",
            "“[SSL: WRONG_VERSION_NUMBER]”",
        ),
        (of(errno.ELOOP), f"“{os.strerror(errno.ELOOP)}”", f"“{os.strerror(errno.ELOOP)}”"),
        (ValueError("not\na number"), "“not a number”", "“not a number”"),
    ],
)
def test_trouble_is_said_in_the_readers_language(error: BaseException, english: str, chinese: str) -> None:
    assert (why_of(error).say("en"), why_of(error).say("zh")) == (english, chinese)


@pytest.mark.parametrize("said", COMMON.values(), ids=lambda said: said.en)
def test_no_english_word_stands_in_a_chinese_reason(said: Message) -> None:
    assert not re.search("[a-zA-Z]", said.say("zh"))
