import { words, type Word } from '../words'

/** Openings after which a question is only a variation of the one before. */
const variation =
  /^(?:その場合|それなら|それだと|だったら|そうすると|そうなると|そうしたら|そしたら|すると|逆に|反対に|(?:その)?(?:ほか|他)に(?:は|も)?|同様に|例えば[？?。]?$|たとえば[？?。]?$|もっと|もう少し|さらに詳し|詳し[くい]|具体的に)/u

/** Openings that may stand before any question. */
const opening =
  /^(?:(?:では|じゃあ?|それでは|それじゃあ?|でしたら|なら|そして|それと|それから|あと|ちなみに|また|一方で?|でも|しかし|ただ|ところで|なるほど|ありがとう(?:ございます)?|了解(?:です|しました)?|はい)[、,。！!\s]\s*)+/u

/** それ, その, そこ and their like, but not それぞれ, その他, おそれ. */
const pointing = [
  /(?<![おオ恐])それ(?!ぞれ|とも|ほど|から|まで|自[身体]|以(?:外|上|下|降|前)|では)/u,
  /(?:^|[、。はがをにでと\s])(?:これ(?!まで|から|以)|あれ(?!ば))/u,
  /その(?!他|ほか|まま|うち|ため|後$|際$|都度|もの$)/u,
  /(?:^|[、。はがをにでと\s])あの(?=[\p{Script=Han}\p{Script=Katakana}])/u,
  /(?<![どそここ])この(?!文|規則|規程|規定|契約|合意|文書|書類|資料|本|会社|法人|機械|製品|装置|機器|説明書|取扱|マニュアル|制度|法律|論文|章|条|ページ|頁|表|ファイル|記事|報告|手引|ソフト|アプリ|サービス|協定|約款|案内|ハンドブック|年|月|町|市|県|国|他|ほか|まま|ため)/u,
  /(?<![あそ])そこ(?!そこ|まで|なう|ね)/u,
  /そちら|そんな|そう(?:した|いう|いった|なる|なった|する|でない|です|だ)|前者|後者|上記|先ほど|さっき/u,
  /(?:^|[、。はがをにでと\s])彼(?:女|ら)?(?=[はがのをにも])/u,
  /同じ(?:です|でしょう|ですか|条件|扱い)/u,
]

const ending = /[？?。．.!！\s]+$/u

/** 「パートの場合は」「土曜日でも」: one case of what was asked before. */
const oneCase =
  /^.{1,24}?(?:の場合|のとき|の時|のほう|の方)(?:は|だと|なら|には|でも|も)?(?:どう(?:です|でしょう|なりますか?|なる)?か?)?$|^.{1,16}(?:だと|でも|も|なら|って|とか)(?:どう(?:です|でしょう|なりますか?)?か?)?$/u

const topicAlone = /^([^、。]{1,16}?)(?:は|とは別に|については|に関しては)(?:どう(?:です|でしょう|なりますか?)?か?)?$/u

/** Words that many things have: alone they do not say of what. */
const generic = new Set(
  (
    '理由 原因 期限 期間 費用 料金 金額 値段 手続 手続き 手順 方法 条件 場所 連絡 連絡先 電話 番号 電話番号 人数 時間 日数 例外 罰則 対象 必要 場合 ' +
    '具体 具体的 詳細 例 例えば 他 ほか 結果 違い 上限 下限 最大 最小 最低 最高 回数 頻度 担当 担当者 窓口 申請先 提出 提出先 教え 説明 詳しく 詳し 知り ' +
    '意味 内容 可能 何故 本当 以上 以下 程度 先 者 的 額 変わ 違 もう少し もっと ください 下さい お願い 続き 続け 次'
  ).split(' '),
)

const question =
  /^(?:何|なに|なん|誰|だれ|どこ|どの|どれ|どちら|どんな|どう|いつ|いくつ|いくら|なぜ|どうして|くらい|ぐらい|日|回|人|円|年|月|時|分|歳|才|個|名|件|つ)$/u
const particles = /^(?:は|が|を|の|に|で|って|とは|も|から|まで|へ|には|では)$/u

/** Does a Japanese question leave unsaid what it is about? */
export function japaneseLeans(asked: string): boolean {
  const whole = asked.normalize('NFKC').trim()
  if (variation.test(whole.replace(opening, ''))) return true
  const text = whole.replace(opening, '').replace(ending, '')
  if (pointing.some((one) => pointsBack(text, one))) return true
  const found = words(text, 'ja')
  const own = ownWords(found)
  if (own.length === 0) return true
  if (oneCase.test(text)) return true
  const topic = topicAlone.exec(text)?.[1]
  if (topic !== undefined) return !topic.includes('の') && joined(ownWords(words(topic, 'ja'))) <= 1
  if (nounsOnly(found) && joined(own) === 1) return true
  // 「いつ支払われますか」: a predicate, and nothing that it is said of.
  const [only] = own
  if (joined(own) > 1 || !only || /.とは/u.test(text) || found.some(({ script }) => script === 'number')) return false
  const after = found[found.indexOf(own.at(-1) ?? only) + 1]
  return !particles.test(after?.text ?? '')
}

/** What the question points to is not named before it: 「退職するとき、その手続きは」 and 「保険とその費用は」 name it. */
function pointsBack(text: string, pattern: RegExp): boolean {
  const match = pattern.exec(text)
  if (!match) return false
  const before = text.slice(0, match.index + 1).replace(/[^、とやてでし]*$/u, '')
  return ownWords(words(before, 'ja')).length === 0
}

const ownWords = (found: readonly Word[]): Word[] =>
  found.filter(
    ({ content, norm, text, script }) =>
      content && script !== 'number' && !generic.has(norm) && !generic.has(text) && !question.test(text),
  )

const nounsOnly = (found: readonly Word[]): boolean =>
  found.every(({ content, script }) => content && script !== 'hiragana')

/** How many there are when neighbours count as one compound (有給 and 休暇). */
const joined = (own: readonly Word[]): number =>
  own.filter((word, at) => at === 0 || own[at - 1]?.end !== word.start).length
