// A sentence for the first visit; closed once, it does not come back in this browser.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static values = { key: String }

  connect() {
    this.element.hidden = this.#known
  }

  close() {
    this.element.hidden = true
    try {
      localStorage.setItem(`help:${this.keyValue}`, "known")
    } catch { /* refused by the browser: it comes again */ }
  }

  get #known() {
    try {
      return localStorage.getItem(`help:${this.keyValue}`) === "known"
    } catch {
      return false
    }
  }
}
