// The order in which marks are read: page by page, in lines from the top, each from the left (as review/reading.py has it).

import { boundsOf } from "./shapes.js"

const BAND = 0.05

export function inReadingOrder(rows) {
  const pages = Map.groupBy ? Map.groupBy(rows, (row) => row.page) : grouped(rows)
  return [...pages.keys()].sort((a, b) => a - b).flatMap((page) => byLines(pages.get(page)))
}

function byLines(rows) {
  const marks = rows.map((row) => ({ row, ...boundsOf(row.shape) })).sort((a, b) => a.top - b.top || a.left - b.left)
  const lines = []
  for (const mark of marks) {
    if (lines.length && mark.top <= lines.at(-1)[0].top + BAND) lines.at(-1).push(mark)
    else lines.push([mark])
  }
  return lines.flatMap((line) => line.sort((a, b) => a.left - b.left || a.top - b.top).map(({ row }) => row))
}

function grouped(rows) {
  const pages = new Map()
  for (const row of rows) pages.set(row.page, [...(pages.get(row.page) ?? []), row])
  return pages
}
