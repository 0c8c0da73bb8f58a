// Entries of the packages' lists that are not masked. Most lists are machine translations of the English one,
// word by word: `cock` became the animal, `dick` the adjective, and untranslatable entries became menu texts
// of websites. All languages are searched at once, so a word that is innocent in one language must be removed
// from the lists of the others: French `bite` is also English, Spanish `aus` is German.

const lists = {
  en: `s.o.b.|s hit|a55|bum|cok|cox|dink|dinks|flange|hoar|hoare|lust|lusting|pawn|screwing|snatch|spac|wang|willies|kummer|
    cum|kum|doggin|dogging|hore|hoer|nob|fux|teets|teez|duche|kums|fanny|f4nny|fanyy|willy|kock`,
  de: `esel|in %|kugelbeutel|eier|bälle|glocke|hündchen|metzger|verdammt|blasen|knochen|brüste|buhn|fehler|hintern|kokos|
    mist|kümmel|stiche|hunde|eselibber|phantasievoll|flat|flansch|ziegen|hor|huhn|ausleger|knüppel|jisma|knospead|
    geknallt|knaufende|knopfkopf|knospen|knowjokey|lustig|nüsse|pfoten|verzögert|felgen|schrauben|samen|geschlecht|
    schlitten|splitter|scherben|shank|dord|wahnsinn|schwanz|schwänze|idiot`,
  es: `aus|a dólares|a)|bolsa de bolas|bolas|bestia|perra|perro|perras|hueso|senos|negro|negros|entendido|masturbación|
    gallos|colibrí|corrida|cuñada|cuñas|cibernético|ciberdelincuente|los ciberdelincuentes|fcuting|grasa|caído|dedo|
    ¡dedo|dedos|brida|fusibles|cabra|más caliente|caliente|kno|lujuria|bigotes|nueces|peón|chulos|enojada|orina|recto|
    sadista|tornillo|sexo|temblando|transexual|sunk|titular|tittie|t1t1e5|idiota|idiotas`,
  fr: `5 heures|arrs|ânes|en dollars|c'est ça|sac à bille|sac à billes|boules|bête|bêteté|clocher|sanglant|pipe|pipes|
    cliquetis|osseux|sein|seins|bouchons|boucliers|poitrines|mégots|gros plan|chine|nut|coq|coqs|visage de coq|
    tête de coq|pomme|pâte|chattes|cyberdépannage|bite|évier|éviers|chienne|levrette|d'ânes|doux|duché|pour|
    signalisation|peaux|fany|gras|feu|feuillage|infesté|taux de chute|culotte|avec les doigts|farcis|frappes de poing|
    frappe de poing|fusils|bride|crétins|crétin|bandes|des gangs|caprins|seigneur|arnaque|attaque|sabots|thorax|
    les plus excités|excité|décollage|boutons|boutonné|bouton|tête de bouton|jocky|boutonjokey|3 points|luxure|lustre|
    maître-bateau|maîtrise3|maître|les|4 h|engourdissements|sac à noix|sur gage|pic|téléphonex|purée|ouvrés|ouvrage|
    maquereau|en colère|pousses de pisse|pique|les briques|tablier|pousse|jante|vissage|sexe|- oui|s'il vous plaît|
    gode|godes|sciages|croûte|et toi|titre|titre5|lancer|tuyau|détecteur|gland|souris|walies|sadique|fesses`,
  it: `balle|bagnarsi|battere|biga|brinca|cadavere|cagna|casci|cesso|cozza|fava|finocchio|goldone|imbecille|ingoio|loffa|
    mona|monta|montare|mussa|nave scuola|palle|patacca|pesce|picio|pippa|pisello|pompa|porca|porco|potta|quaglia|regina|
    rizzarsi|ruffiano|sbattere|sbattersi|sega|soccia|spagnola|tirare|topa|vacca|vangare|zio cantante|belino|guardone|
    checca|arrapato|femminuccia|bordello|tarzanello|anale|pipì`,
  pt: `arrumos|julgo|o quê|- o quê|como $|saco de bola|bolas|amigos|sangrento|broche|broches|boa sorte|bolo|osso|mamas|
    peitos|mas..|não|claire|clérigos|amendoim|galão|carpinteiro|paus|colheitadeira|o que é que se passa|cláudia|de verão|
    a $s|com licença|cúpula|não sei|o que é isso|incômodo|cúmplices|cialis|os cibercriminosos|cibercriminoso|pauzinho|cãozinho|
    - não|duquesa|fagão|fantoche|fany|gorda|pateta|caído|cortina|eu sei|jogos de vestir|gay|cabras|raios|excitado|
    tudo bem|júnior|botão|cabeça de cabeça|- sim|laboratório|brilho|lustrando|o que fazer|o que se passa|o que foi|
    os pretos|o que é|preto|pretos|no|boa noite|nozes|pão|a tremer|miúda|miúdo|imposição|por favor|pimba|cricks|bar|puxa|
    puxas|recto|retirada|bordas|parafusos|sexo|mais|shema|brilhante|não te metas|titã|titãs|turva|via satélite|vamos|
    cadelas|cocó|cara de pau|bestialidade|idiota|idiotas|i3|pias|c0m|sacana`,
  ru: `полный|как $|мешок с мячом|шары|мешок|звериный|звериность|колокольчик|двустворчатый|кровавый|буйвол|боллок|костлявый|
    болваны|болван|грудь|бродяга|затвор|вес|топор|ерунда|шипа|кнут|петух|петухи|лицо члена|член|хулиган|кокс|кексука|кун|
    кум|колоть|кумс|щекотать|щекотливый|1кк|проклятый|ворчать|помойка|дирша|собачий|собака|оселовоз|душ|герцог|дамба|
    педикюр|фагот|фаготы|фанатичный|толстый|фук|грязь|откидывание|сорняк|пальчики|фланцеобразный|обман|приправа|бандаж|
    бандитизм|бандиты|козел|голова|хриплый|кабак|горшок|мотыга|обнимать|самый роговой|роговой|отсрочка|рывок|яблочный|
    бегство|шипение|лаять|бездельник|ручка|тупица|неряшливый|кнопка|стучать|3ч|лабиринт|похоть|мастер-бит|мастер8|мастерить|
    мафия|фото|молоток|мотылек|усатый|молохвост|кекс|бежокей|обезболивающие|гайка|рог|пешка|телефоны|обожженный|пыхтение|
    пьяный|пьянство|паук|моча|разозленный|порох|поршни|сосульки|отстой|уколы|наклон|лоб|гной|киска|прямая кишка|отсталый|
    обрамление|горло|писать|блин|шт|дрожать|женщина|смута|похищать|пак|отрыжка|трость|тез|тестовый|яичко|чокнутый|ван|вялый|
    вор|мухи|волей|киберпреступник|киберпреступники|хардкорекс|секс|римжа|черт возьми|облажаться|шаггин|4nny|пенис|би+ч`,
  ar: `الحصان|المؤخرات|الحمير|دولار|كدولارات|(ب)|الكرة|الكرات|كرات|الوحشية|الجرس|الأفضلية|عمل فاسد|أعمال تفجيرية|العظام|صدر|الثدي|
    البوق|عصيان|حشرة|مقهى|وجهك|كوكر|سحقًا|صراخ|كوك|كوكس|الطهي|النقر|العبث|الإنترنت(ج)|الفضاء الإلكتروني|تسلل عبر الإنترنت|دينك|الكلب|
    حبوب منع الحمل|الإيجاز|الجزيئات|الهرجات|زائفة|الكلاب|فاني|الخيال|الدهون|متعهد|الحضانات|فاسد|المهرجان|سقط|سخيف|حمأة|فوك|فوكر|
    صمامات|الثعلب|العصابات|الماعز|يا إلهي|صلبة|الرأس|الأشقر|مثير|(جاك أوف)|(جاك)|حبس|الكم|المختبرات|الإغراء|الماجستير|مسوخ|
    درجة الماجستير|الماجستير(ب)|المناقشة العامة*|المناقشة الرئيسية 3|سيدي|التحفة|موثا|نابوكي|الراهبات|مجنون|الأورام|الرهن|بيكر|
    الهواتف الجنسية|رشاش|رهبان|بول|البول|الخوخ|حانة|نقية|الجبناء|جبان|إعادة التشكيل|شجر|اختباري|خصية|توان|وانغ|الويلات|ويلي|الجنس|
    هراء|كوكاكوتا|فوكوهي|فوكويت|البوووب|الكوندوم|شهوة|سادي|النشوة|نازي|سكران غاضب`,
  hi: `एनस|आर्सेना|शस्त्र|गेंद|गेंदों|जानवर|समानता|घंटी|श्रेष्ठ|श्रेष्ठता|बिटिंग|खूनी|बियोला|बोल्क|हड्डी|शराब|स्तन|बगीचा|हिन्दी|हिंदी|बट|बटमच|चिंक|अखरोट|
    मुर्गा|कॉक|कोक|कोन|केकड़ा|सह|गुलगुला|चाचा|डिक|गुत्थी|डंक|कुत्ते|गधा|डोष|डच|डाइक|छूत|चुभोना|फैनी|कट्टर|वसा|गिरना|गिरती|उंगलियों|उंगली करना|
    मुट्ठीकरना|फुहार|चॉकर|बकवास|गड़बड़|समलैंगिक|बकरी|देवता|देवी|सिर|होर|हो|होम|सींग का|सेक्सी|जैकपॉट|जैप|मरोड़ते|कावा|घुंडी|कोंडोम|कोन्डम|कुम्भ|
    गुनगुना|चमकना|साइटमैप|माँ|माताओं|माफ|निगाह|नागा|नोब|मोहन|पेकर|चक|फुक|फुकेत|पोप|ट्रिक|प्रोन|बिल्ली|राशि|मंदिर|पेंच|झरना|घूंघट|पतला|शिथिल|
    गुदगुदी|छीनना|बेटा|स्पेक|टट्टू|टी|टीज़|तैसा|टिट|वांग|इच्छा|सेक्स|योनि|वियाग्रा|निगा|नाज़ी|फक`,
  ja: `ログイン|アルス|トピックス|アコース|ボールボール|ボールバック|ベルン|ベスト|人気カテゴリー|ビットキャッシュ|ボブ|ブーツ|バッガー|バム|バッツ|パスワード|チンク|
    プリカ|クルミ|コック|コックス|つぶやき|カムス|ダイニング|ダック|デュチェ|ダイケ|電子メール|おばあさん|ファグス|脂肪マッサージ|フォーク|フィードバック|落ち着き|フランジ|
    フーカー|フラッシャー|ファクシミリ|ギャング|ガールフレンド|ヤギ|神秘的な被害を受けた|ふりがな|ジャーミー|クマー|ラボリア|プロフィール|マフ|ナジ|ノブ|フィッシング|
    ピッキング|プーク|ピクチャー|プーン|ポップ|パトリック|プロン|パブ|パッシー|リクルート|リミング|スクリュー|セメン|性別|お問い合わせ|ツイート|シャガール|シェーディング|
    シープラス|サイトマップ|インタビュー|インフォメーション|ソリューション|スムート|スナッチ|テッツ|リファレンス|タイ5|t1タイ|タード|スタッフ|パーティー|メニュー|スカンク|ワンク|
    ペッカー|ビアグラ|恋物癖|ボロク|ブーブ|コンドム|ノベット|シッター|スパク|クラス1t|の55|フィンガーファイヤー|獣性|ナイガス`,
  ko: `1시간|5열|뚱 베어|한국어|사이트맵|카테고리|장바구니|₢ 킹|회사 소개|제품 정보|볼랙|배틀그라운드|제품정보|채용 정보|인기있는|채용정보|스낵 바|뼈|프로젝트|바퀴 슈커|채용공고|
    인기 카테고리|사이버감사|이름 *|언어: 한국어|개진|관련 기사|팟캐스트|모든 새|뚱뚱뚱|털이 많은|주먹질|중년부인|옵션 정보|펌웨어|신담|뉴스 레터|맨 위로|가장 핫한|잭 오프|잭오프|
    주 메뉴|칼 머리|칼조키|엄마|모든 인기있는|노브|노브조키|메뉴 닫기|견과류|페커|핥기|사이트맵.|관련 제품|전체장편|스카크|스크랩|스펀지|시험대|뱅커|신담n|핫 성별|게이주|개 게이|
    엄마5terb8|가슴5`,
  zh: `轨道5e|皮肤|阿斯福卡语name|屁股整齐|(单位:美元)|作为美元|页:1|b1吨级|球囊|球头|兽形|兽性|铃声|最佳状态|质量|双倍径|双节|骂人|胡说|波罗克|骨头|嘘声|乳头|
    嘘嘘|布鲁塞塔|可恶|废话|流浪汉|臀部|枪托|中国|齐巴|果实|鸡头|鸡尾酒|公鸡|鸡鸡|库克|库克门彻|库克萨|缩写|积分|弯曲|累积射击|阴间|低调|网络福克|二极管|叮当|日数a|
    烂透了|狗语|养狗|驴肋架|杜许|杜彻|堤坝|射线|标记|同性恋|同性恋者|女同性恋|发牢骚|粪便|风扇|扇形叶片|迷恋|鸡肉|欢呼|呕吐|堕落|指头|拳头|花纹|恶棍|软糖包装机|乌克|
    福尔克|乌克金|烟花|黑帮|帮派|山羊队|头部|吼声|高尔|角最强|角质|热性|骗局|贾宝玉|吉兹|坐标|针叶|已锁定|旋钮|旋钮头|键盘|宽度|库姆|单位|库林斯|欲望|半径|主减法|
    主机b8|高级项目*|高级bat3|高级|掌握|摩尔福|调味料|灭鼠机|马夫|变种人|零点3r|唉哟|纳吉|黑头|无趣|无名|麻核|疯子|质子|矫形|高潮|啄木鸟|电话|发球|福尔|划开|摇摆|
    发声|愤怒|细小的叶片|神经病|便便|刺头|专业|普丝|猫咪|直肠|迟钝|连环画|旋转|划伤|切开|性别|小时|萨格|抖动|变形|乱七八糟|乱七八糟的|斯迈格马|闪烁|沉积|吨数|
    垫子|泰兹语name|测试|掷掷器|tw4吨级|wa头|via草|转数|闲着|虚无|妇人|威尔|迪尔多|v1 颜色|大便师|嘘 +|watt|m45 位点|鸡鸡|阴囊|睾丸`,
} as const;

