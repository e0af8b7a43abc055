import { DownloadService } from '../../../../src/engines/model-files/download/service'
import { expose } from '../../../../src/threads/expose'

/** The download worker with little patience, so that tests need not wait for it. */
expose(new DownloadService({ stall: 400, pauses: [5, 5, 10, 10, 20], longestWait: 3000 }))
