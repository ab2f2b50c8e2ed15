"""The words of the pages of participants, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from rota.request import Reply
from rota.text import Language, Message, text

WORDS: Mapping[str, Message] = {
    "about": text("Turns of", "轮值安排"),
    "add": text("Add", "添加"),
    "again": text("Take back", "撤回"),
    "agree": text("Agree to the exchange", "同意互换"),
    "agreed": text("Both agree; the coordinator confirms it.", "双方已同意，等待联络员确认。"),
    "answer": text("Answer", "答复"),
    "as_calendar": text("This page shows what the calendar shows.", "本页内容与日历一致，仅供查看。"),
    "as_calendar_answering": text(
        "This page shows what the calendar shows. To answer for a turn or to exchange it, open your personal page: it "
        "has a link of its own.",
        "本页内容与日历一致，仅供查看。如需答复到岗或申请换班，请打开您的个人页面（另有链接）。",
    ),
    "asked_by": text("{who} would like to exchange with you", "{who} 希望与您互换"),
    "asked_of": text("You asked {who} to exchange", "您已请 {who} 互换"),
    "avoid": text("Rather not", "尽量避免"),
    "back": text("Back to the page", "返回个人页面"),
    "calendar": text("Into your own calendar", "加入自己的日历"),
    "cancelled": text("Cancelled", "已取消"),
    "cannot": text("Cannot", "不能"),
    "choose_swap": text("Exchange this turn", "申请换班"),
    "confirm": text("I will be there", "确认到岗"),
    "copy": text("Text for a chat", "复制到群聊"),
    "copy_how": text(
        "Press long (or Ctrl+A) in the box to choose all, then copy.", "长按文本框全选（电脑按 Ctrl+A），再复制。"
    ),
    "date": text("Date", "日期"),
    "decline": text("I cannot come", "无法到岗"),
    "decline_how": text(
        "The coordinator is told, and the plan is repaired with as few other changes as possible.",
        "提交后将通知联络员，系统会以最少的改动重新安排。",
    ),
    "declined_note": text("Somebody else is being looked for.", "正在另行安排。"),
    "declined_settled": text("The plan was changed since: you need not come.", "安排已调整，您无需到岗。"),
    "download": text("Download .ics", "下载 .ics 文件"),
    "end": text("To (time)", "结束时刻"),
    "error": text("Please look at this again:", "请检查以下内容："),
    "expired": text("This link does not work", "链接无效"),
    "fine": text("Fine", "可以"),
    "first": text("From (date)", "开始日期"),
    "gets": text("You would take", "换得"),
    "gives": text("You would give", "让出"),
    "home": text("All pages", "全部页面"),
    "https": text("Address to subscribe to", "订阅地址"),
    "inside": text(
        "You are inside {program}, whose browser cannot subscribe or download. Tap ··· at the top right and choose "
        "“Open in browser”.",
        "当前在{program}内打开，无法订阅或下载日历。请点右上角“···”，选择“在浏览器打开”。",
    ),
    "language": text("Language", "语言"),
    "last": text("To (date, if several days)", "结束日期（多日时填写）"),
    "level": text("That time …", "这段时间"),
    "line": text("Service line", "服务线"),
    "mine": text("Your turn", "您的场次"),
    "next": text("Next turns", "接下来的场次"),
    "no_candidates": text(
        "No exchange is possible at present without breaking a rule. Please call the coordinator, or say that you "
        "cannot come.",
        "目前没有不违反规则的互换对象。请联系联络员，或选择“无法到岗”。",
    ),
    "no_turns": text("Nothing is planned from today on.", "从今天起暂无安排。"),
    "note": text("A word to the other side (optional)", "附言（选填）"),
    "nothing_stated": text("Nothing stated so far.", "尚未填写。"),
    "open_request": text(
        "There is an open request about this turn: it is answered or taken back first, on your page.",
        "该场次已有未处理的换班申请，请先在个人页面答复或撤回。",
    ),
    "off": text("Not sure yet", "暂不确定"),
    "over": text("over", "已结束"),
    "prefer": text("Gladly", "优先"),
    "private": text(
        "This page is yours alone: whoever has its address can answer in your name. Do not pass it on; if it was lost, "
        "ask the coordinator for a new one.",
        "本页链接仅供您本人使用：持有链接的人可代您答复，请勿转发；如有遗失，请联络员更换。",
    ),
    "qr": text("QR code of the address to subscribe to", "订阅地址二维码"),
    "read_only": text(
        "This page shows what held on {day}. Calendars that subscribe are kept up to date.",
        "本页为 {day} 的安排；订阅的日历会随发布自动更新。",
    ),
    "reason": text("Reason (optional)", "原因（选填）"),
    "all_pages": text("Turns by unit, person and place", "各单位、人员、场地的安排"),
    "refuse": text("No, thank you", "不同意"),
    "revision": text("Revision {n}", "第 {n} 版"),
    "role": text("Role", "岗位"),
    "save": text("Save", "保存"),
    "send": text("Send the request", "发出申请"),
    "settled": text("This request is settled, or was taken back.", "该换班申请已处理或已撤回。"),
    "sheet": text("All dates of the rotation, one by one", "逐个日期填写（征集表）"),
    "sheet_how": text(
        "Choose one answer per date; what you leave stays as it is.", "每个日期选一项，未改动的保持不变。"
    ),
    "skip": text("To the content", "跳到正文"),
    "start": text("From (time)", "开始时刻"),
    "steps": text("How to subscribe", "订阅步骤"),
    "subscribe": text("Subscribe at a tap", "一键订阅"),
    "subscribe_how": text("for iPhone, iPad and Mac", "适用于 iPhone、iPad、Mac"),
    "swap": text("Exchange", "换班"),
    "swap_how": text(
        "These exchanges keep every rule. Choose one: the other side is asked on their page, and nothing changes "
        "before both agree and it is confirmed.",
        "以下互换均符合规则。选定后，对方会在其个人页面收到申请；双方同意并确认前，安排不变。",
    ),
    "swaps": text("Exchanges", "换班申请"),
    "times": text("When you cannot come", "时间意向"),
    "times_how": text(
        "Leave the times empty for whole days. What you say here counts in the next plan; a turn that it makes "
        "impossible is given to somebody else.",
        "全天请将时刻留空。此处填写的内容用于今后排班；因此无法到岗的场次会另行安排。",
    ),
    "turn": text("Turn", "场次"),
    "when": text("When", "时间"),
    "where": text("Where", "地点"),
    "whole": text("The whole year", "全年安排"),
    "with": text("With", "同场"),
    "withdraw": text("Take the request back", "撤回申请"),
    "yes_confirm": text("Will you be there?", "请确认是否到岗"),
    "yes_decline": text("Can you not come?", "确定无法到岗？"),
}

DONE: Mapping[str, Message] = {
    "accepted": text("Thank you: your turn is confirmed.", "已确认到岗，谢谢。"),
    "tentative": text("Noted: not certain yet.", "已登记：暂不确定。"),
    "declined": text("Noted: you cannot come. Somebody else is being looked for.", "已登记：无法到岗。正在另行安排。"),
    "asked": text("The other side is asked.", "换班申请已发出。"),
    "agreed": text("You agreed to the exchange.", "您已同意互换。"),
    "refused": text("You did not agree to the exchange.", "您未同意互换。"),
    "withdrawn": text("The request is taken back.", "换班申请已撤回。"),
    "times": text("Your times are saved.", "时间意向已保存。"),
    "same": text("It was so already; nothing was changed.", "此前已登记，无需重复提交。"),
}
"""What is said once something is done, by the word in the address."""

STATUS: Mapping[Reply | None, Message] = {
    Reply.ACCEPTED: text("Confirmed", "已确认"),
    Reply.TENTATIVE: text("Not certain", "暂不确定"),
    Reply.DECLINED: text("Declined", "已谢绝"),
    None: text("Please answer", "待答复"),
}


class Spoken:
    """The words in one language, by name: `words.next`."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __getattr__(self, word: str) -> str:
        """Return a word; templates ask for them by name."""
        return WORDS[word].say(self._language)

    def filled(self, word: str, **params: object) -> str:
        """Return a word that names something."""
        return text(WORDS[word].en, WORDS[word].zh, **params).say(self._language)
