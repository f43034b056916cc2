export function filmTime(): number
export function filmSource(): string
export function isFilmWide(width: number): boolean
export function isPast(seconds: number): boolean
export function isNear(seconds: number): boolean
export function isOtherFilm(source: string): boolean
export function isInView(selector: string): boolean
export function scrollToTop(): void
export function hasStatus(words: string): boolean
export function tryToRead(of: readonly [top: string, picture: string]): Promise<Record<string, string>>
