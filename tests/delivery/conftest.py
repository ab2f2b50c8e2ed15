"""What tests of delivery share: letters, recipients and a clock that stands still."""

from __future__ import annotations

import datetime as dt
import shutil
import ssl

import pytest

from delivery.channel import Letter, Recipient
from tests.conftest import RequireComponent
from tests.delivery.receivers import certificate

NOW = dt.datetime(2023, 5, 6, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def letter() -> Letter:
    return Letter("轮值安排有变动", "王敏，您好！\n\n5月13日（周六）09:30 的综合服务日改到 5月20日。", "zh")


@pytest.fixture
def wang() -> Recipient:
    return Recipient("王敏", "wang@example.com", "138 0000 1111")


@pytest.fixture(scope="session")
def tls(
    tmp_path_factory: pytest.TempPathFactory, require_component: RequireComponent
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The contexts of a server and of a client that trusts it."""
    require_component("openssl", shutil.which("openssl") is not None, "apt-get install openssl")
    return certificate(tmp_path_factory.mktemp("certificate"))
