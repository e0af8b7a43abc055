import { describe, expect, it, vi } from 'vitest'
import type { Block, Page } from '../../../../src/domain'
import { readPdfInNode } from '../../../fixtures/read-pdf-in-node'
import { sharedData } from '../../../fixtures/shared-data'

const folder = sharedData('pdf/layout')
if (!folder)
  console.warn('skipped: reading of ../shared/data/pdf (layout, work-rules-ja, northwind), which is not there')
const withData = describe.runIf(folder)

// Whole books are read here, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 })

const file = (path: string): string => sharedData(`pdf/${path}`)!
const textOf = (pages: readonly Page[]): string => pages.map((page) => page.text).join('\n\n')
const blockText = (page: Page, block: Block): string => page.text.slice(block.start, block.end)
const headings = (pages: readonly Page[]): [level: number, text: string][] =>
  pages.flatMap((page) =>
    page.blocks
      .filter(({ kind }) => kind === 'heading')
      .map((block) => [block.level!, blockText(page, block)] as [number, string]),
  )

const NEKO =
  '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。' +
  '吾輩はここで始めて人間というものを見た。しかもあとで聞くとそれは書生という人間中で一番獰悪な種族であったそうだ。この書生というのは時々我々を捕えて煮て食うという話である。' +
  'しかしその当時は何という考もなかったから別段恐しいとも思わなかった。'
const RULES =
  '従業員の年次有給休暇は、入社後6か月で10日とする。ＡＢＣ１２３の全角英数字と、ｶﾀｶﾅの半角文字を含む。2025年4月1日から施行する。Machine learningのモデルをbrowserで動かす。'
const FRUIT = '品目\t数量\t金額\nりんご\t12\t1,440円\nみかん\t30\t2,100円'
const TWO_COLUMNS = ['Introduction', 'Motivation', 'Methods', 'Results', 'Conclusion']

withData('two columns', () => {
  it.each(['two_column', 'two_rot90', 'enc_owneronly_noextract', 'bad_xref', 'leading_junk'])(
    'reads %s column by column, without running lines',
    async (name) => {
      const { pages, locked, unreadablePages } = await readPdfInNode(file(`layout/${name}.pdf`))
      expect(pages).toHaveLength(7)
      expect(locked).toBe(false)
      expect(unreadablePages).toEqual([])
      const text = textOf(pages)
      const places = TWO_COLUMNS.map((title) => text.search(new RegExp(`^[\\d.]+ ${title}$`, 'm')))
      expect(places.every((place) => place >= 0)).toBe(true)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      expect(text).toContain(
        'interdisciplinary characterization of counterrevolutionary misunderstandings necessitates straightforward',
      )
      expect(text).toContain('which infrastructure understanding internationalization generation for representation')
      expect(text).toContain('Quarter\tRevenue\tProfit\nQ1\t1,204\t310\nQ2\t1,377\t352\nQ3\t1,498\t401')
      expect(text).not.toMatch(/Journal of Efficient|Vol\. 7|Page \d of/)
    },
  )

  it('takes levels from the outline', async () => {
    const { pages, outline } = await readPdfInNode(file('layout/two_column.pdf'))
    expect(outline.map(({ title, page }) => [title, page])).toEqual([
      ['Introduction', 1],
      ['Methods', 2],
      ['Results', 4],
      ['Conclusion', 7],
    ])
    expect(headings(pages)).toEqual(
      expect.arrayContaining([
        [1, '1 Introduction'],
        [2, '1.1 Motivation'],
        [1, '2 Methods'],
      ]),
    )
  })
})

withData('Japanese', () => {
  it.each(['ja_luatex', 'ja_rot270', 'ja_vertical_luatex'])('reads %s exactly', async (name) => {
    const { pages } = await readPdfInNode(file(`layout/${name}.pdf`))
    const text = textOf(pages)
    const [first] = pages
    const blocks = first!.blocks.map((block) => blockText(first!, block))
    expect(blocks).toEqual([
      '1 はじめに',
      NEKO,
      '2 就業規則',
      RULES,
      name.includes('vertical') ? '2・1 表' : '2.1 表',
      FRUIT,
    ])
    expect(pages[1]!.blocks).toHaveLength(2)
    expect(text).not.toContain('社内規程集')
    expect(headings(pages).map(([level]) => level)).toEqual([1, 1, 2, 1])
  })

  it('reads vertical text that Chromium set: ruby dropped, sideways Latin in place, radicals and punctuation folded', async () => {
    const { pages } = await readPdfInNode(file('layout/ja_vertical_chrome.pdf'))
    const [page] = pages
    expect(page!.blocks.map((block) => blockText(page!, block))).toEqual([
      '第一章 猫',
      '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。' +
        '「吾輩はここで始めて人間というものを見た。」しかもあとで聞くとそれは書生という人間中で一番獰悪な種族であったそうだ。',
      '二〇二五年、PDFの縦書き。この書生というのは時々我々を捕えて煮て食うという話である。しかしその当時は何という考もなかったから別段恐しいとも思わなかった。',
    ])
    expect(page!.runs.every((run) => run.direction === 1)).toBe(true)
  })

  it('reads a tagged page: ruby and header dropped, radicals folded, table kept', async () => {
    const { pages, title } = await readPdfInNode(file('layout/ja_chrome_tagged.pdf'))
    const text = textOf(pages)
    expect(title).toBeUndefined()
    expect(text).toContain('当社の売上高は前年比12.5%増の3,450億円となりました。')
    expect(text).toContain('地域\t売上(億円)\t前年比\n日本\t1,800\t+3.1%\nアジア\t1,050\t+31.0%\n欧米\t600\t+8.8%')
    expect(text).toContain('成長要因：新製品')
    expect(text).not.toMatch(/うりあげだか|社外秘/)
    expect(headings(pages)).toEqual([
      [1, '年次報告書 2025'],
      [2, '地域別の売上'],
      [2, 'Outlook (English)'],
    ])
  })
})

