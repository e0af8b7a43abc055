/**
 * `npm run handbook [-- FOLDER]`: writes handbook-en.pdf and handbook-ja.pdf, generated facts that the starter model was never
 * trained on, with a list of questions beside each; and small-world-en.pdf and -ja.pdf, the facts that two of its adapters were
 * trained on, with question sets for the Lab.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const [folder = 'handbook'] = process.argv.slice(2)
/** @type {{ module: typeof import('../test/fixtures/handbook') }} */
const { module } = await runnerImport(join(root, 'test/fixtures/handbook.ts'), {
  root,
  configFile: false,
  logLevel: 'error',
})
mkdirSync(folder, { recursive: true })
for (const language of /** @type {const} */ (['en', 'ja'])) {
  const { name, pdf, questions } = module.makeHandbook(language)
  const list = questions.map(({ question, answer, page }) => [question, answer ?? '', page].join('\t'))
  writeFileSync(join(folder, name), Buffer.from(await pdf.arrayBuffer()))
  writeFileSync(join(folder, name.replace('.pdf', '.tsv')), `${list.join('\n')}\n`)
  const world = module.makeSmallWorld(language)
  writeFileSync(join(folder, world.name), Buffer.from(await world.pdf.arrayBuffer()))
  const lines = world.set.questions.map((question) => JSON.stringify(question))
  writeFileSync(join(folder, world.name.replace('.pdf', '.jsonl')), `${lines.join('\n')}\n`)
  console.log(join(folder, name), join(folder, world.name))
}
