import { describe, expect, it, test } from 'vitest'
import {
  checkTemplate,
  defaultTemplates,
  fill,
  placeholdersOf,
  templateNames,
  templatesWith,
} from '../../../../src/answering/templates/templates'
import { InvalidTemplate } from '../../../../src/errors'

describe.each(['en', 'ja'] as const)('the texts that come with the app (%s)', (language) => {
  it('are all there and in order', () => {
    expect(Object.keys(defaultTemplates[language]).sort()).toEqual([...templateNames].sort())
    for (const name of templateNames) expect(() => checkTemplate(name, defaultTemplates[language][name])).not.toThrow()
  })

  test.each(templateNames)('%s is filled without a rest', (name) => {
    const values = Object.fromEntries(placeholdersOf(name).map((placeholder) => [placeholder, '…']))
    expect(fill(defaultTemplates[language][name], values)).not.toMatch(/[{}]/)
  })
})

describe('the user’s own', () => {
  it('takes the place of one', () => {
    const own = templatesWith('en', { refusal: 'Not there.' })
    expect(own.refusal).toBe('Not there.')
    expect(own['strict.user']).toBe(defaultTemplates.en['strict.user'])
    expect(templatesWith('ja', { 'strict.system': '' })['strict.system']).toBe('')
    expect(templatesWith('ja', { 'table.cell': '' })['table.cell']).toBe('')
  })

  it.each([
    ['strict.user', 'Q: {question}', { reason: 'missing', placeholder: '{passages}' }],
    ['strict.user', '{passages} {question} {answer}', { reason: 'unknown', placeholder: '{answer}' }],
    ['table.cell', '{row}: {cell}', { reason: 'missing', placeholder: '{column}' }],
    ['refusal', '  ', { reason: 'empty' }],
  ] as const)('%s as "%s" is refused with what is wrong', (name, text, params) => {
    expect(() => templatesWith('en', { [name]: text })).toThrow(
      expect.objectContaining({ constructor: InvalidTemplate, params: { template: name, ...params } }),
    )
  })
})

it('values are put in once, whatever they contain', () => {
  const filled = fill('{passages} – {question}', { passages: '{question} $& {x}', question: 'Why?' })
  expect(filled).toBe('{question} $& {x} – Why?')
})
