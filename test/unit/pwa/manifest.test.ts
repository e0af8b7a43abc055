import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SHARE_PATH } from '../../../src/pwa/service/share'

interface Image {
  src: string
  sizes: string
  type: string
}

const manifest = JSON.parse(readFileSync('public/manifest.webmanifest', 'utf8')) as {
  id: string
  start_url: string
  scope: string
  icons: (Image & { purpose: string })[]
  screenshots?: (Image & { form_factor: string; label: string })[]
  shortcuts: { url: string; icons: Image[] }[]
  file_handlers: { action: string; accept: Record<string, string[]> }[]
  share_target: { action: string; method: string; enctype: string; params: { files: { name: string }[] } }
}

/** Width and height of a PNG, from its first chunk (PNG specification, IHDR). */
function pngSize(path: string): string {
  const bytes = readFileSync(path)
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG')
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`
}

const images = [...manifest.icons, ...(manifest.screenshots ?? []), ...manifest.shortcuts.flatMap(({ icons }) => icons)]

test.each(images)('$src exists and is $sizes', ({ src, sizes, type }) => {
  const path = `public/${src}`
  expect(existsSync(path)).toBe(true)
  if (type === 'image/png') expect(pngSize(path)).toBe(sizes)
  else expect([type, sizes]).toEqual(['image/svg+xml', 'any'])
})

test('browsers find what they need to offer an install: both sizes, whole and maskable', () => {
  const sizes = (purpose: string) => manifest.icons.filter((icon) => icon.purpose === purpose).map((icon) => icon.sizes)
  expect(sizes('any')).toEqual(expect.arrayContaining(['192x192', '512x512']))
  expect(sizes('maskable')).toEqual(expect.arrayContaining(['192x192', '512x512']))
  expect(manifest.id).toBe('fumikura')
})

test('every address is relative, so that the app can live in a folder', () => {
  const { start_url, scope, share_target, shortcuts, file_handlers } = manifest
  const addresses = [start_url, scope, share_target.action, ...shortcuts.map((s) => s.url)]
  for (const address of [...addresses, ...file_handlers.map((h) => h.action), ...images.map((i) => i.src)])
    expect(address).not.toMatch(/^\/|:/)
})

test('files are opened with the app, and shared to where the service worker listens', () => {
  expect(manifest.file_handlers.flatMap(({ accept }) => Object.keys(accept))).toContain('application/pdf')
  expect(manifest.share_target).toMatchObject({ action: SHARE_PATH, method: 'POST', enctype: 'multipart/form-data' })
  expect(manifest.share_target.params.files[0]?.name).toBe('files')
})
