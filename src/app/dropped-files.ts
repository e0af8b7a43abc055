/** Whether something that is dragged or pasted holds files. */
export const hasFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') ?? false

/** A dropped file with its path from the dropped folder on; of one that was dropped alone its name. */
interface Dropped {
  path: string
  file: File
}

/** The files that were dropped, those inside dropped folders included, in the order of the folders. */
export const droppedFiles = async (data: DataTransfer): Promise<File[]> =>
  (await droppedPaths(data)).map(({ file }) => file)

/** The same with their paths. */
export async function droppedPaths(data: DataTransfer): Promise<Dropped[]> {
  // Entries have to be asked for before the first await: afterwards the list is empty.
  const entries = [...data.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry())
  const plain = [...data.files]
  if (!entries.some((entry) => entry?.isDirectory)) return plain.map((file) => ({ path: file.name, file }))
  const files = await Promise.all(entries.map((entry) => (entry ? filesOf(entry) : [])))
  return files.flat()
}

async function filesOf(entry: FileSystemEntry): Promise<Dropped[]> {
  if (entry.name.startsWith('.')) return []
  if (entry instanceof FileSystemFileEntry) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ path: entry.fullPath.replace(/^\//, ''), file }]
  }
  if (!(entry instanceof FileSystemDirectoryEntry)) return []
  const files = await Promise.all((await entriesOf(entry)).map(filesOf))
  return files.flat()
}

/** `readEntries` gives at most 100 at a time, and an empty list at the end. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (!some.length) return all.sort((a, b) => a.name.localeCompare(b.name))
    all.push(...some)
  }
}
