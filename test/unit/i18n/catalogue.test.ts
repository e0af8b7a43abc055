import { describe, expect, test } from 'vitest'
import { parametersOf } from '../../../src/i18n/message'
import { catalogues, type Part } from '../../../src/i18n/messages'

describe.each(Object.keys(catalogues.en) as Part[])('the texts of %s', (part) => {
  const { [part]: en } = catalogues.en
  const { [part]: ja } = catalogues.ja

  test('are the same in both languages', () => {
    expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort())
  })

  test.each(Object.keys(en))('%s names the same figures in both languages', (key) => {
    expect(parametersOf(ja[key] ?? '')).toEqual(parametersOf(en[key] ?? ''))
  })

  test.each(Object.keys(en))('%s says something in both languages', (key) => {
    for (const message of [en[key], ja[key]]) {
      const texts = typeof message === 'string' ? [message] : Object.values(message ?? { missing: '' })
      expect(texts.every((text) => text.trim().length > 0)).toBe(true)
    }
  })
})
