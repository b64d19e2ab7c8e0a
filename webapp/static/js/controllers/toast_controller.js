// What was just done, for as long as it matters: until the way back closes, else a few seconds more than reading takes.
import { Controller } from "@hotwired/stimulus"

const READING_MS = 6000
const LEAST_MS = 1000
const MOST_MS = 2 ** 31 - 1 // a timer cannot be longer

export default class extends Controller {
  static targets = ["close"]
  static values = { until: String }

  connect() {
    if (this.hasCloseTarget) this.closeTarget.hidden = false
    this.timer = setTimeout(() => this.#leave(), this.#left)
  }

  disconnect() {
    clearTimeout(this.timer)
  }

  dismiss() {
    this.element.remove()
  }

  // Nothing leaves while someone is on it, except an offer that no longer holds.
  #leave() {
    if (this.element.matches(":hover, :focus-within") && !this.untilValue) this.timer = setTimeout(() => this.#leave(), READING_MS)
    else this.element.remove()
  }

  get #left() {
    return this.untilValue ? Math.min(MOST_MS, Math.max(LEAST_MS, new Date(this.untilValue) - Date.now())) : READING_MS
  }
}
