import { expect, test } from 'vitest'
import {
  developmentPolicy,
  headersFor,
  parseHeaders,
  parsePolicy,
  readHeaders,
  siteHeadersOf,
} from '../../../scripts/headers'

const site = headersFor(readHeaders(), '/')
const policy = parsePolicy(site['Content-Security-Policy'] ?? '')

test('the policy allows no inline script or style and no eval, and asks for Trusted Types', () => {
  const sources = [...policy.values()].flat()
  expect(sources).not.toContain("'unsafe-inline'")
  expect(sources).not.toContain("'unsafe-eval'")
  expect(policy.get('default-src')).toEqual(["'none'"])
  expect(policy.get('require-trusted-types-for')).toEqual(["'script'"])
  expect(policy.get('trusted-types')).toEqual(['default', 'svelte-trusted-html'])
})

test('nothing outside our own origin can be reached', () => {
  expect(policy.get('connect-src')).toEqual(["'self'"])
  const places = [...policy.values()].flat().filter((source) => source.includes(':') || source.includes('*'))
  expect(places.filter((source) => !['blob:', 'data:'].includes(source))).toEqual([])
  expect(policy.get('script-src')).not.toContain('blob:')
})

test('the download worker may reach the hub, and nothing else tells its policy from that of the page', () => {
  const rules = readHeaders()
  const wide = headersFor(rules, '/network/worker-download-1234.js')
  const widePolicy = parsePolicy(wide['Content-Security-Policy'] ?? '')
  expect(widePolicy.get('connect-src')).toEqual([
    "'self'",
    'https://huggingface.co',
    'https://*.huggingface.co',
    'https://*.hf.co',
    'https://raw.githubusercontent.com',
  ])
  expect([...widePolicy].filter(([name]) => name !== 'connect-src')).toEqual(
    [...policy].filter(([name]) => name !== 'connect-src'),
  )
  expect({ ...wide, 'Content-Security-Policy': '' }).toEqual({ ...site, 'Content-Security-Policy': '' })
  expect(siteHeadersOf(rules)).toEqual({ site, network: wide })
})

test('the wide policy comes from the first rule alone, and the others repeat the narrow one: hosts that join them narrow', () => {
  const [first, ...others] = readHeaders()
  expect(first?.pattern).toBe('/*')
  for (const { headers } of others)
    expect(headers).toEqual({ 'Content-Security-Policy': site['Content-Security-Policy'] })
  expect(others.some(({ pattern }) => pattern.startsWith('/network'))).toBe(false)
})

test('every path is isolated from other origins', () => {
  for (const path of ['/', '/index.html', '/sw.js', '/assets/ingest-1234.js', '/pdfjs/cmaps/UniJIS-UTF16-H.bcmap'])
    expect(headersFor(readHeaders(), path)).toMatchObject({
      'Content-Security-Policy': site['Content-Security-Policy'],
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    })
})

test('development opens styles and the WebSocket of Vite, and nothing for scripts', () => {
  const development = parsePolicy(developmentPolicy(site['Content-Security-Policy'] ?? ''))
  for (const [name, sources] of policy)
    if (name === 'style-src') expect(development.get(name)).toEqual([...sources, "'unsafe-inline'"])
    else if (name === 'connect-src')
      expect(
        development
          .get(name)
          ?.slice(1)
          .every((s) => s.startsWith('ws://')),
      ).toBe(true)
    else expect(development.get(name)).toEqual(sources)
})

test('later rules win, and patterns are literal but for the star', () => {
  const rules = parseHeaders('# one\n/*\n  A: 1\n  B: x:y\n\n/a.b/*\n  A: 2\n')
  expect(headersFor(rules, '/a.b/c')).toEqual({ A: '2', B: 'x:y' })
  expect(headersFor(rules, '/aXb/c')).toEqual({ A: '1', B: 'x:y' })
})

test('a line that is neither path nor header is named', () => {
  expect(() => parseHeaders('/*\n  nonsense')).toThrow('line 2')
  expect(() => parseHeaders('  A: 1')).toThrow('line 1')
})
