import english from '../../models/starter/extractor/en.json'
import japanese from '../../models/starter/extractor/ja.json'
import type { Language } from '../domain'

/**
 * What each named feature of a candidate (features.ts) adds to its score. The numbers are data, fitted by
 * test/eval/fit-extractor.ts; a feature that is not listed adds nothing.
 */
export const extractorWeights: Record<Language, Readonly<Record<string, number>>> = {
  // Set by hand: sums of money are too rare in the English questions to be fitted, and frequent in contracts.
  en: { ...english, 'money as asked': 1.5 },
  ja: japanese,
}
