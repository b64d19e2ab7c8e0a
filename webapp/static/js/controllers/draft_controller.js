// What is written in this form is kept until the server has it, and no refresh takes it away meanwhile.
import { Controller } from "@hotwired/stimulus"
import { forget, keep, keyOf, kept, sent } from "../models/drafts.js"
import { isEdited } from "../models/editing.js"

export default class extends Controller {
  connect() {
    this.key = keyOf(this.element)
    this.#restore()
    this.element.addEventListener("input", this.#keep)
    this.element.addEventListener("submit", this.#send)
  }

  disconnect() {
    this.element.removeEventListener("input", this.#keep)
    this.element.removeEventListener("submit", this.#send)
  }

  #restore() {
    for (const [name, value] of Object.entries(kept(this.key))) {
      const field = this.#fields.find((one) => one.name === name)
      if (field && !field.value) field.value = value
    }
    this.#guard()
  }

  #keep = () => {
    keep(this.key, Object.fromEntries(this.#fields.map((field) => [field.name, field.value])))
    this.#guard()
  }

  #send = (event) => {
    if (event.defaultPrevented) return
    if (this.#fields.some((field) => field.value.trim())) sent(this.key)
    else forget(this.key)
  }

  #guard() {
    this.element.toggleAttribute("data-turbo-permanent", isEdited(this.element))
  }

  get #fields() {
    return Array.from(this.element.querySelectorAll("textarea[name], input[name]:is([type=text], [type=search], [type=url], [type=email], :not([type]))"))
  }
}
