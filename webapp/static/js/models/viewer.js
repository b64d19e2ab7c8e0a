// The picture under the eye: pan, zoom, turn; and where a point of the page is on the screen.
//
// Points of the page are fractions of it, origin top left. What is drawn may be any rendition of it, or tiles: a fraction
// is the same point in all of them. Fires "moved" whenever the picture lies otherwise, "ready" when it is first drawn.

import { classic } from "../lib/classic.js"

const MOST_PIXELS = 16 // of the screen for one of the original
const MARGIN = 0.96
const LEAST_LEVEL = 1024 // pixels of the longest side
const EDGE = 24 // pixels of the stage in which nothing is seen well

export class Viewer extends EventTarget {
  #whole = true // all of the picture is shown, until somebody goes nearer or elsewhere

  // element  where it is drawn; size, pictures and tiles as room.data has them
  constructor(element, { size, pictures, tiles }) {
    super()
    Object.assign(this, { element, size, pictures, tiles })
  }

  async start() {
    await classic("openseadragon")
    this.dragon = window.OpenSeadragon({
      element: this.element, drawer: "canvas", showNavigationControl: false, showNavigator: false,
      maxZoomPixelRatio: MOST_PIXELS, visibilityRatio: 0.4, constrainDuringPan: false, animationTime: calm() ? 0 : 0.25, springStiffness: 12, homeFillsViewer: false,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: false }, gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: false },
      gestureSettingsPen: { clickToZoom: false, dblClickToZoom: false }, keyboardNavEnabled: false, preserveViewport: true, imageSmoothingEnabled: true,
      smoothTileEdgesMinZoom: Infinity,
      tileSources: this.#source,
    })
    this.dragon.innerTracker.keyHandler = null
    this.dragon.canvas.removeAttribute("tabindex") // the stage around it has a name, and is what Tab stops at
    this.dragon.drawer.minimumOverlapRequired = () => false // it would draw every tile a pixel larger than it is, and marks beside their points
    this.dragon.addHandler("tile-drawing", ({ context }) => { context.imageSmoothingQuality = "high" })
    this.dragon.addHandler("tile-drawing", (event) => this.tiles && ontoPixels(event))
    for (const name of ["canvas-drag", "canvas-scroll"]) this.dragon.addHandler(name, () => { this.#whole = false })
    this.dragon.addHandler("canvas-pinch", (event) => this.#pinched(event))
    this.dragon.addHandler("resize", () => this.#whole && queueMicrotask(() => this.dragon && this.fit())) // after what it does itself
    for (const name of ["animation", "resize", "rotate", "update-viewport"]) this.dragon.addHandler(name, () => this.#moved())
    await new Promise((resolve, reject) => {
      this.dragon.addOnceHandler("open", resolve)
      this.dragon.addOnceHandler("open-failed", ({ message }) => reject(new Error(message)))
    })
    this.#begin(this.dragon.world.getItemAt(0))
    this.dragon.viewport.getMinZoom = () => Math.min(this.dragon.viewport.getHomeZoom() / 2, this.#trueSize / devicePixelRatio)
    this.fit({ at: "once" })
    this.#drawn()
  }

  // Better pictures of the same page have come: the view stays, and so does what is seen until they are drawn over it.
  sharpen({ pictures, tiles }) {
    Object.assign(this, { pictures, tiles })
    this.dragon?.addTiledImage({ tileSource: this.#source, success: ({ item }) => this.#replaceBy(item) })
  }

  stop() {
    this.dragon?.destroy()
    this.dragon = null
  }

  toPage(clientX, clientY) {
    const frame = this.element.getBoundingClientRect()
    const at = this.dragon.viewport.pointFromPixel(new OpenSeadragon.Point(clientX - frame.left, clientY - frame.top), true)
    const { x, y, width, height } = this.#bounds
    return { x: (at.x - x) / width, y: (at.y - y) / height }
  }

  // In pixels of the stage.
  toScreen({ x, y }) {
    const page = this.#bounds
    const at = new OpenSeadragon.Point(page.x + x * page.width, page.y + y * page.height)
    const pixel = this.dragon.viewport.pixelFromPoint(at, true)
    return { x: pixel.x, y: pixel.y }
  }

  // Screen pixels for one of the original; 1 is true size on a screen whose pixels are CSS pixels.
  get zoom() {
    const [left, right] = [this.toScreen({ x: 0, y: 0 }), this.toScreen({ x: 1, y: 0 })]
    return Math.hypot(right.x - left.x, right.y - left.y) / this.size.width
  }

  fit({ at } = {}) {
    this.#whole = true
    this.dragon.viewport.goHome(true)
    this.dragon.viewport.zoomBy(MARGIN, null, true)
    if (at !== "once") this.#moved()
  }

  zoomTo(scale) {
    this.#nearTo(this.#trueSize * scale)
  }

  zoomBy(factor) {
    this.#nearTo(this.dragon.viewport.getZoom() * factor)
  }

  // Two fingers hold the picture: what lay between them lies there still. was, now: {x, y, long} in pixels of the stage
  pinch(was, now) {
    const { viewport } = this.dragon
    const held = viewport.pointFromPixel(new OpenSeadragon.Point(was.x, was.y), true)
    if (was.long > 0) viewport.zoomTo((viewport.getZoom(true) * now.long) / was.long, null, true)
    const at = viewport.pixelFromPoint(held, true)
    this.panBy(at.x - now.x, at.y - now.y, { at: "once" })
  }

  // In pixels of the screen.
  panBy(dx, dy, { at } = {}) {
    this.#whole = false
    this.dragon.viewport.panBy(this.dragon.viewport.deltaPointsFromPixels(new OpenSeadragon.Point(dx, dy), true), at === "once")
    if (at !== "once") this.settle()
  }

  // The wheel was turned over a mark: it means the picture under it.
  wheel(event) {
    event.preventDefault()
    this.dragon.canvas.dispatchEvent(new WheelEvent("wheel", event))
  }

  // What was moved at once may have gone too far.
  settle() {
    this.dragon.viewport.applyConstraints()
  }

  rotate(degrees) {
    this.dragon.viewport.setRotation(this.dragon.viewport.getRotation() + degrees, calm())
    if (this.#whole) this.fit()
  }

  // Brings a part of the page to the middle, unless its middle is in sight.
  show({ left, top, right, bottom }) {
    const { width, height } = this.element.getBoundingClientRect()
    const at = this.toScreen({ x: (left + right) / 2, y: (top + bottom) / 2 })
    const inSight = at.x > EDGE && at.x < width - EDGE && at.y > EDGE && at.y < height - EDGE
    if (!inSight) this.panBy(at.x - width / 2, at.y - height / 2)
  }

  get middle() {
    const { left, top, width, height } = this.element.getBoundingClientRect()
    return this.toPage(left + width / 2, top + height / 2)
  }

  // zoom: as OpenSeadragon counts it, the width of the stage over that of the picture
  #nearTo(zoom) {
    this.#whole = false
    this.dragon.viewport.zoomTo(zoom)
    this.settle()
  }

  // OpenSeadragon's own loses its hold where both fingers move between two frames.
  #pinched(event) {
    const [was, now] = [{ ...event.lastCenter, long: event.lastDistance }, { ...event.center, long: event.distance }]
    event.preventDefaultPanAction = event.preventDefaultZoomAction = true
    this.pinch(was, now)
    this.settle()
  }

  #replaceBy(item) {
    this.#begin(item)
    item.whenFullyLoaded(() => {
      const world = this.dragon?.world
      while (world?.getIndexOfItem(item) > 0) world.removeItem(world.getItemAt(0))
      if (world) this.#moved()
    })
  }

  // What is loaded first is the smallest: it would be the largest that is one tile, and here each is.
  #begin(item) {
    if (!this.tiles) item.savedCutOffLevel = 0
  }

  get #trueSize() {
    return this.dragon.viewport.getZoom(true) / this.zoom
  }

  get #bounds() {
    return this.dragon.world.getItemAt(0).getBoundsNoRotate(true)
  }

  get #source() {
    if (!this.tiles) return { type: "legacy-image-pyramid", levels: this.#levels }
    const { width, height, tile_size: tileSize, overlap: tileOverlap, max_level: maxLevel, url_template: url } = this.tiles
    const getTileUrl = (level, column, row) => url.replace("{level}", level).replace("{column}", column).replace("{row}", row)
    return { width, height, tileSize, tileOverlap, minLevel: 0, maxLevel, getTileUrl }
  }

  // The thumbnail is left out: there is a better one in the page already. Heights are not rounded as the pictures' own are:
  // each would lie elsewhere by a little, and marks jump as one takes the place of another.
  get #levels() {
    const large = this.pictures.filter(({ width, height }) => Math.max(width, height) >= LEAST_LEVEL)
    return (large.length ? large : this.pictures.slice(-1)).map(({ url, width }) => ({ url, width, height: (width * this.size.height) / this.size.width }))
  }

  #moved() {
    this.dispatchEvent(new Event("moved"))
  }

  // The picture of the page itself stays until the viewer's own is drawn, so that nothing flickers.
  #drawn() {
    const tell = () => { this.#moved(); this.dispatchEvent(new Event("ready")) }
    if (this.dragon.world.getItemAt(0)?.getFullyLoaded()) tell()
    else this.dragon.addOnceHandler("tile-drawn", tell)
  }
}

// Tiles meet on whole pixels of the screen, so that nothing shines through between them.
function ontoPixels({ tile, context }) {
  const [there, ratio] = [context.getTransform(), OpenSeadragon.pixelDensityRatio]
  const snapped = (point) => {
    const { x, y } = there.transformPoint(point)
    return there.inverse().transformPoint({ x: Math.round(x), y: Math.round(y) })
  }
  const [at, size] = [tile.position.times(ratio), tile.size.times(ratio)]
  const [from, to] = [snapped(at), snapped(at.plus(size))]
  const [across, down] = [(to.x - from.x) / size.x, (to.y - from.y) / size.y]
  context.transform(across, 0, 0, down, from.x - at.x * across, from.y - at.y * down)
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches
}
