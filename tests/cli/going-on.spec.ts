import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { alo, isRoot, scratchFolder, shell, start } from './alo-process.ts';
import { activated, charged, type Event, linesOf, policy, readLines, upgrades, writePolicy } from './event-lines.ts';

const folder = scratchFolder();
const at = (...names: string[]) => join(folder, ...names);
const policyFile = writePolicy(folder);

/** More than pipes and blocks hold: 3,000 who are upgraded, 9,000 charges of which nothing comes, some broken lines. */
const life = upgrades(3000).flatMap((event, n) => [
  event,
  ...['a', 'b', 'c'].map((id) => charged(`quiet-${n}`, 1, event.time, id)),
  ...(n % 125 === 0 ? [{ ...event, id: '' }] : []),
]);
const text = linesOf(life);
const events = at('events.ndjson');
let expected = { out: '', dead: '' };

let name = '';
let count = 0;
/** This test's own store and sinks. */
const files = () => ({ data: at(name), out: at(`${name}.out`), dead: at(`${name}.dead`) });
const args = (source: string, ...more: string[]) => {
  const { data, out, dead } = files();
  return [
    'run',
    '--policy',
    policyFile,
    '--events',
    source,
    '--data',
    data,
    '--out',
    out,
    '--dead-letters',
    dead,
    ...more,
  ];
};
const written = () => ({ out: readFileSync(files().out, 'utf8'), dead: readFileSync(files().dead, 'utf8') });
const summary = (stdout: string) =>
  JSON.parse(stdout) as { linesRead: number; linesSkipped: number; eventsTaken: number; duplicates: number };
const head = (lines: number) => linesOf(life.slice(0, lines));

beforeEach(() => {
  count += 1;
  name = `store-${count}`;
});

beforeAll(async () => {
  writeFileSync(events, text);
  name = 'undisturbed';
  const { code } = await alo(args(events));
  expect(code).toBe(0);
  expected = written();
  expect(expected.out.split('\n').length).toBe(6001);
  expect(expected.dead.split('\n').length).toBe(25);
});

const until = async (condition: () => boolean) => {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 2000) throw new Error('it never came to that');
    await sleep(5);
  }
};
const hasWritten = (file: string, bytes = 1) => existsSync(file) && statSync(file).size >= bytes;

/** Kills a run, as the machine would, when it has written something. */
const killedOnTheWay = async () => {
  const { child, ended } = start(args('-'));
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(text.slice(0, 600_000));
  await until(() => hasWritten(files().out) && hasWritten(files().dead));
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
};

describe('the same store', () => {
  test('takes the same file again and says nothing twice', async () => {
    await alo(args(events));
    const again = await alo(args(events, '--json'));
    expect(summary(again.stdout)).toMatchObject({ linesRead: 0, linesSkipped: life.length, eventsTaken: 0 });
    expect(written()).toEqual(expected);
  });

  test.each([1, 5000])('goes on at the end of %i lines, when the file extends them', async (lines) => {
    const growing = at(`${name}.events`);
    writeFileSync(growing, head(lines));
    await alo(args(growing));
    writeFileSync(growing, text);
    const { stdout } = await alo(args(growing, '--json'));
    expect(summary(stdout)).toMatchObject({ linesRead: life.length - lines, linesSkipped: lines });
    expect(written()).toEqual(expected);
  });

  test.each([1, 5000])('goes on at the end of %i lines, when standard input extends them', async (lines) => {
    await alo(args('-'), head(lines));
    const { stdout } = await alo(args('-', '--json'), text);
    expect(summary(stdout)).toMatchObject({ linesRead: life.length - lines, linesSkipped: lines });
    expect(written()).toEqual(expected);
    const again = await alo(args('-', '--json'), text);
    expect(summary(again.stdout)).toMatchObject({ linesRead: 0, linesSkipped: life.length });
    expect(existsSync(join(files().data, 'spool'))).toBe(false);
  });

  test('takes another file as new input, and each event that it knows as a duplicate', async () => {
    await alo(args('-'), head(2000));
    const other = await alo(args('-', '--json'), linesOf(life.slice(1, 3000)));
    const isBroken = ({ id }: Event) => id === '';
    expect(summary(other.stdout)).toMatchObject({
      linesRead: 2999,
      linesSkipped: 0,
      duplicates: life.slice(1, 2000).filter((event) => !isBroken(event)).length,
      eventsTaken: life.slice(2000, 3000).filter((event) => !isBroken(event)).length,
    });
    const ids = readLines(files().out).map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
  });

  test('an empty file is taken, and changes nothing', async () => {
    await alo(args('-'), head(10));
    const before = written();
    const { code, stdout } = await alo(args('-', '--json'), '');
    expect({ code, ...summary(stdout) }).toMatchObject({ code: 0, linesRead: 0, linesSkipped: 0 });
    expect(written()).toEqual(before);
  });

  test('goes on with a policy that the events themselves have replaced', async () => {
    const second = { ...policy, version: 2, lists: {} };
    const more: Event[] = [...life.slice(0, 4000), activated(second, life[4000]!.time), ...life.slice(4000)];
    await alo(args('-'), linesOf(more.slice(0, 6000)));
    const { code, stderr } = await alo(args('-'), linesOf(more));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const versions = readLines<{ data: { because: { policy: { version: number } } } }>(files().out).map(
      ({ data }) => data.because.policy.version,
    );
    const changedAt = versions.indexOf(2);
    expect(changedAt).toBeGreaterThan(1000);
    expect(new Set(versions.slice(changedAt))).toEqual(new Set([2]));
    expect(versions.length).toBe(6000);
  });

  test('keeps what stood in its files before', async () => {
    writeFileSync(files().out, 'before\n');
    writeFileSync(files().dead, 'before');
    await alo(args('-'), head(3000));
    appendFileSync(files().out, 'between\n');
    await alo(args('-'), text);
    const { out, dead } = written();
    expect(out.replace('between\n', '')).toBe(`before\n${expected.out}`);
    expect(dead).toBe(`before${expected.dead}`);
  });
});

