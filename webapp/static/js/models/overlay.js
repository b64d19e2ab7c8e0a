// The marks over the picture. Each is drawn once, in fractions of the page; pan, zoom and turn change one transform and
// the places of the numbers, which keep their size and stay in sight.

import { inReadingOrder } from "./order.js"
import { anchorOf, handlesOf, pathOf } from "./shapes.js"

const SVG = "http://www.w3.org/2000/svg"
const DROP = "M0 0V-12A12 12 0 1 1 12 0Z" // its point lies on the mark, its round is 24 wide
const DROP_SIZE = 26

export class Overlay {
  #marks = new Map() // id → { row, line, pin, anchor }
  #left = new Set()
  #drafts = new Map() // what is being drawn, here or elsewhere: id → element

  // svg: an empty <svg> over the stage. name(row) says what a mark is called, to those who hear it.
  constructor(svg, { viewer, size, marks, name }) {
    Object.assign(this, { svg, viewer, size, marks, name })
    this.page = append(svg, "g", { class: "marks__page" })
    this.pins = append(svg, "g", { class: "marks__pins", role: "group", "aria-label": svg.dataset.label })
    this.grips = append(svg, "g", { class: "marks__grips" })
    for (const row of marks.all()) this.#draw(row)
    this.#sort()
    this.select(marks.selected)
  }

  // A row was added, changed or taken away.
  changed(id) {
    const row = this.marks.get(id)
    const had = this.#marks.get(id)
    if (!row?.shape) return this.#erase(id)
    this.erase(id)
    if (had && had.row.shape === row.shape && look(had.row) === look(row)) return this.#rename(had, row)
    this.#draw(row)
    this.#sort()
    if (this.marks.selected === id) this.select(id)
    this.place()
  }

  select(id) {
    for (const [key, { line, pin }] of this.#marks) {
      for (const part of [line, pin]) part.toggleAttribute("data-active", key === id)
      pin.setAttribute("aria-pressed", key === id)
    }
    this.#reach()
    this.#grip(id)
  }

  focus(id) {
    this.#marks.get(id)?.pin.focus({ preventScroll: true })
  }

  // hidden: a set of ids, of marks whose notes the reader does not look at now
  leaveOut(hidden) {
    this.#left = hidden
    for (const mark of this.#marks.values()) this.#rename(mark, mark.row)
  }

  // What is being drawn; by: whose hand it is, where it is not the reader's own.
  sketch(id, shape, colour, by) {
    const known = this.#drafts.get(id)
    const group = known ?? append(this.page, "g", { class: "mark", "data-draft": by ? "theirs" : "own" })
    group.dataset.colour = colour ?? "blue"
    group.dataset.type = shape.type
    this.#drafts.set(id, group)
    this.#lines(group, shape.type === "pin" ? dot(shape, this.size) : shape)
  }

  erase(id) {
    this.#drafts.get(id)?.remove()
    this.#drafts.delete(id)
  }

  // Puts everything where the picture is now.
  place() {
    const [origin, across, down] = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }].map((point) => this.viewer.toScreen(point))
    const matrix = [across.x - origin.x, across.y - origin.y, down.x - origin.x, down.y - origin.y, origin.x, origin.y]
    this.page.setAttribute("transform", `matrix(${matrix.join(" ")})`)
    const on = ({ x, y }) => ({ x: matrix[0] * x + matrix[2] * y + matrix[4], y: matrix[1] * x + matrix[3] * y + matrix[5] })
    const { clientWidth: wide, clientHeight: high } = this.svg.parentElement
    for (const { pin, anchor } of this.#marks.values()) pin.setAttribute("transform", `translate(${kept(on(anchor), wide, high)})`)
    for (const grip of this.grips.children) {
      const { x, y } = on({ x: Number(grip.dataset.x), y: Number(grip.dataset.y) })
      grip.setAttribute("transform", `translate(${x} ${y})`)
    }
  }

