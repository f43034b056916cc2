// How facts about models are put into words.

export const formatMegabytes = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`

export const formatSizes = (sizes: readonly { width: number; height: number }[]): string =>
  sizes.map(({ width, height }) => `${width}x${height}`).join(', ')
