// How a terminal can show pictures: asked of the terminal itself. Pure.

export const thumbnailModes = ['auto', 'kitty', 'sixel', 'blocks', 'none'] as const
export type ThumbnailMode = (typeof thumbnailModes)[number]

export type Graphics = {
  /** `placed` is kitty's protocol with characters that stand for the picture, which tmux can move about. */
  protocol: 'kitty' | 'placed' | 'sixel' | 'blocks' | 'none'
  /** Pixels of a character. */
  cell: { width: number; height: number }
  hasTrueColor: boolean
}

/** Asks for kitty's graphics, the size of a character, and (what every terminal answers, so it is last) what it is. */
export const QUESTION = '\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c'

export const isAnswered = (reply: string): boolean => /\x1b\[\?[\d;]*c/.test(reply)

const USUAL_CELL = { width: 9, height: 18 }

type Environment = Readonly<Record<string, string | undefined>>

/** What tmux says: `passthrough` is its option, `terminal` the names of the terminal around it. */
export type Tmux = { passthrough: string; terminal: string }

/** @param reply what came back after QUESTION; empty when nothing did. */
export function chooseGraphics(reply: string, env: Environment, tmux: Tmux | null): Graphics {
  const size = /\x1b\[6;(\d+);(\d+)t/.exec(reply)
  const cell = size ? { width: Number(size[2]), height: Number(size[1]) } : USUAL_CELL
  const attributes = /\x1b\[\?([\d;]*)c/.exec(reply)?.[1]?.split(';') ?? []
  const hasTrueColor =
    /truecolor|24bit/.test(env.COLORTERM ?? '') || /kitty|ghostty|direct/.test(env.TERM ?? '')
  const blocks = env.NO_COLOR || env.TERM === 'dumb' ? 'none' : 'blocks'
  const protocol = tmux
    ? isOn(tmux.passthrough) && /kitty|ghostty/i.test(tmux.terminal)
      ? 'placed'
      : null
    : /\x1b_Gi=31;OK/.test(reply)
      ? 'kitty'
      : null
  return { protocol: protocol ?? (attributes.includes('4') ? 'sixel' : blocks), cell, hasTrueColor }
}

const isOn = (option: string) => /^(on|all|1)$/.test(option.trim())
