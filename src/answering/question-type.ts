import type { Language } from '../domain'
import { identifiersOf, type Identifier } from './identifiers'
import { shapesWanted, type Shape } from './shapes'
import { words, type Word } from './words'

export type AnswerType =
  | 'number'
  | 'date'
  | 'person'
  | 'place'
  | 'organisation'
  | 'choice'
  | 'yesno'
  /** What happens if: answered by a rule as a whole. */
  | 'consequence'
  | 'reason'
  | 'manner'
  | 'definition'
  | 'list'
  | 'other'

/** What a question asks for, as far as its words tell. */
export interface Question {
  text: string
  language: Language
  type: AnswerType
  /** What is counted or measured: 年 in 何年, 人 in 何人, "points" in "how many points". */
  unit?: string
  /** The noun that says what the answer is: "river" in "which river", 司令官 in 司令官は誰. */
  head?: Word
  words: Word[]
  /** [first, end) of the question word(s) in `words`; empty at the end when the question has none (保険料は?). */
  asked: [first: number, end: number]
  /** The particle after the question word, or the preposition that goes with it (誰が, in what, born in?). */
  link?: string
  /** English: the question word is the subject (who built) or not (who did he meet). */
  subject: boolean
  /** Forms that the answer is expected to have: a sum of money, a telephone number. */
  shapes: Shape[]
  /** Codes that the question names (E-04); a sentence about another one is no answer. */
  identifiers: Identifier[]
}

/** Japanese: longest first, since 何年 must not be read as 何. */
const japaneseAsked =
  /何という|なんという|何と(?:呼|言|い)|どのよう[なに]|どういう|どういった|どのくらい|どれくらい|どのぐらい|どれぐらい|どれほど|どうして|どうやって|何故|なにゆえ|なぜ|どこ|誰|だれ|どなた|何者|いつ|いくつ|いくら|どちら|どっち|どんな|どの|どれ|どう|何|なに|なん/u

const japaneseTypes: [RegExp, AnswerType][] = [
  [
    /どうなり|どうなる|何が起き|何が起こ|(?:どのような|どんな|何の)(?:処分|罰則?|不利益|扱い|取扱い|制裁)/u,
    'consequence',
  ],
  [/なぜ|何故|どうして|なにゆえ|(?:理由|原因|動機|きっかけ)(?:は|に|とは|を)/u, 'reason'],
  [/とは(?:何|なに|なん|どういう|どのような)|(?:定義|意味)は/u, 'definition'],
  [/どのように|どうやって|どうすれば|(?:方法|手順|手続き?)は/u, 'manner'],
  [/どちら|どっち|ですか、それとも|(?:うち|中で)、?(?:どれ|どの)/u, 'choice'],
  [
    /いつ|何(?:年|月|日|時|世紀|曜日|年代)(?!間|かかる)|どの(?:年|月|日|時代|時期|季節)|(?:日付|期限|時期|年月日|生年|没年|年)は(?:？|\?|何|い|で|$)/u,
    'date',
  ],
  [/誰|だれ|どなた|何者|何という人|(?:人物|人名|氏名|名前の人|作者|著者|監督|選手|社長)(?:は|名)/u, 'person'],
  [
    /どこ|何(?:県|国|市|州|島|区|町|村|駅)|どの(?:国|都市|地域|地方|県|市|州|場所|島|あたり)|(?:場所|所在地|出身地|首都|国名|地名|住所)は/u,
    'place',
  ],
  [
    /何(?:社|党|大学|会社)|(?:どの|何という)(?:会社|企業|党|大学|学校|団体|チーム|球団|組織|機関)|(?:会社|企業|団体|学校|大学|政党)(?:名)?は/u,
    'organisation',
  ],
  [
    /いくつ|いくら|どの?れ?(?:くらい|ぐらい|ほど)|何(?:人|名|個|本|回|度|円|ドル|万|億|パーセント|%|％|メートル|キロ|km|年間|時間|日間|か月|ヶ月|カ月|週間|歳|才|番|位|倍|割|種類|つ|台|点|冊|枚|戦|勝|階|機|隻|頭|匹|件|章|条|分|秒|代|基|校|ページ|グラム|トン|ヘクタール|平方|カ国|か国|ヶ国|箇所|か所)|(?:人数|数|人口|金額|割合|面積|高さ|長さ|期間|費用|料金|価格|年齢|日数|時間|率|温度|距離|重さ|速度)は/u,
    'number',
  ],
  [/何と何|すべて|全て|列挙|挙げ/u, 'list'],
]

