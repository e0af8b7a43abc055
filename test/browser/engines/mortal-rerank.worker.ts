import '../../../src/security/trusted-types'
import { RerankService } from '../../../src/engines/reranking/service'
import { expose } from '../../../src/threads/expose'
import { openSideDoor } from './side-door'

/** The reranking worker, whose graphics processor can be taken away. */
openSideDoor()
expose(new RerankService())
