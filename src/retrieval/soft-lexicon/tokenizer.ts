import { normalise } from '../../language/normalise'
import type { Lexicon } from './lexicon'
import { runs } from './runs'

/** A piece and the characters [start, end) of the text that it stands for, never none: the space before a word is left out. */
export interface Piece {
  id: number
  start: number
  end: number
}

/** A cut of one run: ids, and where each begins within the run. */
interface Cut {
  ids: number[]
  starts: number[]
}

/** Runs whose cut is remembered: texts repeat their words. */
const remembered = 50_000

/** How much less likely than the least likely piece a character is that no piece holds (as in sentencepiece). */
const unknownPenalty = 10

const anySpace = /\s/gu

/** Cuts text into the pieces of a lexicon: of all ways to cut a run into pieces, the most probable (Kudo 2018). */
export class PieceTokenizer {
  readonly lexicon: Lexicon
  readonly #longest: number
  readonly #unknownScore: number
  #cuts = new Map<string, Cut>()

  constructor(lexicon: Lexicon) {
    this.lexicon = lexicon
    this.#longest = Math.max(...Array.from(lexicon.ids.keys(), (piece) => piece.length))
    this.#unknownScore = Math.fround(lexicon.scores.reduce((least, score) => Math.min(least, score)) - unknownPenalty)
  }

  /** The ids of a text that is folded already, in order. */
  ids(folded: string): number[] {
    const found: number[] = []
    for (const [run] of runs(folded)) found.push(...this.#cut(run).ids)
    return found
  }

  /** The different pieces of a text, folded for search as terms are. */
  unique(text: string): Set<number> {
    return new Set(this.ids(foldForPieces(normalise(text).text)))
  }

  /** The pieces of a text with where they stand in it. */
  pieces(text: string): Piece[] {
    const normalised = normalise(text)
    const found: Piece[] = []
    for (const match of runs(foldForPieces(normalised.text))) {
      // The space put in front of the text moved everything by one.
      const { ids, starts } = this.#cut(match[0])
      ids.forEach((id, at) => {
        const start = match.index - 1 + starts[at]! + Number(match[0][starts[at]!] === ' ')
        const end = match.index - 1 + (starts[at + 1] ?? match[0].length)
        if (start < end) found.push({ id, start: normalised.sourceStart(start), end: normalised.sourceEnd(end) })
      })
    }
    return found
  }

  #cut(run: string): Cut {
    const known = this.#cuts.get(run)
    if (known) return known
    if (this.#cuts.size >= remembered) this.#cuts.clear()
    const cut = this.#viterbi(run)
    this.#cuts.set(run, cut)
    return cut
  }

  /** Scores are summed in 32 bits, so that ties fall as they did in training. */
  #viterbi(run: string): Cut {
    const { ids, scores, wordsFrom } = this.lexicon
    const text = run.replaceAll(' ', '▁')
    const best = new Float64Array(text.length + 1)
    const from = new Int32Array(text.length + 1).fill(-1)
    const pieces = new Int32Array(text.length + 1)
    const reach = (start: number, end: number, score: number, piece: number) => {
      const total = score + best[start]!
      if (from[end]! >= 0 && total <= best[end]!) return
      best[end] = Math.fround(total)
      from[end] = start
      pieces[end] = piece
    }
    for (let start = 0; start < text.length; start += codePointLength(text, start)) {
      const character = start + codePointLength(text, start)
      let single = false
      for (let end = start + 1; end <= Math.min(text.length, start + this.#longest); end++) {
        const piece = ids.get(text.slice(start, end))
        if (piece === undefined) continue
        reach(start, end, scores[piece - wordsFrom]!, piece)
        single ||= end === character
      }
      if (!single) reach(start, character, this.#unknownScore, -1)
    }
    return this.#trace(text, from, pieces)
  }

  #trace(text: string, from: Int32Array, pieces: Int32Array): Cut {
    const cut: Cut = { ids: [], starts: [] }
    for (let end = text.length; end > 0; end = from[end]!) {
      const start = from[end]!
      const ids = pieces[end]! < 0 ? this.#spelt(text.slice(start, end)) : [pieces[end]!]
      cut.ids.unshift(...ids)
      cut.starts.unshift(...ids.map(() => start))
    }
    return cut
  }

  #spelt(character: string): number[] {
    return Array.from(new TextEncoder().encode(character), (byte) => this.lexicon.bytesFrom + byte)
  }
}

/** A word at the beginning of a text or of a line is to be the same piece as one behind a space. */
const foldForPieces = (normalised: string): string => ` ${normalised.replace(anySpace, ' ')}`

const codePointLength = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
