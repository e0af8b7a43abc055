import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The production build that the tests run against. */
export const buildFolder = fileURLToPath(new URL('../../../dist', import.meta.url))

/** The path of a built worker below the root of the site: its name carries a hash. */
export function builtWorker(name: string): string {
  const folder = name === 'download' ? 'network' : 'assets'
  const file = readdirSync(`${buildFolder}/${folder}`).find((path) => path.startsWith(`worker-${name}-`))
  if (!file) throw new Error(`no worker ${name} in ${buildFolder}/${folder}`)
  return `${folder}/${file}`
}

/** Builds the app for a folder of a host. */
export async function buildInto(folder: string, base: string): Promise<void> {
  const vite = fileURLToPath(new URL('../../../node_modules/vite/bin/vite.js', import.meta.url))
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const options = ['build', '--base', base, '--outDir', folder, '--emptyOutDir', '--logLevel', 'error']
  await promisify(execFile)(process.execPath, [vite, ...options], { cwd: root })
}
