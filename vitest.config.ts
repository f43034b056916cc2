import { defineConfig } from 'vitest/config'

// Files run one after another in two workers at most: sessions and ffmpeg use the cores themselves.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
