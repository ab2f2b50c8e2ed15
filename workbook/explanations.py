"""What every table and every column is for, in both languages: for headers, the sheet 说明 and the starter folder."""

from __future__ import annotations

from rota.case import Case
from rota.text import Message, text
from workbook.layout import Column
from workbook.sentences import hint

_TABLES = {
    "settings": text("What is said once for the whole plan.", "整个排班期只填一次的内容。"),
    "lines": text("The service lines that sessions belong to.", "服务线：每个场次归入哪条线。"),
    "sites": text("The stations where sessions take place.", "站点：活动举办的地方。"),
    "rooms": text("Rooms, corners and points inside the sites.", "场地：站点内的房间、角落或点位。"),
    "equipment": text(
        "Equipment that sessions need, e.g. a mobile health car.", "设备：场次需要的设备，例如移动体检车。"
    ),
    "units": text("The member units that take turns.", "单位：参加轮值的成员单位。"),
    "people": text("Instructors, guides, volunteers and others by name.", "人员：讲师、指导员、志愿者等。"),
    "contacts": text(
        "Whom to reach for a unit, person or site. Never enters plans or public feeds.",
        "联系人：单位、人员或站点的联系方式，不进入安排和公开日历。",
    ),
    "travel": text("Minutes on the way between two sites.", "路程：两个站点之间的分钟数。"),
    "audience": text("When people of one kind are free, e.g. from a survey.", "人群：各类人群何时有空，例如来自问卷。"),
    "staffing": text("The home sites of people shared between sites.", "人员共用：跨站点人员的常驻站点。"),
    "cycles": text("Named sequences of rounds, e.g. every two weeks.", "轮次表：有名称的轮次，例如每两周一次。"),
    "activities": text("What takes place: one series of sessions per row.", "活动项目：每行一个系列的场次。"),
    "parts": text(
        "Parts of a session that run side by side; leave empty if there is only one.",
        "分场：同一场次并行的部分；只有一个时不填。",
    ),
    "roles": text("The seats of each activity and who may fill them.", "岗位：每个活动项目需要谁、多少。"),
    "orders": text(
        "Services that somebody asked for, with the dates wished: accepted, or declined with the reason.",
        "点单：谁在哪些日期想要哪项服务；接单安排，或说明未接原因。",
    ),
    "availability": text(
        "When a unit, person, room or site cannot, should not or would like to serve.",
        "时间意向：单位、人员、场地或站点何时不能、尽量避免、优先。",
    ),
    "pins": text("Decisions fixed by hand: a start, a room or who serves.", "锁定：手工确定的时间、场地或人选。"),
    "demands": text("What must hold, and what is preferred.", "规则：必须满足的，以及希望满足的。"),
    "holidays": text(
        "Public holidays and make-up workdays that the calendar does not know, or knows otherwise.",
        "节假日：日历未收录或有出入的放假日和调休上班日。",
    ),
    "history": text("Turns held in earlier years, for fairness and rest.", "往年记录：往年实际轮值，用于公平和间隔。"),
    "outcomes": text("What became of each session.", "台账：场次举办的结果。"),
    "reminders": text(
        "Who is reminded of their sessions, when, and by which way; without rows nobody is.",
        "提醒：何时、以何种方式提醒谁；不填则不提醒。",
    ),
    "terms": text(
        "How words are said in each language: groups, choice sets, skills, features, audiences, requesters, reasons.",
        "用语：分组、选择组、技能、设施、人群、点单人、原因等词的中英文说法。",
    ),
}

