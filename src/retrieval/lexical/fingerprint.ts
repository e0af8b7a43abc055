import { terms } from '../../language/terms'

/** Raised when what is put into a segment changes in a way that the probe below does not show. */
const version = 1

/** Something of every rule: scripts, widths, marks that combine, long vowels, endings, stop words, numbers, variants. */
const probe =
  'The planned benefits of COVID-19, Dr. Smith’s classes & 1,234.5 mp3 files, ﬁne naïve co\u00adop. ' +
  '髙橋﨑はｻｰﾊﾞｰのデータベースを２０２５年３〜４ヶ月で引っ越した。㈱文倉、ｶﾞｽ料金、国⺠健康保険のひまわり𠮷野 Привет 한국어'

let computed: string | undefined

/**
 * Identifies the tokenizer by what it makes of a fixed text: segments made by another one (an older version of the page, an
 * engine with other Unicode tables) do not match the terms of questions and are rebuilt.
 */
export function tokenizerFingerprint(): string {
  computed ??= `terms-${version}-${fnv1a(terms(probe).map(({ term, start, end }) => `${term} ${start} ${end}`))}`
  return computed
}

/** 32-bit FNV-1a over the lines' UTF-16 code units, as eight hex digits. */
function fnv1a(lines: string[]): string {
  let hash = 0x811c9dc5
  for (const line of lines)
    for (let at = 0; at <= line.length; at++) {
      hash = Math.imul(hash ^ (at < line.length ? line.charCodeAt(at) : 10), 0x01000193)
    }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
