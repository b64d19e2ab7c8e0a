// One file on its way: a ticket is asked for, its parts go straight to the store, and the ticket is closed.
//
// Four parts at a time, three tries each with growing waits; a part that stands still for a minute is tried again.
// The ETags go back exactly as they came, quotes included.

import { postJSON, Refused, sentence } from "../lib/http.js"
import { uuid } from "../lib/uuid.js"
import { wait } from "../lib/wait.js"

const PARALLEL = 4
const WAITS_MS = [1000, 4000]
const STALL_MS = 60000

export class Ticket {
  #stop = new AbortController()
  #sentBytes = new Map()
  #key = uuid()

  // target: { campaign_id?, deliverable_id?, asset_id? }; on: { progress(fraction), waiting(), closing() }
  constructor(url, file, target, on) {
    Object.assign(this, { url, file, target, on })
  }

  stop() {
    this.#stop.abort(new DOMException("stopped", "AbortError"))
  }

  // Resolves to { version, same }: same is true if these bytes already were the current version.
  // Rejects with Refused (the server's sentence), AbortError, or a network error.
  async send() {
    const ticket = (await this.#persist(() => this.#open())).body
    const etags = await this.#sendParts(ticket)
    this.on.closing()
    const answer = await this.#persist(() => this.#close(ticket, etags))
    return { version: answer.body, same: answer.status === 200 }
  }

  #open() {
    const asked = { filename: this.file.name, size_bytes: this.file.size, ...this.target }
    if (this.file.type) asked.media_type = this.file.type
    return postJSON(this.url, asked, { key: this.#key, signal: this.#stop.signal })
  }

  #close(ticket, etags) {
    const parts = ticket.parts.map(({ number }) => ({ number, etag: etags.get(number) }))
    return postJSON(`${this.url}/${ticket.id}/complete`, { parts }, { key: `${this.#key}-close`, signal: this.#stop.signal })
  }

  async #sendParts(ticket) {
    const etags = new Map()
    const waiting = [...ticket.parts]
    const lane = async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) {
        etags.set(part.number, await this.#persist(() => this.#put(part, this.#slice(part, ticket.part_size_bytes))))
      }
    }
    await Promise.all(Array.from({ length: PARALLEL }, lane)).catch((problem) => { this.stop(); throw problem })
    return etags
  }

  #slice({ number }, size) {
    return this.file.slice((number - 1) * size, number * size)
  }

  async #persist(attempt) {
    for (const ms of WAITS_MS) {
      try {
        return await attempt()
      } catch (problem) {
        if (!isPassing(problem)) throw problem
        this.on.waiting()
        await wait(ms, this.#stop.signal)
      }
    }
    return attempt()
  }

  // fetch cannot tell how far an upload is, so this is the older way.
  #put(part, bytes) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      let stall
      const watch = () => { clearTimeout(stall); stall = setTimeout(() => request.abort(), STALL_MS) }
      request.open("PUT", part.url)
      for (const [name, value] of Object.entries(part.headers ?? {})) request.setRequestHeader(name, value)
      request.upload.onprogress = (event) => { watch(); this.#count(part.number, event.loaded) }
      request.onloadend = () => { clearTimeout(stall); this.#settle(request, part, bytes, resolve, reject) }
      this.#stop.signal.addEventListener("abort", () => request.abort(), { once: true })
      watch()
      request.send(bytes)
    })
  }

  #settle(request, part, bytes, resolve, reject) {
    const ok = request.status >= 200 && request.status < 300
    this.#count(part.number, ok ? bytes.size : 0)
    if (ok) resolve(request.getResponseHeader("ETag"))
    else if (this.#stop.signal.aborted) reject(this.#stop.signal.reason)
    else if (request.status) reject(new Refused(request.status, sentence(request.responseText)))
    else reject(new TypeError("network"))
  }

  #count(number, bytes) {
    this.#sentBytes.set(number, bytes)
    const sent = Array.from(this.#sentBytes.values()).reduce((sum, one) => sum + one, 0)
    this.on.progress(this.file.size ? Math.min(1, sent / this.file.size) : 1)
  }
}

// Worth another try: the network, a server that is short of something, never a refusal.
function isPassing(problem) {
  if (problem.name === "AbortError") return false
  return !(problem instanceof Refused) || problem.status >= 500 || [408, 425, 429].includes(problem.status)
}
