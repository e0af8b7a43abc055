import '../src/security/trusted-types'
import { EmbedService } from '../src/engines/embedding/service'
import { expose } from '../src/threads/expose'

expose(new EmbedService())
