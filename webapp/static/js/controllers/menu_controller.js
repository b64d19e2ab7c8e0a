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
    if (event.key === "Escape" && this.element.open) return this.#close(event)
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const items = this.#items
    if (!step || !this.element.open || !items.length) return
    event.preventDefault()
    const at = items.indexOf(document.activeElement)
    items.at(at < 0 && step < 0 ? -1 : (at + step) % items.length).focus()
  }

  #close(event) {
    event.preventDefault() // it backs out of this, and of nothing else
    this.element.open = false
    this.element.querySelector("summary").focus()
  }

  get #items() {
    return Array.from(this.element.querySelectorAll("a, button")).filter((item) => item.checkVisibility())
  }
}
