/** Colours of the page as they are now: canvases know nothing of custom properties, of themes and of contrast settings. */
export interface ChartColours {
  ink: string
  line: string
  surface: string
  /** In the order in which series take them. */
  series: readonly string[]
  font: string
}

const SERIES = ['--accent', '--danger', '--good', '--caution', '--ink-soft', '--mark-line'] as const

/** @param near an element whose place decides which values hold */
export function readColours(near: HTMLElement): ChartColours {
  const probe = document.createElement('span')
  probe.hidden = true
  near.append(probe)
  const colour = (name: string): string => {
    // Read as a colour and not as a property, which would be the text `light-dark(…)`.
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const colours = {
    ink: colour('--ink'),
    line: colour('--line'),
    surface: colour('--surface'),
    series: SERIES.map(colour),
    font: getComputedStyle(near).fontFamily,
  }
  probe.remove()
  return colours
}

/** Calls back when the theme of the page or of the system changes; returns how to stop. */
export function followColours(onchange: () => void): () => void {
  const controller = new AbortController()
  const { signal } = controller
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'])
    matchMedia(query).addEventListener('change', onchange, { signal })
  const observer = new MutationObserver(onchange)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'lang'] })
  return () => {
    controller.abort()
    observer.disconnect()
  }
}
