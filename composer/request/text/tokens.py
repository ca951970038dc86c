"""Words of a text with their places, whatever their case, width or Chinese script."""

# ruff: noqa: RUF001 - the marks of Chinese are what is read here

import re
from dataclasses import dataclass

_TRADITIONAL = (
    "傷華爾茲鋼絃樂調秒鐘緊張場慢獨溫輕搖籃盒豎滾隊憤電貝鼓沒長號薩斯單簧圓銅雙風擊譜節"
    "遊戲戰鬥鄉鎮歡靜寧憂鬱夢懷舊懸驚險雄偉莊嚴漸強聲響亮進結嘆藍爭體課簡復顫鈴錢間壯麗"
    "興奮鬧腦終結終暫個兩後來開關這裡幾種動點過與無寫給慶悅熱烈黃綠龍馬鳥歸國聖誕鹽陰關"
    "幹戀愛運氣鬆閒愜讓還陽鍵盤馬響劇絕戶陣琺磅礴懼"
)
_SIMPLIFIED = (
    "伤华尔兹钢弦乐调秒钟紧张场慢独温轻摇篮盒竖滚队愤电贝鼓没长号萨斯单簧圆铜双风击谱节"
    "游戏战斗乡镇欢静宁忧郁梦怀旧悬惊险雄伟庄严渐强声响亮进结叹蓝争体课简复颤铃钱间壮丽"
    "兴奋闹脑终结终暂个两后来开关这里几种动点过与无写给庆悦热烈黄绿龙马鸟归国圣诞盐阴关"
    "干恋爱运气松闲惬让还阳键盘马响剧绝户阵珐磅礴惧"
)
_PLAIN = str.maketrans(
    _TRADITIONAL + "，。；：！？（）、’‘“”–—♯♭＃",
    _SIMPLIFIED + ",.;:!?(),''\"\"--#b#",
)
_TOKEN = re.compile(r"[a-z]+&[a-z]+|[a-z]+|\d+|[\u4e00-\u9fff]|->|\u2192|[.,;:!?()\n-]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark and where it stands in the text."""

    word: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Whether it only separates."""
        return not self.word.isalnum() and "&" not in self.word


def plain(text: str) -> str:
    """Simplified Chinese and ASCII marks; as long as ``text``, in the same case."""
    return text.translate(_PLAIN)


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text in lower case. Hyphens within words part them without a mark."""
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain(text))
    tokens = [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(lowered)]
    return tuple(token for token in tokens if token.word != "-" or _is_dash(lowered, token))


def _is_dash(text: str, token: Token) -> bool:
    """Whether a hyphen stands free, and so separates."""
    return text[token.start - 1 : token.start].isspace()
