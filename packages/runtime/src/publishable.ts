import { hash } from 'node:crypto';
import { encodeStructured, type Output, topicOf } from '@alo/contracts';
import type { JournalRecord, Published } from './ports.ts';

/** How much a partition has said so far: the number of outputs, and a running SHA-256 over all of them, in hex. */
export type Said = { readonly count: number; readonly digest: string };

export const nothingSaid: Said = { count: 0, digest: '' };

type At = Pick<JournalRecord, 'offset' | 'line' | 'bytes'>;

/** An output made ready to be published, and what has been said with it. A trace is no part of what is said. */
export const publishable = (output: Output, at: At, said: Said): { published: Published; said: Said } => {
  const published =
    output.kind === 'trigger' ? triggerOf(output, at, said.count) : deadLetterOf(output, at, said.count);
  return { published, said: { count: said.count + 1, digest: hash('sha256', said.digest + meaningOf(output, at)) } };
};

const meaningOf = (output: Output, { offset }: At): string => {
  if (output.kind === 'refusal') return `${offset} ${output.refusal.code}`;
  const { traceparent: _, ...meaning } = output.trigger;
  return JSON.stringify(meaning);
};

const triggerOf = ({ trigger }: Extract<Output, { kind: 'trigger' }>, { offset }: At, number: number): Published => ({
  kind: 'trigger',
  number,
  offset,
  topic: topicOf(trigger),
  subject: trigger.subject,
  id: trigger.id,
  text: encodeStructured(trigger),
});

const deadLetterOf = (
  { refusal }: Extract<Output, { kind: 'refusal' }>,
  { offset, line, bytes }: At,
  number: number,
): Published => ({ kind: 'dead-letter', number, offset, line, ...refusal, bytes: Uint8Array.from(bytes) });
