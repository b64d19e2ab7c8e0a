// A row of tools is one stop of the Tab key; arrows walk it.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  connect() {
    this.element.addEventListener("keydown", this.#key)
    this.element.addEventListener("focusin", this.#came)
    this.#reach(this.#items[0])
  }

  disconnect() {
    this.element.removeEventListener("keydown", this.#key)
    this.element.removeEventListener("focusin", this.#came)
  }

  // What lies in a menu of it has arrows of its own.
  #key = (event) => {
    const items = this.#items
    const at = items.indexOf(event.target)
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    items.at(to % items.length).focus()
  }

  #came = ({ target }) => {
    if (this.#items.includes(target)) this.#reach(target)
  }

  #reach(chosen) {
    for (const item of this.#all) item.tabIndex = item === chosen ? 0 : -1
  }

  get #items() {
    return this.#all.filter((item) => item.checkVisibility())
  }

  get #all() {
    return Array.from(this.element.querySelectorAll(".tool, .view__percent, .view__word"))
  }
}
