import type { Attachment } from 'svelte/attachments'

/**
 * While the pointer selects, an invisible block after the last span fills the page, so that moving through the empty
 * space between lines does not select everything up to the start of the page (the spans lie there in no flow). In
 * Chromium the block has to follow the end of the selection in the DOM.
 */
export const holdSelection: Attachment<HTMLElement> = (layer) => {
  const listening = new AbortController()
  const { signal } = listening
  const end = document.createElement('div')
  end.className = 'end'

  const finish = () => {
    delete layer.dataset['selecting']
    end.remove()
  }
  const follow = () => {
    const selection = getSelection()
    const focus = selection?.focusNode
    if (!('selecting' in layer.dataset) || !selection || !focus || !layer.contains(focus)) return
    const span = focus instanceof Element ? focus : focus.parentElement
    if (span?.parentElement !== layer || span === end) return
    const backwards = selection.direction === 'backward'
    const neighbour = backwards ? span.previousSibling : span.nextSibling
    if (neighbour === end) return
    if (backwards) span.before(end)
    else span.after(end)
  }
  layer.addEventListener(
    'pointerdown',
    () => {
      layer.append(end)
      layer.dataset['selecting'] = ''
    },
    { signal },
  )
  document.addEventListener('pointerup', finish, { signal })
  document.addEventListener('pointercancel', finish, { signal })
  document.addEventListener('selectionchange', follow, { signal })
  return () => listening.abort()
}

const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff00-\uff60]/u

/** What the user has selected, as running text: lines joined by a space, between Japanese characters by nothing. */
export function selectedText(selection: Selection): string {
  const text = selection.toString().replaceAll('\0', '').trim()
  return text.replace(/(.?)[ \t]*\n\s*(.?)/gu, (_, before: string, after: string) =>
    CJK.test(before) && CJK.test(after) ? before + after : `${before} ${after}`,
  )
}

/** Number of the page or part in which the selection begins; undefined when that is outside of `pane`. */
export function selectedPage(selection: Selection, pane: HTMLElement): number | undefined {
  if (selection.isCollapsed || selection.rangeCount === 0) return undefined
  const { startContainer } = selection.getRangeAt(0)
  const element = startContainer instanceof Element ? startContainer : startContainer.parentElement
  const page = element?.closest<HTMLElement>('[data-page]')
  return page && pane.contains(page) ? Number(page.dataset['page']) : undefined
}
