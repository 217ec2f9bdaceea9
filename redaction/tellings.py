"""How people say where they work and live, how old and how ill they are, and who belongs to them; as patterns.

In a pattern, `<I>` stands for the person in Chinese (我, 你, 她, or a name), `<E>` for them in English, and `<M>` for
what is theirs (my, your, Sheila's). The group `it` is what is to be hidden.
"""

from __future__ import annotations

from redaction.digits import DIGIT, ENGLISH_NUMBER
from redaction.kinship import KIN_EN, KIN_ZH
from redaction.mark import Tier

_HAN = "\u3400-\u9fff"
_NUMBER = rf"(?:\d|{DIGIT}|[十百]){{1,5}}"
_NOT_NAMED = (
    "也在就都有是說跟今現他她它我你這那不沒很要會去來的了和與把被給讓做看叫想講覺得過到上下多少個們嗎吧啊呢"
)
"""Characters that follow a relative, but begin or end no given name."""

_STOP = r"\s，。、？！；：,.?!;:「」（）()"
_OTHERS = "我你妳您他她它們"
_FILL = "(?:[ ,，]|嗯|呃|其實|目前|現在|之前|以前|今年|也|就|都|已經|本身|自己|一直|從小|剛好){0,4}"
_I = f"<I>(?:們?的?(?:{KIN_ZH}))?{_FILL}"
_E = rf"(?:<E>|<M> (?:{KIN_EN})(?: [A-Z][a-z]+)?)"
"""The person, or somebody of theirs: where a daughter goes to school tells as much."""


_WORK = (
    "打工|做志工|當志工|上班|工作|服務|任職|就職|教書|教(?=[一二三國高英數])|念書|讀書|唸書|實習|就讀|開店|做事|退休|住院|看診|看病|治療|開刀|就醫"
    f"|當(?!中|時|然|下|地|初|成|作)(?:過|了)?[^{_STOP}]{{1,6}}"
)
_OFFICE = (
    "銀行|公司|醫院|診所|大學|學院|高中|高職|國中|國小|小學|幼兒園|學校|基金會|協會|工會|公會|事務所|工廠|集團|報社|電視台|"
    "農會|法院|地檢署|[^的在是]部|[^的在是]局|[^的在是]處|[^的在是]署|市政府|縣政府|區公所|鄉公所|鎮公所|航空|捷運|鐵路|郵局|"
    "電力|科技|實驗室|研究所|研究院|餐廳|飯店|分局|派出所|消防隊|療養院|安養院|護理之家|社區|部落|教會|書店"
)
_JOB = (
    "老師|學生|護理師|護士|醫師|醫生|員工|職員|社工|工程師|店長|老闆|志工|教授|助理|校長|行員|司機|會計|律師|藥師|治療師|"
    "保母|廚師|警察|警員|消防員|里民|居民|住戶|家長|病人|病友|會員|研究生|校友|記者|編輯|導演|店員|農民|業務"
)
_ILLNESS = (
    "症候群|症|癌|腫瘤|白血病|血友病|肌萎縮|漸凍人|[^毛問]病|[^發]炎|障礙|中風|癲癇|氣喘|愛滋|失智|憂鬱|躁鬱|自閉|過動|截肢|"
    "失明|失聰|聽損|視障|肝硬化|洗腎"
)
_ILL = (
    "狼瘡|失智|中風|洗腎|化療|[^的]{0,4}憂鬱症|躁鬱症|思覺失調|妥瑞|唐氏症|自閉症|亞斯伯格|過動症|帕金森|巴金森|阿茲海默|糖尿病|"
    "肝硬化|罕病|罕見疾病|聽障|視障|肢障|身障|輪椅|愛滋|[乳肺肝胃血]癌|大腸癌|子宮頸癌|攝護腺癌|卵巢癌|口腔癌|鼻咽癌|甲狀腺癌|胰臟癌|單親|離婚|流產|懷孕"
)
"""Said of anybody in any words, it tells."""

_SCHOOL = "大學|學院|高中|高職|國中|國小|研究所|[^的關]系|一女|附中|[建成北南中]中|[^很比最大]大"
_ENGLISH_NAME = r"[A-Z][\w&'-]*(?:,? (?:of |the )?[A-Z][\w&'-]*){0,4}"
_ENGLISH_ILLNESS = (
    "syndrome|disease|disorder|cancer|diabetes|dystrophy|epilepsy|autism|ADHD|HIV|leuka?emia|sclerosis|"
    "depression|lupus|dementia|Parkinson's|Alzheimer's"
)

