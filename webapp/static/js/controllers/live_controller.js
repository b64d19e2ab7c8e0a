// The page moves by itself: joins the campaign's log and renews what has become stale.
import { Controller } from "@hotwired/stimulus"
import { Live } from "../models/live.js"
import { Refresh } from "../models/refresh.js"

const RELOAD_PAUSE_MS = 20000

export default class extends Controller {
  static values = { campaign: String, seq: Number }

  connect() {
    this.refresh = new Refresh()
    this.live = new Live({ campaign: this.campaignValue, seq: this.seqValue, guest: this.element.dataset.guest }, {
      stale: (keys) => this.refresh.stale([...keys, `log_${this.campaignValue}`]), // that key: whatever is recorded
      staleAll: () => this.refresh.staleAll(),
      row: (seq, row) => this.dispatch("row", { detail: { seq, row } }),
      online: () => this.#tell(true),
      offline: () => this.#tell(false),
      reload: () => this.#reload(),
    })
    this.live.start()
  }

  disconnect() {
    this.live.stop()
    this.refresh.stop()
  }

  #tell(online) {
    this.element.dataset.online = online
    document.getElementById("offline").hidden = online
  }

  // Drafts outlive a reload. A second one at once would only turn in circles, so the page then stays as it is.
  #reload() {
    const last = Number(sessionStorage.getItem("reloaded-at") ?? 0)
    if (Date.now() - last < RELOAD_PAUSE_MS) return this.#tell(false)
    sessionStorage.setItem("reloaded-at", Date.now())
    location.reload()
  }
}
