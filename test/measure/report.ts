/** What a benchmark or an evaluation hands to the runner, which prints it and fails when a floor is missed. */
export interface Report {
  name: string
  title: string
  columns: string[]
  rows: (string | number)[][]
  floors: Floor[]
  /** What could not be measured here, and why. */
  skipped?: string[]
  notes?: string[]
}

/** A bound that the issue of this report sets. */
export interface Floor {
  name: string
  /** As it is stated: "F1 >= .52". */
  floor: string
  value: number | string
  held: boolean
}
