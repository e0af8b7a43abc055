import '../src/security/trusted-types'
import { LlmService } from '../src/engines/llm/onnx/service'
import { expose } from '../src/threads/expose'

expose(new LlmService())
