import { wholeEvidence } from '../../answering/whole-document'
import type { Document, DocumentHash, Evidence, Passage } from '../../domain'
import { passageHolds } from '../../lab/measures/evidence'
import type { Question } from '../../lab/question-set'
import type { Database } from '../../storage/database'
import { getDocument, listDocuments } from '../../storage/documents'
import { getPassages } from '../../storage/passages'

/** The library as questions of a set point into it; each document is read once. */
export class DocumentPassages {
  readonly #db: Database
  readonly #read = new Map<DocumentHash, Promise<{ document: Document; passages: Passage[] } | undefined>>()

  constructor(db: Database) {
    this.#db = db
  }

  /** The passages that hold the evidence of a question, in reading order; none where its documents are not in the library. */
  async holding({ evidence }: Pick<Question, 'evidence'>): Promise<Evidence[]> {
    const held: Evidence[] = []
    for (const hash of new Set(evidence.map(({ document }) => document))) {
      const kept = await this.#whole(hash)
      for (const passage of kept?.passages ?? [])
        if (evidence.some((address) => passageHolds(passage.id, address)))
          held.push(wholeEvidence(passage, kept!.document.name, held.length + 1))
    }
    return held
  }

  /** What a search for these questions looks in: their documents, and all others of the collections that those are in. */
  async searched(questions: readonly Pick<Question, 'evidence'>[]): Promise<DocumentHash[]> {
    const named = new Set(questions.flatMap(({ evidence }) => evidence.map(({ document }) => document)))
    const all = await listDocuments(this.#db)
    const collections = new Set(all.filter(({ hash }) => named.has(hash)).flatMap((document) => document.collections))
    return all.filter((document) => document.collections.some((id) => collections.has(id))).map(({ hash }) => hash)
  }

  #whole(hash: DocumentHash) {
    const kept = this.#read.get(hash) ?? this.#fetch(hash)
    this.#read.set(hash, kept)
    return kept
  }

  async #fetch(hash: DocumentHash) {
    const document = await getDocument(this.#db, hash)
    return document && { document, passages: await getPassages(this.#db, hash) }
  }
}
