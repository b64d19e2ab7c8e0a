// What a person is in the middle of, so that nothing live takes it from under their hands.

const TEXT = "input:not([type=hidden], [type=checkbox], [type=radio], [type=submit], [type=button], [type=file]), textarea"

// Must this element stay exactly as it is while the page around it is renewed?
export function isHeld(element) {
  if (element.matches("form")) return isEdited(element)
  return element.matches("dialog[open], details.menu[open], [data-turbo-permanent]") || holdsSelection(element)
}

// Would removing this element take something away from the person?
export function holdsWork(element) {
  return isHeld(element) || Array.from(element.querySelectorAll("form, dialog[open], details.menu[open], [data-turbo-permanent]")).some(isHeld)
}

export function isEdited(form) {
  if (form.matches(":focus-within") && document.activeElement.matches(TEXT)) return true
  return Array.from(form.elements).some(differs)
}

function differs(field) {
  if (field.matches(TEXT)) return field.value !== field.defaultValue
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked
  if (field.matches("[type=file]")) return field.files.length > 0
  return false
}

// Text being marked with the mouse, inside the smallest thing that can stay.
function holdsSelection(element) {
  const selection = getSelection()
  return element.matches("p, li, td, h1, h2, h3") && !selection.isCollapsed && selection.containsNode(element, true)
}
