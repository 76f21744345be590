import type { Instant, Output, Trigger } from '@alo/contracts';
import type { Core, Subscribers } from './core.ts';
import type { JournalRecord } from './ports.ts';

/** What a journal may hold that is counted. */
export type CountingEvent =
  /** Every so many ms after an event of a subscriber, its count falls due; so often. */
  | { readonly kind: 'activate'; readonly everyMs: number; readonly times: number }
  | { readonly kind: 'count'; readonly subscriber: string }
  | { readonly kind: 'tick' }
  | { readonly kind: 'refused' };

/** `era` is the activation under which it was last re-armed or counted first. */
type Counter = { readonly count: number; readonly told: number; readonly era: number };
type CountingHeader = {
  readonly now: Instant | undefined;
  readonly era: number;
  readonly everyMs: number;
  readonly times: number;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytesOf = (event: CountingEvent): Uint8Array => encoder.encode(JSON.stringify(event));

/** A journal whose records come at these instants. */
export const journalOf = (events: readonly (readonly [Instant, CountingEvent])[]): JournalRecord[] =>
  events.map(([appendedAt, event], offset) => ({
    offset,
    appendedAt,
    ahead: false,
    bytes: bytesOf(event),
    line: offset + 1,
  }));

const say = (subscriber: string, name: string, at: Instant, { count, told, era }: Counter): Output => ({
  kind: 'trigger',
  trigger: {
    id: `${name}/${subscriber}/${at}/${count}/${told}/${era}`,
    type: 'alo.tier.upgraded.v1',
    subject: subscriber,
  } as Trigger,
});

const next = ({ everyMs, times }: CountingHeader, { told }: Counter, at: Instant) =>
  told < times ? at + everyMs : undefined;

const settleOne = (
  header: CountingHeader,
  subscribers: Subscribers<Counter>,
  subscriber: string,
  at: Instant,
): Output => {
  const before = subscribers.state(subscriber);
  if (!before) throw new Error(`${subscriber} falls due and is not at hand`);
  const state = { ...before, told: before.told + 1 };
  subscribers.keep(subscriber, state, next(header, state, at));
  return say(subscriber, 'due', at, state);
};

/** A core to try the shell with: it counts the events of each subscriber, and tells every third and what falls due. */
export const countingCore = (version = '1'): Core<CountingHeader, Counter, Pick<Counter, 'era'>, CountingEvent> => ({
  version,
  emptyHeader: { now: undefined, era: 0, everyMs: 0, times: 0 },
  read: (bytes) => JSON.parse(decoder.decode(bytes)),
  subscriberOf: (event) => (event.kind === 'count' ? event.subscriber : undefined),
  nowAfter: ({ now }, { appendedAt, ahead }) => (ahead ? now : Math.max(now ?? appendedAt, appendedAt)),
  settleDue: (header, subscribers, upTo, most) => {
    const outputs: Output[] = [];
    let settled = 0;
    for (let due = subscribers.firstDue(upTo); due && settled < most; due = subscribers.firstDue(upTo)) {
      outputs.push(settleOne(header, subscribers, due.subscriber, due.dueAt));
      settled += 1;
    }
    return { outputs, settled };
  },
  foldRecord: (before, subscribers, { incoming, appendedAt }) => {
    const now = Math.max(before.now ?? appendedAt, appendedAt);
    const header = { ...before, now };
    if (incoming.kind === 'activate') {
      const { everyMs, times } = incoming;
      return { header: { now, era: before.era + 1, everyMs, times }, outputs: [], outcome: { kind: 'activated' } };
    }
    if (incoming.kind === 'tick') return { header, outputs: [], outcome: { kind: 'taken' } };
    if (incoming.kind === 'refused') {
      return {
        header,
        outputs: [{ kind: 'refusal', refusal: { code: 'SCHEMA', message: `refused by ${version}` } }],
        outcome: { kind: 'refused' },
      };
    }
    const { count, ...rest } = subscribers.state(incoming.subscriber) ?? { count: 0, told: 0, era: header.era };
    const state = { ...rest, count: count + 1 };
    subscribers.keep(incoming.subscriber, state, next(header, state, now));
    const outputs = state.count % 3 === 0 ? [say(incoming.subscriber, `third${version}`, now, state)] : [];
    return { header, outputs, outcome: { kind: 'taken' } };
  },
  rearm: (header, _subscriber, before) => {
    const state = before.era === header.era ? before : { ...before, era: header.era };
    return { state, dueAt: next(header, state, header.now as Instant) };
  },
  states: {
    hotBytesMax: () => 3,
    writeHot: ({ count, told }, into, from) => {
      into.set([count >> 8, count & 255, told], from);
      return from + 3;
    },
    restOf: ({ era }, before) => (before?.era === era ? before : { era }),
    restBytes: () => 0,
    isErased: () => false,
    thaw: (hot, from, _to, { era }) => ({ count: hot.readUInt16BE(from), told: hot.readUInt8(from + 2), era }),
    encode: (hot, from, to, { era }) => Uint8Array.from([...hot.subarray(from, to), era]),
    decode: (value) => ({ hot: value.subarray(0, 3), rest: { era: value[3] as number } }),
  },
  encodeHeader: (header) => JSON.stringify(header),
  decodeHeader: (text) => JSON.parse(text),
  // Of ASCII names only.
  compareSubscribers: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
});
