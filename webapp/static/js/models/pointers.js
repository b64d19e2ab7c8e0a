// Where the others point, over the picture: each follows smoothly, stays on its spot of the page when the picture moves,
// and fades when it rests.

const RESTS_MS = 5000
const FADES_MS = 600

export class Pointers {
  #shown = new Map() // {sid: {element, at, page, rest}}

  // layer  over the stage; place(at) → {x, y} in its pixels; make() → an element with a place for the name
  constructor(layer, { place, make }) {
    Object.assign(this, { layer, place, make })
  }

  move({ from, x, y, page }) {
    const pointer = this.#shown.get(from.sid) ?? this.#begin(from)
    Object.assign(pointer, { at: { x, y }, page })
    pointer.element.classList.remove("pointer--resting")
    this.#put(pointer)
    clearTimeout(pointer.rest)
    pointer.rest = setTimeout(() => this.#rest(from.sid), RESTS_MS)
  }

  // The picture lies otherwise: they go with it at once.
  follow() {
    this.layer.classList.add("pointers--carried")
    for (const pointer of this.#shown.values()) this.#put(pointer)
    clearTimeout(this.carried)
    this.carried = setTimeout(() => this.layer.classList.remove("pointers--carried"), 100)
  }

  leave(sid) {
    const pointer = this.#shown.get(sid)
    if (!pointer) return
    clearTimeout(pointer.rest)
    this.#shown.delete(sid)
    pointer.element.remove()
  }

  stop() {
    for (const sid of [...this.#shown.keys()]) this.leave(sid)
  }

  #begin({ sid, name, kind }) {
    const element = this.make()
    element.dataset.side = kind === "team" ? "team" : "client"
    element.querySelector(".pointer__name").textContent = name
    this.layer.append(element)
    const pointer = { element }
    this.#shown.set(sid, pointer)
    return pointer
  }

  #put({ element, at }) {
    const { x, y } = this.place(at)
    element.style.translate = `${x}px ${y}px`
  }

  #rest(sid) {
    const pointer = this.#shown.get(sid)
    pointer.element.classList.add("pointer--resting")
    pointer.rest = setTimeout(() => this.leave(sid), FADES_MS)
  }
}
