// A stroke as it is shown to the others while it is drawn: its end exactly, the rest with no more points than the eye needs.

const MOST_POINTS = 160
const DIGITS = 1e4

export function thinned(shape) {
  if (shape.type !== "stroke") return shape
  const every = Math.ceil(shape.points.length / MOST_POINTS)
  const last = shape.points.length - 1
  const points = shape.points.filter((_, index) => index % every === 0 || index === last)
  return { ...shape, points: points.map((point) => point.map((value) => Math.round(value * DIGITS) / DIGITS)) }
}