withData('office programs', () => {
  it.each(['libreoffice_docx', 'libreoffice_pptx'])('reads %s', async (name) => {
    const { pages } = await readPdfInNode(file(`layout/${name}.pdf`))
    const text = textOf(pages)
    expect(text).toContain(
      'The office offered different flavours. See the table below, which shows efficient results for 2025.',
    )
    expect(text).toContain('Region\tRevenue\tGrowth\nJapan\t1,800\t+3.1%\nAsia\t1,050\t+31.0%')
    expect(headings(pages).map(([, heading]) => heading)).toEqual(['Annual report', '日本語の見出し'])
    expect(text).toContain('1. First item\n2. Second item with a link')
  })
})

withData('bad input', () => {
  it.each(['scanned_en', 'scanned_ja'])('says that the pages of %s are pictures', async (name) => {
    const { pages } = await readPdfInNode(file(`layout/${name}.pdf`))
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.every((page) => page.image && page.text === '')).toBe(true)
  })

  it.each(['enc_userpw_aes256', 'enc_userpw_rc4_128'])('asks for the password of %s', async (name) => {
    const path = file(`layout/${name}.pdf`)
    await expect(readPdfInNode(path)).rejects.toMatchObject({ key: 'passwordNeeded' })
    await expect(readPdfInNode(path, { password: 'wrong' })).rejects.toMatchObject({ key: 'wrongPassword' })
    const { locked, pages } = await readPdfInNode(path, { password: 'secret' })
    expect(locked).toBe(true)
    expect(pages).toHaveLength(7)
  })

  it.each(['truncated', 'truncated_400b', 'notpdf', 'bitrot'])('says that %s is damaged', async (name) => {
    await expect(readPdfInNode(file(`layout/${name}.pdf`))).rejects.toMatchObject({ key: 'damagedFile' })
  })
})

withData('real documents', () => {
  it('finds chapters and articles of the 93 pages of Japanese work rules', async () => {
    const { pages, title } = await readPdfInNode(file('work-rules-ja/001018385.pdf'))
    expect(title).toBe('モデル就業規則（R4.11版）')
    const found = headings(pages)
    const chapters = found.filter(([, text]) => /^第[１-９][０-９]?章 /.test(text))
    expect(chapters).toHaveLength(14)
    expect(new Set(chapters.map(([level]) => level))).toEqual(new Set([1]))
    const articles = new Map(
      found.flatMap(([level, text]) =>
        /^[（(].*[）)]第[１-７]?[０-９]条$/.test(text) ? [[/第.*条/.exec(text)![0], level]] : [],
      ),
    )
    expect(articles.size).toBe(70)
    expect(new Set(articles.values())).toEqual(new Set([3]))
    expect(textOf(pages)).toContain(
      '（目的）第１条\n\nこの就業規則（以下「規則」という。）は、労働基準法（以下「労基法」という。）第８９条に基づき、',
    )
    for (const page of pages.slice(9)) expect(page.text).not.toMatch(/^- \d+ -$/m)
    expect(pages[5]!.blocks.slice(1).every((block) => block.kind === 'list')).toBe(true)
  })

  it('reads the handbook: headings, lists, no page furniture', async () => {
    const { pages } = await readPdfInNode(file('northwind/employee_handbook.pdf'))
    const found = headings(pages).map(([, text]) => text)
    expect(found).toEqual(
      expect.arrayContaining([
        'Our Mission',
        'Values',
        'Performance Reviews',
        'Workplace Safety',
        'Privacy',
        'Data Security',
      ]),
    )
    expect(textOf(pages)).toContain(
      '1. Quality: We strive to provide the highest quality products and services to our customers.\n2. Integrity:',
    )
  })

  it('reads the book of 725 pages', async () => {
    const { pages, outline } = await readPdfInNode(file('layout/huge_725p.pdf'))
    expect(pages).toHaveLength(725)
    expect(outline).toHaveLength(60)
    expect(textOf(pages)).toContain('The secret code of chapter 42 is ZX42Q.')
    expect(headings(pages).filter(([, text]) => /Details of/.test(text))).toHaveLength(60)
    expect(pages[0]!.blocks.map(({ kind }) => kind)).toEqual(['heading', 'list'])
  })
})
