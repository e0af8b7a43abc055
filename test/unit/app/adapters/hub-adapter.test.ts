import { expect, test } from 'vitest'
import { hubAdapter } from '../../../../src/app/adapters/hub-adapter'
import { AdapterUnusable } from '../../../../src/errors'

test.each([
  ['someone/house-style', 'someone/house-style', 'main'],
  ['  someone/House.Style_2@v1.0 ', 'someone/House.Style_2', 'v1.0'],
  ['someone/style@refs/pr/1', 'someone/style', 'refs/pr/1'],
  ['https://huggingface.co/someone/style', 'someone/style', 'main'],
  ['https://huggingface.co/someone/style/tree/0a1b2c/', 'someone/style', '0a1b2c'],
  ['https://mirror.test/someone/style', 'someone/style', 'main'],
  ['hf.co/someone/style', 'someone/style', 'main'],
])('%s names %s at %s', (text, repository, revision) => {
  expect(hubAdapter(text)).toMatchObject({ repository, revision, name: repository, kind: 'other' })
})

test('its id is safe as the name of a folder and keeps accounts apart', () => {
  expect(hubAdapter('someone/style').id).toBe('hub-someone-style')
})

test.each(['', 'style', 'a/b/c', '../..', 'a/..', 'a/b@../../c', 'a/b@', 'a b/c', 'a/b?x', 'javascript:a/b', '@/x'])(
  '"%s" names no repository',
  (text) => {
    expect(() => hubAdapter(text)).toThrow(AdapterUnusable)
  },
)
