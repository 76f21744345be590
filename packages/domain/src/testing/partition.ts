import type { Instant } from '@alo/contracts';
import { emptyHeader, type Folded, fold, type Record, rearm, type Subscribers } from '../fold.ts';
import type { Due, State } from '../state.ts';
import { compareUtf8 } from '../utf8-order.ts';

type Entry = { readonly state: State; readonly dueAt: Instant | undefined };

/** A partition in memory: the subscribers in a map, those who wait for something in order. */
export const openPartition = (stored: (state: State) => State = (state) => state) => {
  let header = emptyHeader;
  const entries = new Map<string, Entry>();
  let waiting: readonly Due[] = [];

  const keep = (subscriber: string, state: State, dueAt: Instant | undefined) => {
    entries.set(subscriber, { state: stored(state), dueAt });
    const others = waiting.filter((due) => due.subscriber !== subscriber);
    waiting = dueAt === undefined ? others : [...others, { subscriber, dueAt }].sort(byInstantThenSubscriber);
  };
  const subscribers: Subscribers = {
    state: (subscriber) => entries.get(subscriber)?.state,
    keep,
    firstDue: (upTo) => waiting.find(({ dueAt }) => dueAt <= upTo),
  };
  const rearmAll = () => {
    for (const [subscriber, { state }] of entries) {
      const rearmed = rearm(header, subscriber, state);
      keep(subscriber, rearmed.state, rearmed.dueAt);
    }
  };

  return {
    take: (record: Record): Folded => {
      const folded = fold(header, subscribers, record);
      header = folded.header;
      if (folded.outcome.kind === 'activated') rearmAll();
      return folded;
    },
    header: () => header,
    state: (subscriber: string) => entries.get(subscriber)?.state,
    dueAt: (subscriber: string) => entries.get(subscriber)?.dueAt,
    subscribers: () => [...entries.keys()],
  };
};

const byInstantThenSubscriber = (a: Due, b: Due) => a.dueAt - b.dueAt || compareUtf8(a.subscriber, b.subscriber);
