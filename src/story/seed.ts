/**
 * A scene's seed when the scene does not say one: the film's, moved by a hash of the place, so that a place looks the
 * same whenever the film comes back to it, and that scenes can be added or moved without changing the others. A scene
 * without a place goes by its heading; one without a heading has the film's own seed. FNV-1a, 32 bits, over UTF-16 units.
 */
export function sceneSeed(filmSeed: number, place: string | null): number {
  if (place === null) return filmSeed
  let hash = 0x811c9dc5
  for (let i = 0; i < place.length; i++) hash = Math.imul(hash ^ place.charCodeAt(i), 0x01000193)
  return (filmSeed + (hash >>> 0)) % 0x1_0000_0000
}
