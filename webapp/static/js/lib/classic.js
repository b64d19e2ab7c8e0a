// Loads a vendored file that is a script and no module, once; resolves when it has run.

const loading = new Map()

export function classic(name) {
  if (!loading.has(name)) loading.set(name, load(import.meta.resolve(name)))
  return loading.get(name)
}

function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = url
    script.addEventListener("load", () => resolve())
    script.addEventListener("error", () => reject(new Error(`${url} could not be loaded`)))
    document.head.append(script)
  })
}
