import { setTimeout as delay } from 'node:timers/promises';
import { topics } from '@alo/contracts';
import type { Player, Stage } from './stage.ts';
import { charges, delistings, inOrder, listing, listings, profiles, requests, tick } from './stage-lines.ts';

/** What happens to a partition; tells what is wrong in the end, or undefined. */
export type Scene = (stage: Stage) => Promise<string | undefined>;

/** A safeguard by its name, and a scene in which it must be missed. */
export type LiveSabotage = {
  readonly sabotage: string;
  readonly scene: Scene;
  /** Its Kafka is of three brokers. */
  readonly isOnCluster?: boolean;
};

const first = charges(0, 20);
const second = charges(20, 40);

/** Kills an engine at a point of its first work; more comes, and another goes on. */
const killedAt =
  (failPoints: string, before: readonly string[] = first, then: readonly string[] = []): Scene =>
  async (stage) => {
    await stage.activate();
    await stage.append(...before);
    await stage.start(failPoints).ended();
    await stage.append(...then);
    stage.start();
    return stage.outcome();
  };

/** What was said of the first charges is published, and nothing of it applied. */
const begin = async (stage: Stage): Promise<void> => {
  await stage.activate();
  await stage.append(...first);
  await stage.start('published:1:kill').ended();
};

const takesNote = /partition 0 (has stopped|pauses|is released|is running)|whose R was lost/;

/** Lets who was halted go on, and ends it once it has taken note of what it finds. */
const wake = async (player: Player): Promise<void> => {
  player.resume();
  await player.said(takesNote);
  await player.kill();
};

/** Halts an engine while it recovers; another takes over, and then it wakes. */
const wokenLate =
  (failPoint: string): Scene =>
  async (stage) => {
    await begin(stage);
    const halted = stage.start(`${failPoint}:1:stop`);
    await halted.met();
    stage.start();
    await stage.caughtUp();
    await stage.append(...second);
    await stage.caughtUp();
    await wake(halted);
    return stage.outcome();
  };

/** Holds an engine up before it writes its states; another takes over, and then it writes them. */
const writesLate =
  (failPoint: string, meanwhile: (stage: Stage, held: Player) => Promise<void> = async () => undefined): Scene =>
  async (stage) => {
    await stage.activate();
    await stage.append(...first);
    const held = stage.start(failPoint);
    await held.met();
    stage.start();
    await stage.caughtUp();
    await stage.append(...second);
    await stage.caughtUp();
    await meanwhile(stage, held);
    held.resume();
    await held.said(/partition 0 (pauses|is released)/);
    await held.kill();
    await stage.append(...charges(40, 41));
    return stage.outcome();
  };

/** Halts an engine before it publishes; another takes over, and then it publishes. */
const publishesLate: Scene = async (stage) => {
  await stage.activate();
  await stage.append(...first);
  const halted = stage.start('folded:1:stop');
  await halted.met();
  stage.start();
  await stage.caughtUp();
  halted.resume();
  await halted.said(/partition 0 (pauses|is released)/);
  await halted.kill();
  return stage.outcome();
};

/** While one takes over and is halted at a point, the one before publishes. */
const publishesMeanwhile =
  (failPoint: string): Scene =>
  async (stage) => {
    await begin(stage);
    await stage.append(...second);
    const before = stage.start('folded:1:stop,published:1:kill');
    await before.met();
    const halted = stage.start(`${failPoint}:1:stop`);
    await halted.met();
    before.resume();
    await Promise.race([before.ended(), before.said(/partition 0 (pauses|is released)/)]);
    await before.kill();
    halted.resume();
    return stage.outcome();
  };

/** The broker gives a transaction up before it is ended. */
const endsLate: Scene = async (stage) => {
  await stage.activate();
  await stage.append(...first);
  const halted = stage.start('in-transaction:1:stop');
  await halted.met();
  await stage.decided();
  halted.resume();
  return stage.outcome();
};

