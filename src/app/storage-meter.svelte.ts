import { persist, storageUsage, type StorageUsage } from '../storage/usage'

/** How much this page keeps on the disk, and whether the browser promised not to clear it. */
export class StorageMeter {
  usage = $state.raw<StorageUsage>({ persisted: false })
  refused = $state(false)

  async refresh(): Promise<void> {
    this.usage = await storageUsage()
  }

  async keep(): Promise<void> {
    this.refused = !(await persist())
    await this.refresh()
  }
}
