import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { alo, type Ended, isRoot, scratchFolder, start } from './alo-process.ts';
import { linesOf, policy, upgrades, writePolicy } from './event-lines.ts';

const folder = scratchFolder();
const at = (...names: string[]) => join(folder, ...names);
const file = (name: string, content: string | Buffer) => {
  writeFileSync(at(name), content);
  return at(name);
};

const policyFile = writePolicy(folder);
const events = file('events.ndjson', linesOf(upgrades(3)));
const directory = at('directory');
const used = at('used');

/** A folder whose database this has been done to. */
const database = (name: string, make: (path: string) => void) => {
  mkdirSync(at(name));
  make(at(name, 'alo.db'));
  return at(name);
};
const sqlite = (statements: string) => (path: string) => {
  const db = new DatabaseSync(path);
  db.exec(statements);
  db.close();
};

beforeAll(async () => {
  mkdirSync(directory);
  const ended = await alo(['run', '--policy', policyFile, '--events', events, '--data', used]);
  if (ended.code !== 0) throw new Error(ended.stderr);
});

const run = (...more: string[]) => ['run', '--policy', policyFile, '--events', events, ...more];
const runPolicy = (given: unknown, ...more: string[]) => {
  const path = file(`policy-${JSON.stringify(given).length}-${more.length}.json`, JSON.stringify(given));
  return ['run', '--policy', path, '--events', events, ...more];
};
const tiers = policy.tiers as object;

type Case = {
  readonly why: string;
  readonly args: () => string[];
  readonly says: RegExp | string;
  readonly code?: number;
};

