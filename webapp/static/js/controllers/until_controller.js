// What can be done for a while only: says how long, and goes when it is over.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static targets = ["word"]
  static values = { moment: String, words: String }

  connect() {
    this.timer = setInterval(() => this.#tell(), 1000)
    this.#tell()
  }

  disconnect() {
    clearInterval(this.timer)
  }

  #tell() {
    const left = Math.ceil((new Date(this.momentValue) - Date.now()) / 1000)
    if (left <= 0) return this.element.remove()
    this.wordTarget.textContent = this.wordsValue.replace("{}", left)
  }
}
