/** Times of `count` in-betweens, evenly spread strictly between two keyframes: 3 gives 1/4, 2/4, 3/4. */
export function inbetweenTimes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + 1) / (count + 1))
}
