import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { citationsOf, documentNamed, open, openCitation } from './person'

interface SampleQuestion {
  question: string
  /** Null: the documents do not hold the answer. */
  answer: string | null
  file?: string
  page?: number
}
interface SampleCollection {
  language: 'en' | 'ja'
  name: string
  documents: { file: string; name: string }[]
  questions: SampleQuestion[]
}
const { collections } = JSON.parse(readFileSync('samples/questions.json', 'utf8')) as {
  collections: SampleCollection[]
}

const squeeze = (text: string) => text.normalize('NFKC').replaceAll(/\s/g, '')

/** Someone with no file at hand: one click for the sample, one for each ready question. */
for (const { language, name, documents, questions } of collections) {
  test.describe(`the sample in ${language}`, () => {
    test.use({ locale: language === 'ja' ? 'ja-JP' : 'en-US' })

    test(`is one click away, and its ready questions are answered on the right page`, async ({ page }) => {
      await open(page)
      const button = language === 'ja' ? '日本語のサンプルを試す' : 'Try the English sample'
      await page.getByRole('button', { name: button }).first().click()
      for (const document of documents) await expect(documentNamed(page, document.name)).toBeVisible()
      await expect(page.getByRole('combobox').locator('option:checked')).toHaveText(name)

      for (const { question, answer, page: number } of questions) {
        await page.getByRole('button', { name: question, exact: true }).click()
        const turn = page.locator('article').filter({ hasText: question }).last()
        await expect(turn).toHaveAttribute('aria-busy', 'false')
        if (answer === null) {
          await expect(turn).toContainText(language === 'ja' ? '答えが見当たりません' : 'do not seem to answer this')
          continue
        }
        const text = squeeze((await turn.locator('.sentences').textContent()) ?? '')
        expect(text, question).toContain(squeeze(answer))
        const highlighted = await openCitation(page, citationsOf(turn, language).first())
        expect(highlighted.page, `page cited for “${question}”`).toBe(number)
      }
    })
  })
}
