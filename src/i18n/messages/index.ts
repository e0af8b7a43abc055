import type { Language } from '../../domain'
import type { Messages } from '../message'
import * as adapters from './adapters'
import * as app from './app'
import * as chat from './chat'
import * as error from './errors'
import * as lab from './lab'
import * as library from './library'
import * as models from './models'
import * as passages from './passages'
import * as reader from './reader'
import * as trace from './trace'

const en = {
  adapters: adapters.en,
  app: app.en,
  chat: chat.en,
  error: error.en,
  lab: lab.en,
  library: library.en,
  models: models.en,
  passages: passages.en,
  reader: reader.en,
  trace: trace.en,
}
const ja = {
  adapters: adapters.ja,
  app: app.ja,
  chat: chat.ja,
  error: error.ja,
  lab: lab.ja,
  library: library.ja,
  models: models.ja,
  passages: passages.ja,
  reader: reader.ja,
  trace: trace.ja,
}

/** All texts of the interface: part, then key. A text is asked for as `part.key`. */
export type Catalogue = typeof en
export type Part = keyof Catalogue

export const catalogues: Record<Language, Record<Part, Messages>> = { en, ja }
