// The notes of the version: what the server says of them, and over it what this browser has changed and not yet been told.
//
// Fires "changed" {id}, "saved" {id}, "refused" {id, message}, "selected" {id} and "pending".

import { uuid } from "../lib/uuid.js"
import { sendings } from "./talking.js"

export class Marks extends EventTarget {
  #rows = new Map() // as the server has them
  #ours = new Map() // {id: [{patch}, …]} not yet acknowledged, the oldest first
  selected = null

  constructor(data) {
    super()
    this.data = data
    for (const row of data?.annotations ?? []) this.#rows.set(row.id, row)
    this.outbox = sendings()
    this.outbox.addEventListener("pending", () => this.#tell("pending"))
    for (const [key, { body }] of this.outbox.kept) this.#takeUp(key, body)
  }

  all() {
    return [...new Set([...this.#rows.keys(), ...this.#ours.keys()])].map((id) => this.get(id)).filter(Boolean)
  }

  get(id) {
    const patches = this.#ours.get(id) ?? []
    const row = this.#rows.get(id)
    if (!row && !patches.length) return null
    const merged = patches.reduce((all, { patch }) => ({ ...all, ...patch }), { ...row })
    return merged.deleted ? null : merged
  }

  // From the server: a hint, what was missed, or an answer.
  put(row) {
    if (row.deleted) this.#rows.delete(row.id)
    else this.#rows.set(row.id, row)
    if (row.deleted && this.selected === row.id) this.select(null)
    this.#tell("changed", { id: row.id })
  }

  add({ shape = null, page = 1, body = "", audience, colour, priority }) {
    const id = uuid()
    const said = Object.fromEntries(Object.entries({ id, shape, page, body, audience, colour, priority }).filter(([name, value]) => value != null || name === "shape"))
    this.#send(id, `note:${id}`, "POST", `/api/v1/versions/${this.data.version.id}/annotations`, said, this.#begun(said))
    return id
  }

  change(id, patch) {
    this.#send(id, `change:${id}:${uuid()}`, "PATCH", `/api/v1/annotations/${id}`, patch, patch)
  }

  remove(id) {
    this.#send(id, `change:${id}:${uuid()}`, "DELETE", `/api/v1/annotations/${id}`, undefined, { deleted: true })
    if (this.selected === id) this.select(null)
  }

  restore(id) {
    this.#send(id, `change:${id}:${uuid()}`, "POST", `/api/v1/annotations/${id}/restoration`, {}, { deleted: false })
  }

  select(id) {
    if (this.selected === id) return
    this.selected = id
    this.#tell("selected", { id })
  }

  get pending() {
    return this.outbox.pending
  }

  async #send(id, key, method, url, body, patch) {
    const change = { patch }
    this.#ours.set(id, [...(this.#ours.get(id) ?? []), change])
    this.#tell("changed", { id })
    try {
      const row = await this.outbox.send(key, { method, url, body })
      this.#acknowledge(id, change)
      this.put(row ?? { id, deleted: true })
      this.#tell("saved", { id })
    } catch (refused) {
      this.#acknowledge(id, change)
      this.#tell("changed", { id })
      this.#tell("refused", { id, message: refused.message })
    }
  }

  #acknowledge(id, change) {
    const left = (this.#ours.get(id) ?? []).filter((one) => one !== change)
    if (left.length) this.#ours.set(id, left)
    else this.#ours.delete(id)
  }

  // What an earlier visit had not got through is still shown, and under way.
  #takeUp(key, body) {
    if (!key.startsWith("note:") || !this.data || !this.outbox.kept.get(key).url.includes(this.data.version.id)) return
    const change = { patch: this.#begun(body) }
    this.#ours.set(body.id, [change])
    this.outbox.addEventListener(`answer:${key}`, ({ detail: { row } }) => {
      this.#acknowledge(body.id, change)
      if (row) this.put(row)
      else this.#tell("changed", { id: body.id })
    }, { once: true })
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
