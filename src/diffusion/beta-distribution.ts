// Quantiles of the beta distribution, in double precision.

/**
 * The `p` quantile of Beta(a, b), for p in 0…1: the x at which the regularized incomplete beta function is p. Bisection in
 * log odds, which keeps its precision near both ends; about 1e-14 relative.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  let low = -80
  let high = 80
  for (let i = 0; i < 70; i++) {
    const middle = (low + high) / 2
    if (regularizedBeta(logistic(middle), logistic(-middle), a, b) < p) low = middle
    else high = middle
  }
  return logistic((low + high) / 2)
}

const logistic = (z: number): number => 1 / (1 + Math.exp(-z))

/** I_x(a, b) with y = 1 − x given apart, by the continued fraction 6.4.5 of Numerical Recipes (3rd edition). */
function regularizedBeta(x: number, y: number, a: number, b: number): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log(y) - logBeta(a, b))
  if (x < (a + 1) / (a + b + 2)) return (front * continuedFraction(x, a, b)) / a
  return 1 - (front * continuedFraction(y, b, a)) / b
}

/** Lentz's method. */
function continuedFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / (1 + even * d)
    c = 1 + even / c
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / (1 + odd * d)
    c = 1 + odd / c
    result *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return result
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

/** Stirling's series after shifting the argument above 10. */
function logGamma(value: number): number {
  let shift = 0
  let x = value
  while (x < 10) {
    shift += Math.log(x)
    x += 1
  }
  const x2 = x * x
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * x2)) / x2) / x2) / x2) / x
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift
}
