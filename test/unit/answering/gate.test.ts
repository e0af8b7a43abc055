import { describe, expect, it } from 'vitest'
import { answerProbability, gateSigns, refuses } from '../../../src/answering/gate'
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

  it('count headings and the name of the document as held', () => {
    const asked = analyseQuestion('Which calendars does the Brindle handbook mention?', 'en')
    const bare = signsOf({}, asked)
    const headed = signsOf({ headingPath: ['Brindle handbook'] }, asked)
    expect(bare.missingNames).toBe(1)
    expect(headed.missingNames).toBe(0)
    expect(headed.surroundings).toBeGreaterThan(bare.surroundings)
  })

  it('are those of nothing when nothing was found', () => {
    expect(gateSigns(question, [])).toEqual({ surroundings: 0, termCoverage: 0, missingNames: 1 })
    expect(refuses(question, [])).toBe(true)
  })

  it('take a part of a compound for a part only', () => {
    const asked = analyseQuestion('東京タワーの高さは？', 'ja')
    const passage = evidenceOf('東京の事務所は三階にある。', 'ja', { termCoverage: 0.2 })
    expect(refuses(asked, readPassages(asked, [passage], new AbortController().signal))).toBe(true)
  })
})
