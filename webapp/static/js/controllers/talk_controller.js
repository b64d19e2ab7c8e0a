// The threads beside the picture: selecting, walking, filtering, and what can be done with the one that is selected.
import { Controller } from "@hotwired/stimulus"
import { uuid } from "../lib/uuid.js"
import { room } from "../models/room.js"
import { Threads } from "../models/threads.js"
import { sendings } from "../models/talking.js"

const NOT_OURS = "a, button, summary, input, textarea, label, details.menu"
const KEPT_BY_READER = ["hidden", "aria-current"]

export default class extends Controller {
  static targets = ["filter", "open", "all", "found", "scroll", "acts", "unsent", "toast", "composer"]
  static values = { words: Object, page: String }

  connect() {
    this.threads = new Threads(this.scrollTarget)
    this.listening = new AbortController()
    const { signal } = this.listening
    room.marks.addEventListener("selected", ({ detail }) => this.#selected(detail.id), { signal })
    room.marks.addEventListener("changed", () => this.#settle(), { signal })
    room.events.addEventListener("delete", ({ detail }) => this.#delete(detail.id), { signal })
    this.element.addEventListener("live:renewed", () => this.#settle(), { signal })
    this.element.addEventListener("click", (event) => this.#click(event), { signal })
    this.element.addEventListener("toggle", showMenu, { signal, capture: true })
    addEventListener("turbo:before-morph-attribute", keepWhatIsTheReaders, { signal })
    addEventListener("hashchange", () => this.#follow(), { signal })
    this.#settle()
    this.#follow()
  }

  disconnect() {
    this.listening.abort()
  }

  // Filter and search

  filter() {
    this.#settle()
    const query = new URLSearchParams(Array.from(new FormData(this.filterTarget)).filter(([, value]) => value))
    history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`)
  }

  search(event) {
    event.preventDefault()
  }

  next() {
    this.#step(1)
  }

  previous() {
    this.#step(-1)
  }

  // One thread

  // By keyboard Enter chooses it, and writes on the one that is chosen.
  choose(event) {
    event.preventDefault()
    const id = idOf(event.currentTarget)
    if (!event.detail && room.marks.selected === id) room.events.dispatchEvent(new CustomEvent("compose", { detail: { id } }))
    else room.marks.select(id)
  }

  editReply(event) {
    event.preventDefault()
    const reply = event.currentTarget.closest(".reply")
    const words = reply.querySelector("[id^=said-]").textContent
    this.#compose({ kind: "again", id: reply.id.slice("reply-".length), note: idOf(reply), words })
  }

  async deleteReply(event) {
    event.preventDefault()
    const id = event.currentTarget.closest(".reply").id.slice("reply-".length)
    if (!await this.#tell(sendings().send(`delete:${id}:${uuid()}`, { method: "DELETE", url: `/api/v1/replies/${id}` }))) return
    this.#offerUndo(this.wordsValue.reply, () => this.#tell(sendings().send(`restore:${id}:${uuid()}`, { method: "POST", url: `/api/v1/replies/${id}/restoration`, body: {} })))
  }

  #click(event) {
    const act = event.target.closest("[data-act]")
    if (act) return this.#act(act.dataset.act, idOf(act))
    const thread = event.target.closest(".thread[id^=note-]")
    if (thread && !event.target.closest(NOT_OURS) && getSelection().isCollapsed) room.marks.select(idOf(thread))
  }

  #act(name, id) {
    const marks = room.marks
    const acts = {
      reply: () => this.#compose({ kind: "reply", id }),
      edit: () => this.#compose({ kind: "edit", id, words: marks.get(id)?.body ?? "" }),
      resolve: () => this.#tick(id, true),
      reopen: () => this.#tick(id, false),
      must: () => marks.change(id, { priority: "must" }),
      later: () => marks.change(id, { priority: "later" }),
      unranked: () => marks.change(id, { priority: null }),
      share: () => marks.change(id, { audience: "shared" }),
      inside: () => marks.change(id, { audience: "internal" }),
      link: () => this.#copyLink(id),
      delete: () => this.#delete(id),
    }
    this.#closeMenu()
    acts[name]()
  }

  #closeMenu() {
    const menu = this.element.querySelector(".thread details.menu[open]")
    menu?.removeAttribute("open")
    menu?.querySelector("summary").focus()
  }

  // Whoever is on it goes on to the next: what is deleted takes the focus with it.
  #delete(id) {
    const on = this.threads.of(id)?.contains(document.activeElement)
    const beside = on && this.threads.beside(id, 1)
    room.marks.remove(id)
    if (beside && beside !== id) this.#goTo(beside)
    this.#offerUndo(this.wordsValue.deleted, () => room.marks.restore(id))
  }

  async #copyLink(id) {
    const link = new URL(`${this.pageValue}#note-${id}`, location.href).href
    try {
      await navigator.clipboard.writeText(link)
      this.#toast(this.wordsValue.copied)
    } catch {
      location.hash = `note-${id}` // plain http has no clipboard: the address bar holds the link then
    }
  }

  #compose(target) {
    this.composerTarget.dispatchEvent(new CustomEvent("composer:about", { detail: target }))
  }

  // Whether the server took it; what it has against it is told.
  async #tick(id, done) {
    const say = (now) => this.#tell(sendings().send(`resolution:${id}:${uuid()}`, { method: now ? "POST" : "DELETE", url: `/api/v1/annotations/${id}/resolution`, body: now ? {} : undefined }))
    if (await say(done)) room.marks.history.did({ id, undo: () => say(!done), redo: () => say(done) })
  }

  async #tell(sending) {
    try {
      await sending
      return true
    } catch (refused) {
      this.#toast(refused.message)
      return false
    }
  }

  #step(step) {
    const id = this.threads.beside(room.marks.selected, step)
    if (id) room.marks.select(id)
  }

  #goTo(id) {
    room.marks.select(id)
    this.threads.of(id).querySelector(".thread__number").focus({ preventScroll: true })
  }

  // The address names a note: the way from a mail, or from a link that was copied.
  #follow() {
    const id = /^#note-([0-9a-f-]{36})$/.exec(location.hash)?.[1]
    if (id && this.threads.of(id)) room.marks.select(id)
  }

