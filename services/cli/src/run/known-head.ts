import { createHash } from 'node:crypto';
import type { Input } from '@alo/runtime';
import { type Block, headBytes } from './lines.ts';

/**
 * How much of a source is in the journal already: the input of which it is the same or an extension, with the most
 * lines. Undefined for what is new.
 */
export const findKnownHead = async (
  blocks: AsyncIterable<Block>,
  inputs: readonly Input[],
): Promise<Input | undefined> => {
  const lengths = [...new Set(inputs.map(({ lines }) => lines))].filter((lines) => lines > 0).sort((a, b) => a - b);
  const digest = createHash('sha256');
  let lines = 0;
  let found: Input | undefined;
  for await (const block of blocks) {
    let done = 0;
    for (let length = lengths[0]; length !== undefined && length <= lines + block.ends.length; length = lengths[0]) {
      digest.update(headBytes(block, length - lines).subarray(headBytes(block, done).length));
      done = length - lines;
      const sum = digest.copy().digest('hex');
      found = inputs.findLast((input) => input.lines === length && input.digest === sum) ?? found;
      lengths.shift();
    }
    if (lengths.length === 0) break;
    digest.update(block.bytes.subarray(headBytes(block, done).length));
    lines += block.ends.length;
  }
  return found;
};
