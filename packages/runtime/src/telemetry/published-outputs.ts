import { type Instant, parseInstant } from '@alo/contracts';
import type { JournalRecord, Published } from '../ports.ts';
import type { Instruments } from './instruments.ts';
import type { ToldOutput, TriggerEvent } from './told-output.ts';

/** Records as they were delivered: one after the other, so that each is found by its offset. */
const appendedAtOf = (records: readonly JournalRecord[], { offset }: Published): Instant | undefined => {
  const record = records[offset - (records[0]?.offset ?? 0)];
  return record?.offset === offset ? record.appendedAt : undefined;
};

/** In seconds. Clocks that go apart make no time run backwards. */
const since = (instant: Instant, now: Instant): number => Math.max(0, now - instant) / 1000;

/** Counts outputs that were published just now, and how long each trigger took to get there. */
export const countPublished = (
  instruments: Instruments,
  told: readonly ToldOutput[],
  records: readonly JournalRecord[],
  now: Instant,
): void => {
  for (const { output, event } of told) {
    if (output.kind === 'dead-letter') {
      instruments.refusals.add(1, { code: output.code });
      continue;
    }
    instruments.triggers.add(1, { type: (event as TriggerEvent).type });
    const appendedAt = appendedAtOf(records, output);
    if (appendedAt !== undefined) instruments.publicationDelay.record(since(appendedAt, now));
    measureCause(instruments, event as TriggerEvent, now);
  }
};

const measureCause = ({ dueLate, eventDelay }: Instruments, { data }: TriggerEvent, now: Instant): void => {
  const cause = data?.because?.cause;
  if (!cause) return;
  if ('due' in cause) dueLate.record(since(parseInstant(cause.at), now));
  else eventDelay.record(since(parseInstant(cause.time), now));
};
