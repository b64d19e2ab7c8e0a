// One connection to the campaign's log. It says which keys have become stale, misses nothing, and heals by itself.
//
// Hints come over a socket, at most once; so every one carries its sequence number, gaps are asked for again, and each
// (re)connection says how far this page has read. Without a socket the log is polled.

import { io } from "socket.io-client"
import { identity } from "../lib/http.js"

const GAP_MS = 300
const QUIET_MS = 2000
const POLL_MS = 5000
const ACK_MS = 10000

const sockets = new Map()

// The socket of a campaign's log, for what else goes over it; there as soon as the log is followed.
export function socketOf(campaign) {
  return place(campaign).socket
}

export class Live {
  #socket
  #ahead = new Set()
  #gap = null
  #quiet = null
  #poll = null
  #over = false

  // on: { stale(keys), staleAll(), row(seq, row), missing(), online(), offline(), reload() }
  constructor({ campaign, seq, guest }, on) {
    Object.assign(this, { campaign, seq, guest, on })
  }

  start() {
    const auth = this.guest ? { guest: this.guest } : {}
    this.#socket = io({ transports: ["websocket"], auth, reconnectionDelay: 500, reconnectionDelayMax: 4000 })
    this.#socket.on("connect", () => this.#join())
    this.#socket.on("hint", (hint) => this.#hear(hint))
    this.#socket.on("disconnect", () => this.#fallSilent())
    this.#socket.on("connect_error", () => this.#fallSilent())
    addEventListener("offline", this.#fallSilent)
    addEventListener("online", this.#return)
    document.addEventListener("visibilitychange", this.#return)
    place(this.campaign).give(this.#socket)
    this.#fallSilent()
  }

  stop() {
    this.#over = true
    for (const timer of [this.#gap, this.#quiet, this.#poll]) clearTimeout(timer)
    removeEventListener("offline", this.#fallSilent)
    removeEventListener("online", this.#return)
    document.removeEventListener("visibilitychange", this.#return)
    this.#socket?.disconnect()
  }

  async #join() {
    const asked = { campaign_id: this.campaign, seq: this.seq }
    try {
      this.#joined(await this.#socket.timeout(ACK_MS).emitWithAck("join", asked))
    } catch {
      this.#fallSilent()
    }
  }

  #joined(answer) {
    if (answer.reload) return this.on.reload()
    if (answer.error) return this.#fallSilent()
    this.#speakAgain()
    this.#catchUp(answer.missed, answer.seq)
  }

  #hear(hint) {
    if (hint.campaign_id !== this.campaign || hint.seq <= this.seq) return
    this.#ahead.add(hint.seq)
    this.on.stale(hint.keys)
    if (hint.row) this.on.row(hint.seq, hint.row)
    while (this.#ahead.delete(this.seq + 1)) this.seq += 1
    this.#watchGap()
  }

  // A number was passed over: it may be on its way, lost, or not for this reader. Only the log knows.
  #watchGap() {
    clearTimeout(this.#gap)
    if (this.#ahead.size) this.#gap = setTimeout(() => this.#join(), GAP_MS)
  }

  #catchUp(events, seq) {
    for (const event of events.filter((one) => one.seq > this.seq && !this.#ahead.has(one.seq))) {
      if (event.keys) this.on.stale(event.keys)
      else this.on.staleAll()
      if (event.row) this.on.row(event.seq, event.row)
    }
    if (events.some((one) => one.seq > this.seq && !one.row && one.name.startsWith("annotation."))) this.on.missing() // a poll brings no rows
    this.seq = Math.max(this.seq, seq)
    this.#ahead = new Set([...this.#ahead].filter((heard) => heard > this.seq))
  }

  #speakAgain() {
    clearTimeout(this.#quiet)
    clearTimeout(this.#poll)
    this.#quiet = this.#poll = null
    this.on.online()
  }

  #fallSilent = () => {
    if (this.#over || this.#quiet || this.#poll) return
    this.#quiet = setTimeout(() => { this.#quiet = null; this.#ask() }, QUIET_MS)
  }

  #return = () => {
    if (!this.#poll || document.hidden) return
    clearTimeout(this.#poll)
    this.#ask()
  }

  async #ask() {
    this.#poll = setTimeout(() => this.#ask(), POLL_MS)
    if (document.hidden) return
    try {
      await this.#read()
    } catch {
      if (this.#poll && !this.#over) this.on.offline()
    }
  }

  async #read() {
    const url = `/api/v1/campaigns/${this.campaign}/events?after=${this.seq}`
    const answer = await fetch(url, { headers: { Accept: "application/json", ...identity() }, cache: "no-store", signal: AbortSignal.timeout(POLL_MS) })
    if ([401, 403, 404].includes(answer.status)) return this.on.reload()
    if (!answer.ok) throw new Error(`events: ${answer.status}`)
    const { items, seq } = await answer.json()
    if (!this.#poll) return
    this.on.online()
    this.#catchUp(items, seq)
  }
}

function place(campaign) {
  if (!sockets.has(campaign)) {
    const promised = {}
    promised.socket = new Promise((give) => { promised.give = give })
    sockets.set(campaign, promised)
  }
  return sockets.get(campaign)
}
