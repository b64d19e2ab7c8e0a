// Light, dark, or as the system. A cookie carries the choice to the server, so that no page flashes.
import { Controller } from "@hotwired/stimulus"

const YEAR_SECONDS = 31536000

export default class extends Controller {
  static targets = ["choice"]

  connect() {
    this.element.hidden = false
  }

  choose({ currentTarget: { value } }) {
    const root = document.documentElement
    if (value === "auto") delete root.dataset.theme
    else root.dataset.theme = value
    document.cookie = `theme=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
    for (const choice of this.choiceTargets) choice.setAttribute("aria-pressed", choice.value === value)
  }
}
