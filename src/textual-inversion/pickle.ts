// Python's pickles, read as data: nothing is ever called that isn't on the caller's list, and the first other name ends it.
// Opcodes: https://github.com/python/cpython/blob/main/Lib/pickletools.py

/** What a name of the list stands for. Without `call` it may be held, but not called. */
export type Known = { call?: (args: readonly unknown[]) => unknown }

/** The pickle wants something that isn't on the list, such as `os.system`. */
export class ForbiddenName extends Error {
  readonly wanted: string
  constructor(wanted: string) {
    super(`it wants ${wanted}`)
    this.name = 'ForbiddenName'
    this.wanted = wanted
  }
}

export class MalformedPickle extends Error {}

export type PickleRules = {
  /** By `module.name`. */
  names: ReadonlyMap<string, Known>
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown
}

const MARK = Symbol('mark')
/** Bytes. */
const LONGEST_INTEGER = 64
const ASCII = new TextDecoder('latin1')
const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * One pickle of protocol 0 to 5, from byte `start` on; `end` is the first byte behind it. Lists and tuples come as arrays, dicts
 * as Maps, integers beyond 53 bits as bigints. Throws ForbiddenName and MalformedPickle.
 */
export function unpickle(
  bytes: Uint8Array,
  { names, persistent }: PickleRules,
  start = 0,
): { value: unknown; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const memo = new Map<number, unknown>()
  const stack: unknown[] = []
  let at = start

  const take = (length: number): Uint8Array => {
    if (!(length >= 0) || at + length > bytes.length) throw new MalformedPickle()
    at += length
    return bytes.subarray(at - length, at)
  }
  const read = (length: number, from: (offset: number) => number): number => {
    take(length)
    return from(at - length)
  }
  const u8 = () => read(1, (offset) => view.getUint8(offset))
  const u16 = () => read(2, (offset) => view.getUint16(offset, true))
  const u32 = () => read(4, (offset) => view.getUint32(offset, true))
  const i32 = () => read(4, (offset) => view.getInt32(offset, true))
  const u64 = () => read(8, (offset) => Number(view.getBigUint64(offset, true)))
  const f64 = () => read(8, (offset) => view.getFloat64(offset, false))
  const text = (length: number): string => {
    try {
      return UTF8.decode(take(length))
    } catch {
      throw new MalformedPickle()
    }
  }
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at)
    if (end < 0) throw new MalformedPickle()
    const found = ASCII.decode(take(end - at))
    at++
    return found
  }
  const pop = (): unknown => {
    const value = stack.pop()
    if (value === undefined || value === MARK) throw new MalformedPickle()
    return value
  }
  const top = (): unknown => {
    const value = stack.at(-1)
    if (value === undefined || value === MARK) throw new MalformedPickle()
    return value
  }
  const popMark = (): unknown[] => {
    const from = stack.lastIndexOf(MARK)
    if (from < 0) throw new MalformedPickle()
    const values = stack.splice(from)
    return values.slice(1)
  }
  const fill = (target: unknown, pairs: readonly unknown[]) => {
    if (!(target instanceof Map) || pairs.length % 2 !== 0) throw new MalformedPickle()
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1])
  }
  const append = (target: unknown, items: readonly unknown[]) => {
    if (!Array.isArray(target)) throw new MalformedPickle()
    for (const item of items) target.push(item)
  }
  const find = (module: string, name: string): Known => {
    const known = names.get(`${module}.${name}`)
    if (known === undefined) throw new ForbiddenName(`${module}.${name}`)
    return known
  }
  const call = (callee: unknown, args: unknown): unknown => {
    const known = [...names.values()].find((each) => each === callee)
    if (known?.call === undefined || !Array.isArray(args)) throw new MalformedPickle()
    return known.call(args)
  }
  const remember = (key: number) => void memo.set(key, top())
  const recall = (key: number) => {
    if (!memo.has(key)) throw new MalformedPickle()
    stack.push(memo.get(key))
  }
  /** Two's complement, little-endian. */
  const long = (length: number): number | bigint => {
    if (length > LONGEST_INTEGER) throw new MalformedPickle()
    const digits = take(length)
    let value = 0n
    for (const [i, digit] of digits.entries()) value |= BigInt(digit) << BigInt(8 * i)
    value = BigInt.asIntN(8 * length, value)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  const decimal = (said: string): number => {
    const value = Number(said.replace(/L$/, ''))
    if (said === '' || Number.isNaN(value)) throw new MalformedPickle()
    return value
  }

  const operations: Record<string, () => unknown> = {
    '\x80': () => void u8(),
    '\x95': () => void take(8),
    '(': () => stack.push(MARK),
    '0': () => void (stack.at(-1) === MARK ? stack.pop() : pop()),
    '1': () => void popMark(),
    '2': () => stack.push(top()),
    N: () => stack.push(null),
    '\x88': () => stack.push(true),
    '\x89': () => stack.push(false),
    I: () => {
      const said = line()
      stack.push(said === '01' ? true : said === '00' ? false : decimal(said))
    },
    J: () => stack.push(i32()),
    K: () => stack.push(u8()),
    M: () => stack.push(u16()),
    L: () => stack.push(decimal(line())),
    '\x8a': () => stack.push(long(u8())),
    '\x8b': () => stack.push(long(i32())),
    F: () => stack.push(decimal(line())),
    G: () => stack.push(f64()),
    X: () => stack.push(text(u32())),
    '\x8c': () => stack.push(text(u8())),
    '\x8d': () => stack.push(text(u64())),
    V: () => stack.push(line()),
    T: () => stack.push(ASCII.decode(take(i32()))),
    U: () => stack.push(ASCII.decode(take(u8()))),
    B: () => stack.push(take(u32())),
    C: () => stack.push(take(u8())),
    '\x8e': () => stack.push(take(u64())),
    ']': () => stack.push([]),
    ')': () => stack.push([]),
    '}': () => stack.push(new Map()),
    l: () => stack.push(popMark()),
    t: () => stack.push(popMark()),
    d: () => {
      const dict = new Map()
      fill(dict, popMark())
      stack.push(dict)
    },
    '\x85': () => stack.push([pop()]),
    '\x86': () => {
      const second = pop()
      stack.push([pop(), second])
    },
    '\x87': () => {
      const third = pop()
      const second = pop()
      stack.push([pop(), second, third])
    },
    a: () => {
      const item = pop()
      append(top(), [item])
    },
    e: () => {
      const items = popMark()
      append(top(), items)
    },
    s: () => {
      const value = pop()
      const key = pop()
      fill(top(), [key, value])
    },
    u: () => {
      const pairs = popMark()
      fill(top(), pairs)
    },
    p: () => remember(decimal(line())),
    q: () => remember(u8()),
    r: () => remember(u32()),
    '\x94': () => remember(memo.size),
    g: () => recall(decimal(line())),
    h: () => recall(u8()),
    j: () => recall(u32()),
    c: () => {
      const module = line()
      stack.push(find(module, line()))
    },
    '\x93': () => {
      const name = pop()
      stack.push(find(String(pop()), String(name)))
    },
    i: () => {
      const module = line()
      find(module, line())
      throw new MalformedPickle()
    },
    R: () => {
      const args = pop()
      stack.push(call(pop(), args))
    },
    P: () => stack.push(persistent(line())),
    Q: () => stack.push(persistent(pop())),
    // Attributes of a dict, such as those of a state_dict.
    b: () => {
      pop()
      if (!(top() instanceof Map)) throw new MalformedPickle()
    },
  }

  for (;;) {
    const code = String.fromCharCode(u8())
    if (code === '.') return { value: pop(), end: at }
    const operation = Object.hasOwn(operations, code) ? operations[code] : undefined
    if (operation === undefined) throw new MalformedPickle()
    operation()
  }
}
