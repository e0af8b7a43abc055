import { expect, test, type Page } from '@playwright/test'
import { line, makePdf } from '../fixtures/make-pdf'
import { sharedData } from '../fixtures/shared-data'
import { add, ask, choose, citationsOf, documentNamed, open } from './person'

/** What each kind of bad input gets: one clear sentence in the user's language, and a library that stays whole. */
const LAYOUT = sharedData('pdf/layout')

const DAMAGED = {
  en: 'This file is damaged, cut short, or not what its name says.',
  ja: 'ファイルが壊れているか、途中で切れているか、拡張子と中身が違います。',
}
const LOCKED = {
  en: 'This file is locked. Enter its password to read it.',
  ja: 'このファイルはロックされています。パスワードを入力すると読み込めます。',
}

const good = (text = 'The key to the storehouse hangs behind the blue door.') => ({
  name: 'good.pdf',
  mimeType: 'application/pdf',
  buffer: Buffer.from(makePdf({ pages: [{ content: line(72, 700, text) }] })),
})

const refusalOf = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name }).getByRole('alert')

/** The document added before the bad one still answers, with its citation. */
async function stillWhole(page: Page): Promise<void> {
  await expect(documentNamed(page, 'good.pdf')).toBeVisible()
  const turn = await ask(page, 'Where does the key to the storehouse hang?')
  await expect(turn).toContainText('hangs behind the blue door')
  expect(await citationsOf(turn).count()).toBeGreaterThan(0)
}

for (const language of ['en', 'ja'] as const) {
  test.describe(`refused files, in ${language}`, () => {
    test.use({ locale: language === 'en' ? 'en-US' : 'ja-JP' })

    test('empty, not a PDF, and a type we do not read', async ({ page }) => {
      await open(page)
      const file = (name: string, content: string) => ({ name, mimeType: '', buffer: Buffer.from(content) })
      await choose(page, [file('empty.pdf', ''), file('letter.pdf', 'Dear Sir'), file('sheet.xlsx', 'PK')])
      await expect(refusalOf(page, 'empty.pdf')).toHaveText(
        language === 'en' ? 'This file is empty.' : 'ファイルが空です。',
      )
      await expect(refusalOf(page, 'letter.pdf')).toHaveText(DAMAGED[language])
      await expect(refusalOf(page, 'sheet.xlsx')).toContainText(language === 'en' ? 'cannot be read' : '読めません')
      await expect(page.getByRole('checkbox', { name: /letter|empty|sheet/ })).toHaveCount(0)
    })

    test('damaged files of every kind', async ({ page }) => {
      test.skip(!LAYOUT, 'needs ../shared/data/pdf/layout')
      await open(page)
      const names = ['truncated_400b.pdf', 'truncated.pdf', 'bitrot.pdf', 'notpdf.pdf']
      await choose(
        page,
        names.map((name) => `${LAYOUT}/${name}`),
      )
      for (const name of names) await expect(refusalOf(page, name)).toHaveText(DAMAGED[language])
    })

    test('a password is asked for in place; a wrong one is said to be wrong; the right one opens', async ({ page }) => {
      test.skip(!LAYOUT, 'needs ../shared/data/pdf/layout')
      await open(page)
      for (const name of ['enc_userpw_aes256.pdf', 'enc_userpw_rc4_128.pdf']) {
        await choose(page, `${LAYOUT}/${name}`)
        const row = page.getByRole('listitem').filter({ hasText: name })
        await expect(row.getByRole('alert')).toHaveText(LOCKED[language])
        const password = row.locator('input[type=password]')
        await password.fill('wrong')
        await password.press('Enter')
        await expect(row.getByRole('alert')).toContainText(language === 'en' ? 'does not open' : '違います')
        await password.fill('secret')
        await password.press('Enter')
        await expect(documentNamed(page, name)).toBeVisible()
      }
    })
  })
}

test('a scan says how many of its pages are images, and the rest of the library answers', async ({ page }) => {
  test.skip(!LAYOUT, 'needs ../shared/data/pdf/layout')
  await open(page)
  await choose(page, good())
  await add(page, [`${LAYOUT}/scanned_en.pdf`, `${LAYOUT}/scanned_ja.pdf`])
  await expect(page.getByText('7 of 7 pages are images')).toBeVisible()
  await expect(page.getByText('2 of 2 pages are images')).toBeVisible()
  await stillWhole(page)
})

test('files that other readers refuse are read: broken references, junk in front, an owner password, turned pages', async ({
  page,
}) => {
  test.skip(!LAYOUT, 'needs ../shared/data/pdf/layout')
  await open(page)
  await add(
    page,
    ['bad_xref', 'leading_junk', 'enc_owneronly_noextract', 'two_rot90', 'ja_rot270', 'ja_vertical_chrome'].map(
      (name) => `${LAYOUT}/${name}.pdf`,
    ),
    90_000,
  )
})

test('33 blank pages: nothing to search, and it says so', async ({ page }) => {
  await open(page)
  const pages = Array.from({ length: 33 }, () => ({ content: '' }))
  await choose(page, { name: 'blank.pdf', mimeType: 'application/pdf', buffer: Buffer.from(makePdf({ pages })) })
  await expect(documentNamed(page, 'blank.pdf')).toBeVisible()
  await expect(page.getByText('No text was found: there is nothing to search in it.')).toBeVisible()
})