/** Entries of the packages that are not masked, in the packages' spelling. */
export const innocentWords: ReadonlySet<string> = new Set(
  Object.values(lists).flatMap(list => list.split('|').map(word => word.trim())),
);

/** Innocent phrases that contain a listed word, in a script without spaces: "mama's". */
export const innocentPhrases: readonly string[] = ['妈妈的'];

/** Names and terms that contain a listed word. */
export const latinPhrases: readonly string[] =
  `same sex|sex education|sex ed|dick van dyke|van dyke|moby dick|dick tracy|dick cheney|philip k dick|cul de sac|
  great tit|blue tit|coal tit|marsh tit|willow tit|crested tit|tit for tat|cigarette butt|water butt|maine coon|coon rapids|
  bully kutta|great balls|wet nurse`
    .split('|')
    .map(phrase => phrase.trim());

/** Listed words that are also first names, surnames or places. */
export const properNames: ReadonlySet<string> = new Set(
  'dick|dyke|gaylord|randi|lolita|kutta|marica|pede|polla'.split('|'),
);

/** Words of everyday language, medicine, food and names. They are never masked, in any list or spelling. */
export const ordinaryWords: readonly string[] =
  `balls|silk|pot|got|del|con|mose|playboy|peter|pico|nipple|hard|moose|fan|stake|sleet|mama|sexy|trio|sex|anita|pinto|pina|
  vagina|penis|sexual|pau|olla|pica|pele|paal|lund|bosta|knorr|hool|silke|amador|butt|butts|cul|anus|breasts|breast|nipples|
  nude|rectum|scrotum|testicle|semen|sperm|vulva|clitoris|virgin|erotic|viagra|cialis|topless|tosser|stroke|nudity|panties|
  francium|pipe|pantyhose|pilica|domination|escort|
  bra|lesbian|lesbians|bisexual|transexual|gay|homosexual`
    .split('|')
    .map(word => word.trim());
