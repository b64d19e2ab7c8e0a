// A place to drop files. Each gets a line that says honestly how far it is and what became of it.
import { Controller } from "@hotwired/stimulus"
import { Refused } from "../lib/http.js"
import { Ticket } from "../models/ticket.js"

export default class extends Controller {
  static targets = ["input", "list", "row"]
  static values = { url: String, campaign: String, deliverable: String, asset: String, next: String, lost: String }

  over(event) {
    event.preventDefault()
    this.element.dataset.over = "true"
  }

  leave(event) {
    if (!this.element.contains(event.relatedTarget)) delete this.element.dataset.over
  }

  drop(event) {
    event.preventDefault()
    delete this.element.dataset.over
    this.#take(event.dataTransfer.files)
  }

  // Files that were dropped or pasted somewhere else on the page.
  given({ detail: { files } }) {
    this.#take(files)
  }

  choose() {
    this.#take(this.inputTarget.files)
    this.inputTarget.value = ""
  }

  #take(files) {
    const chosen = this.inputTarget.multiple ? Array.from(files) : Array.from(files).slice(0, 1)
    for (const file of chosen) this.#send(file, this.#addRow(file))
  }

  async #send(file, row) {
    const ticket = new Ticket(this.urlValue, file, this.#target, {
      progress: (fraction) => row.progress(fraction),
      waiting: () => row.say("waiting"),
      closing: () => row.say("closing"),
    })
    row.start({ stop: () => ticket.stop(), again: () => this.#send(file, row), dismiss: () => this.#dismiss(row) })
    try {
      this.#done(row, await ticket.send())
    } catch (problem) {
      row.fail(problem, problem instanceof Refused && problem.message ? problem.message : this.lostValue)
    }
  }

  #done(row, { version, same }) {
    row.finish(same ? "same" : "done")
    this.dispatch("done", { detail: { version } })
    if (this.nextValue && !same) location.assign(this.nextValue.replace(/%7Bid%7D|\{id\}/, version.id))
  }

  // The focus goes where another file can be chosen.
  #dismiss(row) {
    row.element.remove()
    this.inputTarget.focus()
  }

  #addRow(file) {
    this.listTarget.append(this.rowTarget.content.cloneNode(true))
    return new Row(this.listTarget.lastElementChild, file)
  }

  get #target() {
    const target = { campaign_id: this.campaignValue, deliverable_id: this.deliverableValue, asset_id: this.assetValue }
    return Object.fromEntries(Object.entries(target).filter(([, value]) => value))
  }
}

class Row {
  constructor(element, file) {
    this.element = element
    this.word = element.querySelector(".upload__word")
    this.bar = element.querySelector("progress")
    element.querySelector(".upload__name").textContent = file.name
    for (const button of element.querySelectorAll("[data-does]")) button.addEventListener("click", () => this.acts[button.dataset.does]())
  }

  start(acts) {
    this.acts = acts
    this.bar.value = 0
    this.#become("sending")
    this.say("sending")
  }

  progress(fraction) {
    this.bar.value = Math.round(fraction * 100)
    this.word.textContent = `${this.word.dataset.sending} ${this.bar.value}\u00a0%`
  }

  say(what) {
    this.word.textContent = this.word.dataset[what]
  }

  finish(what) {
    this.#become("done")
    this.say(what)
  }

  fail(problem, sentence) {
    const stopped = problem.name === "AbortError"
    this.#become(stopped ? "stopped" : "bad")
    this.word.textContent = stopped ? this.word.dataset.stopped : sentence
  }

  #become(state) {
    this.element.dataset.state = state
    this.element.querySelector("[data-does=stop]").hidden = state !== "sending"
    this.element.querySelector("[data-does=again]").hidden = !["bad", "stopped"].includes(state)
    this.element.querySelector("[data-does=dismiss]").hidden = state === "sending"
  }
}
