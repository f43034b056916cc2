/** An element with attributes, listeners (`onclick`) and children; null children are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value)
    else if (value === true) made.setAttribute(key, '')
    else if (value !== false && value !== null) made.setAttribute(key, value)
  }
  made.append(...children.filter((child) => child !== null))
  return made
}

/** `1:02.5` */
export function clock(seconds) {
  const tenths = Math.max(0, Math.round(seconds * 10))
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`
}

export const post = (path, body = {}) => fetch(path, { method: 'POST', body: JSON.stringify(body) })
