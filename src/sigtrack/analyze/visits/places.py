"""Places that visits are told with and that no gazetteer of states holds, and shorthand.

Cities where leaders meet, beside capitals and the gazetteer's venues; gatherings whose name alone
says where they are; and the one-character names of countries, by which Korean, Japanese and
Chinese headlines make verbs (방중, 訪米, 访华) and offices (英首相, 独外相, 美财长).
"""

from __future__ import annotations

# country | site: names in four languages; what does not fit goes on in the next line
CITIES = """
US | Washington: 华府, 華府
US | New York: New York, =NY, New York City, 뉴욕, ニューヨーク, 纽约, 紐約
US | San Francisco: San Francisco, 샌프란시스코, サンフランシスコ, 旧金山, 舊金山
US | California: California, Woodside, 캘리포니아, カリフォルニア, 加利福尼亚, 加州
US | Los Angeles: Los Angeles, LA, 로스앤젤레스, ロサンゼルス, 洛杉矶, 洛杉磯
US | Hawaii: Hawaii, Honolulu, 하와이, 호놀룰루, ハワイ, ホノルル, 夏威夷, 檀香山
US | Alaska: Alaska, 알래스카, アラスカ, 阿拉斯加
US | Florida: Florida, Miami, 플로리다, 마이애미, フロリダ, マイアミ, 佛罗里达, 迈阿密, 佛羅里達,
  邁阿密
US | Texas: Texas, Houston, 텍사스, 휴스턴, テキサス, ヒューストン, 得克萨斯, 休斯敦, 德州
US | Guam: Guam, 괌, グアム, 关岛, 關島
US | Joint Base Andrews: Andrews, Joint Base Andrews, 앤드루스, アンドルーズ, 安德鲁斯
US | Arlington: Arlington, Arlington National Cemetery, 알링턴, アーリントン
US | Philadelphia: Philadelphia, 필라델피아, フィラデルフィア, 费城, 費城
CA | Kananaskis: Kananaskis, 캐내내스키스, 카나나스키스, カナナスキス, 卡纳纳斯基斯, 卡納納斯基斯
CA | Vancouver: Vancouver, 밴쿠버, バンクーバー, 温哥华, 溫哥華
CA | Toronto: Toronto, 토론토, トロント, 多伦多, 多倫多
CA | Montreal: Montreal, Niagara, 몬트리올, 나이아가라, モントリオール, ナイアガラ, 蒙特利尔
JP | Osaka: Osaka, Kansai, 오사카, 大阪, 関西空港, 大坂
JP | Yokohama: Yokohama, 요코하마, 横浜, 横滨, 橫濱
JP | Yokosuka: Yokosuka, 요코스카, 横須賀, 横须贺, 橫須賀
JP | Sapporo: Sapporo, 삿포로, 札幌
JP | Fukuoka: Fukuoka, 후쿠오카, 福岡, 福冈
JP | Sendai: Sendai, 센다이, 仙台
JP | Nagoya: Nagoya, 나고야, 名古屋
JP | Okinawa: Okinawa, 오키나와, 沖縄, 冲绳, 沖繩
JP | Imperial Palace: 宮中, 皇居
JP | Akasaka Palace: 迎賓館, Akasaka Palace, 아카사카 영빈관
JP | Haneda: Haneda, 하네다, 羽田, 羽田空港
JP | Tokyo: 都内, 도쿄, 東京都内
JP | Nara: 日나라, 日 나라, 나라현, 나라서, 나라행, 나라 도착, 나라 정상회담, 나라 회담,
나라 방문, 고도 나라
JP | Fukushima: Fukushima, 후쿠시마, 福島, 福岛
JP | Karuizawa: Karuizawa, 가루이자와, 軽井沢, 轻井泽
JP | Ise Shima: Ise-Shima, 이세시마, 伊勢志摩
KR | Incheon: Incheon, 인천, 仁川
KR | Daegu: Daegu, 대구, 大邱
KR | Gwangju: 광주, 光州
KR | Pyeongtaek: Pyeongtaek, Camp Humphreys, Osan, 평택, 캠프 험프리스, 오산, 平沢, 烏山
KR | Ulsan: Ulsan, 울산, 蔚山
KR | Pohang: Pohang, 포항, 浦項
CN | Tianjin: Tianjin, 톈진, 天津
CN | Xian: Xi'an, Xian, 시안, 西安
CN | Nanjing: Nanjing, 난징, 南京
CN | Chongqing: Chongqing, 충칭, 重慶, 重庆
CN | Qingdao: Qingdao, 칭다오, 青島, 青岛
CN | Dandong: Dandong, 단둥, 丹東, 丹东
CN | Shenyang: Shenyang, 선양, 瀋陽, 沈阳
CN | Harbin: Harbin, 하얼빈, ハルビン, 哈尔滨, 哈爾濱
CN | Yanji: Yanji, 옌지, 延吉
CN | Boao: Boao, Hainan, Sanya, 보아오, 하이난, 싼야, ボアオ, 海南, 三亜, 博鳌, 博鰲, 三亚, 三亞
CN | Hong Kong: Hong Kong, 홍콩, 香港
CN | Macau: Macau, Macao, 마카오, マカオ, 澳门, 澳門
CN | Kunming: Kunming, 쿤밍, 昆明
CN | Nanning: Nanning, 난닝, 南宁, 南寧
CN | Suzhou: Suzhou, 쑤저우, 蘇州, 苏州
CN | Xiamen: Xiamen, 샤먼, アモイ, 厦门, 廈門
CN | Anji: Anji, 안지, 安吉
CN | Great Hall: Great Hall
KP | Rason: Rason, 나선, 羅先, 罗先
KP | Kumgangsan: Mt. Kumgang, 금강산, 金剛山, 金刚山
TW | Kaohsiung: Kaohsiung, 가오슝, 高雄
TW | Hualien: Hualien, 화롄, 花蓮
RU | St Petersburg: St. Petersburg, Saint Petersburg, 상트페테르부르크, サンクトペテルブルク,
  圣彼得堡, 聖彼得堡
RU | Sochi: Sochi, 소치, ソチ, 索契
RU | Kazan: Kazan, 카잔, カザン, 喀山
RU | Khabarovsk: Khabarovsk, 하바롭스크, ハバロフスク, 哈巴罗夫斯克
RU | Kursk: Kursk, 쿠르스크, クルスク, 库尔斯克
RU | Yekaterinburg: Yekaterinburg, 예카테린부르크, エカテリンブルク, 叶卡捷琳堡
IN | New Delhi: New Delhi, Delhi, 뉴델리, 델리, ニューデリー, デリー, 新德里, 德里
IN | Mumbai: Mumbai, Hyderabad, Ahmedabad, 뭄바이, ムンバイ, 孟买, 孟買
ID | Bali: Bali, 발리, バリ島, 巴厘岛, 峇里島
MY | Langkawi: Langkawi, 랑카위, ランカウイ, 兰卡威
TH | Phuket: Phuket, Pattaya, 푸껫, 푸켓, プーケット, 普吉
VN | Da Nang: Da Nang, Danang, 다낭, ダナン, 岘港, 峴港
VN | Ho Chi Minh City: Ho Chi Minh City, 호찌민, ホーチミン, 胡志明市
LA | Vientiane: Luang Prabang, 루앙프라방, ルアンプラバン, 琅勃拉邦
PH | Cebu: Cebu, Clark, Subic, 세부, セブ, 宿务, 宿霧
AU | Sydney: Sydney, 시드니, シドニー, 悉尼, 雪梨
AU | Melbourne: Melbourne, 멜버른, メルボルン, 墨尔本, 墨爾本
AU | Brisbane: Brisbane, Perth, Adelaide, Darwin, 브리즈번, 퍼스, ブリスベン, パース, 布里斯班, 珀斯
NZ | Auckland: Auckland, 오클랜드, オークランド, 奥克兰, 奧克蘭
DE | Munich: Munich, 뮌헨, ミュンヘン, 慕尼黑
DE | Hamburg: Hamburg, 함부르크, ハンブルク, 汉堡, 漢堡
DE | Frankfurt: Frankfurt, Bonn, 프랑크푸르트, フランクフルト, 法兰克福, 法蘭克福
DE | Ramstein: Ramstein, 람슈타인, ラムシュタイン, 拉姆施泰因
FR | Evian: Evian, Evian-les-Bains, 에비앙, エビアン, 埃维昂, 依雲
FR | Versailles: Versailles, 베르사유, ベルサイユ, 凡尔赛, 凡爾賽
FR | Strasbourg: Strasbourg, 스트라스부르, ストラスブール, 斯特拉斯堡
FR | Nice: Biarritz, Marseille, 비아리츠, 마르세유, ビアリッツ, マルセイユ, 马赛, 馬賽
GB | Westminster: Westminster Abbey, ウェストミンスター寺院, 웨스트민스터 사원, 威斯敏斯特教堂,
  西敏寺
IT | Rome: Altare della Patria, ヴィットーリオ・エマヌエーレ2世記念堂
GB | Windsor: Windsor, Windsor Castle, 윈저, ウィンザー, 温莎, 溫莎
GB | London: Buckingham Palace, Downing Street, 버킹엄궁, バッキンガム宮殿, 白金汉宫, 白金漢宮,
  唐宁街
GB | Cornwall: Cornwall, Glasgow, Edinburgh, Belfast, 콘월, 글래스고, コーンウォール, グラスゴー,
  康沃尔, 格拉斯哥
NL | The Hague: The Hague, Hague, 헤이그, ハーグ, 海牙
NL | Rotterdam: Rotterdam, 로테르담, ロッテルダム, 鹿特丹
IT | Apulia: Apulia, Puglia, Borgo Egnazia, 풀리아, プーリア, 普利亚
IT | Milan: Milan, Venice, Sicily, Naples, 밀라노, 베네치아, ミラノ, ベネチア, 米兰, 米蘭
ES | Seville: Seville, Barcelona, 세비야, バルセロナ, 塞维利亚, 巴塞罗那
CH | Zurich: Zurich, Buergenstock, Lausanne, 취리히, 로잔, チューリヒ, 苏黎世, 蘇黎世
AT | Vienna: Vienna, 빈, ウィーン, 维也纳, 維也納
BE | Brussels: Brussels, 브뤼셀, ブリュッセル, 布鲁塞尔, 布魯塞爾
LU | Luxembourg: Luxembourg City
TR | Istanbul: Istanbul, Antalya, 이스탄불, 안탈리아, イスタンブール, アンタルヤ, 伊斯坦布尔,
  伊斯坦堡
EG | Sharm el-Sheikh: Sharm el-Sheikh, 샤름엘셰이크, シャルムエルシェイク,
  シャルム・エル・シェイク, 沙姆沙伊赫
SA | Riyadh: Riyadh, Jeddah, 리야드, 제다, リヤド, ジッダ, 利雅得, 吉达, 利雅德
AE | Abu Dhabi: Abu Dhabi, 아부다비, アブダビ, 阿布扎比, 阿布達比
AE | Dubai: Dubai, 두바이, ドバイ, 迪拜, 杜拜
QA | Doha: Doha, 도하, ドーハ, 多哈, 杜哈
ZA | Johannesburg: Johannesburg, Cape Town, Durban, 요하네스버그, 케이프타운, ヨハネスブルク,
  ヨハネスブルグ, ケープタウン, 约翰内斯堡, 約翰尼斯堡, 开普敦
BR | Rio de Janeiro: Rio de Janeiro, Rio, 리우, 리우데자네이루, リオデジャネイロ, 里约热内卢, 里約
BR | Belem: Belem, Belém, Sao Paulo, 벨렝, ベレン, 贝伦
PE | Lima: Lima, 리마, リマ, 利马, 利馬
MX | Cancun: Cancun, Los Cabos, 칸쿤, カンクン, 坎昆
UA | Kyiv: Kyiv, Kiev, 키이우, 키예프, キーウ, 基辅, 基輔
PG | Port Moresby: Port Moresby, 포트모르즈비, ポートモレスビー, 莫尔兹比港
KZ | Almaty: Almaty, 알마티, アルマトイ, 阿拉木图
UZ | Samarkand: Samarkand, 사마르칸트, サマルカンド, 撒马尔罕
ET | Addis Ababa: Addis Ababa, 아디스아바바, アディスアベバ, 亚的斯亚贝巴
"""

