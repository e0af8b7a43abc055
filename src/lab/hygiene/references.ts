import type { Language } from '../../domain'

/** A word of a question that points at something the question does not tell. */
export interface UnclearReference {
  form: string
  start: number
  end: number
}

const pointing: Record<Language, RegExp> = {
  // At the beginning, or of a text that the reader is not shown: "it" in the middle mostly has its noun before it.
  en: /^(?:this|that|these|those|it|they|he|she)\b|\b(?:the|this) (?:above|following|given|aforementioned|previous) (?:passage|text|document|section|table|paragraph|article|sentence)s?\b|\b(?:this|that) (?:passage|text|document|section|table|paragraph|article|excerpt)\b|\baccording to (?:the|this) (?:passage|text|document|section|paragraph|article|excerpt|context)\b|\bmentioned (?:above|here)\b/giu,
  ja: /(?:こ|そ|あ)(?:れら|れ|の|ちら|こ)(?=[\p{L}、])(?!ば)|上記|下記|前述|前記|(?:本文|文章|この文書|資料|抜粋)(?:では|によると|によれば|中)/gu,
}

/** Something with a name before it, which a pointing word may mean: a run of kanji or katakana, a word in quotation marks. */
const antecedent = /[\p{Script=Han}\p{Script=Katakana}ー]{2,}|「[^」]+」|[A-Za-z]{3,}/u

/**
 * Words that a question cannot be understood by (article 003: no こそあど), for questions of a set and for what a person asks.
 * In Japanese a pointing word with a name before it in the same question counts as clear.
 */
export function unclearReferences(question: string, language: Language): UnclearReference[] {
  return [...question.matchAll(pointing[language])].flatMap((match): UnclearReference[] => {
    const [form] = match
    const pronoun = language === 'ja' && /^[こそあ]/u.test(form)
    if (pronoun && antecedent.test(question.slice(0, match.index))) return []
    // そのほか, このたび, あのね are no references; そのため after a clause is told by its antecedent.
    if (pronoun && /^(?:そのほか|その他|このたび|それぞれ|それでも|その都度|その際)/u.test(question.slice(match.index)))
      return []
    return [{ form, start: match.index, end: match.index + form.length }]
  })
}
