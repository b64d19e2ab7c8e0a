// The stage: the picture, the marks over it, the tools, and the keys that belong to them.
import { Controller } from "@hotwired/stimulus"
import { isWriting } from "../lib/writing.js"
import { Hand } from "../models/hand.js"
import { copied, copy, held, hold } from "../models/hold.js"
import { Keyboard } from "../models/keyboard.js"
import { named, whereabouts } from "../models/naming.js"
import { Overlay } from "../models/overlay.js"
import { room } from "../models/room.js"
import { boundsOf, moved } from "../models/shapes.js"
import { Viewer } from "../models/viewer.js"

const TOOLS = { v: "select", h: "hand", p: "pin", b: "box", e: "ellipse", a: "arrow", f: "stroke" }
const GONE_MS = 10000
const APART = 0.02

export default class extends Controller {
  static targets = ["view", "marks", "tool", "colour", "width", "zoom", "told", "ground", "hidden", "pictures"]
  static values = { words: Object }

  async connect() {
    this.listening = new AbortController()
    this.tool = "select"
    this.#show()
    if (!room.data?.pictures.length || !room.data.version.width) return
    const { version: { width, height }, pictures, tiles } = room.data
    this.drawnFrom = JSON.stringify({ pictures, tiles })
    this.size = { width, height }
    this.viewer = new Viewer(this.viewTarget, { size: this.size, pictures, tiles })
    this.viewer.addEventListener("ready", () => { this.element.dataset.ready = "true" }, { once: true })
    await this.viewer.start()
    if (this.listening.signal.aborted) return this.viewer.stop()
    room.viewer = this.viewer
    this.element.setAttribute("data-turbo-permanent", "")
    this.#begin()
  }

  disconnect() {
    this.listening.abort()
    this.viewer?.stop()
    room.viewer = null
  }

  // Tools

  // Whoever presses the button by keyboard goes on to the picture, where Enter puts the mark down.
  choose({ params: { tool }, detail: clicks }) {
    this.#take(this.tool === tool ? "select" : tool)
    if (!clicks && this.tool === tool) this.element.focus({ preventScroll: true })
  }

