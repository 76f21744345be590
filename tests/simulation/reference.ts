import type { Output } from '@alo/contracts';
import TinyQueue from 'tinyqueue';
import type { StateCodec, Subscribers } from '../../packages/runtime/src/core.ts';
import type { Due, JournalRecord } from '../../packages/runtime/src/ports.ts';
import type { AnyCore } from './cores.ts';
import type { PartitionLog } from './kafka/partition-log.ts';

/** What a journal comes to when it is folded once, from its beginning to its end, and nothing ever fails. */
export type Reference = {
  readonly said: readonly { readonly output: Output; readonly record: JournalRecord }[];
  readonly header: string;
  readonly states: ReadonlyMap<string, { readonly value: Buffer; readonly dueAt: number | undefined }>;
};

type Entry = { readonly state: unknown; readonly dueAt: number | undefined };

/** All records that were ever in a journal. */
export const journalIn = (log: PartitionLog): JournalRecord[] =>
  log.history().map(({ offset, message, fetched }) => ({
    offset,
    appendedAt: Number(fetched.timestamp),
    ahead: false,
    bytes: message?.value as Uint8Array,
  }));

/** What falls due, first things first: a place that a subscriber has left is dropped when its turn comes. */
const makeDueItems = (core: AnyCore, entries: ReadonlyMap<string, Entry>) => {
  const queue = new TinyQueue<Due>(
    [],
    (a, b) => a.dueAt - b.dueAt || core.compareSubscribers(a.subscriber, b.subscriber),
  );
  const isLeft = ({ dueAt, subscriber }: Due) => entries.get(subscriber)?.dueAt !== dueAt;
  return {
    add: (subscriber: string, dueAt: number | undefined): void => {
      if (dueAt !== undefined) queue.push({ dueAt, subscriber });
    },
    first: (upTo: number): Due | undefined => {
      for (let due = queue.peek(); due && due.dueAt <= upTo; due = queue.peek()) {
        if (!isLeft(due)) return due;
        queue.pop();
      }
      return undefined;
    },
  };
};

const encoded = (codec: StateCodec<unknown, unknown>, state: unknown): Buffer => {
  const hot = Buffer.alloc(codec.hotBytesMax(state));
  return Buffer.from(codec.encode(hot, 0, codec.writeHot(state, hot, 0), codec.restOf(state, undefined)));
};

/** Folds a journal as it is defined: what is due before what is new, over a plain map of states. */
export const foldJournal = (core: AnyCore, journal: readonly JournalRecord[]): Reference => {
  const entries = new Map<string, Entry>();
  const due = makeDueItems(core, entries);
  const said: { output: Output; record: JournalRecord }[] = [];
  let header = core.emptyHeader;
  const keep = (subscriber: string, entry: Entry) => {
    entries.set(subscriber, entry);
    due.add(subscriber, entry.dueAt);
  };
  const subscribers: Subscribers<unknown> = {
    state: (subscriber) => entries.get(subscriber)?.state,
    keep: (subscriber, state, dueAt) => keep(subscriber, { state, dueAt }),
    firstDue: due.first,
  };
  const say = (outputs: readonly Output[], record: JournalRecord) => {
    for (const output of outputs) said.push({ output, record });
  };
  for (const record of journal) {
    const read = { ...record, incoming: core.read(record.bytes) };
    const now = core.nowAfter(header, read);
    if (now !== undefined) say(core.settleDue(header, subscribers, now, Number.POSITIVE_INFINITY).outputs, record);
    const folded = core.foldRecord(header, subscribers, read);
    header = folded.header;
    say(folded.outputs, record);
    if (folded.outcome.kind !== 'activated') continue;
    for (const [subscriber, { state }] of entries) keep(subscriber, core.rearm(header, subscriber, state));
  }
  const states = [...entries].map(
    ([subscriber, { state, dueAt }]) => [subscriber, { value: encoded(core.states, state), dueAt }] as const,
  );
  return { said, header: core.encodeHeader(header), states: new Map(states) };
};