_FIELDS = {
    "id": text("a short id of your own that stays the same, e.g. U01", "自定的简短编号，一经使用不再更改，例如 U01"),
    "name": text("the name as people say it", "通用的名称"),
    "name_en": text("the name for readers of English", "给英文读者看的名称"),
    "groups": text(
        "groups that roles and rules can name, e.g. hosts; partners", "岗位和规则可引用的分组，例如 轮值；协办"
    ),
    "lines": text("ids of service lines", "服务线的编号"),
    "skills": text("skills that roles can ask for", "岗位可要求的技能"),
    "joined": text("first day in the alliance; empty means from the start", "加入联盟的第一天；空为一直在内"),
    "left": text("last day in the alliance; empty means to the end", "在联盟的最后一天；空为一直到底"),
    "parallel": text("how many sessions at the same time", "可同时承担几个场次"),
    "hours": text(
        "opening hours, e.g. 周一-周五 09:00-18:00; empty means always", "例如 周一-周五 09:00-18:00；空为全天开放"
    ),
    "weekdays": text("weekdays, e.g. 周六、周日 or Sat-Sun; empty means every day", "例如 周六、周日；空为每天"),
    "rrule": text(
        "an RRULE of RFC 5545, e.g. FREQ=WEEKLY;INTERVAL=2;COUNT=20",
        "RFC 5545 的 RRULE，例如 FREQ=WEEKLY;INTERVAL=2;COUNT=20",
    ),
    "rounds": text("which rounds, e.g. 1, 3-20; empty means all", "哪些轮次，例如 1, 3-20；空为全部"),
    "times": text("starting times, the usual one first, e.g. 09:30; 14:00", "开始时刻，首个为常用，例如 09:30; 14:00"),
    "cycle": text(
        "the sequence of rounds that it follows; needed unless it takes place only when ordered",
        "按哪个轮次表举行；除仅接受点单的以外，均须填写",
    ),
    "service": text("the kind of service", "服务的类别"),
    "requester": text("who asked for it", "由谁点单"),
    "days": text(
        "the dates wished, the most wanted first, e.g. 2027-03-09; 2027-03-16",
        "期望的日期，最想要的在前，例如 2027-03-09; 2027-03-16",
    ),
    "minutes": text("how many minutes", "分钟数"),
    "days_before": text("how many days a session may be earlier", "最多可提前几天"),
    "days_after": text("how many days a session may be later", "最多可推后几天"),
    "value": text("what a session that may take place is worth", "可办场次的价值"),
    "choice": text("the set of activities of which some are chosen", "从中选办若干项的选择组"),
    "attendance": text("people expected; the room must hold them", "预计人数；场地须能容纳"),
    "features": text("what the room must have or has, e.g. projector", "场地设施，例如 投影"),
    "least": text("at least so many", "至少几个"),
    "most": text("at most so many", "至多几个"),
    "resource": text("id of a unit, person, equipment, room or site", "单位、人员、设备、场地或站点的编号"),
    "session": text(
        "activity@date, e.g. rotation@2027-01-09; of an order, its id and the first date wished",
        "活动项目@日期，例如 rotation@2027-01-09；点单为 点单编号@首选日期",
    ),
    "absent": text("yes turns the pin into a ban", "填“是”则表示禁止"),
    "widens": text(
        "yes makes the pinned start possible for this session, also outside the activity's window",
        "填“是”则该场次可在此时开始，即使超出活动项目的窗口",
    ),
    "source": text(
        "the calendar that the row was read from; empty for what people stated themselves",
        "该行读自哪个日历；自行填写的为空",
    ),
    "priority": text("必须 (required), or a number from 1, the strongest wish", "必须，或从 1 开始的数字，1 最优先"),
    "weight": text("how much one breach counts among wishes of the same priority", "同一优先级内每次违反的分量"),
    "params": text("further parameters as key=value; key=value", "其他参数，写作 名=值; 名=值"),
    "notice": text("number of the State Council's notice", "国务院办公厅通知的文号"),
    "provisional": text("yes while there is no notice yet", "尚无正式通知时填“是”"),
    "members": text(
        "number of members; weighs the fair share where a rule says so", "成员数；规则需要时按此计算公平份额"
    ),
    "capacity": text("how many people fit; 0 means it is not limited", "可容纳人数；0 为不限"),
    "issued": text("date of issue of the plan; empty means the first day", "发布日期；空为首日"),
    "zone": text("IANA time zone, e.g. Asia/Shanghai", "IANA 时区，例如 Asia/Shanghai"),
    "calendar": text(
        "cn: China's public holidays; none: the sheet 节假日 alone", "cn 为中国节假日；none 为只用“节假日”表"
    ),
    "language": text("zh or en", "zh 或 en"),
    "last": text("last day; empty means the same day", "最后一天；空为当天"),
    "role": text("id of the role, e.g. host, partner, instructor", "岗位编号，例如 host、partner、instructor"),
    "part": text("id of the part; empty means every part", "分场编号；空为所有分场"),
    "word": text("the word as it is typed in the other tables", "其他表中所填的词，原样照抄"),
    "of": text("id of a unit, person or site", "单位、人员或站点的编号"),
}

