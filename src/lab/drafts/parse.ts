/** A question as a model wrote it. */
export interface WrittenQuestion {
  question: string
  /** The right one first. */
  options: string[]
}

const part =
  /^\s*(?:[-*]\s*)?\**([QA-D]|問題?|質問|[１-４1-4](?=\s*[.)．）:：]\s*(?:Q|問)))\s*\d{0,2}\**\s*[:：.)．）]\s*(.+)$/iu

/**
 * The questions in what a model wrote: lines that begin with Q, A, B, C, D. What is incomplete (fewer than three options, two
 * that are the same, an option that is the question) is left out: small models often stop in the middle.
 */
export function parseDrafts(text: string): WrittenQuestion[] {
  const found: WrittenQuestion[] = []
  let current: WrittenQuestion | undefined
  for (const line of text.split('\n')) {
    const [, label = '', content = ''] = part.exec(line) ?? []
    const said = content.replace(/\*\*/g, '').trim()
    if (!said) continue
    if (/^(?:Q|問|質)/iu.test(label)) {
      current = { question: said, options: [] }
      found.push(current)
    } else if (current && label.toUpperCase().charCodeAt(0) - 65 === current.options.length) current.options.push(said)
  }
  return found.filter(isWhole)
}

function isWhole({ question, options }: WrittenQuestion): boolean {
  const different = new Set([question, ...options].map((text) => text.normalize('NFKC').toLowerCase()))
  return options.length >= 3 && different.size === options.length + 1
}

/** The numbers, from 1 to `most`, that a model named; each once, in its order. */
export function parseChoice(text: string, most: number): number[] {
  const numbers = (text.normalize('NFKC').match(/\d+/g) ?? []).map(Number)
  return [...new Set(numbers)].filter((number) => number >= 1 && number <= most)
}
