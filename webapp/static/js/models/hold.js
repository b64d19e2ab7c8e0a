// What a person chose for their marks and the ground they are judged on, kept in this browser.

const KEY = "room"
const USUAL = { colour: "blue", width: 0.006, ground: "light", tool: "select" }

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
