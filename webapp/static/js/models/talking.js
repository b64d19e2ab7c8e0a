// What of the talk is no mark: answers and ticks, sent through one outbox for the whole page.

import { Sending } from "./sending.js"

let only

export function sendings() {
  only ??= new Sending(`unsent:${document.body.dataset.reader ?? ""}:`)
  return only
}
