// The place to write: a note on the whole version, the words of a mark, an answer, other words for what was said.
// Each has a draft of its own, which stays until it was sent, whatever becomes of page and connection.
import { Controller } from "@hotwired/stimulus"
import { uuid } from "../lib/uuid.js"
import { forget, keep, keyOf, kept } from "../models/drafts.js"
import { room } from "../models/room.js"
import { sendings } from "../models/talking.js"

const TYPING_MS = 2000
const WHOLE = { kind: "new", id: null }

export default class extends Controller {
  static targets = ["body", "about", "aboutText", "audience", "priority", "readers", "send", "status"]
  static values = { words: Object, version: String, audience: String }

  connect() {
    this.listening = new AbortController()
    const { signal } = this.listening
    this.sent = new Map()
    this.placeKey = `${keyOf(this.element)}:at`
    room.events.addEventListener("compose", ({ detail }) => this.#begin(detail.id), { signal })
    room.marks.addEventListener("selected", ({ detail }) => this.#look(detail.id), { signal })
    room.marks.addEventListener("changed", ({ detail }) => this.#lose(detail.id), { signal })
    room.marks.addEventListener("refused", ({ detail }) => this.#refused(detail.id, detail.message), { signal })
    room.marks.addEventListener("saved", ({ detail }) => this.sent.delete(detail.id), { signal })
    room.marks.addEventListener("pending", () => this.#tellWaiting(), { signal })
    sendings().addEventListener("refused", (event) => this.#takeOver(event), { signal })
    for (const name of ["online", "offline"]) addEventListener(name, () => this.#tellWaiting(), { signal })
    this.element.addEventListener("composer:about", ({ detail }) => this.#about(detail, { focus: true }), { signal })
    this.element.addEventListener("submit", (event) => this.#submit(event), { signal })
    this.#return()
    this.#tellWaiting()
  }

  disconnect() {
    this.listening.abort()
  }

  write() {
    keep(this.#draftKey, { body: this.bodyTarget.value })
    this.#typing()
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return this.element.requestSubmit()
    if (event.key === "Escape") this.#back(event)
  }

  leave() {
    this.#about(WHOLE, { focus: true })
  }

  // Who will read it is said before it is sent, and whom somebody chose reads what they say next, drawn or written.
  readers(chosen) {
    const audience = this.#audience
    if (chosen) this.chosen = audience
    this.readersTarget.textContent = audience === "internal" ? this.wordsValue.team : this.wordsValue.told
    room.events.dispatchEvent(new CustomEvent("audience", { detail: { audience: this.#usual } }))
  }

  // To what they were in the middle of when they left, else to what they came for.
  #return() {
    const place = kept(this.placeKey)
    this.#about(WHOLE)
    if (place.kind) this.#about(place)
    this.#lose(place.id)
    if (!this.bodyTarget.value.trim()) this.#look(room.marks.selected, { anew: true })
  }

  // A mark was just made, or words are asked for.
  #begin(id) {
    if (!id) return this.#about(WHOLE, { focus: true })
    const row = room.marks.get(id)
    const bare = row && isMine(row) && !row.body?.trim()
    this.#about({ kind: bare ? "mark" : "reply", id }, { focus: true })
  }

  // Whoever selects a note would answer it; what they are in the middle of stays.
  #look(id, { anew = false } = {}) {
    if (!anew && (this.bodyTarget.value.trim() || this.target.kind === "mark")) return
    this.#about(id && room.marks.get(id)?.body ? { kind: "reply", id } : WHOLE)
  }

  // The mark they were writing on was taken back: their words are on the whole version now.
  #lose(id) {
    if (this.target.kind !== "mark" || this.target.id !== id || room.marks.get(id)) return
    const words = this.bodyTarget.value
    forget(this.#draftKey)
    this.#about(WHOLE)
    if (words.trim()) this.#add(words)
  }

  // To what is being written there already.
  #add(words) {
    this.bodyTarget.value = [this.bodyTarget.value, words].filter((part) => part.trim()).join("\n")
    this.write()
  }

  #about(target, { focus = false } = {}) {
    this.target = target
    const row = room.marks.get(target.note ?? target.id)
    this.aboutTarget.hidden = target.kind === "new"
    this.aboutTextTarget.textContent = this.#title(target, row)
    const words = this.wordsValue[target.kind].replace("{}", row?.author?.name ?? "")
    this.bodyTarget.placeholder = words
    this.bodyTarget.setAttribute("aria-label", words)
    this.bodyTarget.value = kept(this.#draftKey).body ?? target.words ?? ""
    this.#offer(row)
    keep(this.placeKey, { kind: target.kind === "new" ? "" : target.kind, id: target.id ?? "", note: target.note ?? "" })
    this.#say("")
    if (focus) this.#focus()
  }

  #title(target, row) {
    if (target.kind === "mark" && !row?.number) return this.wordsValue.here
    return row ? this.wordsValue.note.replace("{}", row.number ?? "…") : ""
  }

  // An answer is read by whoever reads the note; only a note's own author says who that is, and how urgent it is.
  #offer(row) {
    const whole = ["new", "mark"].includes(this.target.kind)
    this.priorityTarget.hidden = !whole
    if (this.hasAudienceTarget) this.audienceTarget.hidden = !whole
    if (row) this.#choose("audience", row.audience)
    this.#choose("priority", row?.priority ?? "")
    if (!row) this.#choose("audience", this.#usual)
    this.readers()
  }

  #submit(event) {
    event.preventDefault()
    const said = { target: this.target, body: this.bodyTarget.value, audience: this.#audience, priority: this.#priority }
    if (!said.body.trim()) return
    this.typedAt = 0 // what is begun after this is told at once
    forget(this.#draftKey)
    const note = said.target.note ?? said.target.id
    this.#about(["reply", "again", "edit"].includes(said.target.kind) ? { kind: "reply", id: note } : WHOLE)
    this.#send(said)
  }

  async #send(said) {
    try {
      await this.#hand(said)
    } catch (refused) {
      this.#restore(said, refused.message)
    }
  }

  // Notes go the way of the marks, answers by the outbox of the talk; both keep what is said until the server has it.
  #hand(said) {
    const { target: { kind, id }, body, audience, priority } = said
    if (kind === "reply") {
      const reply = uuid()
      return sendings().send(reply, { method: "POST", url: `/api/v1/annotations/${id}/replies`, body: { id: reply, body } })
    }
    if (kind === "again") return sendings().send(`edit:${id}:${uuid()}`, { method: "PATCH", url: `/api/v1/replies/${id}`, body: { body } })
    const note = kind === "new" ? room.marks.add({ shape: null, page: 1, body, audience, priority }) : id
    this.sent.set(note, said)
    if (kind === "edit") room.marks.change(id, { body })
    if (kind === "mark") room.marks.change(id, { body, ...differing(room.marks.get(id), { audience, priority }) })
    return null
  }

  #refused(id, message) {
    const said = this.sent.get(id)
    if (said) this.#restore(said, message)
  }

  // What was refused comes back to be mended.
  #restore({ target, body }, message) {
    this.#about(target, { focus: true })
    this.#add(body)
    this.#say(message)
  }

  // What was said on an earlier page and is refused only now.
  #takeOver(event) {
    event.preventDefault()
    this.#restore({ target: WHOLE, body: event.detail.body }, event.detail.message)
  }

  #tellWaiting() {
    const away = !navigator.onLine || document.body.dataset.online === "false"
    const held = sendings().held ?? (away ? "kept" : "")
    this.#say(room.marks.pending && held ? this.wordsValue[held] : "")
  }

  #say(text) {
    this.statusTarget.textContent = text
    this.statusTarget.hidden = !text
  }

  // To where they came from, as out of a dialog, else to the picture.
  #back(event) {
    event.stopPropagation()
    const back = this.from?.isConnected && this.from !== document.body && this.from.checkVisibility() ? this.from : document.getElementById("stage")
    back.focus({ preventScroll: true })
    if (this.target.kind !== "new" && !this.bodyTarget.value.trim()) this.#about(WHOLE)
  }

  #typing() {
    if (Date.now() - (this.typedAt ?? 0) < TYPING_MS) return
    this.typedAt = Date.now()
    room.events.dispatchEvent(new CustomEvent("typing", { detail: { id: this.target.note ?? this.target.id } }))
  }

