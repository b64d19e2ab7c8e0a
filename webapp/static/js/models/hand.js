// What mouse, pen and fingers do on the stage: draw with a tool, take hold of one's own mark, and with two fingers move
// the picture. While a tool is chosen nothing of it reaches the viewer, which would pan.

import { uuid } from "../lib/uuid.js"
import { moved, resized, spanned, stroked } from "./shapes.js"

const LEAST = 4 // pixels: a shorter way is a slip of the hand

export class Hand {
  #at = new Map() // pointer id → where it is
  #act = null // what the first of them is doing
  #ours = false // whether the first of them was taken from the viewer

  // on: { tool(), colour(), width(), may(), made(shape), picked(id), sketch(id, shape), dropped(id), relay(name, detail) }
  constructor(stage, { viewer, overlay, marks, on }) {
    Object.assign(this, { stage, viewer, overlay, marks, on })
    const capture = { capture: true }
    stage.addEventListener("pointerdown", (event) => this.#down(event), capture)
    stage.addEventListener("pointermove", (event) => this.#move(event), capture)
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, (event) => this.#up(event), capture)
    overlay.svg.addEventListener("wheel", (event) => this.viewer.wheel(event), { passive: false })
    stage.addEventListener("pointerleave", () => this.on.relay("pointer-left", {}))
  }

  // Whether something was under way, which is now as if it had not begun.
  cancel() {
    const act = this.#act
    this.#act = null
    if (act?.sketch) this.#drop(act)
    if (act?.before) this.marks.change(act.id, { shape: act.before })
    return Boolean(act)
  }

  #down(event) {
    if (event.target.closest("button, a, .tools, .view")) return
    this.#at.set(event.pointerId, point(event))
    if (this.#at.size > 1) return this.#pinch(event)
    this.#act = event.button === 0 ? this.#begin(event) : null
    this.#ours = Boolean(this.#act && !this.#act.pass)
    if (!this.#ours) return
    swallow(event)
    this.stage.setPointerCapture(event.pointerId)
  }

  #begin(event) {
    const here = this.viewer.toPage(event.clientX, event.clientY)
    const grip = event.target.closest("[data-grip]")?.dataset.grip
    if (grip) return this.#holding({ kind: "resize", grip, id: this.marks.selected, from: here })
    const tool = this.on.tool()
    if (tool === "hand") return null
    if (tool !== "select") return onPage(here) || tool !== "pin" ? this.#drawing(tool, event, here) : null
    const id = event.target.closest("[data-mark]")?.dataset.mark ?? null
    if (id) this.on.picked(id)
    return id ? this.#holding({ kind: this.marks.isMine(id) && this.on.may() ? "move" : "pick", id, from: here }) : { kind: "none", start: point(event), pass: true }
  }

  #holding(act) {
    return { ...act, shape: this.marks.get(act.id)?.shape }
  }

  #drawing(tool, event, here) {
    if (!this.on.may()) return null
    const act = { kind: "draw", tool, id: uuid(), from: here, start: point(event), points: [{ ...here, pressure: pressure(event) }] }
    this.#sketch(act, here)
    return act
  }

  #move(event) {
    const here = this.viewer.toPage(event.clientX, event.clientY)
    if (onPage(here)) this.on.relay("pointer", here)
    if (!this.#at.has(event.pointerId)) return
    const before = this.#at.get(event.pointerId)
    this.#at.set(event.pointerId, point(event))
    if (this.pinching) return this.#pull(event, before)
    const act = this.#act
    if (!act || act.pass) return
    swallow(event)
    if (act.kind === "draw") return this.#draw(act, event, here)
    if (["move", "resize"].includes(act.kind) && act.shape) this.#shift(act, here)
  }

  #draw(act, event, here) {
    const between = event.getCoalescedEvents?.() ?? []
    for (const one of between.length ? between : [event]) act.points.push({ ...this.viewer.toPage(one.clientX, one.clientY), pressure: pressure(one) })
    this.#sketch(act, here)
  }

  #shift(act, here) {
    act.before ??= act.shape
    const shape = act.kind === "move" ? moved(act.shape, here.x - act.from.x, here.y - act.from.y) : resized(act.shape, act.grip, here)
    this.marks.change(act.id, { shape })
  }

  #sketch(act, here) {
    act.sketch = act.tool === "stroke" ? stroked(bounded(act.points), this.on.width()) : spanned(act.tool, act.from, here)
    this.on.sketch(act.id, act.sketch)
    this.on.relay("stroke", { id: act.id, shape: act.sketch, colour: this.on.colour(), done: false })
  }

  #up(event) {
    if (!this.#at.delete(event.pointerId)) return
    if (this.#ours) swallow(event)
    if (this.pinching && this.#at.size < 2) this.#letGo()
    const act = this.#act
    if (!act || this.#at.size) return
    this.#act = null
    if (act.pass) return Math.hypot(event.clientX - act.start.x, event.clientY - act.start.y) < LEAST ? this.on.picked(null) : undefined
    if (event.type === "pointercancel") return act.sketch && this.#drop(act)
    if (act.kind === "draw") this.#finish(act, event)
  }

  #finish(act, event) {
    const slip = !["pin", "stroke"].includes(act.tool) && Math.hypot(event.clientX - act.start.x, event.clientY - act.start.y) < LEAST
    if (slip || isBeside(act.points)) return this.#drop(act)
    this.on.dropped(act.id)
    this.on.relay("stroke", { id: act.id, shape: act.sketch, colour: this.on.colour(), done: true })
    this.on.made(act.sketch, act.id)
  }

  // Here, and for those who saw it begin.
  #drop(act) {
    this.on.dropped(act.id)
    this.on.relay("stroke", { id: act.id, shape: null, done: true })
  }

  // A further finger never draws: what the first had begun is dropped, and they move the picture. The viewer does that
  // itself where it has the first already.
  #pinch(event) {
    this.cancel()
    if (!this.#ours) return
    swallow(event)
    this.pinching = true
  }

  #pull(event, before) {
    swallow(event)
    const others = [...this.#at].filter(([id]) => id !== event.pointerId).map(([, at]) => at)
    if (!others.length) return
    this.viewer.pinch(this.#spread(before, others[0]), this.#spread(point(event), others[0]))
  }

  #letGo() {
    this.pinching = false
    this.viewer.settle()
  }

  // The middle between two fingers in pixels of the stage, and how far they are apart.
  #spread(a, b) {
    const { left, top } = this.stage.getBoundingClientRect()
    return { x: (a.x + b.x) / 2 - left, y: (a.y + b.y) / 2 - top, long: Math.hypot(a.x - b.x, a.y - b.y) }
  }
}

function point(event) {
  return { x: event.clientX, y: event.clientY }
}

// A mouse knows no pressure, and some fingers say none.
function pressure(event) {
  return event.pointerType === "pen" && event.pressure > 0 ? event.pressure : 0.5
}

function onPage({ x, y }) {
  return x >= 0 && x <= 1 && y >= 0 && y <= 1
}

// Whether all of it is off the page, on one side.
function isBeside(points) {
  return [({ x }) => x < 0, ({ x }) => x > 1, ({ y }) => y < 0, ({ y }) => y > 1].some((side) => points.every(side))
}

// A stroke holds at most 5000 points: of a longer one every second is left out, as often as needed.
function bounded(points) {
  let kept = points
  while (kept.length > 4000) kept = kept.filter((_, index) => index % 2 === 0 || index === kept.length - 1)
  return kept
}

function swallow(event) {
  event.stopPropagation()
  event.preventDefault()
}