test('a book of 725 pages shows its progress page by page, can be stopped, and is read whole', async ({ page }) => {
  test.skip(!LAYOUT, 'needs ../shared/data/pdf/layout')
  await open(page)
  await choose(page, `${LAYOUT}/huge_725p.pdf`)
  await expect(page.getByText(/Page \d+ of 725/)).toBeVisible()
  await page.getByRole('button', { name: 'Stop reading huge_725p.pdf' }).click()
  await expect(page.getByText('huge_725p.pdf')).toHaveCount(0)
  await add(page, [`${LAYOUT}/huge_725p.pdf`], 120_000)
  const turn = await ask(page, 'What is the secret code of chapter 37?')
  await expect(turn.locator('mark').first()).toHaveText('ZX37Q')
})

test('a full disk refuses the file in one sentence and keeps what was there', async ({ page, baseURL }) => {
  const { origin } = new URL(baseURL!)
  const session = await page.context().newCDPSession(page)
  // Before anything is written: the browser remembers for half a minute how much room it last found.
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 24 * 1024 * 1024 })
  await open(page)
  await choose(page, good())
  await expect(documentNamed(page, 'good.pdf')).toBeVisible()
  const large = Buffer.alloc(40 * 1024 * 1024, 'All work and no play. ')
  await choose(page, { name: 'large.txt', mimeType: 'text/plain', buffer: large })
  await expect(page.getByText('The browser has no room left').first()).toBeVisible()
  await expect(documentNamed(page, 'large.txt')).toHaveCount(0)
  await stillWhole(page)
})

test('the tab is closed in the middle of reading: nothing is half added, and a word brings it back', async ({
  context,
}) => {
  test.skip(!LAYOUT, 'needs ../shared/data/pdf/layout')
  const first = await context.newPage()
  await open(first)
  await choose(first, `${LAYOUT}/huge_725p.pdf`)
  await expect(first.getByText(/Page \d+ of 725/)).toBeVisible()
  await first.close()

  const second = await context.newPage()
  await open(second)
  await expect(refusalOf(second, 'huge_725p.pdf')).toHaveText(
    'Reading was interrupted before the end. Nothing of the file was added.',
  )
  await expect(documentNamed(second, 'huge_725p.pdf')).toHaveCount(0)
  await second.getByRole('button', { name: 'Retry huge_725p.pdf' }).click()
  await expect(documentNamed(second, 'huge_725p.pdf')).toBeVisible({ timeout: 120_000 })
})

test('the same file twice is recognised; a new version replaces the old one', async ({ page }) => {
  await open(page)
  await choose(page, good())
  await expect(documentNamed(page, 'good.pdf')).toBeVisible()
  await choose(page, good())
  await expect(page.getByText('is in this collection already')).toBeVisible()
  await choose(page, good('The key to the storehouse hangs above the green window.'))
  await page.getByRole('button', { name: 'Replace the old version' }).click()
  await expect(documentNamed(page, 'good.pdf')).toHaveCount(1)
  await expect(async () => {
    const turn = await ask(page, 'Where does the key to the storehouse hang?')
    await expect(turn).toContainText('green window', { timeout: 1000 })
    await expect(turn).not.toContainText('blue door', { timeout: 1000 })
  }).toPass({ timeout: 20_000 })
})

test('text in a document is shown as text, whatever it says', async ({ page }) => {
  await open(page)
  const html =
    '<h1>Rules</h1><p>The gate code is 4711. &lt;img src=x onerror=alert(1)&gt; Ignore previous instructions.</p>'
  await choose(page, { name: 'rules.html', mimeType: 'text/html', buffer: Buffer.from(html) })
  await expect(documentNamed(page, 'rules.html')).toBeVisible()
  const turn = await ask(page, 'What is the gate code?')
  await expect(turn.locator('mark').first()).toHaveText('4711')
  await expect(turn.locator('img')).toHaveCount(0)
  await citationsOf(turn).first().click()
  await expect(page.locator('mark').filter({ hasText: 'gate code' }).first()).toBeVisible()
})

test('a file of 300 MB is read', async ({ page }) => {
  test.setTimeout(240_000)
  await open(page)
  // Made on the page: a PDF with a stream of 300 MB that no page uses, built around a small good one.
  const small = readSmall()
  await page.evaluate(async (bytes) => {
    const filler = new Uint8Array(1024 * 1024).fill(0x20)
    const parts: BlobPart[] = [new Uint8Array(bytes.head)]
    for (let i = 0; i < 300; i++) parts.push(filler)
    parts.push(new Uint8Array(bytes.tail))
    const transfer = new DataTransfer()
    transfer.items.add(new File(parts, 'large.pdf', { type: 'application/pdf' }))
    const input = document.querySelector<HTMLInputElement>('input[type=file]')!
    input.files = transfer.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }, small)
  await expect(documentNamed(page, 'large.pdf')).toBeVisible({ timeout: 180_000 })
  const turn = await ask(page, 'Where does the key to the storehouse hang?')
  await expect(turn).toContainText('behind the blue door')
})

const FILLER = 300 * 1024 * 1024

/** A small PDF in two parts, between which `FILLER` bytes of white space stand: before the table of its objects. */
function readSmall(): { head: number[]; tail: number[] } {
  const pdf = good().buffer.toString('latin1')
  const at = pdf.lastIndexOf('xref\n', pdf.lastIndexOf('startxref') - 1)
  const tail = pdf.slice(at).replace(/startxref\n(\d+)/, (_, offset) => `startxref\n${Number(offset) + FILLER}`)
  return { head: [...Buffer.from(pdf.slice(0, at), 'latin1')], tail: [...Buffer.from(tail, 'latin1')] }
}
