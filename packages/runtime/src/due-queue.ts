import type { Instant } from '@alo/contracts';
import TinyQueue from 'tinyqueue';
import type { Due, States } from './ports.ts';

const windowSize = 4096;

type Options = {
  readonly states: Pick<States, 'dueAfter'>;
  readonly compareSubscribers: (a: string, b: string) => number;
  /** When something falls due for a subscriber at hand. */
  readonly dueAtOf: (subscriber: string) => Instant | undefined;
  /** Told of a place in the store's index at which nothing falls due. */
  readonly onLeft?: ((due: Due) => void) | undefined;
};

/**
 * What falls due next, from two places: a window of the store's index, and what was re-armed since the store was
 * written. A place that a subscriber has left is passed over when its turn comes.
 */
export const makeDueQueue = ({ states, compareSubscribers, dueAtOf, onLeft = () => undefined }: Options) => {
  const compare = (a: Due, b: Due) => a.dueAt - b.dueAt || compareSubscribers(a.subscriber, b.subscriber);
  let window: readonly Due[] = [];
  let at = 0;
  let ready = 0;
  let isWhole = false;
  /** Before this instant nothing of what the store holds falls due. */
  let nothingBefore = Number.NEGATIVE_INFINITY;
  const rearmed = new TinyQueue<Due>([], compare);

  const isValid = (due: Due) => dueAtOf(due.subscriber) === due.dueAt;

  /** The next place in the store's window that is not known to be left. */
  const nextInWindow = (): Due | undefined => {
    for (; at < ready; at += 1) {
      const due = window[at] as Due;
      if (isValid(due)) return due;
      onLeft(due);
    }
    return window[at];
  };
  const nextRearmed = (): Due | undefined => {
    for (let due = rearmed.peek(); due; due = rearmed.peek()) {
      if (isValid(due)) return due;
      rearmed.pop();
    }
    return undefined;
  };

  const extend = async () => {
    const more = await states.dueAfter(window.at(-1), windowSize);
    window = [...window.slice(at), ...more];
    ready -= at;
    at = 0;
    isWhole = more.length < windowSize;
  };

  const clear = () => {
    window = [];
    at = 0;
    ready = 0;
    isWhole = false;
    rearmed.data = [];
    rearmed.length = 0;
  };

  return {
    /** May something be due up to an instant? False is certain. */
    mayBeDue: (upTo: Instant): boolean => {
      const stored = window[at];
      if (stored ? stored.dueAt <= upTo : !isWhole && upTo >= nothingBefore) return true;
      const kept = rearmed.peek();
      return kept !== undefined && kept.dueAt <= upTo;
    },
    /** Reads on in the store's index, and names those up to an instant who must be at hand before they are settled. */
    needed: async (upTo: Instant, most: number): Promise<readonly string[]> => {
      // One more than are settled: what was re-armed is held against the first that the store has behind them.
      while (window.length - at <= most && !isWhole) await extend();
      const end = Math.min(window.length, at + most);
      ready = at;
      while (ready < end && (window[ready] as Due).dueAt <= upTo) ready += 1;
      return window.slice(at, ready).map(({ subscriber }) => subscriber);
    },
    /** The first that is due up to an instant and at hand. */
    first: (upTo: Instant): Due | undefined => {
      const stored = nextInWindow();
      const kept = nextRearmed();
      const isKeptFirst = kept !== undefined && (stored === undefined || compare(kept, stored) < 0);
      if (!isKeptFirst && at >= ready) return undefined;
      const due = isKeptFirst ? kept : stored;
      return due && due.dueAt <= upTo ? due : undefined;
    },
    add: (due: Due) => rearmed.push(due),
    /** The store now holds all that was re-armed: begin anew from there, not before it can matter. */
    reset: () => {
      const storedFrom = window[at]?.dueAt ?? (isWhole ? Number.POSITIVE_INFINITY : nothingBefore);
      nothingBefore = Math.min(storedFrom, rearmed.peek()?.dueAt ?? Number.POSITIVE_INFINITY);
      clear();
    },
    /** The store was written by others, and may hold anything. */
    forget: () => {
      nothingBefore = Number.NEGATIVE_INFINITY;
      clear();
    },
  };
};

export type DueQueue = ReturnType<typeof makeDueQueue>;
