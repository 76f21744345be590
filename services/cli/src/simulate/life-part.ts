import type { Life } from './subscriber-life.ts';
import type { World } from './world.ts';

/** The n-th happening of one part of a life on one day, and its instant as text. */
export type Moment = { readonly day: number; readonly n: number; readonly time: string };

/** One side of a subscriber's life. Both functions are pure: nothing has to be remembered from day to day. */
export type LifePart = {
  /** Do its lines sometimes come late? */
  readonly late: boolean;
  /** The seconds of a day at which something happens. */
  readonly seconds: (world: World, life: Life, day: number) => readonly number[];
  /** The n-th of these, as a line of the journal. */
  readonly line: (world: World, life: Life, moment: Moment) => string;
};

/** Shared by all the days on which nothing happens. */
export const never: readonly number[] = [];
