// Renews the parts of a page that have become stale, each from its own address, morphed in place.
//
// Keys gather for 50 ms; then the outermost elements that depend on any of them are fetched together. One round runs at
// a time and the next begins with whatever came meanwhile, so that an old answer is never laid over a newer one.

import { identity } from "../lib/http.js"
import { holdsWork, isHeld } from "./editing.js"

const GATHER_MS = 50
const RETRY_MS = 2000
const TIMEOUT_MS = 10000
const GLOW_MS = 1600

export class Refresh {
  #keys = new Set()
  #everything = false
  #running = false
  #timer = null
  #etags = new Map()

  // The parts that depend on these keys are stale.
  stale(keys) {
    for (const key of keys) this.#keys.add(key)
    this.#schedule(GATHER_MS)
  }

  // So much may have happened that every live part is asked.
  staleAll() {
    this.#everything = true
    this.#schedule(GATHER_MS)
  }

  stop() {
    clearTimeout(this.#timer)
    this.#running = true
  }

  #schedule(ms) {
    if (this.#running || this.#timer) return
    this.#timer = setTimeout(() => this.#round(), ms)
  }

  async #round() {
    this.#timer = null
    this.#running = true
    const elements = outermost(this.#take())
    const failed = (await Promise.all(elements.map((element) => this.#renew(element)))).flat()
    this.#running = false
    for (const key of failed) this.#keys.add(key)
    if (this.#keys.size || this.#everything) this.#schedule(failed.length ? RETRY_MS : GATHER_MS)
  }

  #take() {
    const [keys, everything] = [this.#keys, this.#everything]
    this.#keys = new Set()
    this.#everything = false
    return liveElements().filter((element) => everything || keysOf(element).some((key) => keys.has(key)))
  }

  // Resolves to the keys that must be asked again.
  async #renew(element) {
    try {
      await this.#fetch(element, element.dataset.liveSrc)
      return []
    } catch {
      return keysOf(element)
    }
  }

  async #fetch(element, src) {
    const headers = { Accept: "text/html", "X-Fragment": "1", ...identity() }
    if (this.#etags.has(src)) headers["If-None-Match"] = this.#etags.get(src)
    const answer = await fetch(src, { headers, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (answer.status === 304) return
    if (answer.status === 404 || answer.status === 410) return remove(element)
    if (answer.status === 401 || answer.status === 403 || answer.redirected) return location.reload()
    if (!answer.ok) throw new Error(`${src}: ${answer.status}`)
    const fresh = parse(await answer.text())
    const etag = answer.headers.get("ETag")
    if (await morph(element, fresh) && etag) this.#etags.set(src, etag)
    else this.#etags.delete(src)
  }
}

function liveElements() {
  return Array.from(document.querySelectorAll("[data-live][data-live-src]"))
}

function keysOf(element) {
  return element.dataset.live.split(/\s+/).filter(Boolean)
}

function outermost(elements) {
  const chosen = new Set(elements)
  return elements.filter((element) => {
    for (let above = element.parentElement; above; above = above.parentElement) if (chosen.has(above)) return false
    return true
  })
}

function parse(html) {
  const template = document.createElement("template")
  template.innerHTML = html.trim()
  return template.content.firstElementChild
}

// It is shown to this reader no more. Whoever has more to say of that keeps it.
function remove(element) {
  const gone = new CustomEvent("live:gone", { bubbles: true, cancelable: true })
  if (element.dispatchEvent(gone) && !holdsWork(element)) element.remove()
}

// True if everything was renewed; false if something was left because a person is at work in it.
async function morph(element, fresh) {
  if (!fresh || !element.isConnected) return false
  const { morphElements } = await turbo()
  const before = pictures(element)
  let complete = true
  const leave = (current, next) => next ? isHeld(current) : holdsWork(current)
  morphElements(element, fresh, {
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed(current, next) {
        if (!(current instanceof Element) || !leave(current, next)) return true
        complete = false
        return false
      },
    },
  })
  glow(element, before)
  element.dispatchEvent(new CustomEvent("live:renewed", { bubbles: true }))
  return complete
}

let loaded

// Turbo is fetched when first needed, and put to rest: only its morph is wanted.
function turbo() {
  loaded ??= import("@hotwired/turbo").then((module) => { module.session.stop(); return module })
  return loaded
}

function parts(element) {
  return [element, ...element.querySelectorAll("[id][data-live]")].filter((part) => part.id)
}

function pictures(element) {
  return new Map(parts(element).map((part) => [part.id, picture(part)]))
}

// What a person can see of it: the tokens that forms carry are new each time.
function picture(part) {
  return part.outerHTML.replace(/<input[^>]*type="hidden"[^>]*>/g, "")
}

// The deepest parts that differ from what was there glow once.
function glow(element, before) {
  const changed = parts(element).filter((part) => before.get(part.id) !== picture(part))
  for (const part of changed.filter((one) => !changed.some((other) => other !== one && one.contains(other)))) {
    part.setAttribute("data-changed", "")
    setTimeout(() => part.removeAttribute("data-changed"), GLOW_MS)
  }
}

// Whether something is unfolded is the reader's choice, not the server's.
addEventListener("turbo:before-morph-attribute", (event) => {
  if (event.target.matches("details, dialog") && event.detail.attributeName === "open") event.preventDefault()
})
