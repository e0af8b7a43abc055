/**
 * A word of Latin letters or a number, each with the space before it; a run of kanji, of katakana or of hiragana; any other
 * character by itself. The pieces of the lexicon were trained on these runs and never reach over two of them, so that a word
 * is cut the same wherever it stands.
 */
const run =
  / ?[a-z\u00c0-\u024f']+| ?[0-9]+|[\u4e00-\u9fff\u3400-\u4dbf々〆〇]+|[\u30a1-\u30ffー]+|[\u3041-\u309f]+|[^\s]/gu

/** The runs of a folded text (lower case, NFKC), in order, with where each begins. */
export const runs = (folded: string): RegExpStringIterator<RegExpExecArray> => folded.matchAll(run)
