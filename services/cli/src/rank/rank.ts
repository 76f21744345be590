import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatInstant, type Instant, parseDuration } from '@alo/contracts';
import { type ActivePolicy, type CivilMonth, formatMonth } from '@alo/domain';
import { type EmbeddedStore, WrongUse } from '@alo/runtime';
import { run } from '../run/run.ts';
import { databaseName } from '../run/session.ts';
import type { Tally } from '../run/tally.ts';
import type { Cut } from './cut.ts';
import type { Approval } from './listing-lines.ts';
import { lastMonthOf, type NotesBefore, readNotes, writeDone, writeUnderWay } from './rank-notes.ts';
import { rankedListOf } from './ranked-list.ts';
import { recovered, withStore } from './read-store.ts';
import { type Ranked, takeRanking } from './take-ranking.ts';

export type RankOptions = Approval & {
  readonly list: string;
  readonly asOf: CivilMonth;
  readonly data: string;
  /** Only write the listings here, to be fed by `alo run`. */
  readonly out?: string | undefined;
  /** Where the triggers go that follow from them. */
  readonly triggers?: string | undefined;
  readonly onRead?: (subscribers: number) => void;
};

export type RankResult = {
  readonly list: string;
  readonly month: string;
  /** Was this month ranked before? Then nothing is new. */
  readonly isDone: boolean;
  readonly population?: number;
  readonly enter?: Cut;
  readonly leave?: Cut;
  readonly listed: number;
  readonly delisted: number;
  /** Charges of the month may still come until then. */
  readonly lateUntil?: string;
  readonly triggers?: Tally['triggers'];
  readonly stoppedBy?: 'signal' | 'reader-gone' | undefined;
};

/** Ranks the subscribers of a store, and puts what follows into its journal, once: SPEC section 4, ranked lists. */
export const rank = async (options: RankOptions): Promise<RankResult> => {
  const file = join(options.data, databaseName);
  refuseWrongUse(options, file);
  const folder = await mkdtemp(join(tmpdir(), 'alo-rank-'));
  try {
    const prepared = await withStore(file, (store) => prepare(store, options, folder));
    if ('result' in prepared) return prepared.result;
    return await feed(file, folder, options, prepared);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const refuseWrongUse = ({ requestedBy, approvedBy, data, out, triggers }: RankOptions, file: string): void => {
  const problems = [
    requestedBy === approvedBy && `--requested-by and --approved-by must be two people; both are ${requestedBy}`,
    out !== undefined &&
      triggers !== undefined &&
      '--out only writes listings, from which no triggers follow: give it without --triggers',
    !existsSync(file) && `--data ${data} holds no store: there is no ${file}`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new WrongUse(problems.join('\n'));
};

/** Either all is done, or the listings stand in a file, to be fed. */
type Prepared = { readonly result: RankResult } | { readonly summary: RankResult; readonly before: NotesBefore };

const linesIn = (folder: string) => join(folder, 'listings.ndjson');
const policyIn = (folder: string) => join(folder, 'policy.json');

const prepare = async (store: EmbeddedStore, options: RankOptions, folder: string): Promise<Prepared> => {
  const { list, asOf, out } = options;
  const before = await readNotes(store);
  const { policy, now } = await recovered(store);
  const rankedList = rankedListOf(policy, { list, month: asOf }, now);
  const last = lastMonthOf(before.rank, list);
  if (last !== undefined && asOf < last) {
    throw new WrongUse(`list ${list} was ranked as of ${formatMonth(last)} already: months only rise`);
  }
  if (asOf === last) return { result: { list, month: formatMonth(asOf), isDone: true, listed: 0, delisted: 0 } };
  const { requestedBy, approvedBy, onRead = () => undefined } = options;
  const writing = { requestedBy, approvedBy, now, path: out ?? linesIn(folder), onRead };
  const summary = summaryOf(await takeRanking(store, rankedList, writing), policy, now);
  if (out !== undefined || summary.stoppedBy) return { result: summary };
  await writeFile(policyIn(folder), JSON.stringify(policy.given));
  await writeUnderWay(store, before);
  return { summary, before };
};

const summaryOf = (ranked: Ranked, { latenessMs }: ActivePolicy, now: Instant): RankResult => {
  const { ranking, listed, delisted, stoppedBy } = ranked;
  const { list, month, population, enter, leave, at } = ranking;
  const lateUntil = at + latenessMs;
  return {
    list,
    month: formatMonth(month),
    isDone: false,
    population,
    ...(population > 0 && { enter, leave }),
    listed,
    delisted,
    ...(now < lateUntil && { lateUntil: formatInstant(lateUntil) }),
    ...(stoppedBy && { stoppedBy }),
  };
};

/** Lets a run take the listings into the journal. Where it is killed, the same ranking goes on when it is asked for again. */
const feed = async (
  file: string,
  folder: string,
  { list, asOf, data, triggers }: RankOptions,
  { summary, before }: Exclude<Prepared, { result: unknown }>,
): Promise<RankResult> => {
  const source = { policy: policyIn(folder), events: linesIn(folder) };
  const { tally, stoppedBy } = await run({ ...source, data, out: triggers, maxGapMs: parseDuration('P31D') });
  if (stoppedBy) return { ...summary, stoppedBy };
  await withStore(file, (store) => writeDone(store, before, { list, month: asOf }));
  return { ...summary, triggers: tally.triggers };
};