describe('after kill -9', () => {
  test('a torn end is cut, and the rest is written', async () => {
    await killedOnTheWay();
    appendFileSync(files().out, '{"torn');
    appendFileSync(files().dead, '{"torn');
    await alo(args(events));
    expect(written()).toEqual(expected);
  });

  test('what is missing of the files is written again', async () => {
    await killedOnTheWay();
    truncateSync(files().out, 1000);
    rmSync(files().dead);
    await alo(args(events));
    expect(written()).toEqual(expected);
  });

  test('a run that is refused, and one without the file, do not make it forgotten where it was', async () => {
    await killedOnTheWay();
    appendFileSync(files().out, '{"torn');
    const other = writePolicy(folder, { ...policy, id: 'other' }, 'other.json');
    const refused = await alo(args(events).map((arg) => (arg === policyFile ? other : arg)));
    expect(refused.code).toBe(1);
    const { data, dead } = files();
    const withoutOut = ['--events', '-', '--data', data, '--dead-letters', dead];
    const { child, ended } = start(['run', '--policy', policyFile, ...withoutOut]);
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(text.slice(0, 1_200_000));
    const before = statSync(dead).size;
    await until(() => hasWritten(dead, before + 1));
    child.kill('SIGKILL');
    await ended;
    await alo(args(events));
    expect(written()).toEqual(expected);
  });

  test('another --out gets all of that run', async () => {
    await killedOnTheWay();
    rmSync(files().out);
    await alo(args(events).map((arg) => (arg === files().out ? at(`${name}.other`) : arg)));
    expect(readFileSync(at(`${name}.other`), 'utf8')).toBe(expected.out);
  });

  test('what goes to standard output may come twice, and is never lost', async () => {
    const toPipe = (source: string) => args(source).map((arg) => (arg === files().out ? '-' : arg));
    const { child, ended } = start(toPipe('-'));
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(text.slice(0, 1_800_000));
    let received = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    await until(() => received > 2_000_000);
    child.kill('SIGKILL');
    const first = (await ended).stdout;
    const second = (await alo(toPipe(events))).stdout;
    const whole = first.slice(0, first.lastIndexOf('\n') + 1);
    expect(expected.out.startsWith(whole)).toBe(true);
    expect(expected.out.endsWith(second)).toBe(true);
    const twice = whole.length + second.length - expected.out.length;
    expect(twice).toBeGreaterThanOrEqual(0);
    expect(twice).toBeLessThan(1_600_000);
  });
});

describe('a full disk', () => {
  test.each(['--out', '--dead-letters'])('behind %s is exit 3, and a good one gets everything once', async (option) => {
    const good = args(events);
    const full = good.map((arg, n) => (good[n - 1] === option ? '/dev/full' : arg));
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await alo(full);
      expect(stderr).toMatch(
        new RegExp(`^alo: ${option} /dev/full cannot be written: ENOSPC: no space left on device.*\n$`),
      );
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    }
    expect((await alo(good)).code).toBe(0);
    expect(written()).toEqual(expected);
  });

  test('behind standard output is exit 3, and a good one loses nothing', async () => {
    const run = `alo run --policy ${policyFile} --data ${files().data} --events ${events} --out -`;
    const full = await shell(`${run} > /dev/full`);
    expect(full.stderr).toBe('alo: standard output cannot be written: ENOSPC: no space left on device, write\n');
    expect(full.code).toBe(3);
    expect((await shell(run)).stdout).toBe(expected.out);
  });

  test('behind the summary is exit 3 as well', async () => {
    const { stderr, code } = await shell(`alo policy hash ${policyFile} > /dev/full`);
    expect(stderr).toBe('alo: standard output cannot be written: ENOSPC: no space left on device, write\n');
    expect(code).toBe(3);
  });

  const small = join(folder, 'small');
  mkdirSync(small);
  const mount = (...options: string[]) => spawnSync('mount', [...options, small]).status === 0;
  const unmount = () => spawnSync('umount', ['-l', small]);
  const canMount = isRoot && mount('-t', 'tmpfs', 'none');
  unmount();
  const title = 'behind the database is exit 3, and once there is room everything comes once';
  (canMount ? test : test.skip)(canMount ? title : `${title} (only root can make a small disk)`, async () => {
    mount('-t', 'tmpfs', '-o', 'size=3m', 'none');
    try {
      const good = args(events).map((arg) => (arg === files().data ? join(small, 'data') : arg));
      const { code, stdout, stderr } = await alo(good);
      expect(stderr).toMatch(/^alo: .*small.data.alo.db: (the disk is full|the disk failed) .*\n$/);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      mount('-o', 'remount,size=200m');
      expect((await alo(good)).code).toBe(0);
      expect(written()).toEqual(expected);
    } finally {
      unmount();
    }
  });
});

