// Whether keys that are pressed there are somebody's words.
export function isWriting(target) {
  return Boolean(target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]"))
}
