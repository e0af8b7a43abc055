import { IndexService } from '../src/retrieval/service'
import { openDatabase } from '../src/storage/database'
import { expose } from '../src/threads/expose'

expose(new IndexService((closed) => openDatabase({ onBlocking: closed, onTerminated: closed })))
