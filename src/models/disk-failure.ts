// What goes wrong with the disk that models live on.

import { environmentFailure, type Failure, fileFailure } from '../diagnostic/failure.js'

const FULL: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than files may be here',
}

/** As `fileFailure`, with the remedy for models. */
export function diskFailure(error: unknown, doing: string): Failure {
  const full = FULL[(error as NodeJS.ErrnoException)?.code ?? '']
  if (full === undefined) return fileFailure(error, doing)
  return environmentFailure(
    `${doing}: ${full}`,
    'free some space, or move the models with STORYREEL_MODELS_DIR; what is downloaded is kept',
    error,
  )
}
