// Marks without a pointer: put down in the middle of the view, moved and sized by arrows, written on with Enter.

import { grown, moved, placed } from "./shapes.js"

const STEP = 8 // pixels of the screen; with Alt one
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export class Keyboard {
  // on: { tool(), width(), may(), made(shape), compose(id), told(id) }
  constructor({ viewer, marks, stage, on }) {
    Object.assign(this, { viewer, marks, stage, on })
  }

  // Whether the key meant something here.
  press(event) {
    if (event.key in ARROWS) return this.#arrow(event)
    if (event.key === "Enter") return this.#enter()
    if (["Delete", "Backspace"].includes(event.key)) return this.#delete()
    return false
  }

  // A fifth of what is in sight, about its middle, wherever that lies on the page.
  place(type) {
    const { across, down } = this.#sight
    const { x, y } = this.viewer.middle
    const middle = { x: Math.min(Math.max(x, 0), 1), y: Math.min(Math.max(y, 0), 1) }
    this.on.made(placed(type, middle, { across: Math.min(across, 1), down: Math.min(down, 1) }, this.on.width()))
  }

  #enter() {
    const tool = this.on.tool()
    if (!["select", "hand"].includes(tool)) {
      if (this.on.may()) this.place(tool)
      return true
    }
    if (this.marks.selected) this.on.compose(this.marks.selected)
    return Boolean(this.marks.selected)
  }

  #delete() {
    const id = this.marks.selected
    if (!id || !this.marks.isMine(id) || this.marks.get(id).replies.length) return false
    this.on.removed(id)
    return true
  }

  #arrow(event) {
    const [across, down] = ARROWS[event.key]
    const id = this.marks.selected
    const shape = id && this.marks.isMine(id) && this.on.may() ? this.marks.get(id)?.shape : null
    const step = event.altKey ? 1 : STEP
    if (!shape) {
      this.viewer.panBy(across * step * 8, down * step * 8)
      return true
    }
    const [dx, dy] = this.#onPage(across * step, down * step)
    this.marks.change(id, { shape: event.shiftKey ? grown(shape, dx, dy) : moved(shape, dx, dy) })
    this.on.told(id)
    return true
  }

  // So many pixels of the screen, in fractions of the page: to the right is to the right in a view that is turned, too.
  #onPage(dx, dy) {
    const [from, to] = [this.viewer.toPage(0, 0), this.viewer.toPage(dx, dy)]
    return [to.x - from.x, to.y - from.y]
  }

  get #sight() {
    const { left, top, right, bottom } = this.stage.getBoundingClientRect()
    const [a, b] = [this.viewer.toPage(left, top), this.viewer.toPage(right, bottom)]
    return { across: Math.abs(b.x - a.x), down: Math.abs(b.y - a.y) }
  }
}
