import type { PageSize } from './page-layout'

/** Either the page follows the pane, or the user has chosen a factor; 1 is the printed size. */
export type Zoom = { fit: 'width' | 'page' } | { factor: number }

/** CSS pixels per point at factor 1: a CSS inch is 96 pixels, a point the 72nd of an inch. */
export const PIXELS_PER_POINT = 96 / 72

export const SMALLEST_FACTOR = 0.25
export const LARGEST_FACTOR = 4

const STEPS = [0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4]

const clamp = (factor: number): number => Math.min(LARGEST_FACTOR, Math.max(SMALLEST_FACTOR, factor))

/**
 * The factor that `zoom` comes to for a page of `size` points in a pane of `pane` CSS pixels, of which `margin` on each
 * side stay free. Between 0.25 and 4. Running text, which has no pages, always fits: 1.
 */
export function zoomFactor(zoom: Zoom, size: PageSize | undefined, pane: PageSize, margin: number): number {
  if ('factor' in zoom) return clamp(zoom.factor)
  if (!size) return 1
  const wide = (pane.width - 2 * margin) / (size.width * PIXELS_PER_POINT)
  const high = (pane.height - 2 * margin) / (size.height * PIXELS_PER_POINT)
  const factor = zoom.fit === 'width' ? wide : Math.min(wide, high)
  return Number.isFinite(factor) && factor > 0 ? clamp(factor) : 1
}

/** The next step above (`direction` 1) or below (-1) `factor`; the last one stays. */
export function zoomStep(factor: number, direction: 1 | -1): number {
  const tolerance = 0.005
  const next =
    direction === 1
      ? STEPS.find((step) => step > factor + tolerance)
      : STEPS.findLast((step) => step < factor - tolerance)
  return next ?? clamp(factor)
}
