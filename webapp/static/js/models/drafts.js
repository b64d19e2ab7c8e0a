// What people have written and not yet sent, kept in this browser until the server has it.
//
// Sending marks a draft as sent; the next page says whether it arrived. What is accepted is answered with a redirect, so
// only a page reached by one lets the draft go; an error, a lost connection, going back or reloading leave it.

const KEPT = "draft:"
const SENT = "draft-sent"

// Whoever signs in next on this browser is not shown what another had begun to write.
export function keyOf(form) {
  return `${KEPT}${document.body.dataset.reader ?? ""}${location.pathname}#${form.id}`
}

export function keep(key, values) {
  if (Object.values(values).some((value) => value.trim())) write(localStorage, key, JSON.stringify(values))
  else forget(key)
}

export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {}
  } catch {
    return {}
  }
}

export function forget(key) {
  try {
    localStorage.removeItem(key)
  } catch { /* storage refused by the browser: there was nothing to forget */ }
}

export function sent(key) {
  write(sessionStorage, SENT, key)
}

// Run once a page, before any draft is restored.
export function settle() {
  const key = read(sessionStorage, SENT)
  if (!key) return
  sessionStorage.removeItem(SENT)
  if (arrived()) forget(key)
}

function arrived() {
  const visit = performance.getEntriesByType("navigation")[0]
  const failed = document.body.dataset.failed || (visit?.responseStatus ?? 200) >= 400
  return !failed && visit?.type === "navigate" && visit.redirectCount > 0
}

function read(storage, key) {
  try {
    return storage.getItem(key)
  } catch {
    return null
  }
}

function write(storage, key, value) {
  try {
    storage.setItem(key, value)
  } catch { /* full or refused: the text is still in the field */ }
}
