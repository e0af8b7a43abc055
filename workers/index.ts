import { IndexService } from '../src/retrieval/service'
import { fetchLexicon } from '../src/retrieval/soft-lexicon/fetch'
import { openDatabase } from '../src/storage/database'
import { expose } from '../src/threads/expose'

expose(new IndexService((closed) => openDatabase({ onBlocking: closed, onTerminated: closed }), fetchLexicon))
