// The page moves by itself: joins its campaign's log, or those of a page that shows several, and renews what is stale.
import { Controller } from "@hotwired/stimulus"
import { Live } from "../models/live.js"
import { Refresh } from "../models/refresh.js"

const RELOAD_PAUSE_MS = 20000

export default class extends Controller {
  static values = { campaign: String, seq: Number, others: Object } // others: { campaign id: seq }

  connect() {
    this.refresh = new Refresh()
    this.logs = [this.#follow(this.campaignValue, this.seqValue, (online) => this.#tell(online))]
    for (const [campaign, seq] of Object.entries(this.othersValue)) this.logs.push(this.#follow(campaign, seq, () => {}))
  }

  disconnect() {
    for (const log of this.logs) log.stop()
    this.refresh.stop()
  }

  #follow(campaign, seq, tell) {
    const log = new Live({ campaign, seq, guest: this.element.dataset.guest }, {
      stale: (keys) => this.refresh.stale([...keys, `log_${campaign}`]), // that key: whatever is recorded
      staleAll: () => this.refresh.staleAll(),
      row: (at, row) => this.dispatch("row", { detail: { seq: at, row } }),
      missing: () => this.dispatch("missing"),
      online: () => tell(true),
      offline: () => tell(false),
      reload: () => this.#reload(),
    })
    log.start()
    return log
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
