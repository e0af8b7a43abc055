import { expect, test } from '@playwright/test'
import { sharedData } from '../fixtures/shared-data'
import { add, ask, citationsOf, installed, open, openCitation } from './person'

/**
 * What a person does with two real documents: add them, ask, click a citation, and look at what is highlighted.
 * `words` are what the page has to hold under the highlight; `mark` is the likely answer.
 */
const HANDBOOK = sharedData('pdf/northwind/employee_handbook.pdf')
const WORK_RULES = sharedData('pdf/work-rules-ja/001018385.pdf')

const documents = [
  {
    name: 'an English handbook',
    file: HANDBOOK,
    locale: 'en-US',
    questions: [
      { question: 'How often are performance reviews conducted?', words: 'reviewsareconductedannually' },
      { question: 'What is the number of the Compliance Hotline?', words: '1-800-555-1212' },
      { question: 'Who do I contact to make changes to my personal information?', words: 'privacy@contoso.com' },
    ],
  },
  {
    name: 'Japanese work rules',
    file: WORK_RULES,
    locale: 'ja-JP',
    questions: [
      { question: '労働者を解雇するときは、少なくとも何日前に予告しますか？', words: '３０日前に予告' },
      {
        question: '採用日から6か月間継続勤務した労働者には何日の年次有給休暇を与えますか？',
        words: '１０日の年次有給休暇',
      },
      { question: '労働時間が6時間を超える場合の休憩時間は少なくとも何分ですか？', words: '４５分' },
    ],
  },
] as const

for (const { name, file, locale, questions } of documents) {
  test.describe(`answers from ${name}`, () => {
    test.skip(!file, `needs ../shared/data (${name})`)
    test.use({ locale })
    const language = locale === 'ja-JP' ? 'ja' : 'en'

    test('three questions, and each citation covers the cited words on its page', async ({ page }) => {
      await open(page)
      await add(page, [file!])
      await checkQuestions(page, questions, language)
    })

    test('the same with the network cut, on the second visit', async ({ page, context }) => {
      await open(page)
      await installed(page)
      await context.setOffline(true)
      await page.reload()
      await open(page)
      await add(page, [file!])
      await checkQuestions(page, questions, language)
    })
  })
}

async function checkQuestions(
  page: Parameters<typeof open>[0],
  questions: readonly { question: string; words: string }[],
  language: 'en' | 'ja',
): Promise<void> {
  for (const { question, words } of questions) {
    const turn = await ask(page, question)
    const chips = citationsOf(turn, language)
    expect(await chips.count(), `citations for “${question}”`).toBeGreaterThan(0)
    const { inside, quote } = await openCitation(page, chips.first())
    expect(inside, `highlighted for “${question}”`).toContain(words)
    expect(coverage(inside, quote), `share of the highlighted characters that are cited`).toBeGreaterThan(0.9)
  }
}

/** Share of the characters under the highlight that are in the quotation, in order; hyphens at line ends are not. */
function coverage(inside: string, quote: string): number {
  const seen = inside.normalize('NFKC')
  const cited = quote.normalize('NFKC')
  let at = 0
  let found = 0
  for (const character of seen) {
    const next = cited.indexOf(character, at)
    if (next < 0 || next - at > 4) continue
    at = next + character.length
    found += character.length
  }
  return found / Math.max(1, seen.length)
}
