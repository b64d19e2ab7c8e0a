// Reads the notes of a version again, where the log said that some changed and brought no rows: without a socket.

import { identity } from "../lib/http.js"

const MOST = 500 // rows a page of the list holds
const LATER_MS = 5000

let reading = null
let asked = false

// What is asked for while it reads is read once more afterwards.
export function readAgain(marks, version) {
  asked = true
  reading ??= read(marks, version)
    .catch(() => { setTimeout(() => readAgain(marks, version), LATER_MS) })
    .finally(() => { reading = null })
  return reading
}

async function read(marks, version) {
  while (asked) {
    asked = false
    const known = marks.all().filter((row) => !row.unsaved)
    const rows = await every(version)
    for (const row of rows) marks.put(row)
    for (const id of gone(known, rows)) marks.put({ id, version_id: version, deleted: true })
  }
}

async function every(version) {
  const rows = []
  let next = null
  do {
    const from = next ? `&next=${encodeURIComponent(next)}` : ""
    const answer = await fetch(`/api/v1/versions/${version}/annotations?limit=${MOST}${from}`, { headers: { Accept: "application/json", ...identity() }, cache: "no-store" })
    if (!answer.ok) throw new Error(`annotations: ${answer.status}`)
    const page = await answer.json()
    rows.push(...page.items)
    next = page.next
  } while (next)
  return rows
}

function gone(known, rows) {
  const there = new Set(rows.map((row) => row.id))
  return known.filter((row) => !there.has(row.id)).map((row) => row.id)
}
