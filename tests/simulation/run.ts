import { nothingSaid, type Said } from '../../packages/runtime/src/publishable.ts';
import { appliedSaid, type Left } from './checker.ts';
import { type AnyCore, type CoreName, reading } from './cores.ts';
import type { Surroundings, UnderTest } from './engines.ts';
import { type Fleet, makeFleet } from './fleet.ts';
import { makeGroup } from './group.ts';
import { type Causes, isLawfulStop } from './judge.ts';
import { makeBroker } from './kafka/broker.ts';
import type { Plan } from './plan.ts';
import { makeRedisServer } from './redis/server.ts';
import { receiptsOf } from './said-so-far.ts';
import { makeWorld } from './world.ts';

/** The code under test, with both of its cores. */
export type Subject = { readonly underTest: UnderTest; readonly cores: Readonly<Record<CoreName, AnyCore>> };

export const subjectOf = (underTest: UnderTest): Subject => ({
  underTest,
  cores: {
    counting: reading(underTest.countingCore() as unknown as AnyCore),
    alo: reading(underTest.aloCore as unknown as AnyCore),
  },
});

type Watched = {
  readonly left: Left;
  readonly causes: Causes;
  readonly fleet: Fleet;
  readonly found: string[];
};

/** Follows how partitions fare: none may stop without a cause. */
const watching = ({ left, causes, fleet, found }: Watched) => {
  /** The least that R has known of since an engine began to recover a partition. */
  const knownAt = new Map<string, { readonly partition: number; readonly said: Said }>();
  const onCondition: Surroundings['onCondition'] = (engine, partition, condition) => {
    const { process, version } = engine;
    const key = `${process.name}/${partition}`;
    if (condition.kind === 'recovering') {
      knownAt.set(key, { partition, said: appliedSaid(left, partition) });
      fleet.recovers(engine);
    }
    if (condition.kind !== 'stopped' || hasSwallowed(left)) return;
    const stopping = { partition, version, from: knownAt.get(key)?.said ?? nothingSaid };
    if (!isLawfulStop(left, causes, stopping, condition.why)) found.push(`stopped without cause: ${condition.why}`);
  };
  const onStatesGoneBack = () => {
    for (const [key, { partition, said }] of knownAt) {
      const now = appliedSaid(left, partition);
      if (now.count < said.count) knownAt.set(key, { partition, said: now });
    }
  };
  return { onCondition, onStatesGoneBack };
};

/** Has the broker made an abort of a commit? What then comes is beyond all that is promised. */
export const hasSwallowed = ({ broker }: Pick<Left, 'broker'>): boolean =>
  broker.logs().some((log) => log.hasSwallowed());

export const partitionsOf = ({ partitions }: Plan): readonly number[] =>
  Array.from({ length: partitions }, (_, n) => n);

/** Makes all that a run needs, in which nothing has happened yet. */
export const begin = (plan: Plan, subject: Subject, isTold: boolean) => {
  const world = makeWorld(plan.seed, plan.trouble, isTold);
  const broker = makeBroker(world);
  const redis = makeRedisServer(world);
  const group = makeGroup(world, plan.partitions);
  const causes: Causes = { haveMarkersBeenLost: false, disaster: undefined };
  const told = new Map<number, number[]>();
  const saidAtCut = new Map<number, number>();
  const left: Left = { plan, broker, redis, told, saidAtCut };
  const found: string[] = [];
  let unverified = 0;
  const around: Surroundings = {
    world,
    broker,
    redis,
    group,
    underTest: subject.underTest,
    core: subject.cores[plan.core],
    onCondition: (...told) => watch.onCondition(...told),
    onPublished: (partition, numbers) => told.set(partition, [...(told.get(partition) ?? []), ...numbers]),
    onUnverified: () => {
      unverified += 1;
    },
  };
  const fleet = makeFleet(around, plan);
  const struck = {
    world,
    fleet,
    group,
    broker,
    redis,
    causes,
    partitions: plan.partitions,
    onLogGoneBack: () => told.clear(),
    onStatesGoneBack: () => watch.onStatesGoneBack(),
    onJournalCut: () => {
      for (const partition of partitionsOf(plan)) {
        saidAtCut.set(partition, receiptsOf(broker, partition).at(-1)?.count ?? 0);
      }
    },
  };
  const watch = watching({ left, causes, fleet, found });
  return { plan, world, broker, redis, group, around, fleet, struck, left, found, unverified: () => unverified };
};

export type Run = ReturnType<typeof begin>;
