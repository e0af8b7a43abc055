import '../src/security/trusted-types'
import { RerankService } from '../src/engines/reranking/service'
import { expose } from '../src/threads/expose'

expose(new RerankService())
