import type { Answer, AnswerSentence, Citation, Turn } from '../domain'
import { formatDate, formatSeconds, t } from '../i18n/i18n.svelte'
import { withText } from './adapters/adapter-names'
import { writingFigures } from './answer-figures'
import { markersOf } from './markers'

/**
 * Questions and answers as Markdown (CommonMark), with numbered sources after each answer. Text from documents is
 * escaped: it must look as it did here, and opening the file elsewhere must not fetch anything that a document names.
 */
export function exportMarkdown(turns: readonly Turn[], collection: string): string {
  const title = `# ${escapeMarkdown(t('chat.exportHeading', { collection }))}`
  return `${[title, ...turns.map(turnMarkdown)].join('\n\n')}\n`
}

/** One question with its answer. */
export function turnMarkdown(turn: Turn): string {
  const parts = [`## ${escapeMarkdown(turn.question)}`, formatDate(turn.asked)]
  if (!turn.answer) return [...parts, turn.stopped ? t('chat.stoppedEmpty') : t('chat.failed')].join('\n\n')
  const answers = [{ answer: turn.answer, stopped: turn.stopped }, ...(turn.alternatives ?? [])]
  if (answers.length === 1) parts.push(...wholeAnswer(answers[0]!))
  else for (const one of answers) parts.push(...signature(one.answer), ...wholeAnswer(one))
  return parts.join('\n\n')
}

function wholeAnswer({ answer, stopped }: { answer?: Answer | undefined; stopped?: boolean | undefined }): string[] {
  return [...(answer ? answerParts(answer) : [t('chat.failedAnswer')]), ...(stopped ? [t('chat.stopped')] : [])]
}

/** Above one of several answers: who wrote it, with which adapters, and how that went. */
function signature(answer: Answer | undefined): string[] {
  if (!answer) return []
  const quoted = answer.answerer === 'quote'
  const adapters = answer.adapters?.length ? withText(answer.adapters) : quoted ? [] : [t('chat.without')]
  const title = [quoted ? t('chat.quoted') : answer.answerer, ...adapters].join(' · ')
  const figures = [...writingFigures(answer), formatSeconds(answer.elapsed)].join(' · ')
  return [`### ${escapeMarkdown(title)}`, escapeMarkdown(figures)]
}

/** The answer alone, for the clipboard. */
export const answerMarkdown = (answer: Answer): string => answerParts(answer).join('\n\n')

function answerParts(answer: Answer): string[] {
  if (answer.refused) return [t('chat.exportRefused'), ...listing(answer.nearest), ...foot(answer)]
  return [...said(answer), ...sources(answer), ...foot(answer)]
}

/** "Read 5 of 412 passages, 3 of 20 documents", and the adapters that it was written with. */
const foot = (answer: Answer): string[] => [
  coverageText(answer),
  ...(answer.adapters?.length ? [escapeMarkdown(withText(answer.adapters).join(' '))] : []),
]

/** The sentences, and behind them the object that they were written in. An object without an answer stands for itself. */
function said(answer: Answer): string[] {
  const { json, sentences } = answer
  if (json === undefined) return sentences.map(sentenceMarkdown)
  return [...(sentences[0]?.text === json ? [] : sentences.map(sentenceMarkdown)), codeBlock(json, 'json')]
}

function sentenceMarkdown(sentence: AnswerSentence): string {
  const markers = [...new Set(sentence.citations.map((citation) => `\\[${citation.marker}\\]`))]
  const doubtful = sentence.support === 'unsupported' ? [`(${t('chat.unsupported')})`] : []
  return [escapeMarkdown(sentence.text), ...markers, ...doubtful].join(' ')
}

/** The fence is longer than any in the text: nothing in it ends the block. */
function codeBlock(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

function sources(answer: Answer): string[] {
  const citations = markersOf(answer)
  return citations.length ? [`**${t('chat.exportSources')}**`, ...listing(citations)] : []
}

function listing(citations: readonly Citation[]): string[] {
  if (!citations.length) return []
  const lines = citations.map(
    (citation) =>
      `${citation.marker}. ${escapeMarkdown(placeText(citation))}: ${escapeMarkdown(`“${citation.quote}”`)}`,
  )
  return [lines.join('\n')]
}

/** "handbook.pdf, page 12", or heading and paragraph where there are no pages. */
export function placeText(citation: Citation): string {
  const name = citation.documentName
  const { paragraph, headingPath } = citation
  if (paragraph !== undefined) {
    const heading = headingPath.at(-1)
    return heading === undefined
      ? t('chat.citationParagraph', { name, paragraph })
      : t('chat.citationParagraphUnder', { name, heading, paragraph })
  }
  const page = citation.pageLabel ?? citation.spans[0]?.page
  return page === undefined ? name : t('chat.citationPage', { name, page })
}

/** "Read 5 of 412 passages, 3 of 20 documents." */
export function coverageText({ coverage }: Pick<Answer, 'coverage'>): string {
  const passages = t('chat.coveragePassages', { read: coverage.passagesRead, count: coverage.passagesSearched })
  const documents = t('chat.coverageDocuments', { read: coverage.documentsRead, count: coverage.documentsSearched })
  return t('chat.coverage', { passages, documents })
}

/** `text` on one line, with every character escaped that Markdown or HTML could read as more than itself. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>#|~!&$]/g, '\\$&')
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2')
}