RULES: tuple[tuple[str, str, Tier], ...] = (
    (
        "workplace",
        rf"{_I}(?:是)?(?:在|到|去)(?P<it>[^{_STOP}{_OTHERS}]{{2,12}}?)(?:那邊|裡面|裡)?(?:{_WORK})",
        Tier.B,
    ),
    (
        "workplace",
        rf"{_I}(?:任職於|就職於|服務於|上班的地方是|工作是在|公司是|公司叫|學校是|待過|任職的單位是|服務的(?:學校|單位|公司|機關)是)(?P<it>[^{_STOP}{_OTHERS}]{{2,12}})",
        Tier.B,
    ),
    (
        "workplace",
        rf"{_I}是?在(?P<it>[^{_STOP}{_OTHERS}的]{{1,8}}(?:公司|銀行|人壽|產險|集團|基金會|事務所|醫院|工廠))(?=[{_STOP}]|$)",
        Tier.B,
    ),
    (
        "workplace",
        rf"{_I}是(?:來自|從)?(?P<it>[^{_STOP}{_OTHERS}的一]{{1,10}}(?:{_OFFICE}))(?:這邊|那邊)?的(?![問事政角立])",
        Tier.B,
    ),
    (
        "role",
        rf"(?:身為|作為)(?:一[個位名])?(?P<it>[^{_STOP}{_OTHERS}]{{0,10}}的?(?:{_JOB}))(?=[{_STOP}]|我|<I>)",
        Tier.C,
    ),
    ("role", rf"{_I}(?:是)?(?P<it>[開賣教][^{_STOP}{_OTHERS}的]{{1,6}})的(?=[{_STOP}]|$)", Tier.C),
    ("role", rf"{_I}是(?:一[個位名])?(?P<it>[^{_STOP}{_OTHERS}]{{2,12}}的?(?:{_JOB}))", Tier.B),
    (
        "school",
        rf"{_I}(?:念|唸|讀|就讀於?|畢業於|考上)(?:的是|了)?(?P<it>[^{_STOP}的是了]{{0,10}}(?:{_SCHOOL}))",
        Tier.B,
    ),
    (
        "place",
        rf"{_I}(?:們?家)?{_FILL}(?:住在|住|搬到|老家在|家在|家就在|戶籍地?在|租在)(?P<it>[^{_STOP}{_OTHERS}的了]{{2,12}})",
        Tier.B,
    ),
    (
        "place",
        rf"{_I}是(?P<it>[^{_STOP}{_OTHERS}的一個這那有為在]{{2,4}})"
        r"(?<!提案)(?<!附議)(?<!主持)(?<!召集)(?<!發起)(?<!負責)(?<!聯絡)(?<!當事)(?<!主辦)人(?![員士類口家民數事物力的權壽文工])",
        Tier.B,
    ),
    ("place", rf"{_I}(?:老家是|出生在|在)(?P<it>[^{_STOP}{_OTHERS}的]{{2,8}})(?:出生|長大|土生土長)", Tier.B),
    ("place", rf"{_I}是從?(?P<it>[^{_STOP}{_OTHERS}的一]{{2,6}}?)[上下北南過]?來的", Tier.B),
    ("place", r"{E} ?moved to (?P<it>{N})".replace("{E}", _E).replace("{N}", _ENGLISH_NAME), Tier.B),
    ("place", rf"{_I}(?:是)?來自於?(?P<it>[^{_STOP}{_OTHERS}的]{{2,10}})", Tier.C),
    ("age", rf"{_I}(?:是)?今年{_FILL}(?P<it>{_NUMBER}歲?)(?![年月日號個次萬元件人場億%])", Tier.B),
    ("age", rf"{_I}(?:是)?(?:民國)?(?P<it>{_NUMBER}年次)", Tier.B),
    ("age", rf"{_I}(?:是)?(?:才|快要?|滿|剛滿|已經)?{_FILL}(?P<it>{_NUMBER}[多幾]?歲)", Tier.B),
    (
        "condition",
        rf"{_I}(?:得了?|得到|罹患|患有|確診|被?診斷出?(?:是|為|有)?|被?檢查出(?:是|有)?|天生|有)"
        rf"(?P<it>[^{_STOP}{_OTHERS}的]{{0,10}}(?:{_ILLNESS}))",
        Tier.B,
    ),
    (
        "condition",
        rf"{_I}得的是[^{_STOP}]{{0,6}}[，,]?(?:叫做?)?(?P<it>[^{_STOP}]{{1,10}}(?:症|病|癌))",
        Tier.B,
    ),
    ("condition", rf"{_I}[^{_STOP}{_OTHERS}]{{0,6}}?(?P<it>{_ILL})", Tier.B),
    (
        "condition",
        rf"{_I}是(?P<it>[^{_STOP}{_OTHERS}]{{0,10}}(?:{_ILLNESS}))的?(?:患者|病人|病友|者)",
        Tier.B,
    ),
    (
        "relative",
        rf"<I>(?:們)?(?:的|家的?)?(?:{KIN_ZH})(?:就|也|名字)?(?:叫做?|是|，)?"
        rf"(?P<it>(?:小|阿)[{_HAN}](?![時候學孩家型組])|[{_HAN}]{{2,3}}(?=，?(?:今年|現在|{_NUMBER}歲)))",
        Tier.B,
    ),
    (
        "relative",
        rf"<I>(?:們)?(?:的|家的?)?(?:{KIN_ZH})(?:叫做?|名字是|名叫)(?P<it>[{_HAN}]{{2,3}}?)(?=[{_STOP}今現他她也在]|$)",
        Tier.B,
    ),
    (
        "relative",
        rf"<I>(?:們)?(?:的|家的?)?(?:{KIN_ZH})(?P<it>[^\W\da-zA-Z{_NOT_NAMED}]{{2}})(?=[{_STOP}今現他她也在說跟]|$)",
        Tier.B,
    ),
    (
        "relative",
        rf"{_I}是(?P<it>[^{_STOP}{_OTHERS}一個]{{2,3}}的?(?:媽媽|爸爸|媽|爸|太太|先生|女兒|兒子|妹妹|姊姊|姐姐))",
        Tier.B,
    ),
    ("relation", rf"(?P<it><I>(?:們)?(?:的|家的?)?(?:{KIN_ZH}))", Tier.C),
    (
        "workplace",
        rf"{_E} ?(?:used to )?(?:works?|worked|(?:am|'m|is) working|'m employed|am employed|teach|teaches|study|"
        rf"studies|studied|intern) (?:at|for|in) (?:the )?(?P<it>{_ENGLISH_NAME})",
        Tier.B,
    ),
    (
        "role",
        rf"{_E} ?(?:am|'m|was|is) (?:a|an|the) (?P<it>[\w -]{{3,30}}? (?:at|for|in|of) (?:the )?{_ENGLISH_NAME})",
        Tier.B,
    ),
    (
        "place",
        rf"{_E} ?(?:lives?|lived|grew up|was born|am living|'m living|is living) (?:in|on|near|at) (?:the )?"
        rf"(?P<it>{_ENGLISH_NAME})",
        Tier.B,
    ),
    ("place", rf"{_E} ?(?:am|'m|is|comes?|came) from (?P<it>{_ENGLISH_NAME})", Tier.B),
    (
        "age",
        rf"{_E} ?(?:am|'m|was|is|turned|just turned) (?P<it>(?:\d{{1,3}}|{ENGLISH_NUMBER}) years? old)",
        Tier.B,
    ),
    ("age", rf"<E> ?(?:am|'m) (?P<it>(?:[1-9]\d|{ENGLISH_NUMBER}))(?=[,.!?]| now| and|$)", Tier.C),
    (
        "role",
        rf"(?:as|being) (?:a|an|the) (?P<it>[\w -]{{3,30}}? (?:at|for|in|of) (?:the )?{_ENGLISH_NAME})",
        Tier.C,
    ),
    (
        "condition",
        rf"{_E} ?(?:am|'m|is) (?P<it>autistic|deaf|blind|disabled|pregnant|divorced|in a wheelchair)",
        Tier.B,
    ),
    (
        "condition",
        rf"{_E} ?(?:have|has|had|'ve got|was diagnosed with|am diagnosed with|suffers? from|got) (?:a |an )?"
        rf"(?P<it>[\w' -]{{0,40}}?(?:{_ENGLISH_ILLNESS}))(?!\w)",
        Tier.B,
    ),
    ("relative", rf"<M> (?:{KIN_EN}),? (?P<it>[A-Z][a-z]+)(?![a-z])", Tier.B),
    ("relation", rf"(?P<it><M> (?:\w+ )?(?:{KIN_EN}))(?![A-Za-z])", Tier.C),
)
"""What it is, how it is said, and its tier in the person's own words."""
