import { expect, type Locator, type Page } from '@playwright/test'

/** What a person does on the page, by what they see: names of buttons, not the structure behind them. */
const WORDS = {
  en: { add: 'Add files', question: 'Question', citation: /^Citation \d+: /, send: 'Send', live: 'Stop' },
  ja: { add: 'ファイルを追加', question: '質問', citation: /^出典 \d+：/, send: '送信', live: '停止' },
} as const

export type Interface = keyof typeof WORDS

/** Opens the page and waits until the library can be used. */
export async function open(page: Page, path = './'): Promise<void> {
  await page.goto(path)
  await expect(page.locator('#question')).toBeVisible()
}

/** Waits until the service worker keeps everything that a second visit needs. */
export async function installed(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready)
}

/** Chooses files in the file picker, and waits until each is in the library. */
export async function add(page: Page, files: string[], timeout = 60_000): Promise<void> {
  await choose(page, files)
  for (const file of files) await expect(documentNamed(page, nameOf(file))).toBeVisible({ timeout })
}

/** Chooses files in the file picker. */
export async function choose(page: Page, files: Parameters<Locator['setInputFiles']>[0]): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(files)
}

const nameOf = (path: string) => path.split('/').at(-1)!

/** The row of a document in the library. */
export const documentNamed = (page: Page, name: string): Locator =>
  page.getByRole('checkbox', { name: new RegExp(name.replaceAll(/[.()]/g, '\\$&')) })

/** Types a question, sends it with Enter, and waits for the finished answer. */
export async function ask(page: Page, question: string): Promise<Locator> {
  const turns = page.locator('article').filter({ hasText: question })
  const before = await turns.count()
  await page.locator('#question').fill(question)
  await page.locator('#question').press('Enter')
  await expect(turns).toHaveCount(before + 1)
  const turn = turns.last()
  await expect(turn).toHaveAttribute('aria-busy', 'false')
  return turn
}

/** The chips of an answer, in order. */
export const citationsOf = (turn: Locator, language: Interface = 'en'): Locator =>
  turn.getByRole('button', { name: WORDS[language].citation })

/** What stands under the rectangles of the current highlight, read character by character from the text layer. */
export interface Highlighted {
  page: number
  /** Characters whose middle is in a rectangle, white space left out. */
  inside: string
  /** The cited text as it is read out, white space left out. */
  quote: string
}

const squeeze = (text: string) => text.replaceAll(/\s/g, '')

/** Clicks a chip and reads what is highlighted on the page that opens. */
export async function openCitation(page: Page, chip: Locator): Promise<Highlighted> {
  // What an earlier citation highlighted must not be taken for this one's.
  const close = page.getByRole('button', { name: /^(Close the document|文書を閉じる)$/ })
  if (await close.isVisible()) await close.click()
  await expect(page.locator('.highlight')).toHaveCount(0)
  await chip.click()
  const highlight = page.locator('.highlight.current').first()
  await expect(highlight).toBeVisible()
  const sheet = page
    .locator('[data-page]')
    .filter({ has: page.locator('.highlight.current') })
    .first()
  await expect(sheet.locator('.textLayer span').first()).toBeAttached()
  await expect(sheet).toHaveAttribute('aria-busy', 'false')
  const read = await sheet.evaluate((element) => {
    const rectangles = [...element.querySelectorAll('.highlight.current .rect')].map((rect) =>
      rect.getBoundingClientRect(),
    )
    const covered = ({ left, top, width, height }: DOMRect) =>
      rectangles.some(
        (rect) =>
          left + width / 2 >= rect.left &&
          left + width / 2 <= rect.right &&
          top + height / 2 >= rect.top &&
          top + height / 2 <= rect.bottom,
      )
    const inside: string[] = []
    const range = document.createRange()
    const walker = document.createTreeWalker(element.querySelector('.textLayer')!, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent ?? ''
      for (let i = 0; i < text.length; i++) {
        range.setStart(node, i)
        range.setEnd(node, i + 1)
        if (covered(range.getBoundingClientRect())) inside.push(text[i]!)
      }
    }
    return { page: Number(element.getAttribute('data-page')), inside: inside.join('') }
  })
  const label = (await highlight.getAttribute('aria-label')) ?? ''
  return { ...read, inside: squeeze(read.inside), quote: squeeze(label.replace(/^.*?(: |：)/, '')) }
}
