import { describe, expect, it } from 'vitest'
import { answerProbability, decide, gateSigns, refuses, thresholds } from '../../../src/answering/gate'
import { readPassages } from '../../../src/answering/passages'
import { analyseQuestion } from '../../../src/answering/question-type'
import { evidenceOf } from './evidence'

const text = 'The Larkspur press prints calendars. It stands in Aldmoor since 1931.'
const question = analyseQuestion('Since when does the Larkspur press stand in Aldmoor?', 'en')
const signsOf = (changes: Parameters<typeof evidenceOf>[2], asked = question) =>
  gateSigns(asked, readPassages(asked, [evidenceOf(text, 'en', changes)], new AbortController().signal))

describe('the signs that the documents answer', () => {
  it('are strong when terms and names are all there', () => {
    const signs = signsOf({ termCoverage: 1 })
    expect(signs.missingNames).toBe(0)
    expect(signs.surroundings).toBeGreaterThan(0.9)
    expect(answerProbability(signs)).toBeGreaterThan(0.9)
  })

  it('are too weak for a question that names nothing', () => {
    for (const [asked, language] of [
      ['What is it?', 'en'],
      ['Who is he?', 'en'],
      ['何ですか。', 'ja'],
      ['どうですか？', 'ja'],
    ] as const) {
      const vague = analyseQuestion(asked, language)
      const read = readPassages(vague, [evidenceOf(text, 'en', { termCoverage: 0 })], new AbortController().signal)
      expect(decide(vague, read).refused, asked).toBe(true)
    }
  })

  it('count headings and the name of the document as held', () => {
    const asked = analyseQuestion('Which calendars does the Brindle handbook mention?', 'en')
    const bare = signsOf({}, asked)
    const headed = signsOf({ headingPath: ['Brindle handbook'] }, asked)
    expect(bare.missingNames).toBe(1)
    expect(headed.missingNames).toBe(0)
    expect(headed.surroundings).toBeGreaterThan(bare.surroundings)
  })

  it('are those of nothing when nothing was found', () => {
    expect(gateSigns(question, [])).toEqual({ surroundings: 0, termCoverage: 0, missingNames: 1, missingNouns: 1 })
    expect(refuses(question, [])).toBe(true)
  })

  it('take a part of a compound for a part only', () => {
    const asked = analyseQuestion('東京タワーの高さは？', 'ja')
    const passage = evidenceOf('東京の事務所は三階にある。', 'ja', { termCoverage: 0.2 })
    expect(refuses(asked, readPassages(asked, [passage], new AbortController().signal))).toBe(true)
  })
})

describe('what is refused although the words around it are known', () => {
  const refused = (asked: string, language: 'en' | 'ja', passage: string, termCoverage: number) => {
    const analysed = analyseQuestion(asked, language)
    return refuses(
      analysed,
      readPassages(analysed, [evidenceOf(passage, language, { termCoverage })], new AbortController().signal),
    )
  }

  it.each<[string, 'en' | 'ja', string, number]>([
    [
      'How much does the mill pay into my pension?',
      'en',
      'The mill pays full wages for six weeks of illness. The gate is shut at night. Lamps are lit at dusk. Coats hang in the hall.',
      0.25,
    ],
    ['退職金はいくらですか。', 'ja', '退職しようとする人は、30日前までに店主へ申し出る。', 0.37],
    ['What does code E9 mean?', 'en', 'Code E1 means that the level is too low. Code E2 means no water.', 0.66],
    ['E-09は何を意味しますか。', 'ja', 'E-01は水の不足を意味する。E-02は温度の上がりすぎを意味する。', 0.6],
  ])('%s', (asked, language, passage, termCoverage) => {
    expect(refused(asked, language, passage, termCoverage)).toBe(true)
  })

  it.each<[string, 'en' | 'ja', string, number]>([
    ['How much does the mill pay me when I am ill?', 'en', 'The mill pays full wages to those who are ill.', 0.6],
    ['What is the phone number of the warden?', 'en', 'Call the warden at 555-0142.', 0.6],
    ['What does code E2 mean?', 'en', 'Code E1 means that the level is too low. Code E2 means no water.', 0.9],
    ['退職するときは何日前に申し出ますか。', 'ja', '退職しようとする人は、30日前までに店主へ申し出る。', 0.7],
  ])('but not %s', (asked, language, passage, termCoverage) => {
    expect(refused(asked, language, passage, termCoverage)).toBe(false)
  })
})

describe('a decision tells what it was made of', () => {
  const decideOn = (asked: string, language: 'en' | 'ja', passage: string, termCoverage: number) => {
    const analysed = analyseQuestion(asked, language)
    const signal = new AbortController().signal
    return decide(analysed, readPassages(analysed, [evidenceOf(passage, language, { termCoverage })], signal))
  }

  it('the contributions of the signs add up to the log-odds of the probability', () => {
    const { contributions, probability, signs, threshold } = decideOn(question.text, 'en', text, 1)
    const odds = Object.values(contributions).reduce((sum, one) => sum + one, 0)
    expect(1 / (1 + Math.exp(-odds))).toBeCloseTo(probability, 12)
    expect(probability).toBe(answerProbability(signs))
    expect(threshold).toBe(thresholds.en)
  })

  it('a code that the documents do not explain is refused whatever the probability', () => {
    const decision = decideOn('What does code E9 mean?', 'en', 'Code E1 means low. Code E2 means no water.', 0.66)
    expect(decision).toMatchObject({ refused: true, otherIdentifier: true, otherLanguage: false })
  })

  it('is plain data, as it is exported', () => {
    const decision = decideOn(question.text, 'en', text, 1)
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision)
  })
})
