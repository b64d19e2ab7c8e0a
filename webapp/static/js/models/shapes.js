// Marks as geometry, in fractions of the page. Pure; the same shapes as review/geometry.py knows.

import { getStroke } from "perfect-freehand"

const DIGITS = 1e6 // a millionth of a page is far below a pixel
const HEAD = 0.028 // an arrow's head, in widths of the page

// size: the page's {width, height}, for what must keep its form on it. Resolves to an SVG path in fractions.
export function pathOf(shape, size) {
  const forms = { box: boxPath, ellipse: ellipsePath, arrow: arrowPath, stroke: strokePath }
  return forms[shape.type]?.(shape, size) ?? ""
}

export function boundsOf(shape) {
  if (shape.type === "pin") return { left: shape.x, top: shape.y, right: shape.x, bottom: shape.y }
  if (shape.type === "arrow") return around([[shape.x1, shape.y1], [shape.x2, shape.y2]])
  if (shape.type === "stroke") return around(shape.points)
  return { left: shape.x, top: shape.y, right: shape.x + shape.width, bottom: shape.y + shape.height }
}

// Where the number stands: beside the mark, on its upper right, at an arrow's tail.
export function anchorOf(shape) {
  if (shape.type === "pin") return { x: shape.x, y: shape.y }
  if (shape.type === "arrow") return { x: shape.x1, y: shape.y1 }
  const { right, top } = boundsOf(shape)
  return { x: right, y: top }
}

// A mark drawn from one point to another.
export function spanned(type, from, to) {
  const [a, b] = [inside(from), inside(to)]
  if (type === "pin") return tidy({ type, x: b.x, y: b.y })
  if (type === "arrow") return tidy({ type, x1: a.x, y1: a.y, x2: b.x, y2: b.y })
  return tidy({ type, x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) })
}

// points: [{x, y, pressure}]; width: a fraction of the page's width
export function stroked(points, width) {
  return tidy({ type: "stroke", points: points.map((point) => { const { x, y } = inside(point); return [x, y, point.pressure] }), width })
}

export function moved(shape, dx, dy) {
  const { left, top, right, bottom } = boundsOf(shape)
  const [byX, byY] = [clamp(dx, -left, 1 - right), clamp(dy, -top, 1 - bottom)]
  if (shape.type === "arrow") return tidy({ ...shape, x1: shape.x1 + byX, y1: shape.y1 + byY, x2: shape.x2 + byX, y2: shape.y2 + byY })
  if (shape.type === "stroke") return tidy({ ...shape, points: shape.points.map(([x, y, ...rest]) => [x + byX, y + byY, ...rest]) })
  return tidy({ ...shape, x: shape.x + byX, y: shape.y + byY })
}

// Where it can be taken hold of to change its form: {name, x, y}.
export function handlesOf(shape) {
  if (shape.type === "arrow") return [{ name: "tail", x: shape.x1, y: shape.y1 }, { name: "head", x: shape.x2, y: shape.y2 }]
  if (!["box", "ellipse"].includes(shape.type)) return []
  const { left, top, right, bottom } = boundsOf(shape)
  return [{ name: "left top", x: left, y: top }, { name: "right top", x: right, y: top }, { name: "left bottom", x: left, y: bottom }, { name: "right bottom", x: right, y: bottom }]
}

export function resized(shape, handle, to) {
  const at = inside(to)
  if (handle === "tail") return tidy({ ...shape, x1: at.x, y1: at.y })
  if (handle === "head") return tidy({ ...shape, x2: at.x, y2: at.y })
  const { left, top, right, bottom } = boundsOf(shape)
  const far = { x: handle.includes("left") ? right : left, y: handle.includes("top") ? bottom : top }
  return spanned(shape.type, far, at)
}

// By keyboard: the lower right corner, or the head, goes a little further.
export function grown(shape, dx, dy) {
  if (shape.type === "arrow") return resized(shape, "head", { x: shape.x2 + dx, y: shape.y2 + dy })
  if (!["box", "ellipse"].includes(shape.type)) return shape
  return tidy({ ...shape, width: clamp(shape.width + dx, 0.005, 1 - shape.x), height: clamp(shape.height + dy, 0.005, 1 - shape.y) })
}

// What a tool puts down without being drawn: a fifth of the view, about its middle.
export function placed(type, { x, y }, { across, down }, width) {
  if (type === "pin") return spanned("pin", { x, y }, { x, y })
  const [half, tall] = [across / 10, down / 10]
  if (type === "stroke") return stroked([{ x: x - half, y, pressure: 0.5 }, { x: x + half, y, pressure: 0.5 }], width)
  return spanned(type, { x: x - half, y: type === "arrow" ? y + tall : y - tall }, { x: x + half, y: type === "arrow" ? y - tall : y + tall })
}

function boxPath({ x, y, width, height }) {
  return `M${x} ${y}h${width}v${height}h${-width}Z`
}

function ellipsePath({ x, y, width, height }) {
  const [rx, ry] = [width / 2, height / 2]
  return `M${x} ${y + ry}a${rx} ${ry} 0 1 0 ${width} 0a${rx} ${ry} 0 1 0 ${-width} 0Z`
}

function arrowPath({ x1, y1, x2, y2 }, { width, height }) {
  const [dx, dy] = [(x2 - x1) * width, (y2 - y1) * height]
  const long = Math.hypot(dx, dy) || 1
  const head = Math.min(HEAD * width, long / 2)
  const side = (turn) => {
    const angle = Math.atan2(dy, dx) + Math.PI + turn
    return `M${x2 + (head * Math.cos(angle)) / width} ${y2 + (head * Math.sin(angle)) / height}L${x2} ${y2}`
  }
  return `M${x1} ${y1}L${x2} ${y2}${side(0.5)}${side(-0.5)}`
}

// The outline of a line that is thicker where it was pressed harder.
function strokePath({ points, width: wide }, { width, height }) {
  const pressed = points.some((point) => point.length > 2 && point[2] !== 0.5)
  const inPixels = points.map(([x, y, pressure = 0.5]) => [x * width, y * height, pressure])
  const outline = getStroke(inPixels, { size: wide * width, thinning: pressed ? 0.6 : 0, simulatePressure: false, smoothing: 0.5, streamline: 0 })
  return outline.length ? `M${outline.map(([x, y]) => `${x / width} ${y / height}`).join("L")}Z` : ""
}

function around(points) {
  const [across, down] = [points.map((point) => point[0]), points.map((point) => point[1])]
  return { left: Math.min(...across), top: Math.min(...down), right: Math.max(...across), bottom: Math.max(...down) }
}

function inside({ x, y }) {
  return { x: clamp(x, 0, 1), y: clamp(y, 0, 1) }
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most)
}

function tidy(shape) {
  const round = (value) => typeof value === "number" ? Math.round(value * DIGITS) / DIGITS : value
  const tidied = Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, Array.isArray(value) ? value.map((point) => point.map(round)) : round(value)]))
  if ("width" in tidied && "x" in tidied) tidied.width = Math.min(tidied.width, round(1 - tidied.x))
  if ("height" in tidied && "y" in tidied) tidied.height = Math.min(tidied.height, round(1 - tidied.y))
  return tidied
}
