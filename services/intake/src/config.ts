import { readFileSync } from 'node:fs';
import { topics as ownTopics, type Problem, printable } from '@alo/contracts';
import { WrongUse } from '@alo/runtime';
import { kafkaFields, kafkaRelations, readEnvironment, telemetryFields, variable } from '@alo/runtime/live';
import { checkIntake } from './intake-config.ts';
import type { IntakeConfig, SourceTopicConfig } from './intake-schema.ts';
import { hashesAnything } from './source-topic.ts';

const keyLengthMin = 32;
/** The parser quotes what it has met. */
const reasonLengthMax = 200;

/** What intake may be told by environment variables. */
export const intakeFields = {
  ...kafkaFields,
  ...telemetryFields,
  ALO_INTAKE_CONFIG: variable.file(),
  ALO_INTAKE_HMAC_KEY: variable
    .secret()
    .refine((key) => key.length >= keyLengthMin, `must have at least ${keyLengthMin} characters`)
    .meta({ secret: true })
    .optional(),
  ALO_INTAKE_GROUP: variable.text().default('alo-intake'),
  ALO_SESSION_TIMEOUT_MS: variable.whole(1000, 300_000).default(6000),
};

type Environment = ReturnType<typeof readIntakeEnvironment>;

export type IntakeSettings = Environment & { readonly intake: IntakeConfig };

const readIntakeEnvironment = (env: NodeJS.ProcessEnv, intake: IntakeConfig | undefined) =>
  readEnvironment(intakeFields, env, (values) => [
    ...kafkaRelations(values),
    ...(intake ? keyProblems(intake, values.ALO_INTAKE_HMAC_KEY) : []),
  ]);

const keyProblems = ({ topics }: IntakeConfig, key: string | undefined): [string, string][] => {
  const hashing = Object.keys(topics).find((name) => hashesAnything([topics[name] as SourceTopicConfig]));
  if (hashing === undefined || key !== undefined) return [];
  return [['ALO_INTAKE_HMAC_KEY', `must be set, for ${hashing} has something hashed, and is not set`]];
};

const fileText = (path: string | undefined): string | undefined => {
  try {
    return path ? readFileSync(path, 'utf8').replace(/^\uFEFF/, '') : undefined;
  } catch {
    return undefined;
  }
};

const told = (path: string, problems: readonly Problem[]): string =>
  [
    `${path} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
    ...problems.map((problem) => `  ${problem.path} ${problem.message}`),
  ].join('\n');

/** A topic of alo's own under its prefix would feed itself. */
const loopProblems = ({ topics }: IntakeConfig, prefix: string | undefined): Problem[] =>
  Object.values(ownTopics)
    .map((name) => `${prefix ?? ''}${name}`)
    .filter((name) => Object.hasOwn(topics, name))
    .map((name) => ({
      path: `topics.${name}`,
      message: 'must be a topic of your own systems; this one is written by alo',
    }));

type Read = { readonly intake?: IntakeConfig; readonly problem?: string };

/** What is wrong with a file that cannot be read, the environment says. */
const readIntake = (env: NodeJS.ProcessEnv): Read => {
  const path = env.ALO_INTAKE_CONFIG as string;
  const text = fileText(path);
  if (text === undefined) return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `${path} is not JSON: ${printable((error as Error).message, reasonLengthMax)}` };
  }
  const check = checkIntake(json);
  if (!check.ok) return { problem: told(path, check.problems) };
  const loops = loopProblems(check.config, env.KAFKA_TOPIC_PREFIX);
  return loops.length > 0 ? { problem: told(path, loops) } : { intake: check.config };
};

/**
 * Reads the environment and the file that it names.
 * @throws WrongUse with every problem of both.
 */
export const readSettings = (env: NodeJS.ProcessEnv): IntakeSettings => {
  const { intake, problem } = readIntake(env);
  const problems = problem === undefined ? [] : [problem];
  try {
    const environment = readIntakeEnvironment(env, intake);
    if (intake) return { ...environment, intake };
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    problems.unshift(error.message);
  }
  throw new WrongUse(problems.join('\n'));
};