  #selected(id) {
    const thread = id && this.threads.of(id)
    if (thread?.hidden) {
      thread.hidden = false
      this.#tellHidden()
    }
    this.threads.select(id)
    this.#placeActs()
    if (!thread) return
    history.replaceState(history.state, "", `${location.pathname}${location.search}#note-${id}`)
    thread.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }

  // After whatever came: what the reader had asked for holds, and counts are right.
  #settle() {
    this.#showUnsent()
    const asked = this.#asked
    this.threads.filter(asked)
    this.threads.select(room.marks.selected)
    this.#placeActs()
    const [all, shown] = [this.threads.all, this.threads.shown]
    this.#tellHidden()
    this.openTarget.textContent = all.filter((thread) => thread.dataset.state !== "done").length
    this.allTarget.textContent = all.length
    const narrow = asked.choices.size > 0 || asked.words.trim() !== ""
    this.foundTarget.hidden = !narrow
    if (narrow) this.foundTarget.textContent = shown.length ? this.wordsValue.found.replace("{}", shown.length) : this.wordsValue.nothing
  }

  // Marks are left out with their notes.
  #tellHidden() {
    room.hidden = new Set(this.threads.all.filter((thread) => thread.hidden).map(idOf))
    room.events.dispatchEvent(new Event("filtered"))
  }

  get #asked() {
    const asked = new FormData(this.filterTarget)
    return { choices: new Set(asked.getAll("notes").filter(Boolean)), words: asked.get("q") }
  }

  // What the server does not have yet stands at the end of the list until it does.
  #showUnsent() {
    for (const row of room.marks.all().filter((one) => one.unsaved && one.body && !one.deleted && !this.threads.of(one.id))) {
      const thread = this.unsentTarget.content.firstElementChild.cloneNode(true)
      thread.id = `note-${row.id}`
      thread.querySelector(".thread__body").textContent = row.body
      this.#list.append(thread)
    }
  }

  // Where nothing was said yet, it begins with this.
  get #list() {
    const none = this.scrollTarget.querySelector(".talk__none")
    if (none) none.replaceWith(Object.assign(document.createElement("ol"), { className: "threads" }))
    return this.scrollTarget.querySelector(".threads")
  }

  #placeActs() {
    const thread = this.scrollTarget.querySelector(".thread[aria-current=true]:not([data-state=unsent])")
    const placed = this.scrollTarget.querySelectorAll(".thread__acts")
    for (const acts of placed) if (acts.parentElement !== thread) acts.remove()
    if (!thread) return
    const acts = thread.querySelector(".thread__acts") ?? this.actsTarget.content.firstElementChild.cloneNode(true)
    const on = acts.contains(document.activeElement) ? document.activeElement : null
    acts.id = `acts-${idOf(thread)}` // without one, the morph would take it for the next thing that is said
    acts.setAttribute("data-turbo-permanent", "")
    acts.querySelector("details.menu").id = `menu-${idOf(thread)}`
    for (const act of acts.querySelectorAll("[data-act]")) act.hidden = !applies(act.dataset.act, thread, room.data?.me)
    if (on?.hidden) acts.querySelector("[data-act=reopen]:not([hidden]), [data-act=resolve]:not([hidden])")?.focus()
    if (thread.lastElementChild !== acts && !acts.contains(document.activeElement)) thread.append(acts)
  }

  #offerUndo(text, undo) {
    const toast = this.#toast(text)
    const button = toast.querySelector("[data-undo]")
    button.hidden = false
    button.addEventListener("click", () => { undo(); toast.remove() }, { once: true })
  }

  #toast(text) {
    const toast = this.toastTarget.content.firstElementChild.cloneNode(true)
    toast.querySelector("span").textContent = text
    document.getElementById("toasts").append(toast)
    return toast
  }
}

function idOf(element) {
  return element.closest(".thread").id.slice("note-".length)
}

// What does not apply to this note, or is not this reader's to do, is not offered.
function applies(act, thread, me) {
  const { state, priority, audience } = thread.dataset
  const [own, ticks, answered] = ["own", "mayTick", "answered"].map((name) => name in thread.dataset)
  const team = me?.kind === "team"
  const rules = {
    reply: room.data?.may?.comment, link: true, edit: own, delete: own && !answered,
    resolve: ticks && state !== "done", reopen: ticks && state === "done",
    must: ticks && priority !== "must", later: ticks && priority !== "later", unranked: ticks && priority,
    share: own && team && !answered && audience === "internal", inside: own && team && !answered && audience === "shared",
  }
  return Boolean(rules[act])
}

// A menu that opens at the end of the list is brought into sight.
function showMenu({ target }) {
  if (target.open && target.matches("details.menu")) target.querySelector(".menu__list").scrollIntoView({ block: "nearest" })
}

// Which threads are hidden, and which one they are at, is the reader's choice, not the server's.
function keepWhatIsTheReaders(event) {
  if (event.target.matches(".thread") && KEPT_BY_READER.includes(event.detail.attributeName)) event.preventDefault()
}
