import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/** What pdf.js fetches while it reads or draws; without the cMaps Japanese text is silently empty. */
const FOLDERS = ['cmaps', 'standard_fonts', 'wasm', 'iccs']

/** Fallbacks for browsers without WebAssembly, which we do not support, and the sandbox for scripts in forms. */
const UNUSED = /quickjs|nowasm_fallback/

/** Copies pdf.js's data files to public/pdfjs, so that they are served from our own origin; once per version. */
export function copyPdfjsAssets(): void {
  const { version } = JSON.parse(readFileSync('node_modules/pdfjs-dist/package.json', 'utf8')) as { version: string }
  const stamp = 'public/pdfjs/version.txt'
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return
  rmSync('public/pdfjs', { recursive: true, force: true })
  for (const folder of FOLDERS) {
    cpSync(`node_modules/pdfjs-dist/${folder}`, `public/pdfjs/${folder}`, {
      recursive: true,
      filter: (source) => !UNUSED.test(source),
    })
  }
  writeFileSync(stamp, version)
}