  colour({ target: { value } }) {
    hold({ colour: value })
    if (this.#own) room.marks.change(this.#own, { colour: value })
    this.#show()
  }

  width({ target: { value } }) {
    hold({ width: Number(value) })
    const shape = this.#own && room.marks.get(this.#own)?.shape
    if (shape?.type === "stroke") room.marks.change(this.#own, { shape: { ...shape, width: Number(value) } })
  }

  undo() {
    this.#went(room.marks.undo())
  }

  redo() {
    this.#went(room.marks.redo())
  }

  // The view

  fit() {
    this.viewer?.fit()
  }

  actual() {
    this.viewer?.zoomTo(1 / devicePixelRatio)
  }

  nearer() {
    this.viewer?.zoomBy(1.5)
  }

  farther() {
    this.viewer?.zoomBy(1 / 1.5)
  }

  turn() {
    this.viewer?.rotate(90)
  }

  ground() {
    hold({ ground: held().ground === "dark" ? "light" : "dark" })
    this.#show()
  }

  // To look at the picture alone; a new mark shows them all again.
  hideMarks() {
    this.#hide(!("unmarked" in this.element.dataset))
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen()
    else document.documentElement.requestFullscreen?.() // all of the page: what is said to the reader lies beside the room
  }

  key(event) {
    if (event.defaultPrevented || isWriting(event.target) || document.querySelector("dialog[open]")) return
    if (this.keyboard && this.#command(event)) event.preventDefault()
  }

  #begin() {
    const { signal } = this.listening
    this.overlay = new Overlay(this.marksTarget, { viewer: this.viewer, size: this.size, marks: room.marks, name: (row) => named(row, this.wordsValue) })
    const may = () => room.data.may.comment
    const shared = { tool: () => this.tool, width: () => held().width, may }
    this.hand = new Hand(this.element, { viewer: this.viewer, overlay: this.overlay, marks: room.marks, on: {
      ...shared, made: (shape, id) => this.#made(shape, id), colour: () => held().colour, picked: (id) => room.marks.select(id, { inSight: true }), dropped: (id) => this.overlay.erase(id),
      sketch: (id, shape) => this.overlay.sketch(id, shape, held().colour),
      relay: (name, detail) => fire(name, { page: 1, audience: this.audience, ...detail }),
    } })
    this.keyboard = new Keyboard({ viewer: this.viewer, marks: room.marks, stage: this.element, on: {
      ...shared, made: (shape) => this.#placed(shape), compose: (id) => fire("compose", { id }), removed: (id) => fire("delete", { id }), told: (id) => this.#say(whereabouts(room.marks.get(id).shape, this.wordsValue)),
    } })
    this.viewer.addEventListener("moved", () => this.#moved(), { signal })
    new ResizeObserver(() => this.#moved()).observe(this.element)
    this.overlay.leaveOut(room.hidden)
    this.#hear(signal)
    this.#sharpen()
    this.#moved()
    if (room.marks.selected) this.#selected({ id: room.marks.selected })
  }

  // Larger pictures were made while this one was looked at, or while the viewer was on its way.
  #sharpen() {
    const made = this.hasPicturesTarget && JSON.parse(this.picturesTarget.dataset.pictures)
    const from = JSON.stringify(made)
    if (!made || from === this.drawnFrom) return
    this.drawnFrom = from
    this.viewer.sharpen(made)
  }

  #hear(signal) {
    this.audience = room.data.audience
    this.seen = idsOf(room.marks)
    room.marks.addEventListener("changed", ({ detail }) => this.#changed(detail.id), { signal })
    room.marks.addEventListener("selected", ({ detail }) => this.#selected(detail), { signal })
    room.marks.addEventListener("refused", ({ detail }) => this.#say(detail.message), { signal })
    room.events.addEventListener("filtered", () => this.overlay.leaveOut(room.hidden), { signal })
    room.events.addEventListener("audience", ({ detail }) => { this.audience = detail.audience }, { signal })
    room.events.addEventListener("remote-stroke", ({ detail }) => this.#theirs(detail), { signal })
    room.events.addEventListener("remote-erased", ({ detail }) => this.overlay.erase(detail.id), { signal })
    this.element.addEventListener("live:renewed", () => this.#sharpen(), { signal })
    addEventListener("paste", (event) => this.#paste(event), { signal })
    this.element.addEventListener("focusin", ({ target }) => target.dataset.mark && room.marks.select(target.dataset.mark), { signal })
    this.element.addEventListener("dblclick", ({ target }) => target.closest("[data-mark]") && room.marks.selected && fire("compose", { id: room.marks.selected }), { signal })
  }

  #command(event) {
    const key = keyOf(event)
    if (event.ctrlKey || event.metaKey) return this.#control(key, event.shiftKey)
    if (isItsOwn(event)) return false
    if (key in TOOLS && !event.altKey) return this.#take(TOOLS[key]) ?? true
    const acts = { c: () => fire("compose", { id: null }), 0: () => this.fit(), 1: () => this.actual(), "+": () => this.nearer(), "=": () => this.nearer(), "-": () => this.farther(), r: () => this.turn(), g: () => this.ground(), m: () => this.hideMarks(), Escape: () => this.#back() }
    if (key in acts) return acts[key]() ?? true
    return this.#isHere(event.target) && this.keyboard.press(event)
  }

  // Elsewhere arrows scroll, and nothing is deleted.
  #isHere(target) {
    return target === document.body || this.element.contains(target)
  }

  #control(key, shift) {
    const acts = { z: () => shift ? this.redo() : this.undo(), y: () => this.redo(), c: () => this.#copy() }
    return key in acts ? acts[key]() ?? true : false
  }

  #back() {
    if (this.hand.cancel()) return true
    if (this.tool !== "select") return this.#take("select") ?? true
    if (!room.marks.selected) return false
    room.marks.select(null)
    this.element.focus({ preventScroll: true })
    return true
  }

  #take(tool) {
    this.tool = room.data.may.comment || tool === "hand" ? tool : "select"
    this.#show()
    if (["select", "hand"].includes(this.tool)) return
    this.#hide(false)
    this.#say(this.wordsValue.chosen.replace("{}", this.wordsValue[this.tool]))
  }

  #made(shape, id) {
    const kept = this.#keep(shape, id)
    this.#say(named(room.marks.get(kept), this.wordsValue))
    fire("compose", { id: kept })
  }

  // By keyboard it is put in its place first, and written on when Enter says so.
  #placed(shape) {
    const kept = this.#keep(shape)
    this.#take("select")
    this.#say(`${named(room.marks.get(kept), this.wordsValue)}. ${this.wordsValue.placed}`)
    this.overlay.focus(kept)
  }

  #keep(shape, id) {
    const kept = room.marks.add({ shape, id, page: 1, audience: this.audience, colour: held().colour })
    room.marks.select(kept, { inSight: true })
    if (shape.type !== "stroke") this.#take("select")
    return kept
  }

  #hide(hidden) {
    this.element.toggleAttribute("data-unmarked", hidden)
    for (const button of this.hiddenTargets) button.setAttribute("aria-pressed", hidden)
  }

  #changed(id) {
    const known = room.marks.get(id)
    if (known?.author.key !== room.data.me.key && known?.shape && !this.seen.has(id)) this.#say(named(known, this.wordsValue))
    this.seen = idsOf(room.marks)
    this.overlay.changed(id)
  }

