import { describe, expect, test } from 'vitest'
import { parseRange } from '../../src/preview/byte-range.js'
import { type Asked, admit } from '../../src/preview/guard.js'

const asked = (more: Partial<Asked> = {}): Asked => ({
  method: 'GET',
  url: '/secret/events',
  host: '127.0.0.1:4000',
  origin: undefined,
  site: undefined,
  ...more,
})
const own = 'http://127.0.0.1:4000'

describe('who is let in', () => {
  test.each([
    ['the page, typed', { url: '/secret/', site: 'none' }, ''],
    ['a file of the page', { url: '/secret/page.js?x', site: 'same-origin' }, 'page.js'],
    ['by the name localhost', { host: 'localhost:4000' }, 'events'],
    ['what the page posts', { method: 'POST', origin: own, url: '/secret/jump' }, 'jump'],
  ])('%s', (_, more, path) => {
    expect(admit(asked(more), 4000, 'secret')).toBe(path)
  })

  test.each([
    ['no token', { url: '/events' }],
    ['another token', { url: '/secreT/events' }],
    ['the start of the token', { url: '/secre/events' }],
    ['a rebound name', { host: 'evil.example:4000' }],
    ['another port', { host: '127.0.0.1:4001' }],
    ['no host', { host: undefined }],
    ['another page', { origin: 'http://127.0.0.1:5000' }],
    ['a page of no origin', { origin: 'null' }],
    ['a page of the same site', { site: 'same-site' }],
    ['a page from elsewhere', { site: 'cross-site' }],
    ['a post of nobody', { method: 'POST', url: '/secret/jump' }],
    ['other methods', { method: 'DELETE', origin: own }],
  ])('not %s', (_, more) => {
    expect(admit(asked(more), 4000, 'secret')).toBeNull()
  })
})

test.each([
  [undefined, null],
  ['bytes=0-', { start: 0, end: 100 }],
  ['bytes=10-19', { start: 10, end: 20 }],
  ['bytes=90-500', { start: 90, end: 100 }],
  ['bytes=-30', { start: 70, end: 100 }],
  ['bytes=-300', { start: 0, end: 100 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=20-10', null],
  ['bytes=0-1,5-6', null],
  ['lines=1-2', null],
  ['bytes=-', null],
])('range %s of 100 bytes', (header, range) => {
  expect(parseRange(header, 100)).toEqual(range)
})
