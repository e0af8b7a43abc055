import { t, type Key } from '../../../i18n/i18n.svelte'
import type { AdviserAnswers, Approach, Article, Reason } from '../../../lab/adviser/adviser'

const ADVICE = {
  base: 'lab.adviceBase',
  rag: 'lab.adviceRag',
  lora: 'lab.adviceLora',
  'lora+rag': 'lab.adviceLoraRag',
} as const satisfies Record<Approach, Key>

/** "Use RAG." */
export const adviceText = (approach: Approach): string => t(ADVICE[approach])

type Answers = { [Question in keyof AdviserAnswers]: Record<AdviserAnswers[Question], Key> & { question: Key } }

const ASKED = {
  updates: {
    question: 'lab.askUpdates',
    never: 'lab.askUpdatesNever',
    monthly: 'lab.askUpdatesMonthly',
    daily: 'lab.askUpdatesDaily',
    unknown: 'lab.askUnknown',
  },
  privacy: {
    question: 'lab.askPrivacy',
    mustStay: 'lab.askPrivacyMustStay',
    mayLeave: 'lab.askPrivacyMayLeave',
    unknown: 'lab.askUnknown',
  },
  data: {
    question: 'lab.askData',
    documents: 'lab.askDataDocuments',
    tens: 'lab.askDataTens',
    hundreds: 'lab.askDataHundreds',
    unknown: 'lab.askUnknown',
  },
  accuracy: {
    question: 'lab.askAccuracy',
    sources: 'lab.askAccuracySources',
    right: 'lab.askAccuracyRight',
    rough: 'lab.askAccuracyRough',
    unknown: 'lab.askUnknown',
  },
  speed: {
    question: 'lab.askSpeed',
    short: 'lab.askSpeedShort',
    patient: 'lab.askSpeedPatient',
    unknown: 'lab.askUnknown',
  },
  style: {
    question: 'lab.askStyle',
    facts: 'lab.askStyleFacts',
    style: 'lab.askStyleStyle',
    format: 'lab.askStyleFormat',
    unknown: 'lab.askUnknown',
  },
} as const satisfies Answers

type AskedKey = {
  [Question in keyof typeof ASKED]: (typeof ASKED)[Question][keyof (typeof ASKED)[Question]]
}[keyof typeof ASKED]

/** One of the adviser's questions, and each of its answers. */
export function askedTexts(question: keyof AdviserAnswers): { question: string; of(answer: string): string } {
  const keys: Readonly<Record<string, AskedKey>> = ASKED[question]
  return { question: t(keys['question'] ?? 'lab.askUnknown'), of: (answer) => t(keys[answer] ?? 'lab.askUnknown') }
}

type ReasonKey = Extract<Key, `lab.reason${string}`>

/** A reason in words; that each has some is pinned by a test (rules.json names them). */
export const reasonText = ({ id }: Reason): string => t(`lab.reason${id}` as ReasonKey)

/** Articles 001, 003 say so; 000 says otherwise. */
export function articlesText({ articles, against }: Reason): string {
  const list = (numbers: readonly Article[]) => numbers.join(', ')
  return against?.length
    ? t('lab.disagreement', { articles: list(articles), against: list(against) })
    : t('labCosts.saidBy', { articles: list(articles) })
}
