// What a mark is called, and where it is, for those who do not see it. words: as _stage.html has them

import { boundsOf } from "./shapes.js"

const MOST = 80 // characters of a note that are read out with its mark

export function named({ number, shape, author, resolved, body }, words) {
  const parts = [number ? words.note.replace("{}", number) : words.unsaved, words[shape.type], words.by.replace("{}", author.name)]
  if (resolved) parts.push(words.done)
  const said = body ? `: ${body.length > MOST ? `${body.slice(0, MOST)}…` : body}` : ""
  return parts.join(", ") + said
}

// In percent of the page.
export function whereabouts(shape, words) {
  const { left, top, right, bottom } = boundsOf(shape)
  const percent = Object.fromEntries(Object.entries({ left, top, width: right - left, height: bottom - top }).map(([name, value]) => [name, Math.round(value * 100)]))
  return (shape.type === "pin" ? words.at : words.spread).replace(/\{(\w+)\}/g, (_, name) => percent[name])
}
