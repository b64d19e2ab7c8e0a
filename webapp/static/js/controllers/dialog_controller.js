// Opens the dialog beside the button, over the page; a click on the veil closes it.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static targets = ["dialog"]

  open() {
    this.dialogTarget.showModal()
  }

  close() {
    this.dialogTarget.close()
  }

  dialogTargetConnected(dialog) {
    dialog.addEventListener("click", closeOnVeil)
  }

  dialogTargetDisconnected(dialog) {
    dialog.removeEventListener("click", closeOnVeil)
  }
}

function closeOnVeil(event) {
  if (event.target === event.currentTarget) event.currentTarget.close()
}