const cases: Case[] = [
  { why: 'no command', args: () => ['fly'], says: /unknown command 'fly'/ },
  { why: 'an option that nobody knows', args: () => run('--fast'), says: /unknown option '--fast'/ },
  {
    why: 'no policy',
    args: () => ['run', '--events', events],
    says: /required option '--policy <file>' not specified/,
  },
  {
    why: 'no events',
    args: () => ['run', '--policy', policyFile],
    says: /required option '--events <file>' not specified/,
  },
  {
    why: '--start without a zone',
    args: () => run('--start', '2026-07-01T00:00:00'),
    says: /It must be an instant with a zone/,
  },
  {
    why: '--until on 30 February',
    args: () => run('--until', '2026-02-30T00:00:00Z'),
    says: /It must be an instant with a zone/,
  },
  {
    why: '--max-gap in words',
    args: () => run('--max-gap', '31 days'),
    says: /It must be an ISO 8601 duration, such as P31D/,
  },
  {
    why: 'a policy that is not there',
    args: () => ['run', '--policy', at('none.json'), '--events', events],
    says: `alo: policy ${at('none.json')} cannot be read: there is no such file\n`,
  },
  {
    why: 'a folder for a policy',
    args: () => ['run', '--policy', directory, '--events', events],
    says: `alo: policy ${directory} cannot be read: it is a directory\n`,
  },
  {
    why: 'a policy that is no JSON',
    args: () => ['policy', 'check', events],
    says: /^alo: policy .*events.ndjson is not JSON: .*\n$/,
  },
  {
    why: 'a policy with several problems',
    args: () =>
      runPolicy({
        ...policy,
        zone: 'Mars',
        colour: 'red',
        tiers: { ...tiers, ladder: [{ name: 'base', upgradeAt: 5 }] },
      }),
    says: /^alo: policy .* has 4 problems:\n {2}zone .*\n {2}colour .*\n {2}tiers\.ladder\[0\]\.upgradeAt .*\n {2}lists\.official\.floor .*\n$/,
  },
  {
    why: 'events that are not there',
    args: () => ['run', '--policy', policyFile, '--events', at('none.ndjson')],
    says: `alo: --events ${at('none.ndjson')} cannot be read: there is no such file\n`,
  },
  {
    why: 'a folder for events',
    args: () => ['run', '--policy', policyFile, '--events', directory],
    says: `alo: --events ${directory} is a directory; give a file of JSON lines, or - for standard input\n`,
  },
  {
    why: '--data that is a file',
    args: () => run('--data', events),
    says: /^alo: --data .*events.ndjson is no folder and cannot be made: .*\n$/,
  },
  {
    why: '--data below a file',
    args: () => run('--data', join(events, 'below')),
    says: /^alo: --data .* is no folder and cannot be made: .*\n$/,
  },
  {
    why: '--out that is a folder',
    args: () => run('--out', directory),
    says: /^alo: --out .*directory cannot be written: .*\n$/,
  },
  {
    why: '--out in no folder',
    args: () => run('--out', at('no-folder', 'out')),
    says: /^alo: --out .* cannot be written: .*no such file or directory.*\n$/,
  },
  {
    why: '--dead-letters that is a folder',
    args: () => run('--dead-letters', directory),
    says: /^alo: --dead-letters .* cannot be written: .*\n$/,
  },
  {
    why: '--dead-letters on standard output',
    args: () => run('--dead-letters', '-'),
    says: 'alo: --dead-letters must be a file; only --out may be - for standard output\n',
  },
  {
    why: '--out into the events',
    args: () => run('--out', events),
    says: `alo: --out and --events are the same file: ${events}\n`,
  },
  {
    why: '--out into the policy',
    args: () => run('--out', policyFile),
    says: `alo: --out and --policy are the same file: ${policyFile}\n`,
  },
  {
    why: '--out and --dead-letters into one',
    args: () => run('--out', at('both'), '--dead-letters', join(folder, '.', 'both')),
    says: `alo: --dead-letters and --out are the same file: ${at('both')}\n`,
  },
  {
    why: '--out into the database',
    args: () => run('--data', used, '--out', join(used, 'alo.db')),
    says: `alo: --out and the database of --data are the same file: ${join(used, 'alo.db')}\n`,
  },
  {
    why: 'a database of something else',
    args: () => run('--data', database('foreign', sqlite('CREATE TABLE notes (note TEXT)'))),
    says: `alo: ${at('foreign', 'alo.db')} is a database, but not one of alo's; give another --data\n`,
  },
  {
    why: 'a database of another version',
    args: () =>
      run(
        '--data',
        database(
          'later',
          sqlite(`CREATE TABLE x (y); PRAGMA application_id = ${0x616c6f01}; PRAGMA user_version = 99`),
        ),
      ),
    says: /^alo: .*later.alo.db is of version 99; this alo reads version \d+: give another --data\n$/,
  },
  {
    why: 'a database that is none',
    args: () =>
      run(
        '--data',
        database('none', (path) => writeFileSync(path, linesOf(upgrades(100)))),
      ),
    says: /^alo: .*none.alo.db: it is no database, or a broken one .*\n$/,
  },
  {
    why: 'a folder for a database',
    args: () =>
      run(
        '--data',
        database('folder', (path) => mkdirSync(path)),
      ),
    says: /^alo: .*folder.alo.db: it cannot be opened .*\n$/,
    code: 3,
  },
  {
    why: 'a policy with another id',
    args: () => runPolicy({ ...policy, id: 'other' }, '--data', used),
    says: 'alo: this journal runs policy small, not other; give this policy a store of its own with --data, or raise its version\n',
  },
  {
    why: 'the same version with other content',
    args: () => runPolicy({ ...policy, lateness: 'P30D' }, '--data', used),
    says: /^alo: policy small version 1 is running with hash [0-9a-f]{64}; the same version came with hash [0-9a-f]{64}; .*\n$/,
  },
  {
    why: 'a lower version',
    args: () => run('--data', at('newer')),
    says: 'alo: the store runs policy small version 2, and this is version 1: versions only rise\n',
  },
  {
    why: 'a zone that changed',
    args: () => runPolicy({ ...policy, version: 3, zone: 'UTC' }, '--data', used),
    says: 'alo: zone of policy small can never change: it is Asia/Ho_Chi_Minh, not UTC; give this policy a store of its own with --data, or raise its version\n',
  },
  {
    why: 'a simulation of half a subscriber',
    args: () => ['simulate', '--subscribers', '0.5', '--days', '1'],
    says: 'alo: subscribers must be a whole number; it is 0.5\n',
  },
  {
    why: 'a simulation of nobody',
    args: () => ['simulate', '--subscribers', '0', '--days', '1'],
    says: /^alo: subscribers must be 1 to .*\n$/,
  },
  {
    why: 'a simulation of nobody, over less than no days',
    args: () => ['simulate', '--subscribers', '0', '--days', '-1'],
    says: 'alo: subscribers must be 1 to 16777215; it is 0\ndays must be 0 to 36525; it is -1\n',
  },
  {
    why: 'a simulation into a folder',
    args: () => ['simulate', '--subscribers', '1', '--days', '1', '--out', directory],
    says: /^alo: --out .*directory cannot be written: .*\n$/,
  },
  {
    why: 'a ranking of no store, approved by who asks for it, with triggers that cannot follow',
    args: () => [
      ...['rank', '--list', 'top', '--as-of', '2026-07', '--data', at('no-store')],
      ...['--requested-by', 'lan', '--approved-by', 'lan', '--out', 'x', '--triggers', 'y'],
    ],
    says: /^alo: --requested-by and .*; both are lan\n--out only writes .*\n--data .*no-store holds no store: .*\n$/,
  },
  {
    why: 'topics that nobody knows',
    args: () => ['tail', 'weather', 'tiers', 'news'],
    says: /^alo: there are no triggers on weather, news; listen to tiers, .*\n$/,
  },
];