describe('Ctrl-C', () => {
  test('in mid-run says how to go on, and the same command does', async () => {
    const { child, ended } = start(args(events));
    await until(() => hasWritten(files().out));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(stdout).toMatch(
      /^stopped; everything read is stored: run the same command again to go on\n[\d,]+ lines read/,
    );
    expect(written().out.length).toBeLessThan(expected.out.length);
    expect(written().out.endsWith('\n')).toBe(true);
    expect(expected.out.startsWith(written().out)).toBe(true);
    expect((await alo(args(events))).code).toBe(0);
    expect(written()).toEqual(expected);
  });

  test('while nothing comes from a pipe ends at once, with one line of JSON where that was asked for', async () => {
    const { child, ended } = start(args('-', '--json'));
    child.stdin?.write(head(300));
    await until(() => hasWritten(files().out));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(stdout.split('\n').length).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ linesRead: 300, stoppedBy: 'signal' });
    expect(stderr).toBe('stopped; everything read is stored: run the same command again to go on\n');
    expect(code).toBe(130);
  });

  test('while it looks for what it knows in a pipe ends at once too', async () => {
    await alo(args('-'), head(300));
    const { child, ended } = start(args('-'));
    child.stdin?.write(head(200));
    await sleep(3000);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await alo(args(events));
    expect(written()).toEqual(expected);
  });

  test('of a demo, while it folds, ends it', async () => {
    const { child, ended } = start(['demo', '--data', at('demo')]);
    await until(() => hasWritten(at('demo', 'triggers.ndjson')));
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/stopped; the next demo begins anew\n$/);
    expect(code).toBe(130);
  });

  test('without --data says that nothing is left', async () => {
    const { child, ended } = start(['run', '--policy', policyFile, '--events', '-', '--out', files().out]);
    child.stdin?.write(head(300));
    await until(() => hasWritten(files().out));
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/^stopped; the database was temporary and is removed: give --data to be able to go on\n/);
    expect(code).toBe(130);
  });
});

describe('a reader that goes away', () => {
  test('ends a run without a word, and loses nothing of it', async () => {
    const run = `alo run --policy ${policyFile} --data ${files().data} --events ${events} --out -`;
    const { stdout, stderr, code } = await shell(`${run} | head -1`);
    expect({ stdout, stderr, code }).toEqual({ stdout: `${expected.out.split('\n')[0]}\n`, stderr: '', code: 0 });
    const rest = (await shell(run)).stdout;
    expect(rest).toBe(expected.out);
  });

  test('ends a simulation without a word', async () => {
    const { stdout, stderr, code } = await shell('alo simulate --subscribers 1000 --days 300 | head -1');
    expect({ lines: stdout.split('\n').length, stderr, code }).toEqual({ lines: 2, stderr: '', code: 0 });
  });

  test('of the summary is no error', async () => {
    const { stderr, code } = await shell(`alo run --policy ${policyFile} --events ${events} | true`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });
});

test('a source that stays open does not hold a run that has failed', async () => {
  const { child, ended } = start(args('-').map((arg) => (arg === files().out ? '/dev/full' : arg)));
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(head(300));
  expect((await ended).code).toBe(3);
});

test('a named pipe may be the events and the outputs', async () => {
  const { stdout, code, stderr } = await shell(
    `mkfifo ${name}.in ${name}.fifo; cat ${events} > ${name}.in & cat ${name}.fifo & ` +
      `alo run --policy ${policyFile} --events ${name}.in --out ${name}.fifo --json >&2; code=$?; wait; exit $code`,
    folder,
  );
  expect(code).toBe(0);
  expect(summary(stderr).linesRead).toBe(life.length);
  expect(stdout).toBe(expected.out);
});

test('what is charged counts once, however often it is run', async () => {
  const one = linesOf([charged('s-1', 600, '2026-07-01T00:00:00Z')]);
  for (const source of [one, one, `${one}\n${one}`]) await alo(args('-'), source);
  expect(written().out).toBe('');
});