/** What is sent is taken, and the answer is lost. */
const answerLost: Scene = async (stage) => {
  await stage.activate();
  await stage.append(...first);
  await stage.start('sent:1:throw').met();
  return stage.outcome();
};

const [oneBroker, otherBroker] = [1, 2];

/** One broker leads all that a transaction is sent to, and then another leads a part of it. */
const leaderMoves: Scene = async (stage) => {
  await stage.lead(oneBroker);
  await stage.activate();
  await stage.append(...first);
  const held = stage.start('begun:1:wait');
  await held.met();
  await stage.lead(otherBroker, [topics.tiers]);
  held.resume();
  return stage.outcome();
};

const startsLate: Scene = async (stage) => {
  await stage.activate();
  await stage.append(...first);
  const halted = stage.start('first-start:1:stop');
  await halted.met();
  stage.start();
  await stage.caughtUp();
  await wake(halted);
  return stage.outcome();
};

/** Redis does not take what was written last, and then nothing comes any more. */
const failsAtRest: Scene = async (stage) => {
  await stage.activate();
  const engine = stage.start('before-apply:3:throw');
  await engine.said(/partition 0 is running/);
  await stage.append(...charges(0, 1));
  await engine.met();
  return stage.outcome();
};

const sentTwice: Scene = async (stage) => {
  await stage.activate();
  await stage.append(...first);
  const engine = stage.start();
  await stage.caughtUp();
  await engine.stop();
  await stage.append(...first);
  stage.start();
  return stage.outcome();
};

const dueMs = 4000;

/** A record that comes now is past this instant. */
const past = (atMs: number): Promise<void> => delay(Math.max(0, atMs - Date.now()) + 1);

/** What a scene has done must have been done before this instant. */
const refuseLate = (atMs: number): void => {
  if (Date.now() >= atMs) throw new Error('the machine is too slow: it is due already');
};

/** All that fell due comes in pieces, and the engine is killed between two. */
const dueInPieces: Scene = async (stage) => {
  const dueAtMs = Date.now() + dueMs;
  await stage.activate();
  await stage.append(...listings(1200, dueAtMs));
  await past(dueAtMs);
  await stage.append(tick());
  await stage.start('settling:1:kill').ended();
  stage.start();
  return stage.outcome();
};

const dueOnceApplied: Scene = async (stage) => {
  const dueAtMs = Date.now() + dueMs;
  await stage.activate();
  await stage.append(...listings(3, dueAtMs));
  stage.start();
  await stage.caughtUp();
  await past(dueAtMs);
  await stage.append(tick());
  return stage.outcome();
};

/** A torn write has left somebody in the index too early. */
const wokenEarly =
  (...meanwhile: readonly string[]): Scene =>
  async (stage) => {
    const dueAtMs = Date.now() + 4 * dueMs;
    await stage.activate();
    await stage.append(...listings(1, dueAtMs));
    const engine = stage.start();
    await stage.caughtUp();
    await engine.kill();
    await stage.append(...meanwhile);
    const earlyMs = Date.now() + 1;
    refuseLate(dueAtMs - 1);
    await stage.redis.zadd(stage.keys.due, earlyMs, 's-0');
    await past(dueAtMs);
    await stage.append(...charges(5, 6));
    stage.start();
    return stage.outcome({ mayBeUnverified: true });
  };

/** An engine goes on for a while and is killed; resolves with what makes R again what it was before. */
const wentOn = async (
  stage: Stage,
  before: readonly string[] = first,
  then: readonly string[] = charges(0, 20, 'second'),
): Promise<() => Promise<void>> => {
  await stage.activate();
  await stage.append(...before);
  const engine = stage.start();
  await stage.caughtUp();
  const tear = await stage.copyStates([stage.keys.header]);
  await stage.append(...then);
  await stage.caughtUp();
  await engine.kill();
  return tear;
};

