import { emptyContents, makeMemoryStore } from '../memory/memory-store.ts';
import type { Ports } from '../partition-worker.ts';
import type { JournalRecord, Published, Receipt } from '../ports.ts';

const someCause = { source: '/billing', id: 'c-1', type: 'alo.usage.charged.v1', time: '2026-07-20T02:15:00Z' };

type Given = {
  readonly offset?: number;
  readonly traceparent?: string | undefined;
  readonly cause?: object;
};

/** A trigger as the shell hands it to a log. */
export const triggerOf = ({ offset = 0, traceparent, cause = someCause }: Given = {}): Published => ({
  kind: 'trigger',
  number: 0,
  offset,
  topic: 'alo.gifts.v1',
  subject: 's-17',
  id: 'birthday-gift.due/s-17/birthday/2027',
  text: JSON.stringify({
    specversion: '1.0',
    id: 'birthday-gift.due/s-17/birthday/2027',
    source: '/alo/example',
    type: 'alo.birthday-gift.due.v1',
    subject: 's-17',
    time: '2026-07-20T02:15:03.250Z',
    datacontenttype: 'application/json',
    ...(traceparent !== undefined && { traceparent }),
    data: { occasion: 'birthday', value: 200_000, because: { rule: 'occasions', cause } },
  }),
});

export const refusalOf = (code: Extract<Published, { kind: 'dead-letter' }>['code']): Published => ({
  kind: 'dead-letter',
  number: 0,
  offset: 0,
  line: undefined,
  code,
  message: 'data.amount must be a number: "0912345678"',
  bytes: Buffer.from('{"subject":"s-17"}'),
});

export const recordsOf = (count: number, { from = 0, appendedAt = Date.now() } = {}): JournalRecord[] =>
  Array.from({ length: count }, (_, n) => ({
    offset: from + n,
    appendedAt,
    ahead: false,
    bytes: Buffer.from('{}'),
  }));

export const receiptAt = (offset: number): Receipt => ({ offset, step: 0, digest: '', count: 0, version: '1' });

/** Ports in memory whose journal comes in these batches, and what was published. */
export const portsOf = (batches: readonly (readonly JournalRecord[])[]) => {
  const contents = { ...emptyContents(), journal: batches.flat() };
  const { log, states } = makeMemoryStore(contents, (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const end = contents.journal.length;
  const ports: Ports = {
    log: {
      ...log,
      follow: async function* () {
        for (const records of batches) yield { records, end };
      },
    },
    states,
    close: async () => undefined,
  };
  return { ports, published: contents.outputs };
};
