// A sound's part in the film, exact to the sample: what a plan says of it, and a mixer keeps to.

/** Samples a second of each channel. */
export const SAMPLE_RATE = 48_000

/** All times are samples. */
export type Track = {
  /** In the film. */
  start: number
  /** What is heard; silence follows where the sound is over before. */
  length: number
  /** Passed over in the sound, each time that it begins. */
  from: number
  /** Passed over besides, the first time. */
  skip: number
  fadeIn: number
  fadeOut: number
  gain: number
  isLooped: boolean
  /** Factor while somebody speaks; 1 for what stays as it is. */
  underSpeech: number
}
