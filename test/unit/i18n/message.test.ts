import { afterEach, describe, expect, test } from 'vitest'
import { DamagedFile, FileTooLarge, FumikuraError, UnexpectedError } from '../../../src/errors'
import { errorText, formatBytes, locale, preferredLanguage, t } from '../../../src/i18n/i18n.svelte'
import { formatMessage } from '../../../src/i18n/message'

afterEach(() => {
  locale.language = 'en'
})

describe('formatMessage', () => {
  test('picks the plural form by count and writes numbers the way of the language', () => {
    const message = { one: '{count} page', other: '{count} pages' }
    expect(formatMessage(message, { count: 1 }, 'en')).toBe('1 page')
    expect(formatMessage(message, { count: 1234 }, 'en')).toBe('1,234 pages')
  })

  test('leaves text that looks like a placeholder in a figure alone', () => {
    expect(formatMessage('“{name}” was removed.', { name: '{count} $& .pdf' }, 'en')).toBe(
      '“{count} $& .pdf” was removed.',
    )
  })
})

test('t follows the language of the interface', () => {
  expect(t('library.pages', { count: 2 })).toBe('2 pages')
  locale.language = 'ja'
  expect(t('library.pages', { count: 2 })).toBe('2 ページ')
})

test.each([
  [['ja-JP', 'en'], 'ja'],
  [['fr-FR', 'ja'], 'ja'],
  [['en-GB'], 'en'],
  [['de'], 'en'],
  [[], 'en'],
] as const)('the browser’s languages %j give %s', (languages, expected) => {
  expect(preferredLanguage(languages)).toBe(expected)
})

describe('errorText', () => {
  test('gives the sentence of the key', () => {
    expect(errorText(new DamagedFile())).toMatch(/damaged/)
    expect(errorText({ key: 'emptyFile', params: {} })).toBe('This file is empty.')
  })

  test('names the figures where the error brings them, bytes as a person reads them', () => {
    expect(errorText(new FileTooLarge({ bytes: 3_200_000_000, limit: 2_000_000_000 }))).toBe(
      'This file has 3.2 GB; this browser can hold 2 GB at once.',
    )
    expect(errorText(new FileTooLarge())).toBe('This file is larger than this browser can hold at once.')
  })

  test('never shows a bare key', () => {
    expect(errorText(new FumikuraError('somethingNew'))).toBe('Something went wrong that should not have.')
    expect(errorText(new UnexpectedError({ detail: 'TypeError: x' }))).toMatch(/TypeError: x/)
  })
})

test('bytes are written as disks count them', () => {
  expect(formatBytes(0)).toBe('0 bytes')
  expect(formatBytes(999)).toBe('999 bytes')
  expect(formatBytes(3_400_000)).toBe('3.4 MB')
  locale.language = 'ja'
  expect(formatBytes(51_000)).toBe('51 KB')
})

test('a failure that names its reason gets the text for that reason, if there is one', () => {
  expect(errorText({ key: 'unsupportedFile', params: { extension: '.docx', reason: 'encrypted' } })).toContain(
    'password',
  )
  expect(errorText({ key: 'unsupportedFile', params: { extension: '.x', reason: 'other' } })).toBe(
    errorText({ key: 'unsupportedFile', params: { extension: '.x' } }),
  )
})