/** A torn write has left values of which R knows nothing. */
const tornValues =
  (...lines: readonly (readonly string[])[]): Scene =>
  async (stage) => {
    const tear = await wentOn(stage, ...lines);
    await tear();
    stage.start();
    return stage.outcome({ mayBeUnverified: true });
  };

/** The same, and whoever goes on is killed in an activation between R and C, where R is written though C is not reached. */
const tornAgain: Scene = async (stage) => {
  const tear = await wentOn(stage);
  await stage.activate(2);
  await stage.append(...charges(0, 20, 'third'));
  await stage.start('published:1:kill').ended();
  await tear();
  await stage.start('rearming:1:kill').ended();
  stage.start();
  return stage.outcome({ mayBeUnverified: true });
};

/** In the midst of what fell due at once, a torn write has left values of which neither R nor the index knows. */
const tornInPieces: Scene = async (stage) => {
  const dueAtMs = Date.now() + 2 * dueMs;
  await stage.activate();
  await stage.append(...listings(1700, dueAtMs));
  const engine = stage.start();
  await stage.caughtUp();
  refuseLate(dueAtMs);
  await engine.kill();
  const tear = await stage.copyStates([stage.keys.header, stage.keys.due]);
  await past(dueAtMs);
  await stage.append(tick());
  await stage.start('settling:2:kill').ended();
  await tear();
  stage.start();
  return stage.outcome({ mayBeUnverified: true });
};

/** An engine reads so much of the index at once, and settles so many in one piece. */
const windowSize = 4096;
const pieceSize = 500;
/** So many have left the window that it ends with a piece, in which one more has left it. */
const leftFirst = windowSize % pieceSize;
const leftLast = windowSize - pieceSize / 2;

/** Behind the window others fall due, and then one who has left it. Redis is restored from an old copy. */
const dueBehindWindow: Scene = async (stage) => {
  const dueAtMs = Date.now() + 4 * dueMs;
  const count = windowSize + pieceSize;
  const order = inOrder(count);
  const late = order[leftLast] as number;
  await stage.activate();
  await stage.append(...listings(count, dueAtMs));
  const engine = stage.start();
  await stage.caughtUp();
  const restore = await stage.copyStates();
  await stage.append(...delistings([...order.slice(0, leftFirst), late]), listing(late, dueAtMs + 1));
  refuseLate(dueAtMs);
  await past(dueAtMs + 1);
  await stage.append(tick());
  await stage.caughtUp();
  await engine.kill();
  await restore();
  stage.start();
  return stage.outcome();
};

/** Somebody falls due who has left a memory that is short: these fill it more than twice. */
const dueOutOfMemory: Scene = async (stage) => {
  await stage.activate();
  const engine = stage.start('', 'short memory');
  await engine.said(/partition 0 is running/);
  const dueAtMs = Date.now() + 3 * dueMs;
  await stage.append(...listings(1, dueAtMs));
  for (let from = 1; from < 12_000; from += 3000) {
    await stage.append(...profiles(from, from + 3000));
    await stage.caughtUp();
  }
  refuseLate(dueAtMs);
  await past(dueAtMs);
  await stage.append(tick());
  return stage.outcome();
};

/**
 * A torn write has left some in the index too early. Each time one is woken, as many come with it as fill a short memory
 * by more than a half.
 */
const wokenInCrowds: Scene = async (stage) => {
  await stage.activate();
  const engine = stage.start();
  await engine.said(/partition 0 is running/);
  const startedMs = Date.now();
  const turnMs = (n: number) => startedMs + n * dueMs;
  const lastMs = turnMs(5);
  await stage.append(listing(0, turnMs(1)), listing(1, turnMs(2)), listing(2, turnMs(3)), listing(3, turnMs(1)));
  await stage.caughtUp();
  refuseLate(turnMs(1));
  const tear = await stage.copyStates([stage.keys.header, stage.keys.due]);
  await past(turnMs(1));
  // Whoever falls due next is asked for again and again, and stays at hand: the one behind leaves.
  await stage.append(listing(3, lastMs - 1), listing(0, lastMs), ...delistings([1, 2]), ...profiles(10, 2000));
  refuseLate(turnMs(2));
  await past(turnMs(2));
  await stage.append(...profiles(2000, 4000));
  refuseLate(turnMs(3));
  await past(turnMs(3));
  await stage.append(...profiles(4000, 6000));
  await stage.caughtUp();
  refuseLate(lastMs);
  await engine.kill();
  await tear();
  await past(lastMs);
  await stage.append(tick());
  stage.start('', 'short memory');
  return stage.outcome({ mayBeUnverified: true });
};

