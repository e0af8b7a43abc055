"""Names and values that stand in generated documents, each in English and Japanese.

A value belongs to training or to what is held out by its checksum, so that a held-out document asks for names and values
that no training document has ever held, however long training ran.
"""
import random
import zlib
from collections.abc import Callable

HELD_SHARE = 8

Draw = Callable[[random.Random], str]


def is_held_out(text: str) -> bool:
    """Whether a name or value is kept for evaluation: one of eight, by CRC-32."""
    return zlib.crc32(text.encode()) % HELD_SHARE == 0


def draw(make: Draw, rng: random.Random, held_out: bool) -> str:
    """
    A value of the wanted side.
    @throws RuntimeError where a list is so short that no entry of it lies on that side
    """
    for _ in range(2000):
        value = make(rng)
        if is_held_out(value) == held_out:
            return value
    raise RuntimeError(f"no value of the wanted side: {make(rng)}")


def one_of(words: str) -> Draw:
    """One of the words, which semicolons part."""
    listed = [word.strip() for word in words.split(";")]
    return lambda rng: rng.choice(listed)


# --- English ---

ONSETS = "b c d f g h j k l m n p r s t v w z br cr dr gr tr st pl sh ch th".split()
VOWELS = "a e i o u a e i o ai ea oo".split()
CODAS = ["", "", "", "n", "r", "s", "l", "m", "nd", "rt"]
FIRST = one_of(
    "James; Mary; John; Linda; Robert; Susan; David; Karen; Michael; Nancy; Peter; Laura; Kevin; Emma; Brian; Alice; Steven; "
    "Julia; Thomas; Helen; Daniel; Grace; Martin; Ruth; Oscar; Clara; Victor; Diana; Paul; Nina; Adam; Sofia; Leo; Anna; "
    "Frank; Iris; Hugo; Vera; Simon; Lena; Omar; Maya; Ivan; Rosa; Felix; Tara; Noah; Eva; Carl; Jane"
)
CITIES = one_of(
    "London; Paris; Berlin; Madrid; Rome; Vienna; Dublin; Oslo; Boston; Chicago; Denver; Seattle; Austin; Toronto; Sydney; "
    "Cairo; Lima; Seoul; Delhi; Prague; Warsaw; Lisbon; Athens; Geneva; Munich; Milan; Zurich; Leeds; Bristol; Porto; Tokyo; "
    "Osaka; Kyoto; Lyon; Turin; Ghent; Bergen; Malmo; Tampa; Dallas; Perth; Quebec; Tunis; Accra; Hanoi; Manila; Riga; Bonn"
)
DEPARTMENTS = one_of(
    "Sales; Finance; Legal; Marketing; Human Resources; Engineering; Support; Research; Purchasing; Quality Control; "
    "Logistics; Public Relations; Accounting; Design; Planning; Training; Security; Maintenance; Administration; Export"
)
COLOURS = one_of("red; blue; green; yellow; white; black; purple; orange; brown; gray; pink; silver; gold; beige; navy")
MONTHS = (
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = one_of("Monday; Tuesday; Wednesday; Thursday; Friday; Saturday; Sunday")


def made_up(rng: random.Random, least: int = 1, most: int = 2) -> str:
    syllables = "".join(rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(rng.randint(least, most)))
    return syllables.capitalize() + rng.choice(ONSETS[:18]) + rng.choice("aeio") + rng.choice(CODAS)


def english_date(rng: random.Random) -> str:
    month, day = rng.choice(MONTHS), rng.randint(1, 28)
    return f"{month} {day}" if rng.random() < 0.6 else f"{month} {day}, {rng.randint(1990, 2035)}"


def english_money(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.5:
        return f"${rng.randint(3, 990)}"
    return f"{rng.randint(1, 99)},{rng.randint(0, 9)}00 yen" if kind < 0.75 else f"{rng.randint(10, 900)} dollars"


def with_unit(least: int, most: int, *units: str, step: int = 1) -> Draw:
    return lambda rng: f"{rng.randrange(least, most + 1, step)}{rng.choice(units)}"


def clock(rng: random.Random) -> str:
    return f"{rng.randint(1, 12)}:{rng.choice(('00', '15', '30', '45'))} {rng.choice(('a.m.', 'p.m.'))}"


def code(rng: random.Random) -> str:
    letters = rng.choice("ABCDEFGHKLMNPRSTVX") + rng.choice(("", rng.choice("ABCDEFGHKLMNPRSTVX")))
    return f"{letters}-{rng.randint(100, 9999)}"


ENGLISH: dict[str, Draw] = {
    "person": lambda rng: f"{FIRST(rng)} {made_up(rng)}",
    "city": lambda rng: CITIES(rng) if rng.random() < 0.7 else made_up(rng),
    "date": english_date,
    "year": lambda rng: str(rng.randint(1880, 2035)),
    "money": english_money,
    "people": with_unit(2, 400, " people"),
    "duration": with_unit(2, 60, " days", " weeks", " months", " minutes", " hours"),
    "days": with_unit(2, 60, " days"),
    "years": with_unit(2, 15, " years", " months"),
    "time": clock,
    "department": lambda rng: f"the {DEPARTMENTS(rng)} department" if rng.random() < 0.6 else f"the {made_up(rng)} team",
    "company": lambda rng: f"{made_up(rng)} {rng.choice(('Foods', 'Systems', 'Group', 'Motors', 'Paper', 'Bank'))}",
    "colour": COLOURS,
    "weekday": lambda rng: f"every {WEEKDAYS(rng)}" if rng.random() < 0.5 else f"on {WEEKDAYS(rng)}s",
    "phone": lambda rng: f"{rng.randint(200, 999)}-{rng.randint(1000, 9999)}",
    "code": code,
    "room": lambda rng: f"room {rng.randint(101, 999)}" if rng.random() < 0.6 else f"the {made_up(rng)} room",
    "percent": with_unit(2, 95, "%"),
    "weight": lambda rng: f"{rng.randint(1, 90)}.{rng.randint(1, 9)} kg",
    "length": with_unit(11, 990, " cm", " mm", " m"),
    "degrees": with_unit(2, 240, " degrees"),
    "pieces": with_unit(3, 900, " units", " boxes", " copies"),
    "floor": lambda rng: f"floor {rng.randint(1, 60)}",
    "litres": with_unit(2, 400, " litres"),
}

# --- Japanese ---

SURNAMES = (
    "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 "
    "石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 福田 太田 西村 藤井 岡本 三浦 藤原 中川 松田 原田 中野 小野 竹内 和田 上田"
).split()
GIVEN = (
    "太郎 花子 健一 美咲 翔太 由美 直樹 恵子 大輔 陽子 誠 真由美 隆 明美 拓也 久美子 浩 裕子 和也 智子 亮 香織 学 麻衣 修 幸子 進 愛 豊 千春 "
    "一郎 桃子 慎吾 早紀 光 亜美 賢治 玲奈 正人 奈々"
).split()
TOWNS = one_of(
    "札幌; 仙台; 東京; 横浜; 名古屋; 京都; 大阪; 神戸; 広島; 福岡; 金沢; 新潟; 静岡; 岡山; 熊本; 鹿児島; 長野; 高松; 松山; 青森; 盛岡; 秋田; 千葉; "
    "奈良; 大津; 富山; 福井; 岐阜; 長崎; 宮崎; 函館; 山形; 水戸; 甲府; 那覇; 佐賀; 大分; 高知; 徳島; 鳥取; 松江; 和歌山; 川崎; 浜松; 倉敷; 姫路"
)
SECTIONS = one_of(
    "総務部; 人事部; 経理部; 営業部; 開発部; 広報部; 法務部; 企画部; 品質管理部; 情報システム部; 購買部; 研究所; 製造部; 物流部; 秘書室; 監査室; 設計課; 保全課; 教育課; 輸出課"
)
JAPANESE_COLOURS = one_of("赤; 青; 緑; 黄色; 白; 黒; 紫; 橙色; 茶色; 灰色; 桃色; 銀色; 金色; 紺色; 水色")
KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニネノハヒフヘホマミムメモヤユヨラリルレロワガギグゴザジズダデドバビブベボパピプペポ"


def katakana(rng: random.Random, least: int = 2, most: int = 4) -> str:
    tails = ("", "", "", "ー", "ン")
    return "".join(rng.choice(KATAKANA) + rng.choice(tails) for _ in range(rng.randint(least, most)))


def japanese_date(rng: random.Random) -> str:
    day = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
    return day if rng.random() < 0.6 else f"{rng.randint(1990, 2035)}年{day}"


def japanese_money(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return f"{rng.randint(1, 99)}00円"
    return f"{rng.randint(1, 99)},{rng.randint(0, 9)}00円" if kind < 0.7 else f"{rng.randint(1, 900)}万円"


def japanese_clock(rng: random.Random) -> str:
    return f"{rng.choice(('午前', '午後'))}{rng.randint(1, 12)}時{rng.choice(('', '30分', '15分', '45分'))}"


JAPANESE: dict[str, Draw] = {
    "person": lambda rng: rng.choice(SURNAMES) + rng.choice(GIVEN) if rng.random() < 0.8 else katakana(rng),
    "city": lambda rng: TOWNS(rng) + rng.choice(("", "市")) if rng.random() < 0.7 else katakana(rng, 2, 3) + "市",
    "date": japanese_date,
    "year": lambda rng: f"{rng.randint(1880, 2035)}年",
    "money": japanese_money,
    "people": with_unit(2, 400, "人", "名"),
    "duration": with_unit(2, 60, "日間", "週間", "か月", "分間", "時間"),
    "days": with_unit(2, 60, "日"),
    "years": with_unit(2, 15, "年間", "か月"),
    "time": japanese_clock,
    "department": lambda rng: SECTIONS(rng) if rng.random() < 0.6 else katakana(rng, 2, 3) + "課",
    "company": lambda rng: katakana(rng) + rng.choice(("食品", "工業", "商事", "銀行", "製紙", "自動車")),
    "colour": JAPANESE_COLOURS,
    "weekday": lambda rng: rng.choice(("毎週", "第一", "第二", "第三")) + rng.choice("月火水木金土日") + "曜日",
    "phone": lambda rng: f"{rng.randint(200, 999)}-{rng.randint(1000, 9999)}",
    "code": code,
    "room": lambda rng: f"{rng.randint(101, 999)}号室" if rng.random() < 0.6 else katakana(rng, 2, 3) + "の間",
    "percent": lambda rng: f"{rng.randint(2, 95)}{rng.choice(('%', 'パーセント'))}",
    "weight": lambda rng: f"{rng.randint(1, 90)}.{rng.randint(1, 9)}キログラム",
    "length": with_unit(11, 990, "センチ", "ミリ", "メートル"),
    "degrees": with_unit(2, 240, "度"),
    "pieces": with_unit(3, 900, "個", "箱", "部", "台"),
    "floor": with_unit(1, 60, "階"),
    "litres": with_unit(2, 400, "リットル"),
}