/** One sentence: what is wrong and what would be right, and nothing of how it was found. */
const expectSentence = ({ stdout, stderr }: Ended) => {
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/\n\s+at |this is a bug|node:|Error:.*Error:/);
};

describe('is answered with a sentence', () => {
  const answers = new Map<string, Ended>();

  beforeAll(async () => {
    const second = ['run', '--policy', writePolicy(folder, { ...policy, version: 2 }, 'second.json')];
    await alo([...second, '--events', events, '--data', at('newer')]);
    // Those of one store come one after the other, in one of the four lanes.
    const lanes = [0, 1, 2, 3].map((lane) => cases.filter((_, n) => Math.floor((n * 4) / cases.length) === lane));
    await Promise.all(
      lanes.map(async (lane) => {
        for (const { why, args } of lane) answers.set(why, await alo(args()));
      }),
    );
  });

  test.each(cases)('$why', ({ why, says, code = 1 }) => {
    const ended = answers.get(why) as Ended;
    if (typeof says === 'string') expect(ended.stderr).toBe(says);
    else expect(ended.stderr).toMatch(says);
    expectSentence(ended);
    expect(ended.code).toBe(code);
  });

  test('events that may not be read', async () => {
    const hidden = file('hidden.ndjson', linesOf(upgrades(1)));
    chmodSync(hidden, 0);
    chmodSync(folder, 0o755);
    mkdirSync(at('nobody'));
    if (isRoot) chownSync(at('nobody'), 65534, 65534);
    const other = isRoot ? { uid: 65534, gid: 65534 } : {};
    const args = ['run', '--policy', policyFile, '--events', hidden, '--data', at('nobody', 'data')];
    const ended = await start(args, other).ended;
    expect(ended.stderr).toMatch(/^alo: --events .*hidden.ndjson cannot be read: EACCES: permission denied.*\n$/);
    expectSentence(ended);
    expect(ended.code).toBe(1);
  });

  test('a second process on the same data', async () => {
    const args = ['run', '--policy', policyFile, '--events', '-', '--data', at('shared')];
    const first = start([...args, '--live', '--out', '-']);
    first.child.stdin?.write(linesOf([{ ...upgrades(1)[0]!, time: new Date().toISOString() }]));
    await new Promise((resolve) => first.child.stdout?.once('data', resolve));
    const second = await alo(args);
    expect(second.stderr).toBe(`alo: ${at('shared', 'alo.db')}: another process is using it\n`);
    expectSentence(second);
    expect(second.code).toBe(1);
    first.child.stdin?.end();
    expect((await first.ended).code).toBe(0);
  });
});

