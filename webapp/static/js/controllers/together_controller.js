// Shows the others: their faces, their pointers over the picture, and that they are writing.
import { Controller } from "@hotwired/stimulus"
import { socketOf } from "../models/live.js"
import { News } from "../models/news.js"
import { Pointers } from "../models/pointers.js"
import { room } from "../models/room.js"
import { Together } from "../models/together.js"

const NARROW = matchMedia("(width < 48rem)")
const [FEW, MANY] = [2, 5]

export default class extends Controller {
  static targets = ["faces", "news", "face", "more", "pointer"]
  static values = { words: Object }

  async connect() {
    this.listening = new AbortController()
    this.news = new News(this.newsTarget, this.wordsValue, room.data.me)
    this.#showPointers()
    NARROW.addEventListener("change", () => this.#showFaces(), { signal: this.listening.signal })
    const socket = await socketOf(room.data.campaign_id)
    if (this.listening.signal.aborted) return
    this.together = new Together(room, socket)
    this.together.addEventListener("people", () => this.#meet())
    this.together.addEventListener("writers", () => this.#showWriters())
    this.together.start()
  }

  disconnect() {
    this.listening.abort()
    this.together?.stop()
    this.pointers?.stop()
    this.layer?.remove()
    this.news.stop()
  }

  #meet() {
    this.news.tell(this.together.people)
    this.#showFaces()
  }

  // Those who are left over are counted, and named to whoever asks.
  #showFaces() {
    const { people = [], others = [] } = this.together ?? {}
    const order = [...others, ...people.filter((one) => !others.includes(one))]
    const most = NARROW.matches ? FEW : MANY
    const shown = order.length > most + 1 ? order.slice(0, most) : order
    const faces = shown.map((one) => this.#face(one))
    if (shown.length < order.length) faces.push(this.#rest(order.slice(shown.length)))
    this.facesTarget.replaceChildren(...faces)
  }

  #face({ key, name, kind }) {
    const words = key === room.data.me.key ? this.wordsValue.you : this.wordsValue.here
    const item = labelled(this.faceTarget, initials(name), words.replace("{}", name))
    item.dataset.key = key
    item.firstElementChild.dataset.side = kind === "team" ? "team" : "client"
    return item
  }

  #rest(people) {
    const names = new Intl.ListFormat(document.documentElement.lang).format(people.map(({ name }) => name))
    return labelled(this.moreTarget, `+${people.length}`, this.wordsValue.more.replace("{}", names))
  }

  #showWriters() {
    const place = document.querySelector("[data-room-typing]")
    if (!place) return
    const names = this.together.writers
    const said = new Intl.ListFormat(document.documentElement.lang).format(names)
    place.textContent = names.length ? this.wordsValue[names.length > 1 ? "writings" : "writing"].replace("{}", said) : ""
    place.hidden = !names.length
  }

  #showPointers() {
    const stage = document.getElementById("stage")
    if (!stage) return
    const { signal } = this.listening
    this.layer = Object.assign(document.createElement("div"), { className: "pointers", ariaHidden: "true" })
    stage.append(this.layer)
    this.pointers = new Pointers(this.layer, {
      place: (at) => room.viewer.toScreen(at), make: () => this.pointerTarget.content.firstElementChild.cloneNode(true),
    })
    room.events.addEventListener("remote-pointer", ({ detail }) => this.#point(detail), { signal })
    room.events.addEventListener("remote-left", ({ detail }) => this.pointers.leave(detail.sid), { signal })
  }

  // The viewer comes when its picture is there.
  #point(pointed) {
    if (!room.viewer) return
    if (this.viewer !== room.viewer) room.viewer.addEventListener("moved", () => this.pointers.follow(), { signal: this.listening.signal })
    this.viewer = room.viewer
    this.pointers.move(pointed)
  }
}

function labelled(template, text, label) {
  const item = template.content.firstElementChild.cloneNode(true)
  const person = item.firstElementChild
  person.textContent = text
  person.ariaLabel = person.title = label
  return item
}

function initials(name) {
  const words = name.replace("@", " ").split(/\s+/).filter(Boolean)
  const [first, last] = [words.at(0) ?? "?", words.length > 1 ? words.at(-1) : ""]
  return ([...first].slice(0, 1).join("") + [...last].slice(0, 1).join("")).toUpperCase()
}
