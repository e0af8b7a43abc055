import '../../../src/security/trusted-types'
import { adapterName, type AdapterEntry } from '../../../src/engines/llm/adapters/catalogue'
import { filesOf, modelName, type LlmPlan } from '../../../src/engines/llm/catalogue'
import { connect, type Remote } from '../../../src/threads/expose'
import type { LlmApi } from '../../../src/threads/protocols'
import { answer, never, startLlmWorker } from '../../browser/engines/llm/tiny'
import { fetchFiles, keepModel } from '../../fixtures/keep-model'

/** Prompts answered by the model with an adapter, or as it is. */
export interface Job {
  adapter?: AdapterEntry
  /** What the user says, in the model's own template. */
  prompts: string[]
}

export interface Answered {
  text: string
  promptTokens: number
  generatedTokens: number
  /** Milliseconds: to the first token, and of the tokens behind it. */
  firstToken: number
  decoding: number
}

const LONGEST = 64

let api: Remote<LlmApi> | undefined

/** The files that the app serves go into the store as a download puts them there, and the app's own worker reads them. */
async function load(plan: LlmPlan): Promise<void> {
  await keep(modelName(plan.model), plan.model.servedFrom, filesOf(plan))
  const worker = startLlmWorker()
  api = connect<LlmApi>(worker)
  await api.load({ plan }, undefined, never())
}

async function ask({ adapter, prompts }: Job): Promise<Answered[]> {
  if (!api) throw new Error('no model is loaded')
  if (adapter) await keep(adapterName(adapter), adapter.servedFrom, adapter.files)
  const adapters = adapter ? [{ adapter: adapterName(adapter), strength: 1 }] : []
  const answers: Answered[] = []
  for (const prompt of prompts) {
    const options = { maxTokens: LONGEST, temperature: 0, adapters }
    const { text, end } = await answer(api, [{ role: 'user', content: prompt }], options)
    const { promptTokens, generatedTokens, firstToken, decoding } = end
    answers.push({ text, promptTokens, generatedTokens, firstToken, decoding })
  }
  return answers
}

async function keep(name: string, folder: string | undefined, files: readonly { path: string }[]): Promise<void> {
  if (folder === undefined) throw new Error(`${name} does not come with the page`)
  const base = new URL(`/${folder}`, globalThis.location.href).href
  await keepModel(
    name,
    await fetchFiles(
      base,
      files.map(({ path }) => path),
    ),
  )
}

/** Called by starter.ts through Playwright. */
Object.assign(globalThis, { load, ask })