describe('a wrong command line is told whole, a problem a line, and then the hint', () => {
  const instant = 'It must be an instant with a zone, such as 2026-08-01T00:00:00+07:00.';

  test.each<{ why: string; args: () => string[]; says: readonly string[] }>([
    {
      why: 'unknown options',
      args: () => run('--fast', '-5', '--slow=1', '-x', '--fast'),
      says: ["unknown option '--fast'", "unknown option '--slow=1'", "unknown option '-x'"],
    },
    {
      why: 'unknown options, and what was perhaps meant by the first',
      args: () => run('--dead-leters', 'x', '--fast'),
      says: ["unknown option '--dead-leters'\n(Did you mean --dead-letters?)", "unknown option '--fast'"],
    },
    {
      why: 'wrong values',
      args: () => run('--start', 'July', '--until', '2026-02-30T00:00:00Z', '--max-gap', '31 days'),
      says: [
        `option '--start <instant>' argument 'July' is invalid. ${instant}`,
        `option '--until <instant>' argument '2026-02-30T00:00:00Z' is invalid. ${instant}`,
        "option '--max-gap <duration>' argument '31 days' is invalid. It must be an ISO 8601 duration, such as P31D.",
      ],
    },
    {
      why: 'wrong values of one option',
      args: () => ['doctor', '--end-transaction', 'here', 'alo.tiers.v1/3', 'there', '--accept-loss'],
      says: ['here', 'there'].map(
        (place) =>
          `option '--end-transaction <topic/partition...>' argument '${place}' is invalid. It must be TOPIC/PARTITION, such as alo.receipts.v1/3.`,
      ),
    },
    {
      why: 'required options that are missing',
      args: () => ['rank', '--list', 'top', '--data', 'x'],
      says: ['--as-of <month>', '--requested-by <name>', '--approved-by <name>'].map(
        (option) => `required option '${option}' not specified`,
      ),
    },
    {
      why: 'too many arguments, of which one may be the value of an unknown option',
      args: () => ['policy', 'lint', 'a', 'b', '--fast', 'c', 'd'],
      says: ["unknown option '--fast'", "too many arguments for 'lint'. Expected 1 argument but got 3: a, b, d."],
    },
    {
      why: 'arguments behind --, whatever they look like',
      args: () => ['policy', 'lint', '--fast', '--', '--slow', 'a'],
      says: ["unknown option '--fast'", "too many arguments for 'lint'. Expected 1 argument but got 2: --slow, a."],
    },
    {
      why: 'an unknown option whose value may be the argument',
      args: () => ['policy', 'lint', '--fast', 'a', 'b'],
      says: ["unknown option '--fast'"],
    },
    {
      why: 'a missing argument',
      args: () => ['policy', 'explain', '--fast', '--from', 'July'],
      says: [
        "unknown option '--fast'",
        "option '--from <month>' argument 'July' is invalid. It must be a month, such as 2026-07.",
        "missing required argument 'file'",
      ],
    },
    {
      why: 'an option without its value at the end, which is not missing',
      args: () => ['run', '--fast', '--until', 'July', '--events'],
      says: [
        "unknown option '--fast'",
        `option '--until <instant>' argument 'July' is invalid. ${instant}`,
        "option '--events <file>' argument missing",
        "required option '--policy <file>' not specified",
      ],
    },
    {
      why: 'one of each kind',
      args: () => ['simulate', 'now', '--fast', '--days', 'few'],
      says: [
        "unknown option '--fast'",
        "option '--days <n>' argument 'few' is invalid. It must be a number.",
        "required option '--subscribers <n>' not specified",
        "too many arguments for 'simulate'. Expected 0 arguments but got 1: now.",
      ],
    },
    {
      why: 'options before the command, behind whose name they may be right',
      args: () => ['--fast', '--slow', ...run('--strict')],
      says: ["unknown option '--fast'", "unknown option '--slow'"],
    },
    {
      why: 'a command that nobody knows, whose options may be right',
      args: () => ['simulat', '--days', '1'],
      says: ["unknown command 'simulat'\n(Did you mean simulate?)"],
    },
  ])('$why', async ({ args, says }) => {
    const { code, stdout, stderr } = await alo(args());
    expect(stderr).toBe(`${says.map((problem) => `error: ${problem}\n`).join('')}(add --help for what there is)\n`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('alo policy', () => {
  const wrong = file('wrong.json', JSON.stringify({ ...policy, zone: 'Mars', currency: 'dong' }));

  test('check tells every problem with its path, and exits with 1', async () => {
    const { stderr, stdout, code } = await alo(['policy', 'check', wrong]);
    expect(stderr).toMatch(/^policy .*wrong.json has 2 problems:\n {2}zone must be .*\n {2}currency must be .*\n$/);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
  });

  test('check --json is one line of JSON, right or wrong', async () => {
    const [wrongly, rightly] = await Promise.all([
      alo(['policy', 'check', wrong, '--json']),
      alo(['policy', 'check', policyFile, '--json']),
    ]);
    expect(wrongly).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(wrongly.stdout)).toMatchObject({ ok: false, problems: [{ path: 'zone' }, { path: 'currency' }] });
    expect(rightly).toMatchObject({ code: 0, stderr: '', stdout: '{"ok":true,"problems":[]}\n' });
  });

  test('hash is the same with other white space and another order of keys', async () => {
    const turned = Object.fromEntries(Object.entries(policy).toReversed());
    const [one, other] = await Promise.all([
      alo(['policy', 'hash', policyFile]),
      alo(['policy', 'hash', file('turned.json', `\ufeff${JSON.stringify(turned, undefined, 3)}`)]),
    ]);
    expect(one.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(other.stdout).toBe(one.stdout);
  });
});

describe('--help', () => {
  test.each(['run', 'simulate', 'policy', 'policy check', 'policy hash', 'demo'])(
    'of %s has examples and exits with 0',
    async (command) => {
      const ended = await alo([...command.split(' '), '--help']);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toMatch(/Examples:\n {2}alo /);
    },
  );

  test('is given whatever else is wrong', async () => {
    const ended = await alo(['run', '--fast', '--start', 'July', '--help', '--until']);
    expect(ended).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Usage: alo run /) });
  });

  test('alone names the commands, and --version the version', async () => {
    const [help, version] = await Promise.all([alo(['--help']), alo(['--version'])]);
    expect(help).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/\n {2}run \[.*\n {2}simulate \[.*\n {2}policy .*\n {2}demo \[/s),
    });
    expect(version).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});
