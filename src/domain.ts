/**
 * The nouns of Fumikura. Every part of the program speaks in these types; nothing here has behaviour.
 *
 * The path of the data: a file is read into pages, a page's runs are laid out into blocks, blocks are cut into passages,
 * passages are found as evidence for a question, evidence becomes an answer, and each citation of an answer leads back
 * to characters of a page and from there to rectangles.
 */

/** SHA-256 of a file's bytes as lower-case hex: the identity of a document. */
export type DocumentHash = string

/** The languages of the interface, of questions and of answers. */
export type Language = 'en' | 'ja'

/** x0, y0, x1, y1 in page units (PDF points) at scale 1; origin top left, the page's own rotation already applied. */
export type Rect = readonly [x0: number, y0: number, x1: number, y1: number]

/** Which way a run reads on the displayed page: 0 to the right, 1 down, 2 to the left, 3 up. */
export type Direction = 0 | 1 | 2 | 3

/** A stretch of a page's text, in UTF-16 code units of `Page.text`. `page` counts from 1. */
export interface Span {
  page: number
  start: number
  end: number
}

/** Text placed on the page: characters [start, end) of `Page.text` lie in `rect`, evenly enough to be divided by width. */
export interface Run {
  start: number
  end: number
  rect: Rect
  direction: Direction
}

export type BlockKind = 'heading' | 'paragraph' | 'list' | 'table'

/**
 * A unit of layout in reading order: characters [start, end) of `Page.text`.
 * In a list items are separated by "\n" (so are the entries of a table of contents, which is a list);
 * in a table rows are separated by "\n" and cells by "\t".
 */
export interface Block {
  kind: BlockKind
  start: number
  end: number
  /** Of a heading: 1 (highest) to 6. */
  level?: number
  /** This block goes on with the last paragraph or list block of the page before. */
  continues?: boolean
}

/**
 * One page. A document without pages (text, Markdown, HTML, Word) is kept as numbered parts with no runs and with
 * width and height 0; its citations are addressed by heading path and paragraph.
 */
export interface Page {
  /** From 1. */
  number: number
  /** What the document prints as the page's number ("iv", "A-3"), where it differs from `number`. */
  label?: string
  width: number
  height: number
  /** Text in reading order: radicals folded, lines joined, hyphenation undone; blocks separated by a blank line. */
  text: string
  runs: Run[]
  blocks: Block[]
  /** The page is a picture: it has an image over most of it and (almost) no text. */
  image: boolean
  /** Hash of what was on the page before layout, and of the layout profile: equal fingerprints need no second layout. */
  fingerprint: string
}

/** `text[at, at + length)` of a passage is `text[start, start + length)` of page `page`. */
export interface Piece {
  at: number
  page: number
  start: number
  length: number
}

/**
 * `documentHash/page/start-end`: from the passage's own first character to behind its last, repeated sentence or table header
 * left out; `documentHash/page/start-page/end` where it ends on a later page than it begins.
 */
export type PassageId = string

/** The unit of retrieval: at most 400 tokens, never across a heading. */
export interface Passage {
  id: PassageId
  document: DocumentHash
  /** Position in the document, from 0. */
  ordinal: number
  kind: 'text' | 'table'
  /** Titles of the headings above it, outermost first. Searched, but not shown as text of the passage. */
  headingPath: string[]
  text: string
  /** In order; characters of `text` in no piece are joints (a space, a line break) that the page does not have. */
  pieces: Piece[]
  /** [start, end) of each sentence (of a table: each row) in `text`. */
  sentences: [start: number, end: number][]
  /** How many of the first `sentences` repeat the end of the passage before (overlap), or a table's header row. */
  overlap: number
  tokens: number
  language: Language
  /** In documents without pages: number, from 1, under its heading, of the paragraph it begins in. */
  paragraph?: number
  /** Printed labels, by page number, of those of its pages whose label differs from the number. */
  pageLabels?: Record<number, string>
}

export type DocumentType = 'pdf' | 'text' | 'markdown' | 'html' | 'docx'

export interface OutlineItem {
  title: string
  /** From 1; absent where the target could not be resolved. */
  page?: number
  children: OutlineItem[]
}

/** A file that the user added and that has been read whole. */
export interface Document {
  hash: DocumentHash
  name: string
  type: DocumentType
  /** Size of the file in bytes. */
  bytes: number
  /** Milliseconds since the epoch. */
  added: number
  /** Collections that it is in; never empty. */
  collections: CollectionId[]
  language: Language
  title?: string
  pages: number
  /** Numbers of the pages that are pictures without text. */
  imagePages: number[]
  /** Numbers of the pages that the parser could not read; absent when it could read all. */
  unreadablePages?: number[]
  passages: number
  outline: OutlineItem[]
  /** The file asks for a password whenever it is opened; the password itself is never stored. */
  locked: boolean
  /** When it replaced an earlier version: how many of its pages had to be laid out anew. */
  changedPages?: number
}

export type CollectionId = string

export interface Collection {
  id: CollectionId
  name: string
  created: number
  /** Set on the built-in samples: which one, so that it is added once only. */
  sample?: Language
}

/** A passage found for a question, with every score and rank it got on the way. */
export interface Evidence {
  passage: Passage
  documentName: string
  /** From 1. */
  rank: number
  /** The score that ordered it. */
  score: number
  lexical?: { score: number; rank: number }
  /** By the soft lexicon; without a rank it was not found by it, only measured. */
  soft?: { score: number; rank?: number }
  /** By vectors; without a rank it was not found by them, only measured. */
  dense?: { score: number; rank?: number }
  /** By a cross-encoder, where one looked at it. */
  reranked?: { score: number; rank: number }
  /** Share of the question's term weight (idf) that the passage holds, 0 to 1: what the refusal gate looks at. */
  termCoverage: number
  /**
   * Share of the question's meaning that it holds, 0 to 1, words of like meaning (in either language) counting by how near
   * they are; absent where the soft lexicon was not at hand.
   */
  meaningCoverage?: number
  /** Where the question's terms stand in `passage.text`. */
  matches: [start: number, end: number][]
}

