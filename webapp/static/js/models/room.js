// The room a page is: what the server said of it, its notes, and what its parts tell each other.
//
// hidden  the ids of the notes that the reader's filter leaves out
// events  an EventTarget; each part fires and hears what concerns the others ("compose", "typing", "stroke" …)

import { readAgain } from "./again.js"
import { Marks } from "./marks.js"

const written = document.getElementById("room-data")
const data = written && JSON.parse(written.textContent)

export const room = { data, marks: new Marks(data), events: new EventTarget(), hidden: new Set() }

document.body.addEventListener("live:row", ({ detail: { row } }) => {
  if (row.version_id === data?.version.id) room.marks.put(row)
})

document.body.addEventListener("live:missing", () => data && readAgain(room.marks, data.version.id))
