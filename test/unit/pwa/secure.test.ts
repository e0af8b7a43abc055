import { expect, test } from 'vitest'
import { headersOf, type Release } from '../../../src/pwa/service/release'
import { secure } from '../../../src/pwa/service/secure'

const headers = {
  'Content-Security-Policy': "default-src 'none'; connect-src 'self'",
  'Cross-Origin-Embedder-Policy': 'require-corp',
}
const policyOf = (response: Response) => response.headers.get('content-security-policy')

test('adds what the host did not send and keeps the rest of the response', async () => {
  const response = secure(new Response('text', { status: 404, headers: { 'content-type': 'text/plain' } }), headers)
  expect(response.status).toBe(404)
  expect(response.headers.get('content-type')).toBe('text/plain')
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  expect(policyOf(response)).toBe(headers['Content-Security-Policy'])
  expect(await response.text()).toBe('text')
})

test("a weaker header of the host's is replaced, its own policy stands beside ours", () => {
  const host = new Response('', {
    headers: { 'content-security-policy': 'upgrade-insecure-requests', 'cross-origin-embedder-policy': 'unsafe-none' },
  })
  const response = secure(host, headers)
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  expect(policyOf(response)).toBe(`upgrade-insecure-requests, ${headers['Content-Security-Policy']}`)
})

test('the policy is not said twice where the host sends it', () => {
  expect(policyOf(secure(new Response('', { headers }), headers))).toBe(headers['Content-Security-Policy'])
})

test('a response that hides its content passes as it is', () => {
  const hidden = Response.error()
  expect(secure(hidden, headers)).toBe(hidden)
})

test('only what lies in the folder of the download worker gets the wide policy', () => {
  const network = { folder: 'network/', headers: { 'Content-Security-Policy': 'wide' } }
  const release: Release = { version: '', files: {}, onDemand: {}, headers, network }
  for (const path of ['', 'assets/worker-embed-1.js', 'nowhere/at/all', 'assets/network/x.js', 'networks'])
    expect(headersOf(release, path)).toBe(headers)
  // Also that of a former release, which another tab may still run.
  for (const path of ['network/worker-download-1.js', 'network/worker-download-2.js'])
    expect(headersOf(release, path)).toBe(network.headers)
})