/** How much was looked at to answer: "read 5 of 412 passages, 3 of 20 documents". */
export interface Coverage {
  passagesRead: number
  passagesSearched: number
  documentsRead: number
  documentsSearched: number
}

/** From a sentence of an answer to the characters that support it. */
export interface Citation {
  /** The number shown, from 1; equal for citations of the same sentence of the same document. */
  marker: number
  document: DocumentHash
  documentName: string
  passage: PassageId
  /** The cited sentence, verbatim. */
  quote: string
  /** Where `quote` stands, page by page. */
  spans: Span[]
  headingPath: string[]
  pageLabel?: string
  paragraph?: number
}

/**
 * Whether its passages hold what a sentence says that a model wrote, as far as words and numbers tell. `unchecked`: the
 * passages that it cites are in another language.
 */
export type Support = 'supported' | 'unsupported' | 'unchecked'

export interface AnswerSentence {
  text: string
  /** [start, end) of the likely answer within `text`, where one was found. */
  marks: [start: number, end: number][]
  citations: Citation[]
  /** Of a sentence that a model wrote; absent on quotations, and where nothing is claimed ("As follows:"). */
  support?: Support
  /** [start, end) of the numbers in `text` that neither its passages (if it cites none: all that were read) nor the question hold. */
  unheldNumbers?: [start: number, end: number][]
}

/** What a model's context was filled with: "1,240 of 4,096 tokens: 6 passages, 2 turns". */
export interface PromptBudget {
  /** Of the whole prompt, by the model's own count. */
  tokens: number
  /** The model's context: prompt and answer together. */
  limit: number
  /** Tokens kept free for the answer. */
  answer: number
  passages: number
  /** Passages told beside those, for what stands just before or behind them. */
  neighbours: number
  /** Passages found that had no room. */
  leftOut: number
  /** Earlier questions told with their answers. */
  turns: number
  /** A summary of turns before those is told too. */
  summarised: boolean
}

/** How the writing of an answer went. */
export interface Generation {
  promptTokens: number
  /** Tokens of the prompt that the model had read for the question before. */
  reusedTokens: number
  generatedTokens: number
  /** Milliseconds from the request to the first token. */
  firstToken: number
  /** From the first token to the last; absent when there was but one. */
  tokensPerSecond?: number
  /** Where adapters were merged into 4-bit weights: the share of their change that is there, and by plain rounding would be. */
  survival?: { gain: number; plainGain: number }
}

/**
 * What a person should know of a written answer: it is in another language than the question, it ends before its end (no
 * room, or no time), the model began to repeat itself and was stopped, it was to be JSON and cannot be read as such, or an
 * adapter for the form of answers was left aside because all passages were read.
 */
export type AnswerNote = 'otherLanguage' | 'cutShort' | 'repetition' | 'notJson' | 'formatAside'

/** A LoRA adapter that an answer was written with, as it was called then: it may have been deleted since. */
export interface AnswerAdapter {
  /** The name that its files are kept under. */
  adapter: string
  name: string | Readonly<Record<Language, string>>
  kind?: 'style' | 'format' | 'domain' | 'raft' | 'other'
  /** What its change was multiplied by, 0 to 1.5. */
  strength: number
}

export interface Answer {
  sentences: AnswerSentence[]
  /** Nothing in the documents answers; `nearest` then holds the closest passages. */
  refused: boolean
  nearest: Citation[]
  coverage: Coverage
  /** Name of the answerer: "quote", or a model. */
  answerer: string
  /** Milliseconds from question to finished answer. */
  elapsed: number
  /** Id of the model that wrote it. */
  model?: string
  /** The adapters that it was written with; absent: none. */
  adapters?: readonly AnswerAdapter[]
  /** What the model wrote, where that was a JSON object: `sentences` are those of its "answer", or where it has none this text. */
  json?: string
  /** What the model was given; absent where it was not asked. */
  prompt?: PromptBudget
  /** Absent where the model was not asked, or was asked several times. */
  generation?: Generation
  notes?: AnswerNote[]
}

/** What a model remembers of the turns that no longer fit into its context. */
export interface ConversationSummary {
  collection: CollectionId
  /** Ids of the turns that it tells; when one of them is removed, it has to be made anew. */
  turns: string[]
  text: string
}

/** Evidence as it is kept with a turn: its passage by its id, so that no text is kept twice. */
export interface KeptEvidence extends Omit<Evidence, 'passage'> {
  passage: PassageId
  document: DocumentHash
}

/** Another answer to the question of a turn, from the same passages. */
export interface Alternative {
  id: string
  asked: number
  /** Absent when it failed before anything came. */
  answer?: Answer
  stopped?: boolean
}

/** One question and its answer in the history of a collection. */
export interface Turn {
  id: string
  collection: CollectionId
  asked: number
  question: string
  language: Language
  /** What was searched for in its place, where it could only be understood after the turns before it. */
  standalone?: { text: string; by: 'rules' | 'model' }
  /** Documents the question was limited to; absent: all of the collection. */
  documents?: DocumentHash[]
  /** Absent when it was stopped or failed before anything came. */
  answer?: Answer
  stopped?: boolean
  /** What was found for it, so that it can be answered again from the same; absent where nothing was searched. */
  evidence?: readonly KeptEvidence[]
  /** Other answers, oldest first. */
  alternatives?: readonly Alternative[]
}