  #selected({ id, inSight }) {
    this.overlay.select(id)
    const row = id && room.marks.get(id)
    if (row?.shape && !inSight) this.viewer.show(boundsOf(row.shape))
  }

  #theirs({ id, shape, colour, from, done }) {
    if (room.marks.get(id)) return
    this.overlay.sketch(id, shape, colour, from)
    clearTimeout(this[`gone:${id}`])
    this[`gone:${id}`] = setTimeout(() => this.overlay.erase(id), done ? GONE_MS : GONE_MS / 2)
  }

  #copy() {
    const { shape, colour } = room.marks.get(room.marks.selected) ?? {}
    if (!shape || !getSelection().isCollapsed || !copy({ shape, colour })) return false
    this.#say(this.wordsValue.copied)
    return true
  }

  // A file that was copied since is the next version, which is the room's to take.
  #paste(event) {
    if (event.clipboardData?.files.length || isWriting(event.target) || document.querySelector("dialog[open]")) return
    const mark = copied()
    if (!mark || !room.data.may.comment) return
    const shape = moved(mark.shape, APART, APART)
    const kept = room.marks.add({ shape, page: 1, audience: this.audience, colour: mark.colour })
    copy({ ...mark, shape }) // the next one beside this one
    room.marks.select(kept)
  }

  #went(id) {
    if (id && room.marks.get(id)) room.marks.select(id)
  }

  #moved() {
    this.overlay?.place()
    const percent = Math.round(this.viewer.zoom * devicePixelRatio * 100)
    for (const place of this.zoomTargets) place.textContent = this.wordsValue.percent.replace("{}", percent)
  }

  #show() {
    const { colour, width, ground } = held()
    for (const button of this.toolTargets) button.setAttribute("aria-pressed", button.dataset.stageToolParam === this.tool)
    for (const field of this.colourTargets) field.checked = field.value === colour
    for (const field of this.widthTargets) field.checked = Number(field.value) === width
    for (const button of this.groundTargets) button.setAttribute("aria-pressed", ground === "dark")
    Object.assign(this.element.dataset, { tool: this.tool, stage: ground })
  }

  #say(text) {
    this.toldTarget.textContent = text
  }

  get #own() {
    const id = room.marks.selected
    return id && room.data.may.comment && room.marks.isMine(id) ? id : null
  }
}

// French keyboards have the digits behind Shift.
function keyOf({ key, code, shiftKey }) {
  const digit = !shiftKey && /^Digit(\d)$/.exec(code)?.[1]
  if (digit) return digit
  return key.length === 1 ? key.toLowerCase() : key
}

// Keys that mean something to what has the focus.
function isItsOwn({ key, target }) {
  if (["Enter", " "].includes(key)) return Boolean(target.closest?.("button, summary, a, input"))
  return key.startsWith("Arrow") && Boolean(target.closest?.("input"))
}

function idsOf(marks) {
  return new Set(marks.all().map((row) => row.id))
}

function fire(name, detail) {
  room.events.dispatchEvent(new CustomEvent(name, { detail }))
}
