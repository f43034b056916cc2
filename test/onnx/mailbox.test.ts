import { expect, test } from 'vitest'
import { closeMailbox, openMailbox, receiveTensors, sendTensors } from '../../src/onnx/mailbox.js'

const tensors = {
  large: { data: Float32Array.from({ length: 50_000 }, (_, i) => Math.sin(i)), dims: [5, 10_000] },
  view: { data: new Float32Array(20_000).fill(7).subarray(10_000), dims: [10_000] },
  ids: { data: Int32Array.from({ length: 5000 }, (_, i) => -i), dims: [5000] },
  small: { data: Float32Array.of(1, 2), dims: [2] },
}

test('what is sent is received, whichever way it goes', () => {
  const mailbox = openMailbox()
  for (const way of [mailbox, null]) expect(receiveTensors(sendTensors(tensors, way), way)).toEqual(tensors)
  closeMailbox(mailbox)
})

test.skipIf(process.platform === 'win32')('only small tensors travel with the message', () => {
  const mailbox = openMailbox()
  const sent = sendTensors(tensors, mailbox)
  expect(Object.keys(sent).filter((name) => ArrayBuffer.isView(sent[name]!.values))).toEqual(['small'])
  closeMailbox(mailbox)
})

test('a mailbox that can’t be written is no failure', () => {
  const mailbox = openMailbox()
  closeMailbox(mailbox)
  expect(receiveTensors(sendTensors(tensors, mailbox), null)).toEqual(tensors)
})
