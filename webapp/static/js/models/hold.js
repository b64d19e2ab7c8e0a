// What a person chose for their marks and the ground they are judged on, and the mark they copied, kept in this browser.

const KEY = "room"
const COPIED = "mark-copied"
const USUAL = { colour: "blue", width: 0.006, ground: "light" }

export function held() {
  try {
    return { ...USUAL, ...JSON.parse(localStorage.getItem(KEY)) }
  } catch {
    return USUAL
  }
}

export function hold(choice) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...held(), ...choice }))
  } catch { /* refused by the browser: it holds for this page */ }
}

// mark: {shape, colour}; whether it is kept
export function copy(mark) {
  try {
    localStorage.setItem(COPIED, JSON.stringify(mark))
    return true
  } catch {
    return false
  }
}

export function copied() {
  try {
    return JSON.parse(localStorage.getItem(COPIED))
  } catch {
    return null
  }
}
