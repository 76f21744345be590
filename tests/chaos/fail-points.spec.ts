import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SourceTextModule } from 'node:vm';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ToldOutput } from '../live/folded-outputs.ts';
import { makeLiveSystem } from '../live/live-system.ts';
import { simulated } from '../live/simulated-life.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { kafkaForTests, redisForTests } from '../servers/servers.ts';
import { doubled } from '../simulation/sabotages/doubled.ts';
import { sabotages } from '../simulation/sabotages/sabotages.ts';
import { type Change, woven } from '../weaving/weaving.ts';
import { failPoints } from './fail-points.ts';
import { variants } from './variants.ts';
import { readWantedPasses } from './wanted-passes.ts';

const root = join(import.meta.dirname, '../..');
const preload = join(import.meta.dirname, 'woven.ts');
const testMsMax = 300_000;
const outputMax = 1 << 26;

const pathOf = (file: string) => ['packages', 'services'].map((rooms) => join(root, rooms, file)).find(existsSync);
const sourceOf = (file: string) => readFileSync(pathOf(file) as string, 'utf8');

/** Weaves changes into today's source, and compiles it. */
const compile = (file: string, changes: readonly Change[]): string => {
  const source = woven(sourceOf(file), changes);
  new SourceTextModule(stripTypeScriptTypes(source));
  return source;
};

const pointsIn = (file: string) => failPoints.map(({ change }) => change).filter((change) => change.file === file);

