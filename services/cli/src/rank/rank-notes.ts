import type { CivilMonth } from '@alo/domain';
import { type EmbeddedStore, WrongUse } from '@alo/runtime';

/** What a store remembers of rankings: the last month of each list, and that one is under way or was killed. */
export type RankNotes = { readonly done: Readonly<Record<string, CivilMonth>>; readonly isUnderWay?: boolean };

/** Of what a run leaves in a store, what a ranking minds. */
type RunNotes = { readonly isEnded: boolean; readonly policyHash: string };

export type NotesBefore = { readonly rank: RankNotes; readonly run: RunNotes | undefined };

/** Reads what was left. Throws WrongUse where a run has not ended: only it can complete its files. */
export const readNotes = async (store: EmbeddedStore): Promise<NotesBefore> => {
  const rank = ((await store.readNote('rank')) as RankNotes | undefined) ?? { done: {} };
  const run = (await store.readNote('run')) as RunNotes | undefined;
  if (run?.isEnded === false && !rank.isUnderWay) {
    throw new WrongUse('a run on this store was stopped or killed: give its command again first');
  }
  return { rank, run };
};

export const lastMonthOf = ({ done }: RankNotes, list: string): CivilMonth | undefined =>
  Object.hasOwn(done, list) ? done[list] : undefined;

export const writeUnderWay = (store: EmbeddedStore, { rank }: NotesBefore): Promise<void> =>
  store.writeNotes({ rank: { ...rank, isUnderWay: true } satisfies RankNotes });

/** Remembers a ranking that is done. The policy that the last run was given may still be given to the next. */
export const writeDone = async (
  store: EmbeddedStore,
  before: NotesBefore,
  { list, month }: { readonly list: string; readonly month: CivilMonth },
): Promise<void> => {
  const run = (await store.readNote('run')) as RunNotes | undefined;
  const rank: RankNotes = { done: { ...before.rank.done, [list]: month } };
  const policyHash = before.run?.policyHash;
  await store.writeNotes({ rank, ...(run && policyHash !== undefined && { run: { ...run, policyHash } }) });
};
