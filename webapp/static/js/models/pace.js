// Hands on what comes too fast at most every 33 ms: the newest only, the last always.

const PACE_MS = 33

export class Pace {
  #newest = null
  #timer = null
  #at = 0

  constructor(hand) {
    this.hand = hand
  }

  // now: this one is not to be replaced by another
  put(said, { now = false } = {}) {
    clearTimeout(this.#timer)
    this.#newest = said
    const due = this.#at + PACE_MS - performance.now()
    if (now || due <= 0) this.#go()
    else this.#timer = setTimeout(() => this.#go(), due)
  }

  stop() {
    clearTimeout(this.#timer)
  }

  #go() {
    this.#at = performance.now()
    this.hand(this.#newest)
  }
}
