import { SvelteSet } from 'svelte/reactivity'
import type { ModelCapabilities } from '../../engines/llm/language-model'
import { InvalidRunSpec } from '../../errors'
import { planRun } from '../../lab/arms/plan'
import type { QuestionSet } from '../../lab/question-set'
import {
  ARMS,
  defaultSpec,
  MOST_PASSAGES,
  PRESETS,
  type Arm,
  type RetrievalPreset,
  type RunSpec,
} from '../../lab/run-spec'
import type { FusionMethod } from '../../retrieval/fuse'

/** What the planned run comes to, or why it cannot be begun. */
export type Estimate = { results: number; tested: number; train: number; leaks: number } | { failure: InvalidRunSpec }

export const OWN_PRESET = 'own'

/** A run as it stands in the form: texts where a person types, read as settings when they are asked for. */
export class SpecDraft {
  arms = $state<Arm[]>([...defaultSpec.arms])
  /** Whole numbers, divided by commas or spaces. */
  shots = $state('0')
  passages = $state('3')
  /** All numbers of passages from 0 to MOST_PASSAGES, in place of the list. */
  sweep = $state(false)
  repetitions = $state(1)
  /** Strength by the adapter's name; absent: not worn. */
  strengths = $state<Record<string, number>>({})
  preset = $state<string>('product')
  own = $state<Omit<RetrievalPreset, 'id' | 'fusion'> & { fusion: FusionMethod | '' }>({
    meaning: true,
    reranking: true,
    query: 'as it is',
    fusion: '',
  })
  form = $state<RunSpec['form']>('plain')
  splitSeed = $state(defaultSpec.split.seed)
  /** Per cent. */
  testShare = $state(100)
  /** Empty: all. */
  questions = $state<number | null>(null)
  answerTokens = $state(defaultSpec.answerTokens)
  temperature = $state(0)
  strict = $state(true)
  style = $state<NonNullable<RunSpec['style']> | ''>('')

  /** Those that are worn. */
  get adapters(): RunSpec['adapters'] {
    return Object.entries(this.strengths).map(([adapter, strength]) => ({ adapter, strength }))
  }

  wear(adapter: string, strength: number | undefined): void {
    const rest = { ...this.strengths }
    delete rest[adapter]
    this.strengths = strength === undefined ? rest : { ...rest, [adapter]: strength }
  }

  toggle(arm: Arm, on: boolean): void {
    this.arms = ARMS.filter((one) => (one === arm ? on : this.arms.includes(one)))
  }

  /**
   * @param shots in place of what the form says
   * @throws InvalidRunSpec where a text is no list of whole numbers
   */
  toSpec(shots = numbersOf(this.shots, 'shotNumbers')): RunSpec {
    const { arms, adapters, form, answerTokens, temperature, strict, style, questions } = this
    return {
      arms: [...arms],
      shots,
      passages: this.sweep ? sweep() : numbersOf(this.passages, 'passages'),
      seeds: Array.from({ length: Math.max(0, Math.floor(this.repetitions)) }, (_, at) => at + 1),
      adapters,
      preset: this.#preset(),
      form,
      split: { seed: this.splitSeed, testShare: this.testShare / 100 },
      ...(questions !== null && { questions }),
      // A field that is empty gives null.
      ...{ answerTokens: answerTokens || defaultSpec.answerTokens, temperature: temperature || 0, strict },
      ...(style !== '' && { style }),
    }
  }

  /** What would be done with this set; nothing is asked of a model. */
  estimate(
    set: Pick<QuestionSet, 'questions'>,
    capabilities: ModelCapabilities,
    documents: readonly string[],
  ): Estimate {
    try {
      const { tasks, split } = planRun(this.toSpec(), set, { capabilities, documents })
      const tested = new SvelteSet(tasks.map(({ question }) => question.id)).size
      return { results: tasks.length, tested, train: split.train.length, leaks: split.leaks.length }
    } catch (failure) {
      if (failure instanceof InvalidRunSpec) return { failure }
      throw failure
    }
  }

  #preset(): RetrievalPreset {
    const known = PRESETS.find(({ id }) => id === this.preset)
    if (known) return known
    const { fusion, ...ways } = $state.snapshot(this.own)
    return { id: OWN_PRESET, ...ways, ...(fusion && { fusion }) }
  }
}

const sweep = (): number[] => Array.from({ length: MOST_PASSAGES + 1 }, (_, k) => k)

/** Full-width digits and the Japanese comma are what a Japanese keyboard gives. */
function numbersOf(text: string, reason: 'shotNumbers' | 'passages'): number[] {
  const parts = text
    .normalize('NFKC')
    .split(/[,、\s]+/)
    .filter(Boolean)
  if (parts.length === 0 || !parts.every((part) => /^\d{1,4}$/.test(part)))
    throw new InvalidRunSpec({ reason, most: MOST_PASSAGES })
  return [...new Set(parts.map(Number))]
}