_OWN = {
    ("settings", "id"): text("a short id of the case, e.g. suzhou-2027", "本排班的简短编号，例如 suzhou-2027"),
    ("settings", "last"): text("last day of the plan", "排班期最后一天"),
    ("settings", "journal"): text(
        "where the journal is kept: a file, seen from here, or postgresql://…; empty means beside the case",
        "变更记录的位置：文件（相对此处）或 postgresql://…；空为资料旁",
    ),
    ("settings", "freeze_days"): text(
        "sessions of so many days from today on stay as they are when others move; "
        "a seat that a change made impossible is filled anew all the same",
        "从今天起这么多天内的场次不因他人变动而调整；因变更而无法成立的岗位仍会重新安排",
    ),
    ("settings", "approve_sessions"): text(
        "a new plan that changes at most so many sessions is approved by itself; 0 means never",
        "新安排变动的场次不超过此数时自动批准；0 为从不自动批准",
    ),
    ("settings", "approve_after_days"): text(
        "so many days ahead must each of these sessions lie at the least",
        "自动批准时，变动的每个场次距今至少这么多天",
    ),
    ("outcomes", "served"): text(
        "how many people were served; empty means that nobody counted, 0 that nobody came",
        "服务了多少人次；空为没有统计，0 为无人参加",
    ),
    ("settings", "quiet"): text(
        "hours in which nobody is written to, e.g. 22:00-07:00; empty means none",
        "此时段内不发通知，例如 22:00-07:00；空为不限",
    ),
    ("settings", "invitations"): text(
        "contacts whose way is e-mail are invited to each session, and can answer from their calendar program",
        "对以邮件联系的联系人逐场发送日历邀请，对方可在日历中直接答复",
    ),
    ("reminders", "before"): text(
        "how long before each session: 7天, 1天, 2小时 or 30分钟", "每场提前多久：7天、1天、2小时、30分钟"
    ),
    ("reminders", "weekdays"): text("days on which a summary is sent, e.g. 周一", "发送汇总的日子，例如 周一"),
    ("reminders", "at"): text(
        "the time of day on that day; empty means that of the session, or 08:00 for a summary",
        "当天几点发送；空为与场次同一时刻，汇总为 08:00",
    ),
    ("reminders", "roles"): text("only those who serve in these roles; empty means all", "仅提醒这些岗位；空为全部"),
    ("reminders", "channel"): text(
        "a channel of channels.toml; empty means each contact's own way",
        "channels.toml 中的渠道名称；空为按联系人各自的渠道",
    ),
    ("orders", "service"): text("the activity that is asked for", "想要的活动项目"),
    ("orders", "times"): text(
        "starting times wished; empty means those of the service", "期望的开始时刻；空为该项目的时刻"
    ),
    ("orders", "attendance"): text("people expected; 0 means as many as the service says", "预计人数；0 为按该项目"),
    ("orders", "sites"): text("sites wished; empty means those of the service", "期望的站点；空为该项目的站点"),
    ("orders", "value"): text("what it is worth to accept the order", "接单的价值"),
    ("terms", "name"): text("what readers of Chinese are told; empty means the word itself", "中文说法；空为该词本身"),
    ("terms", "name_en"): text(
        "what readers of English are told; empty means the word itself", "英文说法；空为该词本身"
    ),
}
"""What columns mean that are called like those of other tables."""


def table_meaning(table: str) -> Message:
    """Say what a table is for."""
    return _TABLES[table]


def field_meaning(table: str, column: Column) -> Message:
    """Say what stands in a column and in which form; what must be filled in is said to be needed."""
    meaning = column.summary or _own(table, column.name)
    accepted = hint(column)
    need = text("needed", "必填") if column.needed else _default(column)
    said = [
        part for part in (meaning, _references(column), accepted if _says_more(column, meaning) else None, need) if part
    ]
    return Message("; ".join(part.say("en") for part in said), "；".join(part.say("zh") for part in said))


def _own(table: str, field: str) -> Message | None:
    return _OWN.get((table, field), _FIELDS.get(field))


def _says_more(column: Column, meaning: Message | None) -> bool:
    return (
        bool(column.words)
        or (meaning is None and not column.targets)
        or column.kind in {"date", "time", "flag", "list"}
    )


def _references(column: Column) -> Message | None:
    if not column.targets:
        return None
    titles = tuple(Case.model_fields[table].title or table for table in column.targets)
    return text("ids of {tables}", "填写{titles}表中的编号", tables=column.targets, titles=titles)


def _default(column: Column) -> Message | None:
    if column.default in (None, "", ()) or column.name == "priority":
        return None
    shown: object = getattr(column.default, "label", column.default)
    if isinstance(shown, bool):
        shown = text("yes", "是") if shown else text("no", "否")
    return text("empty means {value}", "空为 {value}", value=shown)
