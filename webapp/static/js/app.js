// Starts what the page needs: each controller is attached where the markup names it.
// Turbo is used for its morph alone (models/refresh.js): links and forms stay the browser's own, so that a redirect,
// a 409 page or a lost connection behaves as it would without script.
import { Application } from "@hotwired/stimulus"
import { answerClicks } from "./lib/clicks.js"
import { settle } from "./models/drafts.js"
import Arrived from "./controllers/arrived_controller.js"
import Composer from "./controllers/composer_controller.js"
import Copy from "./controllers/copy_controller.js"
import Dialog from "./controllers/dialog_controller.js"
import Draft from "./controllers/draft_controller.js"
import Help from "./controllers/help_controller.js"
import Live from "./controllers/live_controller.js"
import Mention from "./controllers/mention_controller.js"
import Menu from "./controllers/menu_controller.js"
import Room from "./controllers/room_controller.js"
import Stage from "./controllers/stage_controller.js"
import Talk from "./controllers/talk_controller.js"
import Theme from "./controllers/theme_controller.js"
import Toast from "./controllers/toast_controller.js"
import Together from "./controllers/together_controller.js"
import Toolbar from "./controllers/toolbar_controller.js"
import Until from "./controllers/until_controller.js"
import Upload from "./controllers/upload_controller.js"

settle()
answerClicks()

const application = Application.start()
application.register("arrived", Arrived)
application.register("composer", Composer)
application.register("copy", Copy)
application.register("dialog", Dialog)
application.register("draft", Draft)
application.register("help", Help)
application.register("live", Live)
application.register("mention", Mention)
application.register("menu", Menu)
application.register("room", Room)
application.register("stage", Stage)
application.register("talk", Talk)
application.register("theme", Theme)
application.register("toast", Toast)
application.register("together", Together)
application.register("toolbar", Toolbar)
application.register("until", Until)
application.register("upload", Upload)
