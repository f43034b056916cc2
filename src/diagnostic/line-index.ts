// Offsets to lines and columns, made once for a text.

export type Position = {
  /** From 1. */
  line: number
  /** UTF-16 units from 1, as editors of the LSP count. */
  column: number
  /** UTF-8 bytes from 1, as vim's %c counts. */
  byteColumn: number
}

/** Lines end with LF or CRLF. */
export class LineIndex {
  readonly text: string
  readonly #starts: number[] = [0]

  constructor(text: string) {
    this.text = text
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  get lineCount(): number {
    return this.#starts.length
  }

  /** The line of an offset, from 1; offsets outside the text count as its ends. */
  lineAt(offset: number): number {
    let low = 0
    let high = this.#starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle
    }
    return low + 1
  }

  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length))
    const line = this.lineAt(at)
    const start = this.#starts[line - 1]!
    return {
      line,
      column: at - start + 1,
      byteColumn: Buffer.byteLength(this.text.slice(start, at), 'utf8') + 1,
    }
  }

  /** The offset at which a line (from 1) starts. */
  lineStart(line: number): number {
    return this.#starts[line - 1] ?? this.text.length
  }

  /** A line (from 1) without its line break. */
  lineText(line: number): string {
    const start = this.lineStart(line)
    const next = this.#starts[line]
    if (next === undefined) return this.text.slice(start)
    return this.text.slice(start, this.text[next - 2] === '\r' && next - 2 >= start ? next - 2 : next - 1)
  }
}