const englishTypes: [RegExp, AnswerType][] = [
  [
    /\bwhat (?:happens|will happen|would happen|if)\b|\bwhat (?:are|is) the (?:consequences?|penalty|penalties|sanctions?)\b/i,
    'consequence',
  ],
  [
    /^why\b|\b(?:reason|cause|purpose)s? (?:for|of|was|is|did|why|that)\b|\bwhat (?:caused|led to)\b|\bfor what reason\b/i,
    'reason',
  ],
  [
    /\bwhen\b(?!,? .*\b(?:who|what|which|where|how)\b)|\b(?:what|which) (?:\w+ )?(?:year|years|date|day|month|century|decade|time|era|period)\b|\bhow (?:recently|late|early)\b/i,
    'date',
  ],
  [
    /\bhow (?:many|much|long|old|far|high|tall|big|large|often|deep|wide|fast|few|heavy|soon)\b|\b(?:what|which) (?:\w+ )?(?:percentage|percent|number|amount|portion|proportion|fraction|age|population|price|cost|rate|size|length|height|distance|temperature|deadline|limit)\b|\bwhat (?:is|was|are|were) the (?:\w+ )?(?:percentage|number|amount|population|average|total|cost|price|rate|length|height|size|limit|maximum|minimum)\b/i,
    'number',
  ],
  [
    /\bwho\b|\bwhom\b|\bwhose\b|\b(?:what|which) (?:\w+ )?(?:person|people|man|woman|king|queen|emperor|leader|president|player|actor|author|scientist|philosopher|general|duke|pope)\b|\bwhat was the name of the (?:man|woman|person)\b/i,
    'person',
  ],
  [
    /^(?:in |to |from |at |on |near |through )?where\b|\bwhere\b|\b(?:what|which) (?:\w+ )?(?:city|country|countries|state|town|place|location|river|region|area|continent|island|county|nation|colony|colonies|village|mountain|lake|sea|ocean|street|province)\b/i,
    'place',
  ],
  [
    /\b(?:what|which) (?:\w+ )?(?:company|team|organi[sz]ation|group|university|school|party|agency|institution|network|church|college|department|army|band|union|club|government)\b/i,
    'organisation',
  ],
  [/^how\b/i, 'manner'],
  [/\bor\b[^?]*\?$/i, 'choice'],
  [/^what (?:is|are) (?:an? )?[\w -]+\?*$|\bwhat does .* (?:mean|stand for)\b|\bdefin(?:e|ition)\b/i, 'definition'],
  [
    /^(?:(?:if|when|while|after|before)\b[^,?]*, )?(?:is|are|am|was|were|do|does|did|can|could|may|must|should|will|would|has|have|had)\b/i,
    'yesno',
  ],
  [/^(?:list|name) \b|\bwhat (?:two|three|four|five|are the)\b/i, 'list'],
]

const auxiliaries = new Set(
  'is are was were be do does did can could will would shall should may might must has have had'.split(' '),
)
const prepositions = new Set(
  'in on at by for from to of with about into against under through as during near'.split(' '),
)
const particles = new Set('が を に で の と も から まで より へ は か'.split(' '))

/** Analyses a question in either language. */
export function analyseQuestion(text: string, language: Language): Question {
  const question = language === 'ja' ? japaneseQuestion(text) : englishQuestion(text)
  return { ...question, shapes: shapesWanted(text, question.type === 'date'), identifiers: identifiersOf(text) }
}

/** What the two languages are analysed for, each in its own way. */
type Grammar = Omit<Question, 'shapes' | 'identifiers'>

/** A question that is answered by a sentence as it stands: no stretch of it is the answer. */
export const asksForSentence = ({ type }: Pick<Question, 'type'>): boolean => type === 'yesno' || type === 'consequence'

function japaneseQuestion(text: string): Grammar {
  const found = words(text, 'ja')
  const match = japaneseAsked.exec(text)
  const matchEnd = match ? match.index + match[0].length : text.length
  let first = match ? found.findIndex((word) => word.end > match.index) : found.length
  if (first < 0) first = found.length
  let end = first
  while (end < found.length && found[end]!.start < matchEnd) end++
  const type =
    (match ? undefined : japaneseYesNo(text)) ?? japaneseTypes.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'
  const question: Grammar = { text, language: 'ja', type, words: found, asked: [first, end], subject: false }
  const unit = unitOf(text)
  if (unit) question.unit = unit
  const link = found.slice(end, end + 4).find((word) => particles.has(word.text))
  if (link && link.text !== 'か') question.link = link.text
  const head = japaneseHead(found, first, end, text)
  if (head) question.head = head
  return question
}

