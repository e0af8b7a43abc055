/** Lets the browser save a file under its name, as a download that never touches the network. */
export function saveFile(file: File): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = file.name
  link.click()
  // The download has been handed over by then; the memory would otherwise be held until the page is closed.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
