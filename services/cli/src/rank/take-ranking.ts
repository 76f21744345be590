import type { Instant } from '@alo/contracts';
import type { EmbeddedStore } from '@alo/runtime';
import { type Interruption, watchInterruption } from '../run/interruption.ts';
import { collectValues, cutAt } from './cut.ts';
import { openLineSink } from './line-sink.ts';
import { type Approval, listingLine, type Ranking, rankedValue } from './listing-lines.ts';
import type { RankedList } from './ranked-list.ts';
import { pageMax, subscribersOf } from './read-store.ts';

/** A ranking whose listings were written, one event a line. */
export type Ranked = {
  readonly ranking: Ranking;
  readonly listed: number;
  readonly delisted: number;
  readonly stoppedBy: ReturnType<Interruption['reason']>;
};

type Options = Approval & {
  readonly now: Instant;
  /** Where the lines go; `-` is standard output. */
  readonly path: string;
  readonly onRead: (subscribers: number) => void;
};

/** Reads everybody twice: for the cuts, and for who is on which side of them. */
export const takeRanking = async (store: EmbeddedStore, list: RankedList, options: Options): Promise<Ranked> => {
  const interruption = watchInterruption();
  try {
    const sink = await openLineSink(options.path, interruption);
    const ranking = await rankingOf(store, list, options, interruption);
    const counts = { listed: 0, delisted: 0 };
    for await (const [subscriber, state] of subscribersOf(store)) {
      if (interruption.reason()) break;
      const line = listingLine(subscriber, state, ranking, options);
      if (line === undefined) continue;
      counts[line.kind] += 1;
      await sink.write(line.text);
    }
    await sink.end();
    return { ranking, ...counts, stoppedBy: interruption.reason() };
  } finally {
    interruption.release();
  }
};

/** Of every subscriber, eight bytes are kept. */
const rankingOf = async (
  store: EmbeddedStore,
  list: RankedList,
  { now, onRead }: Options,
  interruption: Interruption,
): Promise<Ranking> => {
  const values = collectValues();
  let read = 0;
  for await (const [, state] of subscribersOf(store)) {
    const value = rankedValue(state, list);
    if (value > 0) values.add(value);
    read += 1;
    if (read % pageMax === 0) onRead(read);
    if (interruption.reason()) break;
  }
  const rising = values.rising();
  const cuts = { enter: cutAt(rising, list.topPpm), leave: cutAt(rising, list.leavePpm) };
  return { ...list, now, population: rising.length, ...cuts };
};
