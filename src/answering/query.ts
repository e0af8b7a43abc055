import type { Coverage, Evidence, Language } from '../domain'
import type { LanguageModel } from '../engines/llm/language-model'
import { isAbort, toFumikuraError, type FumikuraError } from '../errors'
import { detectLanguage } from '../language/detect'
import { quotedText } from './quoted-text'
import { fill, type Templates } from './templates/templates'
import { complete } from './written/complete'
import { foldedSentence } from './written/repetition'

/** Ways to search for more than the question says; both need a model and are nothing without one. */
export interface ExpansionSwitches {
  /** Search for other wordings of the question too. */
  severalQueries: boolean
  /** Search for an answer as it might stand in the documents too (HyDE: Gao et al. 2022). */
  hypotheticalAnswer: boolean
}

/** What is to be searched for beside the question. */
export interface Expansion {
  /** Other wordings. */
  queries: string[]
  /** A passage that is invented: to be searched with, never to be shown as an answer. */
  hypothetical?: string
  /** The model failed; the search goes on without it. */
  failure?: FumikuraError
}

/** Other wordings that are asked for. */
const wordings = 3

const longestQuery = 200
const longestAnswer = 600
const sizes = { queries: 160, hypothetical: 160 }

/**
 * Has the model write what else to search for. Expansion is a help, not a condition: a model that fails costs only itself.
 * @throws AbortError
 */
export async function expandQuery(
  question: string,
  language: Language,
  switches: ExpansionSwitches,
  model: LanguageModel | undefined,
  templates: Templates,
  signal: AbortSignal,
): Promise<Expansion> {
  signal.throwIfAborted()
  const expansion: Expansion = { queries: [] }
  if (!model) return expansion
  try {
    if (switches.severalQueries) expansion.queries = await severalQueries(model, question, language, templates, signal)
    if (switches.hypotheticalAnswer) {
      const hypothetical = await hypotheticalAnswer(model, question, templates, signal)
      if (hypothetical) expansion.hypothetical = hypothetical
    }
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error
    expansion.failure = toFumikuraError(error)
  }
  return expansion
}

async function severalQueries(
  model: LanguageModel,
  question: string,
  language: Language,
  templates: Templates,
  signal: AbortSignal,
): Promise<string[]> {
  const said = await ask(model, 'queries', question, templates, signal)
  const known = new Set([foldedSentence(question)])
  return said
    .split('\n')
    .map((line) =>
      line
        .replace(/^[\s\-•・*]*(?:[(（]?\d{1,2}[.)）．、:：]\s*)?/u, '')
        .replace(/^["“「『]|["”」』]$/gu, '')
        .trim(),
    )
    .filter((line) => {
      const folded = foldedSentence(line)
      // "Here are three other ways:" is no query, and neither is one in another language than was asked for.
      if (!folded || known.has(folded) || /[:：]$/u.test(line) || line.length > longestQuery) return false
      known.add(folded)
      return detectLanguage(line) === language
    })
    .slice(0, wordings)
}

const hypotheticalAnswer = async (
  model: LanguageModel,
  question: string,
  templates: Templates,
  signal: AbortSignal,
): Promise<string> => {
  const said = await ask(model, 'hypothetical', question, templates, signal)
  return said.replace(/\s+/g, ' ').slice(0, longestAnswer)
}

const ask = async (
  model: LanguageModel,
  kind: 'queries' | 'hypothetical',
  question: string,
  templates: Templates,
  signal: AbortSignal,
): Promise<string> => {
  const values = { question: quotedText(question), count: wordings }
  const messages = [
    { role: 'system' as const, content: fill(templates[`${kind}.system`], values) },
    { role: 'user' as const, content: fill(templates[`${kind}.user`], values) },
  ]
  return (await complete(model, messages, { maxTokens: sizes[kind] }, signal)).text
}

/** What one search found; the first of several is that of the question itself. */
export interface QueryResult {
  evidence: readonly Evidence[]
  coverage: Coverage
}

/** Of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): how little the first ranks differ. */
const rankOffset = 60

/**
 * Merges the results of several searches by reciprocal rank, best first. What only another wording found says nothing of how
 * much it holds of the question, by which the gate refuses: its coverage counts as none.
 */
export function mergeResults(results: readonly QueryResult[], limit: number): QueryResult {
  const [first, ...others] = results
  if (!first) throw new RangeError('no result to merge')
  if (others.length === 0) return first
  const merged = new Map<string, Evidence>()
  for (const [at, { evidence }] of results.entries())
    for (const one of evidence) {
      const known = merged.get(one.passage.id)
      const score = (known?.score ?? 0) + 1 / (rankOffset + one.rank)
      merged.set(one.passage.id, { ...(known ?? (at === 0 ? one : foundOtherwise(one))), score })
    }
  const evidence = [...merged.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map((one, at) => ({ ...one, rank: at + 1 }))
  const documentsRead = new Set(evidence.map(({ passage }) => passage.document)).size
  return { evidence, coverage: { ...first.coverage, passagesRead: evidence.length, documentsRead } }
}

/** Scores and places of a search for something else would be read as those of the question. */
const foundOtherwise = ({ passage, documentName, rank, score }: Evidence): Evidence => ({
  passage,
  documentName,
  rank,
  score,
  termCoverage: 0,
  matches: [],
})
