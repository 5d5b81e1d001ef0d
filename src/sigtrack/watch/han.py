"""Traditional and simplified spellings of the words that diplomacy is written in.

A watchlist that lists 联合声明 alone is blind in Taipei. The tables hold the characters that are
frequent in foreign-policy news and whose other form is certain; they propose a spelling for a
person to check and are no converter: where a character is missing, nothing is proposed rather than
half a word (钢鐵). Japanese has forms of its own (発, 対, 総) and shares others
with either side (国, 会, 談): a word that could be Japanese has no certain twin.
"""

from __future__ import annotations

_PAIRS = (
    "聯联聲声國国會会談谈議议協协關关韓韩訪访問问總总統统書书記记長长灣湾貿贸稅税導导彈弹戰战爭争"
    "軍军經经濟济發发將将對对華华東东歐欧羅罗烏乌條条約约簽签領领權权護护衛卫際际機机構构與与為为"
    "開开門门間间雙双邊边緊紧張张緩缓壓压運运輸输進进產产業业電电網网絡络資资訊讯術术車车貨货幣币"
    "財财單单據据島岛釣钓魚鱼認认識识確确實实態态應应響响強强繼继續续終终結结維维穩稳規规則则積积"
    "極极連连選选舉举黨党務务員员環环質质審审調调計计劃划畫画講讲話话語语詞词論论評评說说請请謝谢"
    "讓让負负責责轉转載载輪轮較较農农遠远違违遲迟鄰邻銀银錢钱鎖锁閣阁陣阵隊队陽阳難难頭头題题額额"
    "風风飛飞驗验點点龍龙師师廣广廳厅廢废憲宪換换損损擊击擴扩斷断無无顯显暫暂樂乐標标樣样決决溝沟"
    "滅灭漢汉潛潜澤泽災灾熱热營营獨独獲获獻献現现畢毕異异當当監监盤盘眾众礎础種种稱称競竞節节築筑"
    "簡简紀纪納纳紛纷級级組组細细絕绝給给綜综綠绿線线編编縣县縮缩織织繞绕罰罚罷罢職职聽听脅胁臨临"
    "興兴舊旧藝艺處处號号補补裝装見见觀观覺觉親亲觸触訂订討讨訓训設设許许訴诉詳详誤误課课諒谅謀谋"
    "證证譴谴譯译變变豐丰貢贡販贩買买費费賠赔賣卖購购贈赠贏赢趨趋軌轨輔辅辦办辭辞達达過过適适鄭郑"
    "釋释鐵铁錄录鎮镇閉闭閱阅陳陈陰阴階阶隨随險险隱隐離离靈灵靜静頂顶項项順顺預预頒颁頻频顧顾館馆"
    "駐驻驅驱體体鮮鲜麥麦黃黄齊齐撲扑韋韦腦脑層层報报動动別别場场團团學学輕轻測测養养賞赏鄧邓襲袭"
    "蘇苏孫孙勢势減减練练創创習习時时來来個个數数億亿內内區区專专從从奧奥亞亚兩两爾尔備备賽赛啟启"
    "這这馬马視视圖图傳传峽峡嚴严陸陆帶带檢检參参屆届倫伦圍围壇坛戶户讀读類类劇剧漲涨賓宾執执滿满"
    "勞劳遺遗輯辑傷伤銷销藥药奪夺試试還还溫温義义沒没剛刚擔担儲储庫库藍蓝覽览慶庆擬拟戲戏劍剑匯汇"
    "誼谊橋桥療疗堅坚奮奋夢梦樹树況况愛爱貴贵劉刘圓圆詐诈鏈链揚扬糧粮潤润曉晓碼码債债屬属須须謹谨"
    "駛驶崗岗寫写紐纽績绩"
)
# Their simplified form stands for several characters, so only one direction is certain.
_ONE_WAY = "係系復复臺台製制範范準准後后裡里歷历採采衝冲禦御託托雲云"
_JAPANESE = frozenset(
    "発経済対沢戦関両豊覚図権収実応検験険釈拡歩変辺脳読売価仮効勧単厳圏圧塁弾従徳悪恵懸戻挙捜摂"
    "暁様歓歴歳気渋焼産県総続緑縄聴臓蔵観訳証説賛転軽逓遅郷鉄鉱銭録闘隠雑霊頼顔駅駆騒黙齢帯広庁"
)
# Of the pairs above: full forms that Japanese has simplified, and simple forms that it shares.
_FULL_ONLY_IN_CHINESE = frozenset(
    "聯聲國會關總灣稅彈戰爭經濟發將對歐條權與為雙邊壓產單據實應繼續穩舉黨畫說讓轉遲鄰錢驗點廣廳廢擊擴"
    "斷顯樂樣潛澤營獨獻當眾稱絕綠縣聽舊藝處號裝觀覺觸證譯變豐賣贏辦辭釋鐵錄閱隨險隱靈靜驅體麥黃齊腦"
    "團學輕來數區專從奧亞兩啟圖傳峽嚴帶檢參圍讀滿勞藥溫擔匯覽戲劍屬寫"
)
_SIMPLE_IN_JAPANESE_TOO = frozenset(
    "声国会湾争将条与双断点党独献当称旧号装触辞随静体麦黄画学来数区参届温没担属写峡奥"
)
_SIMPLER = dict(zip(_PAIRS[::2] + _ONE_WAY[::2], _PAIRS[1::2] + _ONE_WAY[1::2], strict=True))
_FULLER = dict(zip(_PAIRS[1::2], _PAIRS[::2], strict=True))
_UNCERTAIN = frozenset(_ONE_WAY[1::2])
# Each of the two old character sets holds the forms of its own side, and few of the other's.
_CHARACTER_SET = {"traditional": "big5", "simplified": "gb2312"}


def other_spelling(word: str, *, is_chinese: bool = False) -> tuple[str, str] | None:
    """("traditional" or "simplified", the word in it), or None where there is no certain one.

    Unless the word is known to be Chinese, it must hold a character that Japanese does not write.
    """
    full = {char for char in word if char in _SIMPLER}
    simple = {char for char in word if char in _FULLER}
    if not is_chinese:
        if not _JAPANESE.isdisjoint(word):
            return None
        if not full & _FULL_ONLY_IN_CHINESE and simple <= _SIMPLE_IN_JAPANESE_TOO:
            return None
    if full and not simple:
        return _whole("simplified", "".join(_SIMPLER.get(char, char) for char in word))
    if simple and not full and _UNCERTAIN.isdisjoint(word):
        return _whole("traditional", "".join(_FULLER.get(char, char) for char in word))
    return None


def _whole(form: str, word: str) -> tuple[str, str] | None:
    """The form and the word in it, if no character of it was left in the other form."""
    try:
        word.encode(_CHARACTER_SET[form])
    except UnicodeEncodeError:
        return None
    return form, word