/** 年 in 何年, 日 in 何月何日 (the last unit), 王朝 in どの王朝. */
function unitOf(text: string): string | undefined {
  const units = [
    ...text.matchAll(
      /何([かヶカケヵ]月|[かヶカケヵ](?:国|所|条|年)|[^\s、。?？をがはでにのとかもへ何]{1,2})|どの([\u4e00-\u9fff]{1,3})/gu,
    ),
  ]
  const unit = units.map((match) => (match[1] ?? match[2])!).filter((found) => !/^(?:とい|です|だ|故|ら)/u.test(found))
  return unit.at(-1)
}

/** Without a question word, and not one of two things: 副業をしてもよいですか, 届出は必要か. */
const japaneseYesNo = (text: string): AnswerType | undefined =>
  /(?:ますか|ですか|ませんか|でしょうか|のか|るか|たか|いいか|よいか|必要か|可能か)[？?。]?\s*$/u.test(text) &&
  !/それとも/u.test(text)
    ? 'yesno'
    : undefined

/** The noun after 何という, どの, 何の, or before は when the question word is the predicate or is left out. */
function japaneseHead(found: Word[], first: number, end: number, text: string): Word | undefined {
  const isNoun = (word: Word | undefined): word is Word => word?.content === true && word.script !== 'hiragana'
  const asked = text.slice(found[first]?.start ?? text.length, found[end - 1]?.end ?? text.length)
  if (first < found.length && /^(?:何という|なんという|どの|どんな|何|どういう)/u.test(asked)) {
    let at = found[end]?.text === 'の' ? end + 1 : end
    if (isNoun(found[at])) {
      while (isNoun(found[at + 1])) at++
      return found[at]
    }
  }
  for (let at = Math.min(first, found.length) - 1; at > 0; at--)
    if (found[at]!.text === 'は' || found[at]!.text === 'とは') {
      const before = found.slice(0, at).findLast(isNoun)
      if (before) return before
    }
  return undefined
}

function englishQuestion(text: string): Grammar {
  const found = words(text, 'en')
  const lower = found.map((word) => word.text.toLowerCase())
  let first = lower.findIndex((word) => /^(?:what|which|who|whom|whose|where|why|how)$/.test(word))
  if (first < 0) first = lower.indexOf('when')
  const type = englishTypes.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'
  if (first < 0)
    return { text, language: 'en', type, words: found, asked: [found.length, found.length], subject: false }
  let end = first + 1
  if (
    lower[first] === 'how' &&
    /^(?:many|much|long|old|far|high|tall|big|large|often|deep|wide|fast|few|heavy|soon)$/.test(lower[end] ?? '')
  )
    end++
  // "What happens if" asks as a whole; a document need not say that anything happens.
  if (type === 'consequence') while (/^(?:will|would|happens?|if|when)$/.test(lower[end] ?? '')) end++
  const question: Grammar = {
    text,
    language: 'en',
    type,
    words: found,
    asked: [first, end],
    subject: !hasAuxiliaryAfter(lower, end),
  }
  const head = englishHead(found, lower, first, end)
  if (head) question.head = head
  if (head && lower[first] === 'how') question.unit = head.norm
  const last = lower.findLast((word) => /^\p{L}/u.test(word))
  const link = prepositions.has(lower[first - 1] ?? '')
    ? lower[first - 1]
    : last && prepositions.has(last)
      ? last
      : undefined
  if (link) question.link = link
  return question
}

/** "who did he meet", "what city is it in": an auxiliary within the noun phrase's reach after the question word. */
const hasAuxiliaryAfter = (lower: string[], from: number): boolean =>
  lower.slice(from, from + 4).some((word) => auxiliaries.has(word))

/** "which river", "how many points"; "what is/was (the) name/role of": the noun after the article. */
function englishHead(found: Word[], lower: string[], first: number, end: number): Word | undefined {
  const isNoun = (word: Word | undefined): word is Word => word?.content === true
  if (/^(?:what|which|whose)$/.test(lower[first]!) || end > first + 1) {
    let at = end
    if (isNoun(found[at])) {
      while (
        isNoun(found[at + 1]) &&
        !auxiliaries.has(lower[at + 1]!) &&
        at < end + 2 &&
        hasAuxiliaryAfter(lower.slice(at + 1), 0)
      )
        at++
      return found[at]
    }
  }
  if (
    /^(?:what|who|where|when)$/.test(lower[first]!) &&
    auxiliaries.has(lower[end] ?? '') &&
    /^(?:the|an?)$/.test(lower[end + 1] ?? '')
  ) {
    let at = end + 2
    while (isNoun(found[at + 1]) && at < end + 4) at++
    return isNoun(found[at]) ? found[at] : undefined
  }
  return undefined
}
