import { expect, test } from 'vitest'
import { ownScriptUrl } from '../../../src/security/trusted-types'

const origin = 'https://fumikura.example'
const allowed = (url: string) => ownScriptUrl(url, `${origin}/app/index.html`, origin)

test('scripts of our own origin pass unchanged', () => {
  for (const url of [`${origin}/assets/ingest.js`, '/assets/ingest.js', 'assets/ingest.js', '../sw.js'])
    expect(allowed(url)).toBe(url)
})

test('blob URLs pass only when our own page made them', () => {
  const own = `blob:${origin}/0b4e2a7c`
  expect(allowed(own)).toBe(own)
  expect(allowed('blob:https://elsewhere.example/0b4e2a7c')).toBeNull()
  expect(allowed('blob:null/0b4e2a7c')).toBeNull()
})

test('other origins, other schemes and nonsense are refused', () => {
  const urls = [
    'https://elsewhere.example/x.js',
    '//elsewhere.example/x.js',
    'http://fumikura.example/x.js',
    `${origin}:8443/x.js`,
    'data:text/javascript,1',
    'javascript:1',
    'https://',
  ]
  for (const url of urls) expect(allowed(url)).toBeNull()
})
