// Whom an @ in a text is about to name: what was typed of the name, who matches, and the text once one is chosen.

import { folded } from "./threads.js"

const BEGUN = /(?<![\p{L}\p{N}@])@([\p{L}\p{N}][\p{L}\p{N} .'’-]{0,60}|)$/u
const MOST = 6

// What stands between the last @ before the caret and the caret; null where no name has begun.
export function begun(text, caret) {
  return BEGUN.exec(text.slice(0, caret))?.[1] ?? null
}

// Those one of whose names begins so, of whom may read it.
export function matching(people, typed, { teamOnly }) {
  const wanted = folded(typed)
  const named = people.filter((one) => (!teamOnly || one.kind === "team") && begins(folded(one.name), wanted))
  return named.length === 1 && folded(named[0].name) === wanted ? [] : named.slice(0, MOST)
}

// [text, caret] with the name in the place of what was typed of it.
export function completed(text, caret, typed, name) {
  const before = text.slice(0, caret - typed.length) + name
  const after = text.slice(caret)
  const gap = /^\s/.test(after) ? "" : " "
  return [before + gap + after, before.length + 1]
}

function begins(name, wanted) {
  return name.startsWith(wanted) || name.split(/[\s-]+/).some((word) => word.startsWith(wanted))
}
