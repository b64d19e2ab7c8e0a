// The threads as they stand in the page: which are shown, which one the reader is at, what comes before and after it.

export class Threads {
  // root: the element that holds the list, whatever is renewed inside it
  constructor(root) {
    this.root = root
  }

  get all() {
    return Array.from(this.root.querySelectorAll(".thread[id^=note-]"))
  }

  get shown() {
    return this.all.filter((thread) => !thread.hidden)
  }

  of(id) {
    return this.root.querySelector(`#note-${CSS.escape(id)}`)
  }

  // choices: a set of open, must, later, mine, internal, shared; several at once are narrower
  filter({ choices, words }) {
    const wanted = folded(words)
    for (const thread of this.all) thread.hidden = ![...choices].every((choice) => is(thread, choice)) || !folded(told(thread)).includes(wanted)
  }

  select(id) {
    for (const thread of this.all) {
      if (thread.id === `note-${id}`) thread.setAttribute("aria-current", "true")
      else thread.removeAttribute("aria-current")
    }
  }

  // The id of the next (1) or previous (-1) one that is shown; round and round.
  beside(id, step) {
    const shown = this.shown
    const at = shown.findIndex((thread) => thread.id === `note-${id}`)
    const next = at < 0 ? (step > 0 ? 0 : -1) : (at + step) % shown.length
    return shown.at(next)?.id.slice("note-".length) ?? null
  }
}

// Text as a search compares it: without accents, in lower case.
export function folded(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().trim()
}

function is(thread, choice) {
  const { state, priority, audience } = thread.dataset
  if (choice === "open") return state !== "done"
  if (choice === "mine") return "mine" in thread.dataset
  return choice === priority || choice === audience
}

function told(thread) {
  return Array.from(thread.querySelectorAll(".thread__head b, .thread__body, .reply__body"), (part) => part.textContent).join("\n")
}
