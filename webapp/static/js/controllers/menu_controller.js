// A <details> that behaves like a menu: Escape and a click elsewhere close it, arrows walk it.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  connect() {
    document.addEventListener("click", this.#outside)
    this.element.addEventListener("keydown", this.#key)
  }

  disconnect() {
    document.removeEventListener("click", this.#outside)
    this.element.removeEventListener("keydown", this.#key)
  }

  #outside = (event) => {
    if (!this.element.contains(event.target)) this.element.open = false
  }

  #key = (event) => {
    if (event.key === "Escape" && this.element.open) return this.#close()
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || !this.element.open) return
    event.preventDefault()
    const at = this.#items.indexOf(document.activeElement)
    this.#items.at((at + step) % this.#items.length)?.focus()
  }

  #close() {
    this.element.open = false
    this.element.querySelector("summary").focus()
  }

  get #items() {
    return Array.from(this.element.querySelectorAll("a, button"))
  }
}
