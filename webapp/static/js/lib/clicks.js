// A pressed button answers at once, and a second press of an impatient finger is not a second act.

const TWICE_MS = 1500

export function answerClicks() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return
    const { target: form, submitter } = event
    if (Date.now() - Number(form.dataset.sentAt ?? 0) < TWICE_MS) return event.preventDefault()
    form.dataset.sentAt = Date.now()
    submitter?.setAttribute("aria-busy", "true")
  })
  addEventListener("pageshow", rest)
}

// The page came back from the browser's memory: nothing is under way any more.
function rest() {
  for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy")
  for (const form of document.querySelectorAll("form[data-sent-at]")) delete form.dataset.sentAt
}
