import type { Language } from '../domain'

export type Script = 'kanji' | 'katakana' | 'hiragana' | 'latin' | 'number' | 'mark'

/** A word of a question or a passage: characters [start, end) of the text that was cut. */
export interface Word {
  start: number
  end: number
  text: string
  /** What is compared: NFKC, lower case, English inflection stripped. */
  norm: string
  script: Script
  /** Carries meaning of its own: not a particle, an auxiliary, an article or a mark. */
  content: boolean
}

const englishFunction = new Set(
  (
    'a an the this that these those there here it its he she his her him they them their we us our you your i my me who whom whose what ' +
    'which when where why how is are was were be been being am do does did done doing has have had having can could will would shall ' +
    'should may might must of in to for and or but nor on by at with from as into onto about over under between among during after ' +
    'before through against within without upon than then so if not no also such only any all some each both either neither other ' +
    "more most many much very just too up down out off while because until since although though however 's n't s t re ll ve d"
  ).split(' '),
)

const japaneseFunction = new Set(
  (
    'は が を に で と も の へ や か ね よ な だ て た し れ ば から まで より など では には とは への との での からの までの として について ' +
    'において における によって により による に対して である であり であっ です でし ます しま まし ました でした だっ だった ませ ん する し した ' +
    'して され さ れ た てい いる い いた いる ある あり あっ れる られる せる させる なる なり なっ こと もの ため この その あの どの これ それ ' +
    'あれ ここ そこ という といった といい どこ だれ 誰 何 なに なん いつ どれ どちら どんな なぜ いくつ いくら ない なかっ なく また そして ' +
    'しかし ただし なお ず ぬ う よう ような ように のみ だけ ほど くらい ぐらい ながら つつ しか でも ても たり のは のが のを のに こ そ'
  ).split(' '),
)

/** Forms that no rule leads back to their verb; the ones that questions and answers use differently. */
const irregular = new Map(
  (
    'paid:pay made:make held:hold began:begin begun:begin led:lead built:build won:win wrote:write written:write gave:give given:give ' +
    'took:take taken:take came:come became:become went:go gone:go left:leave lost:lose fought:fight found:find founded:found sold:sell ' +
    'bought:buy brought:bring taught:teach thought:think said:say spoke:speak spoken:speak spent:spend sent:send kept:keep met:meet ' +
    'grew:grow grown:grow knew:know known:know saw:see seen:see sang:sing sung:sing fell:fall fallen:fall drew:draw drawn:draw ' +
    'broke:break broken:break chose:choose chosen:choose rose:rise risen:rise ran:run died:die dying:die women:woman men:man ' +
    'children:child people:person heard:hear meant:mean felt:feel stood:stand understood:understand flew:fly bore:bear born:bear wore:wear'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
)

/** Strips what English adds to a word for number, tense and manner, and folds final e and y. */
export function stem(word: string): string {
  const regular = irregular.get(word)
  if (regular) return regular
  if (word.length < 4 || !/^[a-z\u00df-\u024f-]+$/.test(word)) return word
  const stripped = word
    .replace(/ies$/, 'y')
    .replace(/(?<=[sxz]|ch|sh)es$/, '')
    .replace(/(?<![su])s$/, '')
    .replace(/(?<=.{3})(?:ing|ed|ly|er|or|ment|ation|ition|ion)$/, '')
  return stripped.replace(/([^aeiouls])\1$/, '$1').replace(/(?<=.{3})[ey]$/, '')
}

/** The script of the first character: in a Japanese text the word of a segmenter has one script, seldom two. */
export function scriptOf(text: string): Script {
  if (/^[0-9０-９〇]/u.test(text)) return 'number'
  if (/^[\u3400-\u9fff\uf900-\ufaff々〆]/u.test(text)) return 'kanji'
  if (/^[\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f]/u.test(text)) return 'katakana'
  if (/^[\u3041-\u309f]/u.test(text)) return 'hiragana'
  if (/^\p{L}/u.test(text)) return 'latin'
  return 'mark'
}

const englishWord =
  /\p{N}+(?:[.,:]\p{N}+)*(?:(?:st|nd|rd|th|s)(?!\p{L}))?|['’](?:s|re|ll|ve|d|t)(?!\p{L})|\p{L}[\p{L}\p{N}]*(?:[-.'’](?!s\b)\p{L}[\p{L}\p{N}]*)*|[^\s]/gu
const japaneseRun = /\p{N}+(?:[.,，．]\p{N}+)*|[^\p{N}]+/gu

const segmenter = new Intl.Segmenter('ja', { granularity: 'word' })

/**
 * The words of a text. English by pattern ("mid-18th", "1,234.5" and the possessive 's are words); Japanese by the engine's
 * dictionary, with numbers kept whole. Nothing here is stored, so it may differ between engines.
 */
export function words(text: string, language: Language): Word[] {
  const found: Word[] = []
  if (language === 'en') {
    for (const match of text.matchAll(englishWord)) found.push(wordAt(match[0], match.index))
    return found
  }
  for (const run of text.matchAll(japaneseRun)) {
    if (scriptOf(run[0]) === 'number') found.push(wordAt(run[0], run.index))
    else
      for (const { segment, index } of segmenter.segment(run[0]))
        if (segment.trim()) found.push(wordAt(segment, run.index + index))
  }
  return found
}

function wordAt(text: string, start: number): Word {
  const script = scriptOf(text)
  const folded = text.normalize('NFKC').toLowerCase()
  return {
    start,
    end: start + text.length,
    text,
    norm: normOf(folded, script),
    script,
    content: isContent(folded, script),
  }
}

function normOf(folded: string, script: Script): string {
  if (script === 'latin') return stem(folded)
  if (script === 'number') return folded.replace(/(?<=\d),(?=\d{3})/g, '')
  // 支払う, 支払わ, 支払っ: what follows the kanji inflects.
  return script === 'kanji' ? folded.replace(/(?<=[\u3400-\u9fff])[\u3041-\u309f]+$/u, '') : folded
}

function isContent(folded: string, script: Script): boolean {
  if (script === 'mark') return false
  if (script === 'latin') return !englishFunction.has(folded)
  if (script === 'hiragana') return folded.length > 1 && !japaneseFunction.has(folded)
  return !japaneseFunction.has(folded)
}
