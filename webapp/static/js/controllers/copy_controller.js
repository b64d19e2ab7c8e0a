// Copies a link and says so where the finger is.
import { Controller } from "@hotwired/stimulus"

const SAID_MS = 2500

export default class extends Controller {
  static targets = ["text", "word"]
  static values = { done: String }

  async copy() {
    this.select()
    try {
      await navigator.clipboard.writeText(this.textTarget.value)
    } catch {
      document.execCommand("copy") // where the page came over plain http, the clipboard API is missing
    }
    this.#say()
  }

  select() {
    this.textTarget.select()
  }

  #say() {
    this.word ??= this.wordTarget.textContent
    this.wordTarget.textContent = this.doneValue
    clearTimeout(this.timer)
    this.timer = setTimeout(() => { this.wordTarget.textContent = this.word }, SAID_MS)
  }
}
