// Small systems of linear equations, in double precision.

/** Solves `matrix`·x = `right` by Gaussian elimination with partial pivoting. The matrix is square and not singular. */
export function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length
  const rows = matrix.map((row, i) => [...row, right[i]!])
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let i = column + 1; i < size; i++)
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i
    ;[rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!]
    const top = rows[column]!
    for (let i = column + 1; i < size; i++) {
      const factor = rows[i]![column]! / top[column]!
      for (let j = column; j <= size; j++) rows[i]![j]! -= factor * top[j]!
    }
  }
  const solution = new Array<number>(size).fill(0)
  for (let i = size - 1; i >= 0; i--) {
    let rest = rows[i]![size]!
    for (let j = i + 1; j < size; j++) rest -= rows[i]![j]! * solution[j]!
    solution[i] = rest / rows[i]![i]!
  }
  return solution
}
