import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The production build that the tests run against. */
export const buildFolder = fileURLToPath(new URL('../../../dist', import.meta.url))

/** The path of a built worker below the root of the site: its name carries a hash. */
export function builtWorker(name: string): string {
  const file = readdirSync(`${buildFolder}/assets`).find((path) => path.startsWith(`${name}-`) && path.endsWith('.js'))
  if (!file) throw new Error(`no worker ${name} in ${buildFolder}/assets`)
  return `assets/${file}`
}
