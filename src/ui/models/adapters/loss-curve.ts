export type Curve = readonly (readonly [step: number, loss: number])[]

/** Where the points of a curve lie in a picture, as the attribute `points` of an SVG polyline; least loss at the bottom. */
export function pointsOf(curve: Curve, width: number, height: number): string {
  const place = (values: number[], length: number) => {
    const least = Math.min(...values)
    const span = Math.max(...values) - least || 1
    return values.map((value) => Math.round(((value - least) / span) * length * 100) / 100)
  }
  const x = place(
    curve.map(([step]) => step),
    width,
  )
  const y = place(
    curve.map(([, loss]) => loss),
    height,
  )
  return curve.map((_, at) => `${x[at]},${Math.round((height - y[at]!) * 100) / 100}`).join(' ')
}

/** At most so many of a curve's points, evenly, the first and the last among them: what a table can hold. */
export function sampled(curve: Curve, most: number): Curve {
  if (curve.length <= most) return curve
  return Array.from({ length: most }, (_, at) => curve[Math.round((at * (curve.length - 1)) / (most - 1))]!)
}
