import { foldedSentence } from './repetition'

/** Ways in which models say, in spite of the words they were given, that the passages do not hold the answer. */
const patterns = [
  /\b(?:documents?|passages?|context|texts?|sources?|excerpts?|information)\b[^.]{0,40}\b(?:do(?:es)? not|don['’]t|doesn['’]t|did not)\s+(?:\w+ )?(?:say|contain|mention|provide|specify|state|include|have|hold|give|tell|address|answer|cover|discuss)/iu,
  /\b(?:is|are|was|were)(?: not|n['’]t)\s+(?:\w+ )?(?:mentioned|found|stated|specified|provided|contained|given|included|addressed|covered|answered|said) (?:in|by) (?:the|these|any|your)\b/iu,
  /\b(?:there is|i (?:have|see|found)|contains?|provides?)\s(?:no|not enough|insufficient)\s(?:\w+ )?(?:information|mention|answer|details?)/iu,
  /\bi(?: am|['’]m)? (?:cannot|can['’]t|could not|couldn['’]t|unable to|not able to|do not|don['’]t) (?:find|answer|know|determine|provide)/iu,
  /(?:文書|資料|文脈|箇所|抜粋|本文|情報|文章|記載)[^。]{0,30}(?:(?:書かれて|記載されて|記されて|含まれて|述べられて|示されて|触れられて|言及されて)(?:い|お)(?:ません|らず|ない)|見つかりません|見当たりません|ありません|ございません|存在しません|わかりません|分かりません)/u,
  /^(?:申し訳(?:ありません|ございません)が?、?)?[^。]{0,40}(?:お答えできません|答えられません|回答できません|分かりません|わかりません|不明です)/u,
]

/** Does this sentence say that nothing was found to answer with? `phrase`: the words that the prompt asked for. */
export const saysNothingFound = (sentence: string, phrase: string): boolean => {
  const asked = foldedSentence(phrase)
  return (asked !== '' && foldedSentence(sentence).includes(asked)) || patterns.some((one) => one.test(sentence))
}
