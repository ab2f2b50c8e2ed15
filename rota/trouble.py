"""Trouble with files and networks, in words: the common kinds in both languages, all others as the system says them."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Mapping

from rota.plain import one_line
from rota.text import Message, text

MOST_SAID = 160
COMMON: Mapping[int, Message] = {
    errno.ENOENT: text("it is not there", "不存在"),
    errno.EACCES: text("permission denied", "没有权限"),
    errno.EPERM: text("not permitted", "没有权限"),
    errno.EROFS: text("the file system cannot be written to", "文件系统只读"),
    errno.ENOSPC: text("the disk is full", "磁盘空间不足"),
    errno.EISDIR: text("it is a folder", "这是文件夹"),
    errno.ENOTDIR: text("part of the path is no folder", "路径中有一段不是文件夹"),
    errno.EEXIST: text("it is there already", "已存在"),
    errno.ENAMETOOLONG: text("the name is too long", "名称过长"),
    errno.EADDRINUSE: text("another program has this port", "该端口已被其他程序占用"),
    errno.EADDRNOTAVAIL: text("this machine has no such address", "本机没有这个地址"),
    errno.ECONNREFUSED: text("connection refused", "对方拒绝连接"),
    errno.ECONNRESET: text("the other side broke off", "连接被对方中断"),
    errno.EPIPE: text("the other side broke off", "连接被对方中断"),
    errno.ETIMEDOUT: text("timed out", "连接超时"),
    errno.EHOSTUNREACH: text("no way to this host", "无法到达该主机"),
    errno.ENETUNREACH: text("no way to this network", "无法到达该网络"),
}
NAME = text("the name is not known", "找不到该域名")
LATE = text("timed out", "连接超时")
CERTIFICATE = text("the certificate is not trusted", "证书不受信任")


def why_of(error: BaseException) -> Message:
    """Say why something failed; what is not common stands in quotation marks, in the language of the system."""
    if isinstance(error, socket.gaierror):
        return NAME
    if isinstance(error, TimeoutError):
        return LATE
    if isinstance(error, ssl.SSLCertVerificationError):
        return CERTIFICATE
    known = COMMON.get(error.errno or 0) if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
    if known is not None:
        return known
    said = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return quoted(said)


def quoted(said: object) -> Message:
    """Return what another program said, in quotation marks, so that it is read as such in either language."""
    return text("“{said}”", "“{said}”", said=one_line(str(said))[:MOST_SAID])
