// Says who came and who left, calmly: once things have settled, and nothing of oneself or of who was there before.

const SETTLES_MS = 2500

export class News {
  #known = null
  #timer = null

  // place: a live region; words: {came, left}, with {} for the names
  constructor(place, words, me) {
    Object.assign(this, { place, words, me })
  }

  tell(people) {
    this.people = new Map(people.filter(({ key }) => key !== this.me.key).map(({ key, name }) => [key, name]))
    this.#known ??= this.people
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#say(), SETTLES_MS)
  }

  stop() {
    clearTimeout(this.#timer)
  }

  #say() {
    const came = [...this.people].filter(([key]) => !this.#known.has(key))
    const left = [...this.#known].filter(([key]) => !this.people.has(key))
    this.#known = this.people
    const said = [this.#of(this.words.came, came), this.#of(this.words.left, left)].filter(Boolean)
    if (said.length) this.place.textContent = said.join(" ")
  }

  #of(words, people) {
    const names = new Intl.ListFormat(document.documentElement.lang).format(people.map(([, name]) => name))
    return people.length ? `${words.replace("{}", names)}.` : ""
  }
}