# Gatherings that everybody knows where to find; country | site: names
GATHERINGS = """
US | New York: UN General Assembly, U.N. General Assembly, UNGA, UN GA, General Assembly,
  UN headquarters, U.N. headquarters, 유엔총회, 유엔 총회, 国連総会, 联合国大会, 聯合國大會, 联大
SG | Singapore: Shangri-La Dialogue, 샹그릴라 대화, 샹그릴라대화, アジア安全保障会議,
  シャングリラ会合, 香格里拉对话, 香格里拉對話
DE | Munich: Munich Security Conference, 뮌헨안보회의, 뮌헨 안보회의, ミュンヘン安全保障会議,
  慕尼黑安全会议, 慕安会, 慕尼黑安全會議
CH | Davos: Davos, Davos forum, World Economic Forum, 다보스포럼, 다보스 포럼, ダボス会議,
  达沃斯论坛
CN | Boao: Boao Forum, 보아오포럼, ボアオ・アジアフォーラム, 博鳌论坛
"""
# Names of gatherings that say "of many": whoever travels to one is there on the sidelines.
MULTILATERAL = """
G7, G20, G8, APEC, ASEAN, SCO, BRICS, NATO summit, NATO, Quad, C5+1, TICAD, COP30, COP29,
East Asia Summit, ASEM, UN General Assembly, General Assembly, UNGA, summit of the Americas,
TICAD 9,
Munich Security Conference, Shangri-La Dialogue, World Economic Forum, Davos, security conference,
Nuclear Security Summit, Belt and Road Forum, SCO summit, APEC summit, G20 summit, G7 summit,
PALM, Bandung, Asia Security Summit, ASEAN+3, ASEAN Regional Forum,
나토, 아세안, 상하이협력기구, 유엔총회, 유엔 총회, 다자회의, 동아시아정상회의, 뮌헨안보회의,
샹그릴라 대화, 다보스포럼, 브릭스,
国連総会, 首脳会議, 中央アジア＋日本, 中央アジア5カ国, 安全保障会議, 首脳会合, 太平洋・島サミット,
アフリカ開発会議,
上合, 上合组织, 上合峰会, 联大, 联合国大会, 慕安会, 金砖, 東協, 东盟, 東協峰會, 北约峰会,
一带一路国际合作高峰论坛, 聯合國大會
"""

