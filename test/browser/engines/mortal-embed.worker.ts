import '../../../src/security/trusted-types'
import { EmbedService } from '../../../src/engines/embedding/service'
import { expose } from '../../../src/threads/expose'
import { openSideDoor } from './side-door'

/** The embedding worker, whose graphics processor can be taken away. */
openSideDoor()
expose(new EmbedService())
