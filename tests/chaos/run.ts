import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeChance } from '../simulation/seeded.ts';
import { checkSite, type Verdict } from './checker.ts';
import { caughtUp, episodesOf, type Survived, survive, toldOf } from './episodes.ts';
import type { Fault } from './faults.ts';
import { startLoad } from './load.ts';
import { openSite } from './site.ts';
import type { Environment } from './supervised.ts';

export type ChaosOptions = {
  readonly seed: number;
  readonly minutes: number;
  readonly perSecond: number;
  readonly isWanted: (fault: Fault) => boolean;
  readonly engineEnvironment: Environment;
  readonly tell: (sentence: string) => void;
};

/** What came of a run. */
export type ChaosRun = Verdict & {
  readonly seed: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly episodes: readonly Survived[];
  /** How often each fail point was come to, by `point: action`. */
  readonly failPoints: Readonly<Record<string, number>>;
  /** Of all recoveries of partitions, those that could not compare what they say with what was said. */
  readonly unverified: number;
  /** Where all that was logged lies, if something is wrong. */
  readonly folder?: string;
};

const stoppedForm = /partition \d+ has stopped: |this is a bug/;
const unverifiedForm = /unverified/;

/** Has faults befall a whole site under load, and looks at what is left when all has come to rest. */
export const runChaos = async ({
  seed,
  minutes,
  perSecond,
  isWanted,
  engineEnvironment,
  tell,
}: ChaosOptions): Promise<ChaosRun> => {
  const folder = mkdtempSync(join(tmpdir(), `alo-chaos-${seed}-`));
  const found: string[] = [];
  const failPoints: Record<string, number> = {};
  const episodes: Survived[] = [];
  let unverified = 0;
  const site = await openSite({
    folder,
    engineEnvironment,
    onSaid: (name, sentence) => {
      if (unverifiedForm.test(sentence)) unverified += 1;
      if (stoppedForm.test(sentence)) found.push(`${name}: ${sentence}`);
    },
    onUnexpectedEnd: (how) => found.push(how),
  });
  try {
    const chance = makeChance(seed, 'chaos');
    site.startAll();
    const seconds = minutes * 60;
    const load = startLoad({
      kafka: site.kafka,
      prefix: '',
      seed,
      chance: makeChance(seed, 'load'),
      perSecond,
      seconds,
    });
    await delay(startingMs);
    await caughtUp(site);
    const startedMs = performance.now();
    const secondsSince = () => (performance.now() - startedMs) / 1000;
    const around = {
      site,
      chance,
      folder,
      onFailPoint: (point: string, action: string, isMet: boolean) => {
        const name = `${point}: ${isMet ? action : 'not come to'}`;
        failPoints[name] = (failPoints[name] ?? 0) + 1;
      },
    };
    for (const episode of episodesOf(chance, isWanted)) {
      if (secondsSince() >= seconds || found.length > 0) break;
      tell(`${clock(secondsSince())} of ${clock(seconds)}, ${load.sent()} sent: ${toldOf(episode)}`);
      const survived = await survive(around, episode).catch((error: Error) => {
        found.push(`${toldOf(episode)}: ${error.message}`);
      });
      if (survived) episodes.push(survived);
      await delay(chance.below(restMsMax));
    }
    const ran = secondsSince();
    await load.stop();
    // Ticks would go on for ever.
    await site.stopOne('clock');
    if (found.length === 0) await caughtUp(site).catch((error: Error) => found.push(error.message));
    await site.stopAll();
    tell('all has come to rest; what is left is looked at');
    const verdict = await checkSite(site);
    const problems = [...found, ...verdict.problems];
    if (problems.length === 0) rmSync(folder, { recursive: true });
    return {
      ...verdict,
      problems,
      seed,
      seconds: Math.round(ran),
      perSecond,
      episodes,
      failPoints,
      unverified,
      ...(problems.length > 0 && { folder }),
    };
  } finally {
    await site.close();
  }
};

const startingMs = 3000;
const restMsMax = 1500;

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
