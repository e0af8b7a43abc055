import type { Language } from '../../domain'
import type { Messages } from '../message'
import * as adapters from './adapters'
import * as app from './app'
import * as chat from './chat'
import * as error from './errors'
import * as lab from './lab'
import * as labCosts from './lab-costs'
import * as labPage from './lab-page'
import * as labQuestions from './lab-questions'
import * as labRuns from './lab-runs'
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
  labCosts: labCosts.en,
  labPage: labPage.en,
  labQuestions: labQuestions.en,
  labRuns: labRuns.en,
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
  labCosts: labCosts.ja,
  labPage: labPage.ja,
  labQuestions: labQuestions.ja,
  labRuns: labRuns.ja,
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
