// One's own acts, and the way back: undo and redo, in the order they were done.

export class History {
  #done = []
  #undone = []
  #acting = null

  // joins: within so many milliseconds the same thing done again is one step
  did(act, { joins = 0 } = {}) {
    if (this.#acting) return
    const last = this.#done.at(-1)
    this.#undone = []
    if (last && last.id === act.id && last.joins && performance.now() - last.at < joins) {
      Object.assign(last, { redo: act.redo, at: performance.now() })
    } else {
      this.#done.push({ ...act, joins, at: performance.now() })
    }
  }

  // The id of what was undone; null when there is nothing.
  undo() {
    return this.#move(this.#done, this.#undone, "undo")
  }

  redo() {
    return this.#move(this.#undone, this.#done, "redo")
  }

  #move(from, to, way) {
    const act = from.pop()
    if (!act) return null
    to.push(act)
    this.#acting = act
    act[way]()
    this.#acting = null
    return act.id
  }
}
