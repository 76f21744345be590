import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Ended, scratchFolder } from '../cli/alo-process.ts';
import { writePolicy } from '../cli/event-lines.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { makeOperator, runIn } from './operator.ts';

const policyFile = writePolicy(scratchFolder());
const nobody = { KAFKA_BROKERS: '127.0.0.1:1', REDIS_URL: 'redis://:hush@127.0.0.1:1' };
const testMsMax = 60_000;

const commands = [
  { name: 'topics check', args: ['topics', 'check'] },
  { name: 'topics create', args: ['topics', 'create'] },
  { name: 'policy publish', args: ['policy', 'publish', policyFile] },
  { name: 'tail', args: ['tail'] },
  { name: 'send', args: ['send', '--topic', 'any.v1'] },
  { name: 'doctor', args: ['doctor'] },
  { name: 'state', args: ['state', 's-17'] },
];
const withRedis = ['doctor', 'state'];

/** Waiting for who never answers is most of their time, so all wait at once. */
const unanswered = new Map<string, Ended>();
beforeAll(async () => {
  const ended = await Promise.all(commands.map(({ args }) => runIn(nobody, args)));
  commands.forEach(({ name }, n) => {
    unanswered.set(name, ended[n] as Ended);
  });
}, testMsMax);

describe.each(commands)('alo $name', ({ name, args }) => {
  test(
    'tells every problem of the environment at once, no secret, and ends with 1',
    async () => {
      const environment = {
        KAFKA_BROKERS: 'nowhere',
        KAFKA_TLS: 'perhaps',
        KAFKA_SASL_PASSWORD: 'hush',
        REDIS_URL: 'hush',
      };
      const { code, stdout, stderr } = await runIn(environment, args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^alo: the environment has \d problems:\n( {2}[A-Z_]+ .*\n)+$/);
      expect(stderr).toMatch(/KAFKA_BROKERS must be host:port/);
      expect(stderr).toMatch(/KAFKA_TLS must be true or false: "perhaps"/);
      expect(stderr).not.toMatch(/hush/);
    },
    testMsMax,
  );

  test(
    'says that a variable is missing, and which',
    async () => {
      const { code, stderr } = await runIn({ KAFKA_BROKERS: '' }, args);
      expect(code).toBe(1);
      expect(stderr).toMatch(/KAFKA_BROKERS must be set, and is not set/);
      expect(stderr.includes('REDIS_URL must be set, and is not set')).toBe(withRedis.includes(name));
    },
    testMsMax,
  );

  test('says in one sentence that nobody answers, shows no stack and no secret, and ends with 3', () => {
    const { code, stdout, stderr } = unanswered.get(name) as Ended;
    expect(code).toBe(3);
    expect(`${stdout}${stderr}`).toMatch(
      name === 'state'
        ? /^alo: Redis at redis:\/\/127\.0\.0\.1:1 does not answer .*\n$/
        : /Kafka does not answer: .*ECONNREFUSED/,
    );
    expect(stderr.split('\n').length).toBeLessThanOrEqual(name === 'policy publish' ? 3 : 2);
    expect(`${stdout}${stderr}`).not.toMatch(/hush|^ +at /m);
  });

  test('shows examples with --help', async () => {
    const { code, stdout } = await runIn({}, [...args.slice(0, name.split(' ').length), '--help']);
    expect({ code, hasExamples: /Examples:\n {2}alo /.test(stdout) }).toEqual({ code: 0, hasExamples: true });
  });
});

describeWithServers(['kafka', 'redis'], 'without topics', () => {
  test.each(commands.filter(({ name }) => !name.startsWith('topics')))(
    'alo $name says which are missing',
    async ({ name, args }) => {
      const { alo, prefix } = await makeOperator();
      const { code, stdout, stderr } = await alo(args);
      expect(code).toBe(name === 'doctor' ? 2 : 1);
      const missing = name === 'send' ? 'there is no topic any.v1' : `${prefix}alo.`;
      expect(`${stdout}${stderr}`).toContain(missing);
      expect(/alo topics create makes (it|them)/.test(`${stdout}${stderr}`)).toBe(name !== 'send');
    },
    testMsMax,
  );
});
