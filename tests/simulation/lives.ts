import type { Emphasis, Plan } from './plan.ts';
import { planOf } from './plan.ts';
import { type Subject, subjectOf } from './run.ts';
import { type Ran, runPlan } from './run-seed.ts';
import { planRuns, type RunsEmphasis, type RunsPlan } from './runs/plan.ts';
import { type RunsUnderTest, runLife } from './runs/run-life.ts';
import { runsSabotages } from './runs/sabotages.ts';
import { shownRuns, shrunkRuns } from './runs/shrink.ts';
import { doubled } from './sabotages/doubled.ts';
import type { Sabotage } from './sabotages/sabotage.ts';
import { sabotages } from './sabotages/sabotages.ts';
import { shownPlan, shrunk } from './shrink.ts';
import { loadRunsVariant, loadVariant } from './variants.ts';

/** A kind of lives: how one is made from its seed, lived and shrunk, and which safeguards it must miss. */
export type Lives<Life, Subject, Where> = {
  readonly of: string;
  readonly planOf: (seed: number, where?: Where) => Life;
  readonly live: (plan: Life, subject: Subject, isTold?: boolean) => Promise<Ran>;
  /** The code under test, with a safeguard switched off or as it is. */
  readonly subjectFor: (sabotage: Sabotage<Where> | undefined) => Promise<Subject>;
  readonly shrunk: (plan: Life, fails: (plan: Life) => Promise<boolean>) => Promise<Life>;
  readonly shown: (plan: Life) => string;
  readonly sabotages: readonly Sabotage<Where>[];
  /** Of these nothing is missed, and why they stay. */
  readonly doubled: readonly (Sabotage<Where> & { readonly why: string })[];
};

/** Engines on a Kafka and a Redis. */
export const engines: Lives<Plan, Subject, Emphasis> = {
  of: 'engines',
  planOf,
  live: runPlan,
  subjectFor: async (sabotage) => subjectOf(await loadVariant(sabotage?.name ?? 'as it is', sabotage?.changes)),
  shrunk,
  shown: shownPlan,
  sabotages,
  doubled,
};

/** `alo run` over files, started again and again, on a machine with a disk. */
export const runs: Lives<RunsPlan, RunsUnderTest, RunsEmphasis> = {
  of: 'runs',
  planOf: planRuns,
  live: runLife,
  subjectFor: (sabotage) => loadRunsVariant(sabotage?.name ?? 'as it is', sabotage?.changes),
  shrunk: shrunkRuns,
  shown: shownRuns,
  sabotages: runsSabotages,
  doubled: [],
};
