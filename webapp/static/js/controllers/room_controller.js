// The keys of the room that belong to no tool, a file dropped or pasted anywhere, and the list of all keys.
import { Controller } from "@hotwired/stimulus"
import { isWriting } from "../lib/writing.js"

export default class extends Controller {
  static targets = ["keys", "keysButton", "version", "before", "after", "drop", "gone"]

  connect() {
    this.keysButtonTarget.hidden = false
    this.listening = new AbortController()
    const { signal } = this.listening
    this.element.addEventListener("live:gone", (event) => this.#tellGone(event), { signal })
    if (!this.hasDropTarget) return
    addEventListener("paste", (event) => this.#paste(event), { signal })
    this.element.addEventListener("dragover", (event) => this.#over(event), { signal })
    this.element.addEventListener("dragleave", (event) => event.relatedTarget || this.#leave(), { signal })
    this.element.addEventListener("drop", (event) => this.#dropped(event), { signal })
  }

  disconnect() {
    this.listening.abort()
  }

  key(event) {
    const typed = event.getModifierState("AltGraph") // which some keyboards need for a bracket, and some systems call Ctrl+Alt
    if (event.defaultPrevented || (!typed && (event.ctrlKey || event.metaKey || event.altKey)) || isWriting(event.target) || this.keysTarget.open) return
    const acts = {
      "?": () => this.keys(), "[": () => this.#version(-1), "]": () => this.#version(1), ",": () => this.#note(-1), ".": () => this.#note(1),
      j: () => this.#go(this.hasAfterTarget && this.afterTarget), k: () => this.#go(this.hasBeforeTarget && this.beforeTarget),
    }
    const act = acts[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    act()
  }

  keys() {
    this.keysTarget.showModal()
  }

  closeKeys() {
    this.keysTarget.close()
  }

  // As where a link shows the latest alone: what is on the screen stays, and the way to what is shown now is offered.
  #tellGone(event) {
    event.preventDefault()
    this.element.dataset.gone = "true"
    this.goneTarget.hidden = false
  }

  #version(step) {
    const at = this.versionTargets.findIndex((link) => link.hasAttribute("aria-current"))
    this.#go(this.versionTargets[at + step])
  }

  #go(link) {
    if (link) location.assign(link.href)
  }

  // By key the focus goes along: what can be done with the note is one Tab further.
  #note(step) {
    this.element.querySelector(`[data-note-step="${step}"]`)?.click()
    this.element.querySelector(".thread[aria-current=true] .thread__number")?.focus({ preventScroll: true })
  }

  #paste(event) {
    if (isWriting(event.target)) return
    this.#send(event.clipboardData?.files, event)
  }

  #over(event) {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    this.element.dataset.over = "true"
  }

  #leave() {
    delete this.element.dataset.over
  }

  #dropped(event) {
    this.#leave()
    if (!event.target.closest(".drop")) this.#send(event.dataTransfer?.files, event)
  }

  #send(files, event) {
    if (!files?.length) return
    event.preventDefault()
    this.dropTarget.querySelector(".drop").dispatchEvent(new CustomEvent("upload:files", { detail: { files: [...files] } }))
  }
}
