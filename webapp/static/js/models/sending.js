// What is said from here reaches the server once: kept in this browser until it has answered, and sent again until
// then. What is kept outlives a reload; ids made by the client make a second sending harmless.

import { headers, refusal, Refused } from "../lib/http.js"

const FIRST_WAIT_MS = 1000
const MOST_WAIT_MS = 15000
const ANSWERS_MS = 20000
const LATER = [408, 429] // too slow, too many: it stays until it can be said
const OUT = ["sign_in_needed", "csrf"] // signed out, or a page older than its session: it stays until the reader has come in again

// held  why the server takes nothing from this reader now: one of OUT
export class Sending extends EventTarget {
  held = null
  #wait = FIRST_WAIT_MS
  #timer = null
  #busy = false
  #awaited = new Set()

  // prefix  under which it is kept in this browser: what another reader has begun to say is not ours to send
  constructor(prefix) {
    super()
    this.prefix = prefix
    this.kept = new Map(stored(prefix))
    addEventListener("online", () => this.#soon())
    addEventListener("storage", (event) => this.#heard(event))
    if (this.kept.size) this.#soon()
  }

  // Resolves to the server's answer, rejects if it refuses; without a connection it takes as long as it takes.
  // id: of this one message, no two alike; it is the key under which the server does it once
  send(id, { method, url, body }) {
    const message = { method, url, body, at: Date.now() }
    this.kept.set(id, message)
    write(this.prefix + id, message)
    this.#tell()
    this.#soon()
    return this.answer(id)
  }

  // The server's answer to what is kept under this id, whichever of the reader's tabs had it.
  answer(id) {
    this.#awaited.add(id)
    return new Promise((resolve, reject) => {
      this.addEventListener(`answer:${id}`, ({ detail }) => detail.refused ? reject(detail.refused) : resolve(detail.row), { once: true })
    })
  }

  get pending() {
    return this.kept.size
  }

  #soon() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#round(), 0)
  }

  async #round() {
    if (this.#busy) return
    this.#busy = true
    try {
      while (this.kept.size) await this.#one(...this.#oldest)
      this.#wait = FIRST_WAIT_MS
    } catch {
      this.#timer = setTimeout(() => this.#round(), this.#wait)
      this.#wait = Math.min(MOST_WAIT_MS, this.#wait * 2)
    }
    this.#busy = false
  }

  // Throws when the server could not be reached or has no time for it.
  async #one(id, message) {
    const { method, url, body } = message
    const answer = await fetch(url, { method, headers: headers(id), body: body && JSON.stringify(body), signal: AbortSignal.timeout(ANSWERS_MS) })
    const refused = answer.ok ? null : await refusal(answer)
    this.#hold(OUT.includes(refused?.code) ? refused.code : null)
    if (answer.status >= 500 || LATER.includes(answer.status) || this.held || refused?.code === "unfinished") throw refused
    const row = answer.ok && answer.status !== 204 ? await answer.json() : null
    write(this.prefix + id, { ...message, answered: { row, refused: refused && { status: refused.status, message: refused.message, code: refused.code } } })
    this.#end(id, message, refused, row)
  }

  #end(id, message, refused, row) {
    this.kept.delete(id)
    if (!refused || this.#awaited.has(id) || this.#handOver(message.body, refused)) forget(this.prefix + id)
    else write(this.prefix + id, message)
    if (!this.kept.size) this.held = null
    this.dispatchEvent(new CustomEvent(`answer:${id}`, { detail: { refused, row } }))
    this.#tell()
  }

  // Another tab had the answer to what is kept here too.
  #heard({ key, newValue }) {
    if (!newValue || !key?.startsWith(this.prefix)) return
    const { answered, ...message } = JSON.parse(newValue)
    const id = key.slice(this.prefix.length)
    if (!answered || !this.kept.has(id)) return
    const { refused, row } = answered
    this.#end(id, message, refused && new Refused(refused.status, refused.message, refused.code), row)
  }

  #hold(why) {
    if (why === this.held) return
    this.held = why
    this.#tell()
  }

  // Words that an earlier page said and that are refused now go to whoever takes them up here; else to a later page.
  #handOver(body, refused) {
    if (!body?.body) return true
    return !this.dispatchEvent(new CustomEvent("refused", { cancelable: true, detail: { body: body.body, message: refused.message } }))
  }

  get #oldest() {
    return [...this.kept].reduce((first, one) => one[1].at < first[1].at ? one : first)
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("pending"))
  }
}

function stored(prefix) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix))
    return keys.map((key) => [key.slice(prefix.length), JSON.parse(localStorage.getItem(key))]).filter(([, { answered }]) => !answered).sort(([, a], [, b]) => a.at - b.at)
  } catch {
    return []
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch { /* full or refused: it is sent all the same while this page is open */ }
}

function forget(key) {
  try {
    localStorage.removeItem(key)
  } catch { /* there was nothing to forget */ }
}
