/** Prices in one currency per million tokens, as providers list them; a person may put their own. */
export interface Prices {
  /** Of fine-tuning, per token of the training set and pass over it. */
  training: number
  embedding: number
  /** Of the tuned model and of the one that reads passages. */
  tunedInput: number
  tunedOutput: number
  input: number
  output: number
}

/** What is to be paid for. */
export interface Usage {
  /** Tokens of the documents: trained on, or embedded. */
  documentTokens: number
  /** Passes over them in training. */
  epochs: number
  /** Tokens of a question; of the passages read with it; of an answer. */
  questionTokens: number
  passageTokens: number
  answerTokens: number
  /** Answers over the time that is looked at. */
  answers: number
  /** How often the documents change within it: each time they are embedded, or trained on, again. At least 1: the first. */
  updates: number
}

/** Money of one approach. */
export interface ApproachCost {
  /** Before the first answer and after each change of the documents. */
  preparation: number
  input: number
  output: number
  /** Input and output of one answer. */
  answer: number
  /** Everything, over all answers and updates. */
  total: number
  /** Tokens read and written for one answer. */
  tokens: number
}

export interface CostTable {
  tuning: ApproachCost
  retrieval: ApproachCost
  /** Answers from which on tuning has cost less in all than retrieval; undefined: never. */
  breakEven?: number
}

const MILLION = 1_000_000

/** What both approaches cost. Plain arithmetic: tokens × price ÷ 1,000,000. */
export function costTable(usage: Usage, prices: Prices): CostTable {
  const { documentTokens, epochs, questionTokens, passageTokens, answerTokens, updates, answers } = usage
  const money = (tokens: number, price: number) => (tokens * price) / MILLION
  const approach = (preparation: number, read: number, input: number, output: number): ApproachCost => {
    const answer = money(read, input) + money(answerTokens, output)
    return {
      preparation,
      input: money(read, input),
      output: money(answerTokens, output),
      answer,
      total: preparation * updates + answer * answers,
      tokens: read + answerTokens,
    }
  }
  const tuning = approach(
    money(documentTokens * epochs, prices.training),
    questionTokens,
    prices.tunedInput,
    prices.tunedOutput,
  )
  const retrieval = approach(
    money(documentTokens, prices.embedding),
    questionTokens + passageTokens,
    prices.input,
    prices.output,
  )
  const saved = retrieval.answer - tuning.answer
  const ahead = (tuning.preparation - retrieval.preparation) * updates
  const breakEven = saved > 0 ? Math.max(0, Math.ceil(ahead / saved)) : undefined
  return { tuning, retrieval, ...(breakEven !== undefined && { breakEven }) }
}

/** How fast this device was, as runs have measured it. */
export interface Speed {
  /** Tokens of a prompt read per second. */
  reading: number
  writing: number
}

/** Seconds that an answer takes on this device, where it costs no money. */
export const answerSeconds = (read: number, written: number, { reading, writing }: Speed): number =>
  read / reading + written / writing

/** The example of article 003 (GPT-4o mini, summer 2024), with what it prints. Its prices in dollars per million tokens. */
export const articleExample = {
  prices: { training: 3, embedding: 0.02, tunedInput: 0.3, tunedOutput: 1.2, input: 0.15, output: 0.6 },
  usage: {
    documentTokens: 10_000,
    epochs: 1,
    questionTokens: 20,
    passageTokens: 300,
    answerTokens: 300,
    answers: 1,
    updates: 1,
  },
} as const satisfies { prices: Prices; usage: Usage }

/** A figure that the article prints beside the one that its own numbers give. */
export interface PrintedFigure {
  /** `lab.cost…` names it. */
  figure: 'preparation' | 'input' | 'output' | 'answer'
  approach: keyof Omit<CostTable, 'breakEven'>
  printed: number
  right: number
  /** Printed over right; 1: as it should be. */
  factor: number
  /** Why they differ, as `lab.costNote…` tells: the article divides where it should multiply, and takes its sums from there. */
  note: 'right' | 'factor' | 'sum'
}

/** What article 003 prints, and what its numbers give. */
export function articleFigures(): PrintedFigure[] {
  const { tuning, retrieval } = costTable(articleExample.usage, articleExample.prices)
  const figure = (
    name: PrintedFigure['figure'],
    approach: PrintedFigure['approach'],
    printed: number,
    note: PrintedFigure['note'],
  ): PrintedFigure => {
    const right = (approach === 'tuning' ? tuning : retrieval)[name]
    return { figure: name, approach, printed, right, factor: printed / right, note }
  }
  return [
    figure('preparation', 'tuning', 0.03, 'right'),
    figure('preparation', 'retrieval', 0.0002, 'right'),
    figure('input', 'tuning', 0.003, 'factor'),
    figure('input', 'retrieval', 0.0015, 'factor'),
    figure('output', 'tuning', 0.012, 'factor'),
    figure('output', 'retrieval', 0.006, 'factor'),
    figure('answer', 'tuning', 0.015, 'sum'),
    figure('answer', 'retrieval', 0.0075, 'sum'),
  ]
}
