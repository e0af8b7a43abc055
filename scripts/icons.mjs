/**
 * `npm run icons`: draws the PNG icons from public/icons/icon.svg with Chromium. The results are kept in the repository;
 * run this after changing the drawing.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'
import { chromiumArguments, findChromium } from './chromium.mjs'

const folder = fileURLToPath(new URL('../public/icons/', import.meta.url))
const drawing = readFileSync(`${folder}icon.svg`, 'utf8')

/**
 * Systems cut maskable icons to circles and other shapes: the ground runs to the edges, and the mark keeps to the inner
 * 80 %, the zone that every shape leaves.
 */
const maskable = drawing
  .replace(' rx="112"', '')
  .replace('<g id="mark">', '<g transform="translate(56 56) scale(.78)">')

const icons = [
  { name: 'icon-192.png', size: 192, source: drawing },
  { name: 'icon-512.png', size: 512, source: drawing },
  { name: 'maskable-192.png', size: 192, source: maskable },
  { name: 'maskable-512.png', size: 512, source: maskable },
  { name: 'apple-touch-icon.png', size: 180, source: maskable },
]

const executablePath = findChromium() ?? 'chromium'
const browser = await chromium.launch({ executablePath, args: chromiumArguments })
for (const { name, size, source } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const image = `data:image/svg+xml;base64,${Buffer.from(source).toString('base64')}`
  await page.setContent(
    `<body style="margin:0"><img src="${image}" width="${size}" height="${size}" style="display:block">`,
  )
  await page.locator('img').evaluate((img) => /** @type {HTMLImageElement} */ (img).decode())
  await page.screenshot({ path: folder + name, omitBackground: true })
  await page.close()
}
await browser.close()
console.log(icons.map(({ name }) => name).join(' '))
