/** Endings of number, tense and manner with what replaces them; the first that fits is taken. */
const endings: [ending: string, replacement: string][] = [
  ['ies', 'y'],
  ['sses', 'ss'],
  ['ing', ''],
  ['edly', ''],
  ['ed', ''],
  ['es', ''],
  ['ly', ''],
  ['s', ''],
]

/** Words that end so without an ending: "class", "apply", "family", "monopoly". */
const partOfWord = /ss$|[pibo]ly$/

/**
 * A light English stemmer for search: folds plural, tense and adverb endings, a final e and the consonant doubled before an
 * ending ("planned" and "plans" meet in "plan"). It may leave what is no word; it only has to leave the same for one family.
 * Takes and gives lower case.
 */
export function stem(word: string): string {
  if (word.length <= 4) return word
  let stemmed = word
  const fitting = endings.find(([ending]) => word.endsWith(ending) && word.length - ending.length >= 3)
  if (fitting && !partOfWord.test(word)) stemmed = word.slice(0, -fitting[0].length) + fitting[1]
  if (stemmed.length > 4 && stemmed.endsWith('e')) stemmed = stemmed.slice(0, -1)
  const last = stemmed.at(-1) ?? ''
  if (stemmed.length > 3 && last === stemmed.at(-2) && !'aeiousl'.includes(last)) stemmed = stemmed.slice(0, -1)
  return stemmed
}
