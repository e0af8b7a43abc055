import type { Database } from '../storage/database'
import { getSetting, setSetting } from '../storage/settings'
import {
  clamp,
  DEFAULT_WIDTHS,
  fitWidths,
  NARROW,
  PANES,
  widthByKey,
  widthLimits,
  type PaneId,
  type PaneWidths,
  type SidePane,
} from './pane-sizes'

/** Which panes are shown and how wide they are; kept across visits. */
export class Panes {
  /** Width of the window in CSS pixels. */
  total = $state(1440)
  /** The pane shown where there is room for one only. */
  current = $state<PaneId>('chat')
  #wanted = $state.raw<PaneWidths>(DEFAULT_WIDTHS)
  #hidden = $state.raw<readonly PaneId[]>([])
  readonly #db: Database

  readonly narrow = $derived(this.total < NARROW)
  /** Widths as shown: what was wanted, made to fit the window. */
  readonly widths = $derived(fitWidths(this.#wanted, this.#hidden, this.total))

  constructor(db: Database) {
    this.#db = db
  }

  async load(): Promise<void> {
    const kept = await getSetting(this.#db, 'panes')
    if (!kept) return
    this.#wanted = { library: kept.library, reader: kept.reader }
    this.#hidden = kept.hidden
  }

  visible(pane: PaneId): boolean {
    return this.narrow ? this.current === pane : !this.#hidden.includes(pane)
  }

  /** Brings a pane into view. */
  show(pane: PaneId): void {
    this.current = pane
    if (this.#hidden.includes(pane)) this.#setHidden(this.#hidden.filter((other) => other !== pane))
  }

  /** Shows or hides a pane; the last one stays. */
  toggle(pane: PaneId): void {
    if (this.narrow || this.#hidden.includes(pane)) this.show(pane)
    else if (this.#hidden.length < PANES.length - 1) this.#setHidden([...this.#hidden, pane])
  }

  limits(pane: SidePane): { min: number; max: number } {
    return widthLimits(pane, this.widths, this.#hidden, this.total)
  }

  resize(pane: SidePane, width: number): void {
    this.#wanted = { ...this.widths, [pane]: clamp(width, this.limits(pane)) }
    this.#keep()
  }

  /** Returns whether the key was one of the separator's. */
  resizeByKey(pane: SidePane, key: string, shift: boolean): boolean {
    const width = widthByKey(pane, this.widths[pane], key, shift, this.limits(pane))
    if (width !== undefined) this.resize(pane, width)
    return width !== undefined
  }

  reset(): void {
    this.#wanted = DEFAULT_WIDTHS
    this.#setHidden([])
  }

  #setHidden(hidden: readonly PaneId[]): void {
    this.#hidden = hidden
    this.#keep()
  }

  #timer: ReturnType<typeof setTimeout> | undefined

  /** Dragging gives a width per frame; one write after it has come to rest is enough. */
  #keep(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      void setSetting(this.#db, 'panes', { ...this.#wanted, hidden: [...this.#hidden] }).catch(() => undefined)
    }, 300)
  }
}
