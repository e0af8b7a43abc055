/**
 * `npm run bench -- NAME [--json]` and `npm run eval -- NAME [--json]`: runs test/bench/NAME.ts or test/eval/NAME.ts, prints
 * its table, and exits with 1 when a floor is missed, 2 when there is no such name. Without a NAME it lists what there is.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import { assemblyScript } from './assemblyscript.mjs'
import { formatReport } from './format-report.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } })
const [kind = 'bench', name] = positionals

/**
 * The measurements of a folder: the files that export a title and a default function.
 * @returns {{ name: string, title: string, path: string }[]}
 */
function measurements() {
  const folder = join(root, 'test', kind)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) => {
      const path = join(folder, file)
      const source = readFileSync(path, 'utf8')
      const title = /^export const title(?::\s*string)?\s*=\s*(['"`])(.+?)\1/m.exec(source)?.[2]
      return title && /^export default /m.test(source) ? [{ name: basename(file, '.ts'), title, path }] : []
    })
}

const list = () => measurements().map((each) => `  npm run ${kind} -- ${each.name.padEnd(12)} ${each.title}`)

/** @param {string} path */
async function measure(path) {
  /** @type {{ module: { default: () => Promise<import('../test/measure/report').Report> } }} */
  const { module } = await runnerImport(path, {
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [assemblyScript()],
  })
  const report = await module.default()
  console.log(values.json ? JSON.stringify(report, null, 2) : formatReport(report))
  return report.floors.every(({ held }) => held) ? 0 : 1
}

const wanted = measurements().find((each) => each.name === name)
if (wanted) process.exitCode = await measure(wanted.path)
else {
  console.log([name ? `There is no ${kind} named ${name}. There are:` : 'There are:', ...list()].join('\n'))
  process.exitCode = name ? 2 : 0
}
// A measurement may leave a browser's connection open; end when what was printed is out.
process.stdout.write('', () => process.exit())
