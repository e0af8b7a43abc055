import { expect, test } from 'vitest'
import { passagePieces } from '../../../../src/ui/passages/passage-pieces'

const plain = (text: string) => ({ text, sentences: [[0, text.length]] as [number, number][], overlap: 0 })

test('what a passage repeats is set apart from its own text', () => {
  const text = 'Said before. Said now.'
  const passage = { text, sentences: [[0, 12] as [number, number], [13, 22] as [number, number]], overlap: 1 }
  expect(passagePieces(passage, [])).toEqual([
    { text: 'Said before.', isRepeated: true, isMarked: false },
    { text: ' Said now.', isRepeated: false, isMarked: false },
  ])
})

test('words of the filter are marked across the edge of what is repeated, whatever their width and case', () => {
  const text = 'ＡＢＣ制度 ガイド'
  const passage = { text, sentences: [[0, 2] as [number, number], [2, text.length] as [number, number]], overlap: 1 }
  const parts = passagePieces(passage, ['abc', 'ガイ'])
  expect(parts.map(({ text: part }) => part).join('')).toBe(text)
  expect(parts.filter(({ isMarked }) => isMarked).map(({ text: part, isRepeated }) => [part, isRepeated])).toEqual([
    ['ＡＢ', true],
    ['Ｃ', false],
    ['ガイ', false],
  ])
})

test('where only some lines are shown, they begin near its own text', () => {
  const repeated = `${'あ'.repeat(200)}。`
  const text = `${repeated}新しい文。`
  const passage = { text, sentences: [[0, 201] as [number, number], [201, 206] as [number, number]], overlap: 1 }
  const [omitted, lead, own] = passagePieces(passage, [], false)
  expect(omitted).toEqual({ text: '…', isRepeated: true, isMarked: false })
  expect(lead?.text.length).toBeLessThan(40)
  expect(own?.text).toBe('新しい文。')
  expect(passagePieces(passage, [], true)[0]?.text).toBe(repeated)
})

test('and near the first mark, where that would lie beyond them', () => {
  const passage = plain(`${'x '.repeat(200)}needle ${'y '.repeat(50)}`)
  const parts = passagePieces(passage, ['needle'], false)
  expect(parts[0]?.text).toBe('…')
  expect(parts[1]?.text.length).toBeLessThanOrEqual(30)
  expect(parts[2]).toEqual({ text: 'needle', isRepeated: false, isMarked: true })
  expect(passagePieces(plain('A needle here.'), ['needle'], false)[0]?.text).toBe('A ')
})
