// Single keys typed at a terminal.

/** Calls `onKey` with each key; Ctrl-C is `\x03`. Does nothing where stdin is no terminal. */
export function listenToKeys(onKey: (key: string) => void): { close(): void } {
  const { stdin } = process
  if (!stdin.isTTY) return { close: () => {} }
  const onData = (data: Buffer) => {
    for (const key of data.toString('latin1')) onKey(key)
  }
  stdin.setRawMode(true)
  stdin.resume()
  stdin.on('data', onData)
  return {
    close() {
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
    },
  }
}
