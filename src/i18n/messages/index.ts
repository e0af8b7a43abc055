import type { Language } from '../../domain'
import type { Messages } from '../message'
import * as app from './app'
import * as chat from './chat'
import * as error from './errors'
import * as library from './library'
import * as models from './models'
import * as reader from './reader'

const en = { app: app.en, chat: chat.en, error: error.en, library: library.en, models: models.en, reader: reader.en }
const ja = { app: app.ja, chat: chat.ja, error: error.ja, library: library.ja, models: models.ja, reader: reader.ja }

/** All texts of the interface: part, then key. A text is asked for as `part.key`. */
export type Catalogue = typeof en
export type Part = keyof Catalogue

export const catalogues: Record<Language, Record<Part, Messages>> = { en, ja }
