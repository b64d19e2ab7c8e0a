// The others in the room: who looks, where they point, what they draw, who writes. Nothing of it is kept anywhere.
//
// What happens here goes up at most every 33 ms, the newest only, and not at all while nobody else is there; what comes
// down is fired on the room's events. Fires "people" and "writers" itself. After each (re)connection it looks again.

import { Pace } from "./pace.js"
import { thinned } from "./thinning.js"

const WRITES_MS = 4000
const ACK_MS = 10000

export class Together extends EventTarget {
  people = []
  #connections = new Map() // {sid: key} of whoever has shown something
  #writing = new Map() // {key: {name, timer}}
  #paces = new Map()
  #audience
  #listening = new AbortController()

  constructor(room, socket) {
    super()
    Object.assign(this, { room, socket, version: room.data.version.id, me: room.data.me })
    this.#audience = room.data.audience
  }

  start() {
    const { signal } = this.#listening
    const hear = (name, what) => this.room.events.addEventListener(name, ({ detail }) => what(detail), { signal })
    hear("stroke", (stroke) => this.#draw(stroke))
    hear("pointer", ({ x, y, page }) => this.#send("pointer", { page: page ?? 1, x, y }))
    hear("audience", ({ audience }) => { this.#audience = audience })
    hear("typing", ({ id }) => this.#send("typing", { id: id ?? null, audience: this.#audience }))
    this.room.marks.addEventListener("changed", ({ detail }) => this.#said(this.room.marks.get(detail.id)), { signal })
    for (const [name, what] of this.#heard) this.socket.on(name, what)
    if (this.socket.connected) this.#look()
  }

  stop() {
    this.#listening.abort()
    for (const [name, what] of this.#heard) this.socket.off(name, what)
    for (const pace of this.#paces.values()) pace.stop()
    for (const { timer } of this.#writing.values()) clearTimeout(timer)
  }

  get others() {
    return this.people.filter(({ key }) => key !== this.me.key)
  }

  get writers() {
    return [...this.#writing.values()].map(({ name }) => name)
  }

  #heard = Object.entries({
    connect: () => this.#look(),
    disconnect: () => this.#alone(),
    presence: (told) => told.version_id === this.version && this.#meet(told.people),
    stroke: (told) => told.version_id === this.version && this.#seeStroke(told),
    pointer: (told) => told.version_id === this.version && this.#seePointer(told),
    typing: (told) => told.version_id === this.version && this.#seeWriting(told),
  })

  async #look() {
    try {
      const { people } = await this.socket.timeout(ACK_MS).emitWithAck("look", { version_id: this.version, alone: true })
      if (people) this.#meet(people)
    } catch { /* it went again: the next connection looks again */ }
  }

  // A long stroke is shown with fewer points while it is drawn; the mark itself comes whole, by the log.
  #draw({ id, shape, page, audience, colour, done }) {
    this.#send("stroke", { id, page: page ?? 1, shape: shape && thinned(shape), audience: audience ?? this.#audience, ...(colour && { colour }), done: Boolean(done) }, { now: done })
  }

  #send(name, said, { now = false } = {}) {
    if (!this.others.length) return
    if (!this.#paces.has(name)) this.#paces.set(name, new Pace((message) => this.#emit(name, message)))
    this.#paces.get(name).put(said, { now })
  }

  // The end of a stroke is worth waiting for; nothing is, once the connection has gone.
  #emit(name, said) {
    if (!this.socket.connected) return
    const way = said.done ? this.socket : this.socket.volatile
    way.emit(name, { version_id: this.version, ...said })
  }

  #meet(people) {
    this.people = people
    const here = new Set(people.map(({ key }) => key))
    for (const [sid, key] of this.#connections) if (!here.has(key)) this.#leave(sid)
    for (const key of this.#writing.keys()) if (!here.has(key)) this.#stopWriting(key)
    this.#tell("people")
  }

  #alone() {
    for (const sid of [...this.#connections.keys()]) this.#leave(sid)
    for (const key of [...this.#writing.keys()]) this.#stopWriting(key)
  }

  #leave(sid) {
    this.#connections.delete(sid)
    this.#fire("remote-left", { sid })
  }

  #seeStroke({ from, id, shape, page, colour, done }) {
    this.#connections.set(from.sid, from.key)
    if (shape) this.#fire("remote-stroke", { from, id, shape, page, colour: colour ?? "blue", done })
    else this.#fire("remote-erased", { id })
  }

  // One's own hand in another tab is no stranger.
  #seePointer({ from, x, y, page }) {
    if (from.key === this.me.key) return
    this.#connections.set(from.sid, from.key)
    this.#fire("remote-pointer", { from, x, y, page })
  }

  #seeWriting({ from: { key, name } }) {
    if (key === this.me.key) return
    clearTimeout(this.#writing.get(key)?.timer)
    this.#writing.set(key, { name, timer: setTimeout(() => this.#stopWriting(key), WRITES_MS) })
    this.#tell("writers")
  }

  // What they were writing has come.
  #said(row) {
    const key = (row?.replies?.at(-1) ?? row)?.author?.key
    if (key && row.body) this.#stopWriting(key)
  }

  #stopWriting(key) {
    clearTimeout(this.#writing.get(key)?.timer)
    if (this.#writing.delete(key)) this.#tell("writers")
  }

  #fire(name, detail) {
    this.room.events.dispatchEvent(new CustomEvent(name, { detail }))
  }

  #tell(name) {
    this.dispatchEvent(new CustomEvent(name))
  }
}
