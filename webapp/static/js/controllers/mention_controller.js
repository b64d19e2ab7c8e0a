// An @ in the text offers those who may read it: a list under the arrows, as a combobox is.
import { Controller } from "@hotwired/stimulus"
import { begun, completed, matching } from "../models/mentions.js"

export default class extends Controller {
  static targets = ["field", "list", "person"]

  look() {
    const typed = begun(this.fieldTarget.value, this.fieldTarget.selectionEnd)
    const found = typed === null ? [] : matching(this.#people, typed, { teamOnly: this.#isInternal }).map((one) => one.element)
    for (const person of this.personTargets) person.hidden = !found.includes(person)
    this.#open(found)
  }

  key(event) {
    if (this.listTarget.hidden) return
    const act = { ArrowDown: () => this.#walk(1), ArrowUp: () => this.#walk(-1), Enter: () => this.#choose(), Tab: () => this.#choose(), Escape: () => this.shut() }[event.key]
    if (!act || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    event.stopImmediatePropagation()
    act()
  }

  pick(event) {
    event.preventDefault() // the field keeps the focus
    this.#complete(event.currentTarget)
  }

  shut() {
    this.#open([])
  }

  #open(found) {
    this.listTarget.hidden = found.length === 0
    this.fieldTarget.setAttribute("aria-expanded", found.length > 0)
    this.#mark(found[0] ?? null)
  }

  #mark(person) {
    for (const one of this.personTargets) one.setAttribute("aria-selected", one === person)
    if (person) this.fieldTarget.setAttribute("aria-activedescendant", person.id)
    else this.fieldTarget.removeAttribute("aria-activedescendant")
    person?.scrollIntoView({ block: "nearest" })
  }

  #walk(step) {
    const offered = this.personTargets.filter((person) => !person.hidden)
    this.#mark(offered.at((offered.indexOf(this.#marked) + step) % offered.length))
  }

  #choose() {
    this.#complete(this.#marked)
  }

  #complete(person) {
    const { value, selectionEnd } = this.fieldTarget
    const [text, caret] = completed(value, selectionEnd, begun(value, selectionEnd) ?? "", person.dataset.name)
    this.fieldTarget.value = text
    this.fieldTarget.setSelectionRange(caret, caret)
    this.fieldTarget.focus()
    this.shut()
    this.fieldTarget.dispatchEvent(new Event("input", { bubbles: true }))
  }

  get #marked() {
    return this.personTargets.find((person) => person.getAttribute("aria-selected") === "true")
  }

  get #people() {
    return this.personTargets.map((element) => ({ element, name: element.dataset.name, kind: element.dataset.kind }))
  }

  get #isInternal() {
    return this.element.querySelector("[name=audience]:checked")?.value === "internal"
  }
}