# One letter for a country, as the press of a language writes it.
SHORT_KO = """
한 KR, 韓 KR, 북 KP, 北 KP, 미 US, 美 US, 일 JP, 日 JP, 중 CN, 中 CN, 러 RU, 영 GB, 英 GB,
佛 FR, 프 FR, 獨 DE, 독 DE, 印 IN, 伊 IR, 濠 AU, 호 AU, 加 CA, 캐 CA, 대만 TW, 臺 TW, 台 TW,
베 VN, 印尼 ID, 英 GB, 獨 DE, 比 PH, 泰 TH, 蒙 MN, 유럽 EU, 우 UA
"""
SHORT_JA = """
日 JP, 米 US, 中 CN, 韓 KR, 朝 KP, 露 RU, ロ RU, 英 GB, 仏 FR, 独 DE, 伊 IT, 加 CA, 豪 AU,
印 IN, 台 TW, 比 PH, 越 VN, 西 ES, 蘭 NL, 墨 MX, 伯 BR, 欧 EU, 土 TR, 泰 TH, 尼 ID, 星 SG, ウ UA
"""
SHORT_ZH = """
华府 US, 華府 US,
中 CN, 华 CN, 華 CN, 京 CN, 陸 CN, 陆 CN, 美 US, 日 JP, 韩 KR, 韓 KR, 朝 KP, 俄 RU, 英 GB,
法 FR, 德 DE, 意 IT, 加 CA, 澳 AU, 印 IN, 台 TW, 臺 TW, 菲 PH, 越 VN, 泰 TH, 柬 KH, 欧 EU,
歐 EU, 巴 PK, 沙 SA, 土 TR, 伊 IR, 乌 UA, 烏 UA, 以 IL, 蒙 MN, 老 LA, 缅 MM, 西 ES, 比 BE,
荷 NL, 波 PL, 哈 KZ, 埃 EG, 马 MY, 馬 MY, 新 SG, 印尼 ID
"""
