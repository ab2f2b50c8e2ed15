"""A roster as an alliance keeps it: made for people, with merged cells and headers of its own."""

from pathlib import Path

from openpyxl import Workbook

NAMES = (
    *("晨光税务所", "清河银行支行", "望江社区医院", "南桥小学", "松林消防站", "新桥律师事务所", "东湖图书馆"),
    *("云山电力公司", "白塔供水公司", "金穗农商行", "青禾幼儿园", "长桥派出所", "福田养老院"),
    *("星河科技公司", "远航物流公司", "百味餐饮公司", "锦绣物业", "同心商会", "和风设计所"),
)
GROUPS = (("机关事业", 0, 7), ("国有企业", 7, 13), ("两新组织", 13, 19))


def write_roster(path: Path) -> Path:
    """Nineteen fictional units: a merged title, a header in two rows, groups merged over rows, a total."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "成员单位"
    sheet["A1"] = "东湖党建联盟成员单位花名册"
    sheet.merge_cells("A1:I1")
    sheet.append(["类别", "序号", "单位名称", "负责人", None, "党员数", "电子邮箱", "服务项目", "车牌"])
    sheet.append([None, None, None, "姓名", "手机号码", None, None, None, None])
    for column in "ABCFGHI":
        sheet.merge_cells(f"{column}2:{column}3")
    sheet.merge_cells("D2:E2")
    for number, name in enumerate(NAMES):
        members: object = "约30人" if number == 4 else str(10 + number)
        phone: object = 13800000000 + number if number % 2 else f"138-0000-00{number:02}"
        sheet.append(
            [None, number + 1, name, f"联系人{number + 1}", phone, members, f"u{number}@example.org", "咨询", "沪A"]
        )
    for group, first, last in GROUPS:
        sheet.cell(4 + first, 1, group)
        sheet.merge_cells(start_row=4 + first, end_row=3 + last, start_column=1, end_column=1)
    sheet.append(["合计", None, "19 家", None, None, 361])
    book.create_sheet("空表")
    book.save(path)
    return path