const problemOf = (attempt: () => unknown): string[] => {
  try {
    attempt();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
};

type Named = { readonly name: string; readonly changes: readonly Change[] };

/** What keeps changes from standing beside all fail points of their files. */
const problemsOf = ({ name, changes }: Named): string[] =>
  [...new Set(changes.map(({ file }) => file))].flatMap((file) => {
    const own = changes.filter((change) => change.file === file);
    return problemOf(() => compile(file, [...own, ...pointsIn(file)])).map((problem) => `${name}: ${problem}`);
  });

/** Runs a service with nothing but these variables: it must be refused, for none of what it needs is there. */
const refused = async (
  service: string,
  environment: Readonly<Record<string, string>>,
  preloaded = preload,
): Promise<{ code: number; stderr: string }> => {
  const args = ['--import', preloaded, join(root, `services/${service}/src/main.ts`)];
  const run = promisify(execFile)(process.execPath, args, { env: environment, maxBuffer: outputMax });
  return run.then(
    () => Promise.reject(new Error(`${service} was not refused`)),
    ({ code, stderr }) => ({ code, stderr }),
  );
};

describe('a fail point', () => {
  test.each(failPoints)('$name has its place in today’s source, and can be compiled there', ({ name, change }) => {
    expect(compile(change.file, [change])).toContain(`await failPoint('${name}');`);
  });

  test('stands beside all others of its file', () => {
    const files = [...new Set(failPoints.map(({ change }) => change.file))];
    expect(files.flatMap((file) => problemOf(() => compile(file, pointsIn(file))))).toEqual([]);
  });

  test('has a name of its own', () => {
    expect(new Set(failPoints.map(({ name }) => name)).size).toBe(failPoints.length);
  });
});

describe('a sabotage', () => {
  const all = [...sabotages, ...doubled];

  test('stands beside all fail points of its file', () => {
    expect(all.flatMap(problemsOf)).toEqual([]);
  });

  test('lies in a file that an engine loads', async () => {
    const telling = `import { registerHooks } from 'node:module';
      const load = (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context));
      registerHooks({ load });`;
    const { stderr } = await refused('engine', {}, `data:text/javascript,${encodeURIComponent(telling)}`);
    const isLoaded = ({ file }: Change) => stderr.includes(`/${file}\n`);
    const ofVariants: readonly Change[] = Object.values(variants).flat();
    const changes = [...all.flatMap((sabotage) => sabotage.changes), ...ofVariants];
    expect(changes.filter((change) => !isLoaded(change))).toEqual([]);
  });
});

test.each(Object.entries(variants))(
  '%s is made of today’s source, beside all fail points of its files',
  (...variant) => {
    const [name, changes] = variant;
    expect(problemsOf({ name, changes })).toEqual([]);
  },
);

describe('what a process is told', () => {
  test('is read as it is meant', () => {
    expect(readWantedPasses('committed:3:kill,before-apply:1:stop')).toEqual([
      { point: 'committed', nth: 3, action: 'kill' },
      { point: 'before-apply', nth: 1, action: 'stop' },
    ]);
    expect(readWantedPasses('')).toEqual([]);
  });

  test.each([
    { text: 'comitted:3:kill', why: 'a point that there is not' },
    { text: 'committed:3:die', why: 'an action that there is not' },
    { text: 'committed:0:kill', why: 'a pass before the first' },
    { text: 'committed:kill', why: 'no pass' },
    { text: 'committed:3:kill,', why: 'nothing behind a comma' },
    { text: 'committed:3:kill; published:1:kill', why: 'another sign between two' },
    { text: 'committed:3:kill:now', why: 'a word too many' },
  ])('is refused with all names where it is $why', ({ text }) => {
    expect(() => readWantedPasses(text)).toThrow(
      /POINT:NTH:ACTION.* taken, .* ticked; .*kill, stop, throw, slow, wait/,
    );
  });

  test.each([
    {
      service: 'engine',
      told: { ALO_FAIL_POINTS: 'comitted:1:kill' },
      says: /ALO_FAIL_POINTS: "comitted:1:kill" must/,
    },
    {
      service: 'engine',
      told: { ALO_SABOTAGE: 'all' },
      says: /ALO_SABOTAGE: "all" must be one of\n.*nothing is muted/s,
    },
    {
      service: 'engine',
      told: { ALO_VARIANT: 'a faster one' },
      says: /ALO_VARIANT: "a faster one" must be one of another version, short memory/,
    },
    { service: 'engine', told: { ALO_FAIL_POINTS: 'written:1:kill' }, says: /nothing was loaded of intake/ },
    { service: 'intake', told: { ALO_FAIL_POINTS: 'written:1:kill' }, says: /the environment has/ },
    { service: 'clock', told: { ALO_FAIL_POINTS: 'ticked:1:kill' }, says: /the environment has/ },
    { service: 'engine', told: {}, says: /the environment has/ },
  ])('stops $service with 1 before it serves, or it goes on to what else it lacks: $told', async (given) => {
    const { code, stderr } = await refused(given.service, given.told);
    expect(stderr).toMatch(given.says);
    expect(code).toBe(1);
  });
});

describeWithServers(['kafka', 'redis'], 'an engine that is killed once a commit is acknowledged', () => {
  let lines: string[];
  beforeAll(async () => {
    lines = await simulated(200, 20);
  }, serversMsMax);

  const saidTwice = (told: ToldOutput) =>
    Object.values(told).flatMap((texts) => texts.filter((text, n) => texts.indexOf(text) !== n));

  /** What is told in the end, and what should be, where another engine goes on. */
  const toldAfterKill = async (point: string, sabotage: string) => {
    const woven = { NODE_OPTIONS: `--import ${preload}` };
    const live = await makeLiveSystem({
      brokers: (await kafkaForTests()).brokers,
      redisUrl: (await redisForTests()).url,
      partitions: 1,
    });
    try {
      await live.activate();
      await live.sendTo(0, lines);
      const killed = live.startEngine({ ...woven, ALO_FAIL_POINTS: `${point}:2:kill` });
      expect((await once(killed.child, 'close'))[1]).toBe('SIGKILL');
      expect(killed.lines()).toContain(`fail point ${point}: kill`);
      // In a group of its own, it does not wait for the session of the one that was killed.
      live.startEngine({ ...woven, ALO_SABOTAGE: sabotage, ALO_GROUP: `${live.prefix}others` });
      await live.caughtUp();
      return { told: await live.told(0), folded: await live.folded(0) };
    } finally {
      await live.close();
    }
  };

  test(
    'is followed by one that says the rest, and nothing twice',
    async () => {
      const { told, folded } = await toldAfterKill('committed', '');
      expect(saidTwice(told)).toEqual([]);
      expect(told).toEqual(folded);
    },
    testMsMax,
  );

  test(
    'is followed by one that says it again, where what was said is not muted',
    async () => {
      const { told, folded } = await toldAfterKill('published', 'nothing is muted');
      expect(saidTwice(folded)).toEqual([]);
      expect(saidTwice(told).length).toBeGreaterThan(0);
    },
    testMsMax,
  );
});
