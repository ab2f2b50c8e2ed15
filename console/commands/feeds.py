"""Commands about feeds: the server, and the links that it answers to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands.keeping import case_option
from console.commands.options import CasePath, case_argument, json_option, language_option
from console.help import Command, Group
from console.places import case_at

if TYPE_CHECKING:
    from rota.text import Language

url_option = click.option(
    "--public-url", metavar="URL", help="Where people reach the server; else 网址 in the settings. 服务器的公开网址。"
)
qr_option = click.option("-o", "--output", type=CasePath, help="Write a QR code: FILE.svg or FILE.png. 写出二维码。")


@click.command(cls=Command)
@case_argument
@click.option("--host", default="127.0.0.1", help="Listen at this address; else on this machine alone. 监听地址。")
@click.option("--port", type=click.IntRange(0, 65535), default=8734, help="The port; 0 takes a free one. 端口。")
@url_option
@click.option(
    "--proxy", multiple=True, metavar="IP", help="Believe this proxy, or network, beside this machine. 信任的代理。"
)
@click.option("--no-engine", is_flag=True, help="Leave answering changes to another process. 不处理变更。")
@click.option("--no-sending", is_flag=True, help="Leave sending letters to another process. 不发送通知。")
@language_option
def serve(
    case: Path | None,
    host: str,
    port: int,
    public_url: str | None,
    proxy: tuple[str, ...],
    no_engine: bool,  # noqa: FBT001 - a flag of click
    no_sending: bool,  # noqa: FBT001 - the same
    lang: str | None,
) -> None:
    """Serve feeds, answer changes, and send what is due, until told to end. 提供订阅、处理变更、按时通知。

    A proxy that speaks HTTPS belongs before it. Logs go to standard error, one JSON object a line, without any link.
    请在前面设置支持 HTTPS 的代理。日志逐行以 JSON 写到标准错误，其中没有链接。
    """
    from console.serving import Duties
    from console.serving import serve as serve_until_stopped

    duties = Duties(engine=not no_engine, sending=not no_sending)
    where = case_at(case)
    serve_until_stopped(where, lang, host=host, port=port, public_url=public_url, duties=duties, proxies=proxy)


@click.group(cls=Group)
def feeds() -> None:
    """Give out links to feeds, see who is up to date, exchange and revoke them. 管理日历订阅链接。"""


@feeds.command()
@click.argument("who")
@case_option
@click.option("--label", default="", help="Whom the link is for, in your words. 给谁用。")
@click.option("--calendar-language", type=click.Choice(["zh", "en"]), help="The feed's language. 日历的语言。")
@click.option("--another", is_flag=True, help="Even where there is such a link already. 已有链接时再发一条。")
@url_option
@qr_option
@json_option
@language_option
def issue(
    who: str,
    case: Path | None,
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
    calendar_language: Language | None,
    **options: Any,  # noqa: ANN401 - click's options
) -> None:
    """Make page and calendar link of WHO: a unit, person, room, site, activity, or `all`. 生成个人页面和订阅链接。

    They are printed once, the page with a QR code on a terminal. WHO 为单位、人员、场地、站点、活动项目，或 all。
    """
    from console.desk import opened
    from console.subscriptions import issue as issue_link

    with opened(case_at(case), lang, as_json=as_json) as desk:
        issue_link(desk, who, language=calendar_language, **options)


@feeds.command("list")
@case_option
@json_option
@language_option
def list_links(case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """List the links in use, and who has not seen the newest revision. 列出链接及谁尚未看到最新版本。"""
    from console.desk import opened
    from console.subscriptions import show_links

    with opened(case_at(case), lang, as_json=as_json) as desk:
        show_links(desk)


@feeds.command()
@click.argument("link")
@case_option
@url_option
@qr_option
@json_option
@language_option
def rotate(
    link: str,
    case: Path | None,
    public_url: str | None,
    output: Path | None,
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
) -> None:
    """Exchange LINK, a number in the list or a name, for a new one; the old one ends. 更换链接。"""
    from console.desk import opened
    from console.subscriptions import rotate as rotate_link

    with opened(case_at(case), lang, as_json=as_json) as desk:
        rotate_link(desk, link, public_url=public_url, output=output)


@feeds.command()
@click.argument("link")
@case_option
@json_option
@language_option
def revoke(link: str, case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """End LINK, a number in the list or a name, for good. 停用链接。"""
    from console.desk import opened
    from console.subscriptions import revoke as revoke_link

    with opened(case_at(case), lang, as_json=as_json) as desk:
        revoke_link(desk, link)


COMMANDS = (serve, feeds)
