// The page's one outbox, for marks and for what of the talk is no mark: answers and ticks.

import { Sending } from "./sending.js"

let only

export function sendings() {
  only ??= new Sending(`unsent:${document.body.dataset.reader ?? ""}:`)
  return only
}