/** Redis is emptied, and another version is tried before the one that has published goes on. */
const anotherTries: Scene = async (stage) => {
  await stage.activate();
  await stage.append(...charges(0, 3000));
  const engine = stage.start();
  await stage.caughtUp();
  await engine.stop();
  await stage.loseStates();
  const other = stage.start('', 'another version');
  await other.said(/partition 0 has stopped/);
  await other.stop();
  stage.start();
  return stage.outcome();
};

/** Something has become of the servers over which no engine may go on: a new one, or the one that was there. */
const mustStop =
  (befall: (stage: Stage) => Promise<Player | void>): Scene =>
  async (stage) => {
    await stage.activate();
    await stage.append(...first);
    const engine = stage.start();
    await stage.caughtUp();
    await engine.stop();
    const next = (await befall(stage)) ?? stage.start();
    await next.said(/partition 0 (has stopped|is running)/);
    return next.hasSaid(/partition 0 is running/) ? 'the partition goes on' : undefined;
  };

const nothing = '0'.repeat(64);

const changeHeader =
  (change: object) =>
  async ({ redis, keys }: Stage): Promise<void> => {
    await redis.set(
      keys.header,
      JSON.stringify({ ...JSON.parse((await redis.get(keys.header)) as string), ...change }),
    );
  };

/** R is lost, and another version of an engine has published something else. */
const saidOtherwise = async (stage: Stage): Promise<void> => {
  await stage.loseStates();
  await stage.forgeReceipt((receipt) => ({ ...receipt, digest: nothing }));
};

const loseJournal = async (stage: Stage): Promise<void> => {
  await stage.lose(topics.journal);
  await stage.activate();
};

const loseAlso =
  (lose: (stage: Stage) => Promise<void>, ...anew: readonly string[]) =>
  async (stage: Stage): Promise<void> => {
    await stage.loseStates();
    await lose(stage);
    await stage.append(...anew);
  };

/** The journal is cut before R, and has grown past it again once all is re-armed. */
const growsPastR = async (stage: Stage): Promise<Player> => {
  await stage.activate(2);
  await stage.start('rearming:1:kill').ended();
  await loseJournal(stage);
  const held = stage.start('rearming:1:wait');
  await held.met();
  await stage.append(...charges(0, 40));
  held.resume();
  return held;
};

const rearmed: Scene = async (stage) => {
  await stage.activate();
  await stage.append(...first);
  const review = { every: 'month', day: 4, at: '06:00', window: 'previous-month', downgrade: 'one-step', failures: 2 };
  await stage.activate(2, { review });
  await stage.start('rearming:2:kill').ended();
  await stage.append(...second);
  stage.start();
  return stage.outcome();
};

