import { expect, test } from 'vitest'
import { readDocx } from '../../../../src/documents/flow/docx'
import { DamagedFile, FileTooLarge } from '../../../../src/errors'
import { item, makeDocx, paragraph, table } from '../../../fixtures/docx'

test('headings, paragraphs, nested lists and tables of a Word document, in English and Japanese', async () => {
  const bytes = makeDocx(
    paragraph('Work rules', 'Title') +
      paragraph('Leave', 'H1') +
      paragraph('Paid leave is <granted> & kept.') +
      item('first') +
      item('inner', 1) +
      item('second') +
      paragraph('有給休暇', 'J1') +
      paragraph('年に十日とする。') +
      table([
        ['Year', 'Days'],
        ['1', '10'],
      ]),
  )
  expect(await readDocx(bytes)).toEqual({
    title: 'Work rules',
    blocks: [
      { kind: 'heading', level: 1, text: 'Work rules' },
      { kind: 'heading', level: 1, text: 'Leave' },
      { kind: 'paragraph', text: 'Paid leave is <granted> & kept.' },
      { kind: 'list', text: '• first\n  • inner\n• second' },
      { kind: 'heading', level: 1, text: '有給休暇' },
      { kind: 'paragraph', text: '年に十日とする。' },
      { kind: 'table', text: 'Year\tDays\n1\t10' },
    ],
  })
})

test('a Word document cut short, or with broken XML in it, is damaged', async () => {
  const whole = makeDocx(paragraph('text'))
  await expect(readDocx(whole.slice(0, whole.length - 200))).rejects.toBeInstanceOf(DamagedFile)
  await expect(readDocx(makeDocx('<w:p><w:r'))).rejects.toBeInstanceOf(DamagedFile)
})

test('a Word document that would unpack to more than memory holds is refused before it is unpacked', async () => {
  const bytes = makeDocx(paragraph('text'))
  const view = new DataView(bytes.buffer)
  for (let at = 0; at + 46 < bytes.length; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0x7fffffff, true)
  }
  await expect(readDocx(bytes)).rejects.toBeInstanceOf(FileTooLarge)
})

test('so is one in which a part without the ending of XML would', async () => {
  const bytes = makeDocx(paragraph('text'))
  const view = new DataView(bytes.buffer)
  const name = (at: number) =>
    new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)))
  for (let at = 0; at + 46 < bytes.length; at++) {
    const isRelations = view.getUint32(at, true) === 0x02014b50 && name(at) === '_rels/.rels'
    if (isRelations) view.setUint32(at + 24, 300 * 2 ** 20, true)
  }
  await expect(readDocx(bytes)).rejects.toBeInstanceOf(FileTooLarge)
})
