// The notes of the version: what the server says of them, and over it what this browser has changed and not yet been told.
//
// Fires "changed" {id}, "saved" {id}, "refused" {id, message}, "selected" {id, inSight} and "pending".

import { uuid } from "../lib/uuid.js"
import { History } from "./history.js"
import { sendings } from "./talking.js"

const GATHER_MS = 250
const RECALLED = ["shape", "colour"] // what undo gives back: words have their own way back, in the history of the note

export class Marks extends EventTarget {
  #rows = new Map() // as the server has them
  #ours = new Map() // {id: [{patch}, …]} not yet acknowledged, the oldest first
  #gathered = new Map() // {id: {patch}} the last of those above, while more may be added to it before it is sent
  #removed = new Map() // what was there until it was deleted, to be shown again at once
  #told = new Map() // {id: how often the server has told of it}
  #timer = null
  history = new History()
  selected = null

  constructor(data) {
    super()
    this.data = data
    for (const row of data?.annotations ?? []) this.#rows.set(row.id, row)
    this.outbox = sendings()
    this.outbox.addEventListener("pending", () => this.#tell("pending"))
    for (const [key, message] of this.outbox.kept) this.#takeUp(key, message)
    addEventListener("pagehide", () => this.#sendGathered())
  }

  all() {
    return [...new Set([...this.#rows.keys(), ...this.#ours.keys()])].map((id) => this.get(id)).filter(Boolean)
  }

  get(id) {
    const patches = this.#ours.get(id) ?? []
    const row = this.#rows.get(id)
    if (!row && !patches.length) return null
    const merged = patches.reduce((all, { patch }) => ({ ...all, ...patch }), { ...row })
    return merged.deleted || !merged.version_id ? null : merged
  }

  isMine(id) {
    return this.get(id)?.author?.key === this.data?.me.key
  }

  // From the server: a hint, or what was missed.
  put(row) {
    this.#told.set(row.id, (this.#told.get(row.id) ?? 0) + 1)
    this.#keep(row)
  }

  #keep(row) {
    if (row.deleted && this.#rows.has(row.id)) this.#removed.set(row.id, this.#rows.get(row.id))
    if (row.deleted) this.#rows.delete(row.id)
    else this.#rows.set(row.id, row)
    if (row.deleted && this.selected === row.id) this.select(null)
    this.#tell("changed", { id: row.id })
  }

  add({ id = uuid(), shape = null, page = 1, body = "", audience, colour, priority }) {
    const said = Object.fromEntries(Object.entries({ id, shape, page, body, audience, colour, priority }).filter(([name, value]) => value != null || name === "shape"))
    this.#send(id, `note:${id}`, "POST", `/api/v1/versions/${this.data.version.id}/annotations`, said, { patch: this.#begun(said) })
    this.history.did({ id, undo: () => this.remove(id), redo: () => this.restore(id) })
    return id
  }

  // Changes that follow each other closely are sent as one.
  change(id, patch) {
    const before = this.get(id)
    if (!before) return
    const change = this.#gathered.get(id) ?? this.#begin(id, { patch: {} })
    Object.assign(change.patch, patch)
    this.#gathered.set(id, change)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#sendGathered(), GATHER_MS)
    this.#remember(id, before, patch)
    this.#tell("changed", { id })
  }

  remove(id) {
    this.#sendGathered()
    this.#send(id, `change:${id}:${uuid()}`, "DELETE", `/api/v1/annotations/${id}`, undefined, { patch: { deleted: true } })
    if (this.selected === id) this.select(null)
    this.history.did({ id, undo: () => this.restore(id), redo: () => this.remove(id) })
  }

  restore(id) {
    this.#send(id, `change:${id}:${uuid()}`, "POST", `/api/v1/annotations/${id}/restoration`, {}, { patch: { ...this.#removed.get(id), deleted: false } })
    this.history.did({ id, undo: () => this.remove(id), redo: () => this.restore(id) })
  }

  // One's own acts alone; the id of what was undone or done again, null where there is nothing.
  undo() {
    return this.history.undo()
  }

  redo() {
    return this.history.redo()
  }

  // inSight: the reader has it before their eyes already, so that nothing needs to be brought there
  select(id, { inSight = false } = {}) {
    if (this.selected === id) return
    this.selected = id
    this.#tell("selected", { id, inSight })
  }

  get pending() {
    return this.outbox.pending + this.#gathered.size
  }

  #sendGathered() {
    clearTimeout(this.#timer)
    const gathered = [...this.#gathered]
    this.#gathered.clear()
    for (const [id, change] of gathered) this.#hand(id, `change:${id}:${uuid()}`, "PATCH", `/api/v1/annotations/${id}`, change.patch, change)
  }

  #send(id, key, method, url, body, change) {
    this.#begin(id, change)
    this.#tell("changed", { id })
    this.#hand(id, key, method, url, body, change)
  }

  #begin(id, change) {
    this.#ours.set(id, [...(this.#ours.get(id) ?? []), change])
    return change
  }

  #hand(id, key, method, url, body, change) {
    return this.#settle(id, change, this.outbox.send(key, { method, url, body }))
  }

  // A hint that came while the answer was on its way is as new as the answer, or newer.
  async #settle(id, change, answered) {
    const told = this.#told.get(id)
    try {
      const row = await answered
      this.#acknowledge(id, change)
      if (this.#told.get(id) === told) this.#keep(row ?? { id, deleted: true })
      else this.#tell("changed", { id })
      this.#tell("saved", { id })
    } catch (refused) {
      this.#acknowledge(id, change)
      this.#tell("changed", { id })
      this.#tell("refused", { id, message: refused.message })
    }
  }

  #remember(id, before, patch) {
    const names = RECALLED.filter((name) => name in patch)
    if (!names.length) return
    const [old, now] = [before, patch].map((of) => Object.fromEntries(names.map((name) => [name, of[name]])))
    this.history.did({ id, undo: () => this.change(id, old), redo: () => this.change(id, now) }, { joins: GATHER_MS })
  }

  #acknowledge(id, change) {
    const left = (this.#ours.get(id) ?? []).filter((one) => one !== change)
    if (left.length) this.#ours.set(id, left)
    else this.#ours.delete(id)
  }

  // What an earlier page had not got through is still shown, and under way.
  #takeUp(key, { method, url, body }) {
    const [kind, id] = key.split(":")
    const ours = kind === "note" ? url.includes(this.data?.version.id) : kind === "change" && this.get(id)
    if (!ours) return
    const patch = { POST: () => kind === "note" ? this.#begun(body) : { deleted: false }, PATCH: () => body, DELETE: () => ({ deleted: true }) }
    const change = this.#begin(id, { patch: patch[method]() })
    this.#settle(id, change, this.outbox.answer(key))
  }

  #begun(said) {
    return {
      colour: "blue", priority: null, mentions: [], replies: [], resolved: false, frame: null, deleted: false, unsaved: true,
      version_id: this.data.version.id, author: this.data.me, created_at: new Date().toISOString(), ...said,
    }
  }

  #tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}
