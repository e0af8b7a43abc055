import '../src/security/trusted-types'
import { WebLlmService } from '../src/engines/llm/webllm/service'
import { expose } from '../src/threads/expose'

expose(new WebLlmService())