  #draw(row) {
    if (!row.shape) return
    this.#marks.get(row.id)?.line.remove()
    const line = append(this.page, "g", { class: "mark", "data-mark": row.id })
    this.#lines(line, row.shape)
    const pin = this.#marks.get(row.id)?.pin ?? this.#pin(row)
    const mark = { row, line, pin, anchor: anchorOf(row.shape) }
    this.#marks.set(row.id, mark)
    this.#rename(mark, row)
  }

  #lines(group, shape) {
    const path = pathOf(shape, this.size)
    if (!group.children.length) for (const name of ["mark__halo", "mark__line"]) append(group, "path", { class: name })
    for (const part of group.children) part.setAttribute("d", path)
    group.dataset.type = shape.type
  }

  #pin(row) {
    const pin = append(this.pins, "g", { class: "pin", role: "button", tabindex: "-1", "data-mark": row.id })
    append(pin, "circle", { class: "pin__ring", cx: 12, cy: -12, r: 16.5 })
    append(pin, "path", { d: DROP })
    append(pin, "text", { x: 12, y: -7.7 })
    return pin
  }

  #rename(mark, row) {
    mark.row = row
    mark.pin.setAttribute("aria-label", this.name(row))
    mark.pin.querySelector("text").textContent = row.resolved ? "✓" : row.number ?? "…"
    for (const part of [mark.line, mark.pin]) part.toggleAttribute("data-left-out", this.#left.has(row.id))
    for (const part of [mark.line, mark.pin]) Object.assign(part.dataset, { colour: row.colour, when: row.priority ?? "", state: row.resolved ? "done" : "open" })
  }

  #erase(id) {
    const mark = this.#marks.get(id)
    if (mark?.pin === document.activeElement) this.svg.parentElement.focus({ preventScroll: true })
    mark?.line.remove()
    mark?.pin.remove()
    this.#marks.delete(id)
    this.#reach()
    this.erase(id)
    if (mark) this.#grip(this.marks.selected)
  }

  // Numbers stand in the order they are read. Whoever is on one stays there: to move an element takes the focus from it.
  #sort() {
    const on = this.pins.contains(document.activeElement) ? document.activeElement : null
    const order = inReadingOrder(Array.from(this.#marks.values(), ({ row }) => row))
    order.forEach((row, index) => {
      const { pin } = this.#marks.get(row.id)
      if (this.pins.children[index] !== pin) this.pins.insertBefore(pin, this.pins.children[index] ?? null)
    })
    if (on && on !== document.activeElement) on.focus({ preventScroll: true })
    this.#reach()
  }

  // However many there are, Tab stops once: at the one that is chosen, else at the first. The others are walked with , and .
  #reach() {
    const chosen = this.#marks.get(this.marks.selected)?.pin ?? this.pins.querySelector(".pin:not([data-left-out])")
    for (const pin of this.pins.children) pin.setAttribute("tabindex", pin === chosen ? "0" : "-1")
  }

  #grip(id) {
    this.grips.replaceChildren()
    const row = id && this.marks.isMine(id) && this.marks.get(id)
    for (const { name, x, y } of row?.shape ? handlesOf(row.shape) : []) {
      const grip = append(this.grips, "g", { class: "grip", "data-grip": name, "data-x": x, "data-y": y })
      append(grip, "circle", { class: "grip__reach", r: matchMedia("(pointer: coarse)").matches ? 22 : 11 })
      append(grip, "rect", { x: -4.5, y: -4.5, width: 9, height: 9, rx: 1.5 })
    }
    if (this.viewer.dragon) this.place()
  }
}

// The drop leans inwards where it would leave the stage.
function kept({ x, y }, wide, high) {
  return `${Math.min(Math.max(x, 2), wide - DROP_SIZE)} ${Math.min(Math.max(y, DROP_SIZE), high - 2)}`
}

function look({ colour, shape, page }) {
  return JSON.stringify([colour, shape, page])
}

// A point while it is placed: the number comes when it is kept.
function dot({ x, y }, { width, height }) {
  const r = 0.006
  return { type: "ellipse", x: x - r, y: y - (r * width) / height, width: 2 * r, height: (2 * r * width) / height }
}

function append(parent, name, attributes) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  parent.append(element)
  return element
}
