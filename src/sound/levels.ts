// How loud speech is from moment to moment.

/** Of a WAV file as Flite writes it: from 0 to about 1, which is usual for its loud parts, every hundredth of a second. */
export function speechLevels(wav: Uint8Array): number[] {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength)
  const rate = view.getUint32(24, true)
  const samples = Math.floor((wav.byteLength - 44) / 2)
  const levels: number[] = []
  for (let from = 0; from < samples; from = Math.round((levels.length * rate) / 100)) {
    const to = Math.min(samples, Math.round(((levels.length + 1) * rate) / 100))
    let sum = 0
    for (let i = from; i < to; i++) sum += view.getInt16(44 + i * 2, true) ** 2
    levels.push(Math.sqrt(sum / Math.max(1, to - from)))
  }
  const usual = levels.toSorted((a, b) => a - b)[Math.floor(levels.length * 0.9)] ?? 0
  return levels.map((level) => (usual === 0 ? 0 : Math.round((level / usual) * 1000) / 1000))
}
