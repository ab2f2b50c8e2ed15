"""The words on sheets, pages and tables, in both languages."""

from __future__ import annotations

from rota.text import Message, text

WALL = text("Year", "安排表")
SESSIONS = text("Sessions", "场次")
FAIRNESS = text("Fairness", "均衡统计")
SERVICES = text("Services", "服务清单")
LEDGER = text("Fairness ledger", "轮值账本")

NUMBER = text("No.", "场次")
SESSION = text("Session", "场次编号")
PART = text("Part", "分场")
ROUND = text("Round", "轮次")
ACTIVITY = text("Activity", "活动项目")
MONTH = text("Month", "月份")
DATE = text("Date", "日期")
WEEKDAY = text("Weekday", "星期")
HOLIDAY = text("Holiday", "节假日")
START = text("Start", "开始")
END = text("End", "结束")
TIME = text("Time", "时间")
SITE = text("Site", "站点")
ROOM = text("Room", "场地")
PLACE = text("Place", "地点")
THEME = text("Theme", "特色")
LINE = text("Service line", "服务线")
ROLE = text("Role", "岗位")
WHO = text("Who", "对象")
MINUTES = text("Minutes", "分钟")
COUNT = text("Sessions", "场次数")

KIND_OF_SERVICE = text("Kind", "类别")
PROVIDERS = text("Provided by", "提供者")
WHEN = text("When", "时间安排")
WHERE = text("Where", "地点")
FIXED_SERVICES = text("Fixed services", "固定服务")
ORDERS_DECLINED = text("Orders declined", "未接点单")
NO_LINE = text("No line", "未分线")

WEIGHT = text("Weight", "权重")
DAYS = text("Days of membership", "在册天数")
TURNS = text("Turns", "次数")
TARGET = text("Fair target", "应得次数")
DEVIATION = text("Deviation", "偏差")
PAST_TURNS = text("Turns in history", "往年次数")
PAST_BALANCE = text("Balance of history", "往年结余")

MORNING = text("Morning", "上午")
AFTERNOON = text("Afternoon", "下午")
EVENING = text("Evening", "晚上")


def bilingual(word: Message) -> str:
    """Return a header that is the same in every language, `日期 Date`: what reads a sheet back looks for it."""
    return word.zh if word.zh == word.en else f"{word.zh} {word.en}"