/** Every scene, by the safeguard that is switched off in it. */
export const liveSabotages: readonly LiveSabotage[] = [
  { sabotage: 'nothing is muted', scene: killedAt('published:1:kill') },
  { sabotage: 'muted by batch, and not by place', scene: killedAt('published:1:kill', first, second) },
  { sabotage: 'a receipt that was aborted passes', scene: killedAt('in-transaction:1:kill') },
  { sabotage: 'Redis before Kafka', scene: killedAt('applied:3:kill', charges(0, 1100)) },
  { sabotage: 'the step is left out of the place', scene: dueInPieces },
  { sabotage: 're-arming that was cut short is not gone on with', scene: rearmed },
  { sabotage: 'the states are not taken before C is read', scene: wokenLate('receipt-read') },
  { sabotage: 'R and its owner are not compared when states are read', scene: wokenLate('applied-read') },
  { sabotage: 'R and its owner are not watched while states are written', scene: writesLate('before-apply:3:stop') },
  {
    sabotage: 'a connection made anew passes for the old one',
    scene: writesLate('before-apply:3:wait', ({ cutOff }, held) => cutOff(held)),
  },
  { sabotage: 'there is no fence', scene: publishesLate },
  { sabotage: 'the receipt is read before the fence', scene: publishesMeanwhile('fencing') },
  { sabotage: 'the fence is put off to the first output', scene: publishesMeanwhile('applied-read') },
  { sabotage: 'an end that is not known passes for a commit', scene: endsLate },
  { sabotage: 'who began to speak meanwhile is not seen', scene: startsLate },
  { sabotage: 'a failed write is not met at rest', scene: failsAtRest },
  { sabotage: 'fingerprints are not restored', scene: sentTwice },
  { sabotage: 'the due index is not written', scene: dueOnceApplied },
  { sabotage: 'who was woken without cause is not indexed anew', scene: wokenEarly() },
  {
    sabotage: 'who was woken without cause and has changed is not indexed anew',
    scene: wokenEarly(...charges(0, 1)),
  },
  { sabotage: 'the marks of values are ignored', scene: tornValues() },
  { sabotage: 'what a value holds already is counted again', scene: tornValues([], requests()) },
  { sabotage: 'what cannot be verified is not taken over', scene: tornValues() },
  { sabotage: 'what was written unverified passes for verified', scene: tornAgain },
  { sabotage: 'C does not tell who was settled last', scene: tornInPieces },
  { sabotage: 'what was re-armed does not wait for what the store has next', scene: dueBehindWindow },
  { sabotage: 'the due queue goes on after a write', scene: dueOutOfMemory },
  { sabotage: 'what stands ahead leaves before its turn', scene: wokenInCrowds },
  { sabotage: 'R moves before it is known whether this engine says the same', scene: anotherTries },
  { sabotage: 'a producer is kept after a doubt', scene: answerLost },
  { sabotage: 'what is sent again is numbered anew', scene: leaderMoves, isOnCluster: true },
  { sabotage: 'what another broker leads by now is not sent there', scene: leaderMoves, isOnCluster: true },
  { sabotage: 'the last record is not compared', scene: mustStop(changeHeader({ lastRecord: nothing })) },
  { sabotage: 'a record that was not there yet is not compared later', scene: mustStop(growsPastR) },
  { sabotage: 'what is open behind the fence passes', scene: mustStop(({ leaveOpen }) => leaveOpen()) },
  { sabotage: 'R at C or past it is not compared', scene: mustStop(changeHeader({ digest: nothing })) },
  { sabotage: 'the digest is not compared at C', scene: mustStop(saidOtherwise) },
  { sabotage: 'a journal that ends before C passes', scene: mustStop(loseAlso(loseJournal, ...charges(0, 2))) },
  {
    sabotage: 'outputs without a receipt pass for a first start',
    scene: mustStop(loseAlso(({ lose }) => lose(topics.receipts))),
  },
];

const wholeMulti = 'a Redis that starts again takes a MULTI whole or not at all, wherever in it its file ends';

/** Why no scene on real servers misses these; the simulation does. */
export const notLive: ReadonlyMap<string, string> = new Map([
  ['R is written before the values', wholeMulti],
  ['the index moves later before the values are written', wholeMulti],
  ['the index gains nothing before the values are written', wholeMulti],
  [
    'what a value holds already is said again',
    "beyond C it has said nothing, and alo's fold, which knows it by its id, says nothing of it again; the fold that counts, in the simulation, does",
  ],
]);
