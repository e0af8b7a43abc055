/**
 * Ideographs that are one character to whoever searches: names and older forms that NFKC keeps apart. In each group the
 * first stands for all.
 */
const groups =
  '高髙 崎﨑碕 斉斎齋齊 辺邊邉 浜濱濵 沢澤 桜櫻 広廣 国國 学學 島嶋嶌 真眞 槙槇 凛凜 弥彌 礼禮 恵惠 徳德 瀬瀨 黒黑 清淸 青靑 増增 ' +
  '戸戶 呉吳 館舘 会會 円圓 栄榮 豊豐 蔵藏 寿壽 実實 旧舊 条條 号號 仏佛 県縣 総總 発發 変變 峰峯 野埜 竜龍 万萬 数數 図圖 区區 労勞 医醫 ' +
  '薬藥 鉄鐵 関關 駅驛 読讀 続續 経經 済濟 覚覺 観觀 伝傳 価價 検檢 験驗 権權 剣劍 賛贊 写寫 処處 証證 触觸 嘱囑 随隨 歯齒 霊靈 暦曆 歴歷 ' +
  '吉𠮷 土圡 柳栁 富冨 兎兔 鴎鷗 蝋蠟 頬頰 剥剝 填塡 掴摑 噛嚙 麺麵 祷禱 繋繫 痩瘦 涛濤 桧檜 薮藪 灯燈 巌巖 来來 両兩 並竝 乗乘 当當 党黨'

/** Every variant with the character that stands for it. */
export const variants: ReadonlyMap<string, string> = new Map(
  groups.split(' ').flatMap((group) => {
    const [standard = '', ...others] = group
    return others.filter((other) => other !== standard).map((other): [string, string] => [other, standard])
  }),
)
