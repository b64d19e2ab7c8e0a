// What the page was waiting for is there: it is loaded as one with it.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  connect() {
    location.reload()
  }
}
