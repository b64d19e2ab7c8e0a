// Talking to our own server as the page's reader: with their cookie, and the token that proves the page is ours.

// An answer of 400 or more; `message` is the server's own sentence.
export class Refused extends Error {
  constructor(status, message, code = "") {
    super(message)
    Object.assign(this, { status, code })
  }
}

export async function postJSON(url, body, { key, signal } = {}) {
  const answer = await fetch(url, { method: "POST", signal, headers: headers(key), body: JSON.stringify(body) })
  if (!answer.ok) throw await refusal(answer)
  return { status: answer.status, body: await answer.json() }
}

export async function refusal(answer) {
  const text = await answer.text()
  return new Refused(answer.status, sentence(text) || answer.statusText, told(text).code)
}

// The sentence in {"error": {"message"}}, or nothing.
export function sentence(text) {
  return told(text).message ?? ""
}

function told(text) {
  try {
    return JSON.parse(text).error ?? {}
  } catch {
    return {}
  }
}

// On a guest's page every request says which link it came by: one browser may hold several, and an account too.
export function identity() {
  const link = document.body.dataset.guest
  return link ? { "X-Backbeat-Link": link } : {}
}

// What every write of ours carries.
export function headers(key) {
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? ""
  const sent = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token, ...identity() }
  return key ? { ...sent, "Idempotency-Key": key } : sent
}
