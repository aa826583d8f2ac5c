"""Who and what the sample world is made of. All of it is invented, and every name says so."""

from typing import NamedTuple

from procurement.texts import Text

MARK = Text("fictitious", "虚构")
OTHERS = 25  # suppliers


class Thing(NamedTuple):
    """Something that an agency buys."""

    key: str
    text: Text
    quantity: str
    unit: str
    cpv: str
    price: int  # of one, about


AGENCIES: tuple[tuple[Text, int | None], ...] = (  # a name, and which one is above it
    (Text("Province of Linden", "菩提省"), None),
    (Text("City of Lindenau", "菩提市"), 0),
    (Text("Lindenau Schools Office", "菩提市教育局"), 1),
    (Text("Lindenau Roads Office", "菩提市道路局"), 1),
    (Text("Linden Hospitals", "菩提省医院管理局"), 0),
    (Text("Linden Water Works", "菩提省水务局"), 0),
)
# The first four count by Chinese law, the others by European.
PLACES = (*[("CN", "Asia/Shanghai")] * 4, *[("DE", "Europe/Berlin")] * 2)
SUPERVISOR = Text("Linden Audit Chamber", "菩提省审计厅")
CUSTODIANS = (Text("Linden Notary Chamber", "菩提省公证处"), Text("Linden Archive", "菩提省档案馆"))

_FIRST = (
    *("Lotus", "Crane", "Bamboo", "River", "Stone"),
    *("Willow", "Heron", "Maple", "Harbour", "Summit"),
    *("Orchid", "Falcon", "Cedar", "Meadow", "Copper"),
    *("Amber", "Birch", "Delta", "Ember", "Fjord"),
    *("Grove", "Hazel", "Iris", "Jasper", "Kestrel"),
)
_FIRST_ZH = "荷鹤竹江石柳鹭枫港峰兰隼杉野铜珀桦洲燃湾林榛鸢玉鹰"
_TRADE = (
    Text("Works", "工业"),
    Text("Trading", "商贸"),
    Text("Supply", "供应"),
    Text("Engineering", "工程"),
    Text("Services", "服务"),
)

SUPPLIERS = tuple(
    Text(f"{name} {_TRADE[n % 5].en}", f"{_FIRST_ZH[n]}之{_TRADE[n % 5].zh}")
    for n, name in enumerate(_FIRST)
)

THINGS = (
    Thing("chairs", Text("school chairs", "学生椅"), "240", "piece", "39112000-0", 38),
    Thing("desks", Text("height-adjustable desks", "升降课桌"), "120", "piece", "39121100-7", 160),
    Thing("laptops", Text("laptop computers", "笔记本电脑"), "90", "piece", "30213100-6", 640),
    Thing("paper", Text("copying paper", "复印纸"), "4000", "ream", "30197644-2", 4),
    Thing("beds", Text("hospital beds", "病床"), "60", "piece", "33192120-9", 1900),
    Thing("gloves", Text("examination gloves", "检查手套"), "90000", "pair", "33141420-0", 1),
    Thing("x-ray", Text("a mobile X-ray unit", "移动X光机"), "2", "piece", "33111000-1", 42000),
    Thing("pipes", Text("ductile iron pipes", "球墨铸铁管"), "3500", "metre", "44163000-0", 55),
    Thing("pumps", Text("drinking-water pumps", "饮用水泵"), "8", "piece", "42122130-0", 7600),
    Thing("meters", Text("smart water meters", "智能水表"), "5000", "piece", "38421100-3", 46),
    Thing("asphalt", Text("asphalt for road repairs", "沥青"), "900", "tonne", "44113620-7", 88),
    Thing("salt", Text("road salt", "融雪盐"), "1500", "tonne", "34927100-2", 74),
    Thing("lamps", Text("LED street lamps", "LED路灯"), "800", "piece", "34928530-2", 210),
    Thing("bridge", Text("bridge inspections", "桥梁检测"), "14", "bridge", "71631450-5", 5200),
    Thing("cleaning", Text("cleaning of buildings", "楼宇保洁"), "24", "month", "90911200-8", 3900),
    Thing("meals", Text("school meals", "学校餐食"), "48000", "meal", "55523100-3", 3),
    Thing("buses", Text("electric school buses", "电动校车"), "4", "piece", "34121100-2", 190000),
    Thing("software", Text("a records system", "档案系统"), "1", "licence", "48612000-1", 88000),
    Thing("printers", Text("network printers", "网络打印机"), "45", "piece", "30232110-8", 320),
    Thing("trees", Text("street trees", "行道树"), "600", "piece", "03441000-8", 120),
    Thing("lifts", Text("maintenance of lifts", "电梯维保"), "36", "month", "50750000-7", 2100),
    Thing("masks", Text("surgical masks", "外科口罩"), "400000", "piece", "18143000-3", 1),
    Thing("vans", Text("delivery vans", "厢式货车"), "6", "piece", "34136100-0", 31000),
    Thing("windows", Text("class room windows", "教室窗户"), "310", "piece", "44221100-6", 410),
    Thing("network", Text("network cabling", "网络布线"), "9000", "metre", "45314320-0", 6),
    Thing("boilers", Text("condensing boilers", "冷凝锅炉"), "5", "piece", "44621210-1", 9900),
    Thing("survey", Text("a land survey", "土地测绘"), "1", "survey", "71354300-7", 36000),
    Thing("books", Text("library books", "图书"), "7000", "piece", "22113000-5", 14),
    Thing("uniforms", Text("protective clothing", "防护服"), "900", "set", "18143000-3", 96),
    Thing("valves", Text("gate valves", "闸阀"), "260", "piece", "42131260-6", 330),
)  # fmt: skip


def marked(text: Text) -> Text:
    """Say with a name that it is invented."""
    return Text(f"{text.en} ({MARK.en})", f"{text.zh}（{MARK.zh}）")
