/**
 * AssemblyScript, compiled by scripts/assemblyscript.ts: the loops of a search over int8 planes. Only baseline WebAssembly
 * SIMD; relaxed SIMD would gain a tenth and is computed wrongly by some engines (V8 11.3). The memory is imported; pointers
 * are byte offsets, those of rows and of the query aligned to 16 bytes; the dimension is a multiple of 16.
 *
 * src/retrieval/vector/kernels/scalar.ts is the same in JavaScript, step by step; the tests compare the two bit by bit.
 */

function sum(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  )
}

/**
 * One row after another: reading four rows side by side makes four streams from memory, and was 2 to 3 times slower for
 * what does not fit in the caches. A 16-bit query costs nothing here, since i32x4.dot_i16x8_s widens the rows anyway.
 */
function dot(coarse: usize, query: usize, dimension: usize): i32 {
  let a = i32x4.splat(0)
  let b = i32x4.splat(0)
  let c = i32x4.splat(0)
  let d = i32x4.splat(0)
  const end = coarse + dimension
  const pairs = coarse + (dimension & ~31)
  for (; coarse < pairs; coarse += 32, query += 64) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(query), v128.load_ext<i8>(coarse)))
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(query, 16), v128.load_ext<i8>(coarse, 8)))
    c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load(query, 32), v128.load_ext<i8>(coarse, 16)))
    d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load(query, 48), v128.load_ext<i8>(coarse, 24)))
  }
  if (coarse < end) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(query), v128.load_ext<i8>(coarse)))
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(query, 16), v128.load_ext<i8>(coarse, 8)))
  }
  return sum(i32x4.add(i32x4.add(a, b), i32x4.add(c, d)))
}

/** Puts `value` in place of the least of a full binary heap (least on top). */
function replaceLeast(heap: usize, size: i32, value: f32): void {
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    const left = load<f32>(heap + ((<usize>child) << 2))
    if (child + 1 < size && load<f32>(heap + ((<usize>(child + 1)) << 2)) < left) child++
    const least = load<f32>(heap + ((<usize>child) << 2))
    if (least >= value) break
    store<f32>(heap + ((<usize>at) << 2), least)
    at = child
  }
  store<f32>(heap + ((<usize>at) << 2), value)
}

/**
 * Writes the upper bound of each row's score to `upper` and keeps the greatest lower bounds in `heap`, which the caller
 * has filled with minus infinity. A row's score, in units of the query's step, lies within
 * residual × residualWeight + norm × normWeight of scale × (coarse · query).
 * @returns the greatest upper bound, minus infinity without rows
 */
export function scan(
  coarse: usize,
  scales: usize,
  residuals: usize,
  norms: usize,
  count: i32,
  dimension: usize,
  query: usize,
  residualWeight: f32,
  normWeight: f32,
  upper: usize,
  heap: usize,
  heapSize: i32,
): f32 {
  let greatest: f32 = -Infinity
  for (let row = 0; row < count; row++) {
    const at = (<usize>row) << 2
    const score = <f32>dot(coarse, query, dimension) * load<f32>(scales + at)
    const bound = load<f32>(residuals + at) * residualWeight + load<f32>(norms + at) * normWeight
    const most = score + bound
    store<f32>(upper + at, most)
    if (most > greatest) greatest = most
    if (heapSize > 0 && score - bound > load<f32>(heap)) replaceLeast(heap, heapSize, score - bound)
    coarse += dimension
  }
  return greatest
}

/** Writes the numbers of the rows whose upper bound reaches `least` to `rows` (int32); returns how many. */
export function collect(upper: usize, count: i32, least: f32, rows: usize): i32 {
  const limit = f32x4.splat(least)
  let end = rows
  let row = 0
  while (row < count) {
    const next = min(row + 4, count)
    const none = next == row + 4 && !v128.any_true(f32x4.ge(v128.load(upper + ((<usize>row) << 2)), limit))
    if (none) row = next
    for (; row < next; row++) {
      if (load<f32>(upper + ((<usize>row) << 2)) < least) continue
      store<i32>(end, row)
      end += 4
    }
  }
  return <i32>((end - rows) >> 2)
}

/** The i-th component of both planes together, in steps of scale / 254: at most 127 × 254 + 127, which an int16 holds. */
function both(coarse: usize, fine: usize): v128 {
  return i16x8.add(i16x8.mul(v128.load_ext<i8>(coarse), i16x8.splat(254)), v128.load_ext<i8>(fine))
}

/**
 * The inner product of each of `rows` with the query as it was given, in float64, to `scores`. Eight partial sums, added
 * in a fixed order, so that the same figures come out wherever this runs.
 * @param query dimension × float64
 */
export function rescore(
  coarse: usize,
  fine: usize,
  scales: usize,
  dimension: usize,
  query: usize,
  rows: usize,
  count: i32,
  scores: usize,
): void {
  for (let each = 0; each < count; each++) {
    const row = <usize>load<i32>(rows + ((<usize>each) << 2))
    const start = row * dimension
    let a = f64x2.splat(0)
    let b = f64x2.splat(0)
    let c = f64x2.splat(0)
    let d = f64x2.splat(0)
    for (let at: usize = 0; at < dimension; at += 8) {
      const values = both(coarse + start + at, fine + start + at)
      const low = i32x4.extend_low_i16x8_s(values)
      const high = i32x4.extend_high_i16x8_s(values)
      const from = query + (at << 3)
      a = f64x2.add(a, f64x2.mul(v128.load(from), f64x2.convert_low_i32x4_s(low)))
      b = f64x2.add(b, f64x2.mul(v128.load(from, 16), f64x2.convert_low_i32x4_s(upperHalf(low))))
      c = f64x2.add(c, f64x2.mul(v128.load(from, 32), f64x2.convert_low_i32x4_s(high)))
      d = f64x2.add(d, f64x2.mul(v128.load(from, 48), f64x2.convert_low_i32x4_s(upperHalf(high))))
    }
    const lanes = f64x2.add(f64x2.add(a, b), f64x2.add(c, d))
    const total = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1)
    store<f64>(scores + ((<usize>each) << 3), total * (<f64>load<f32>(scales + (row << 2)) / 254))
  }
}

function upperHalf(lanes: v128): v128 {
  return i64x2.shuffle(lanes, lanes, 1, 0)
}
