/** What an interpolation model, or its use, got wrong: one sentence, and what can be done. */
export class InterpolationFault extends Error {
  readonly hint: string | null
  constructor(message: string, hint: string | null = null) {
    super(message)
    this.name = 'InterpolationFault'
    this.hint = hint
  }
}
