import { createReadStream, readFileSync } from 'node:fs';
import { type AloEvent, type Incoming, readLine, readText } from '@alo/contracts';
import {
  compareUtf8,
  emptyHeader,
  fingerprintOf,
  foldRecord,
  type Header,
  nowAfter,
  type State,
  type Subscribers,
  settleDue,
} from '@alo/domain';
import TinyQueue from 'tinyqueue';
import { readBlocks } from '../../services/cli/src/run/lines.ts';
import { measure } from './measured.ts';

/** The pure fold on parsed events, states in a Map; reading and parsing are not timed. */
type Due = { readonly dueAt: number; readonly subscriber: string };

type Entry = { state: State | undefined; dueAt: number | undefined };
const states = new Map<string, Entry>();
let at: { readonly subscriber: string; readonly entry: Entry } | undefined;
const queue = new TinyQueue<Due>([], (a, b) => a.dueAt - b.dueAt || compareUtf8(a.subscriber, b.subscriber));

/** The one that was asked for last is asked for again at once: to be kept. */
const entryOf = (subscriber: string): Entry => {
  if (at?.subscriber === subscriber) return at.entry;
  const entry = states.get(subscriber) ?? { state: undefined, dueAt: undefined };
  if (entry.state === undefined) states.set(subscriber, entry);
  at = { subscriber, entry };
  return entry;
};

const subscribers: Subscribers = {
  state: (subscriber) => entryOf(subscriber).state,
  keep: (subscriber, state, dueAt) => {
    const entry = entryOf(subscriber);
    if (dueAt !== undefined && entry.dueAt !== dueAt) queue.push({ subscriber, dueAt });
    entry.state = state;
    entry.dueAt = dueAt;
  },
  firstDue: (upTo) => {
    for (let due = queue.peek(); due && due.dueAt <= upTo; due = queue.peek()) {
      if (states.get(due.subscriber)?.dueAt === due.dueAt) return due;
      queue.pop();
    }
    return undefined;
  },
};

const policy = JSON.parse(readFileSync(process.argv[3] as string, 'utf8'));

const activation = (time: string): Incoming =>
  readText(
    JSON.stringify({
      specversion: '1.0',
      id: '1',
      source: '/bench',
      type: 'alo.policy.activated.v1',
      time,
      data: { policy },
    }),
  );

let header: Header = emptyHeader;
let outputs = 0;

const foldOne = (incoming: Incoming) => {
  if (incoming.kind !== 'event') return;
  const record = { incoming, appendedAt: incoming.time, ahead: false };
  const now = nowAfter(header, record);
  if (now !== undefined) outputs += settleDue(header, subscribers, now, Number.POSITIVE_INFINITY).outputs.length;
  const folded = foldRecord(header, subscribers, record);
  header = folded.header;
  outputs += folded.outputs.length;
};

const timed = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

await measure(async () => {
  let events = 0;
  let foldMs = 0;
  let hashMs = 0;
  foldOne(activation('2026-01-01T00:00:00+07:00'));
  for await (const { bytes, ends } of readBlocks(
    createReadStream(process.argv[2] as string, { highWaterMark: 1 << 20 }),
  )) {
    const parsed = ends.map((end, n) => readLine(bytes.subarray(n === 0 ? 0 : (ends[n - 1] as number) + 1, end)));
    hashMs += timed(() => {
      for (const incoming of parsed) if (incoming.kind === 'event') fingerprintOf(incoming.event as AloEvent, 20_000);
    });
    foldMs += timed(() => parsed.forEach(foldOne));
    events += parsed.length;
  }
  return { events, timedMs: foldMs, besides: { hashShare: hashMs / foldMs, outputs } };
});
