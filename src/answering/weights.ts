import english from '../../models/starter/extractor/en.json'
import japanese from '../../models/starter/extractor/ja.json'
import type { Language } from '../domain'

/**
 * Set by hand: what people ask of manuals and rules is rare in the questions that the rest is fitted on. A stretch that has
 * the form asked for outweighs all that speaks for a noun beside it.
 */
const shapes = {
  'money as asked': 3,
  'frequency as asked': 9,
  'duration as asked': 2,
  'deadline as asked': 7,
  'phone as asked': 5,
  'email as asked': 5,
  'address as asked': 4,
}

/**
 * What each named feature of a candidate (features.ts) adds to its score. The numbers are data, fitted by
 * test/eval/fit-extractor.ts; a feature that is not listed adds nothing.
 */
export const extractorWeights: Record<Language, Readonly<Record<string, number>>> = {
  // Whether an answer may repeat the question does not hang on the language, and there were 40 times as many Japanese
  // questions to learn it from.
  en: { ...english, 'only repeats the question': japanese['only repeats the question'], ...shapes },
  ja: { ...japanese, ...shapes },
}
