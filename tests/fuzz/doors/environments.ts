import { WrongUse } from '@alo/runtime';
import { readEnvironment, redisFields, redisRelations } from '@alo/runtime/live';
import fc from 'fast-check';
import { clockFields, readSettings as readClock } from '../../../services/clock/src/config.ts';
import { engineFields, readSettings as readEngine } from '../../../services/engine/src/config.ts';
import { intakeFields, readSettings as readIntake } from '../../../services/intake/src/config.ts';
import { type Door, Fault, insist, makeDoor, type Outcome } from '../door.ts';
import { oddName, oddText } from '../edits/odd-texts.ts';

type Environment = Readonly<Record<string, string>>;

const exampleConfig = new URL('../../../services/intake/example.intake.json', import.meta.url).pathname;

/** What no message may show, wherever it stands. */
const hush = 'hush-hush';

const services: Readonly<Record<string, { readonly fields: object; readonly read: (env: Environment) => object }>> = {
  engine: { fields: engineFields, read: readEngine },
  clock: { fields: clockFields, read: readClock },
  intake: { fields: intakeFields, read: readIntake },
  redis: { fields: redisFields, read: (env) => readEnvironment(redisFields, env, redisRelations) },
};

const usual: Environment = {
  KAFKA_BROKERS: 'localhost:9092',
  REDIS_URL: `redis://alo:${hush}@localhost:6379/0`,
  KAFKA_SASL_MECHANISM: 'plain',
  KAFKA_SASL_USERNAME: 'alo',
  KAFKA_SASL_PASSWORD: hush,
  ALO_INTAKE_CONFIG: exampleConfig,
  ALO_INTAKE_HMAC_KEY: `${hush} and more, for a key must be long`,
};

const secrets = ['REDIS_URL', 'KAFKA_SASL_PASSWORD', 'ALO_INTAKE_HMAC_KEY'];
const names = [...new Set([...Object.values(services).flatMap(({ fields }) => Object.keys(fields)), 'PATH'])];

const oddValue = fc.oneof(
  { weight: 3, arbitrary: oddName.map((name) => oddText(name).slice(0, 3000)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'true',
      '1',
      '65536',
      '1e3',
      '0x10',
      'a:1,b:2',
      'a:1,,',
      '/nowhere',
      '/',
      '/dev/null',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('redis://', 'rediss://h', 'http://[', 'redis://%ff@h', 'redis://h?a=1') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

/** Secrets stay secret whatever is wrong with them. */
const kept = (name: string, value: string): string =>
  secrets.includes(name) && value !== '' ? `${value}${hush}` : value;

const changes = fc.array(fc.tuple(fc.constantFrom(...names), oddValue), { maxLength: 6 });

const problemsOf = (read: (env: Environment) => object, env: Environment): string | undefined => {
  try {
    read(env);
    return undefined;
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    insist(!error.message.includes(hush), 'a secret is shown');
    return error.message;
  }
};

/** Such a problem is one of two variables, and goes with the other. */
const ofTwo = /must be set, for |must be true where |must begin with rediss/;

/** What is wrong by itself must be told among all else that is wrong. */
const insistEveryProblem = (
  read: (env: Environment) => object,
  env: Environment,
  changed: readonly string[],
  told: string,
): void => {
  for (const name of changed) {
    const alone = problemsOf(read, { ...usual, [name]: env[name] as string });
    const isWrong = alone?.split('\n').some((line) => line.startsWith(`  ${name} `) && !ofTwo.test(line));
    if (isWrong && !told.includes(`  ${name} `)) throw new Fault(`what is wrong with ${name} is not told: ${told}`);
  }
};

export const environmentDoor: Door = makeDoor({
  name: 'environments',
  casesPerRound: 300,
  cases: fc.record({ service: fc.constantFrom(...Object.keys(services)), changes }),
  render: (one) => one,
  enter: ({ service, changes: odd }): Outcome => {
    const { read } = services[service] as (typeof services)[string];
    const changed = Object.fromEntries(odd.map(([name, value]) => [name, kept(name, value)]));
    const env = { ...usual, ...changed };
    const told = problemsOf(read, env);
    if (told === undefined) return 'taken';
    insistEveryProblem(read, env, Object.keys(changed), told);
    return 'refused';
  },
});