  #focus() {
    this.from = this.element.contains(document.activeElement) ? this.from : document.activeElement
    this.bodyTarget.focus({ preventScroll: true })
    this.bodyTarget.setSelectionRange(this.bodyTarget.value.length, this.bodyTarget.value.length)
    this.#clear()
    this.element.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }

  // On a phone the decision stays over the foot of the page, as high as its words are.
  #clear() {
    const bar = document.getElementById("decision")
    this.element.style.scrollMarginBlockEnd = bar && getComputedStyle(bar).position === "sticky" ? `${bar.offsetHeight}px` : ""
  }

  #choose(name, value) {
    const field = this.element.querySelector(`[name=${name}][value="${value}"]`)
    if (field) field.checked = true
  }

  // For a new mark; what they happen to look at or answer does not change it.
  get #usual() {
    return this.chosen ?? this.audienceValue
  }

  get #audience() {
    return this.element.querySelector("[name=audience]:checked")?.value ?? this.audienceValue
  }

  get #priority() {
    return this.element.querySelector("[name=priority]:checked")?.value || null
  }

  get #draftKey() {
    const { kind, id } = this.target
    return `${keyOf(this.element)}:${kind}:${id ?? ""}`
  }
}

// Of these values those that the row does not have.
function differing(row, values) {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => (row?.[name] ?? null) !== value))
}

function isMine(row) {
  return row.author?.key === room.data?.me?.key
}
