import { expect, test } from 'vitest'
import { formatReport } from '../../../scripts/format-report.mjs'

const report = {
  name: 'lexical',
  title: 'Passages found',
  columns: ['set', 'MRR@10', 'questions'],
  rows: [
    ['jsquad', '0.912', 4442],
    ['就業規則', '0.9', 50],
  ],
  floors: [
    { name: 'jsquad MRR@10', floor: '>= .91', value: 0.912, held: true },
    { name: '就業規則', floor: '>= .95', value: 0.9, held: false },
  ],
}

test('columns line up, also with characters of double width, and floors say held or missed', () => {
  expect(formatReport({ ...report, skipped: ['northwind: no ../shared/data'], notes: ['Two cores.'] })).toBe(
    [
      'Passages found\n',
      'set       MRR@10  questions',
      '---------------------------',
      'jsquad    0.912        4442',
      '就業規則  0.9            50',
      '',
      'Floors',
      '  held    jsquad MRR@10  >= .91  0.912',
      '  MISSED  就業規則       >= .95    0.9',
      '',
      'Skipped: northwind: no ../shared/data',
      '',
      'Two cores.',
    ].join('\n'),
  )
})

test('a report with nothing measured still says what it would show', () => {
  expect(formatReport({ ...report, rows: [], floors: [] })).toBe(
    'Passages found\n\nset  MRR@10  questions\n----------------------',
  )
})
