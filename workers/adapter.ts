import { AdapterService } from '../src/app/adapters/examine'
import { expose } from '../src/threads/expose'

expose(new AdapterService())
