import { DownloadService } from '../src/engines/model-files/download/service'
import { expose } from '../src/threads/expose'

expose(new DownloadService())
