import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { WrongUse } from './errors.ts';

/** What a service may be told by environment variables: by its name, how it is read from text. */
export type EnvironmentFields = z.ZodRawShape;

const trueWords = ['true', '1', 'yes'];
const falseWords = ['false', '0', 'no', ''];

/** Variables as they are written in an environment, each with a sentence for who gets one wrong. */
export const variable = {
  text: () => z.string().min(1, 'must not be empty'),
  /** Never shown, neither in a problem nor in a log. */
  secret: () => z.string().min(1, 'must not be empty').meta({ secret: true }),
  flag: () =>
    z
      .string()
      .refine((text) => [...trueWords, ...falseWords].includes(text.toLowerCase()), 'must be true or false')
      .transform((text) => trueWords.includes(text.toLowerCase())),
  whole: (min: number, max: number) =>
    z
      .string()
      .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
        error: `must be a whole number from ${min} to ${max}`,
      })
      .transform(Number),
  choice: <Word extends string>(words: readonly Word[]) =>
    z.enum(words as readonly [Word, ...Word[]], { error: `must be one of ${words.join(', ')}` }),
  /** The text of a file that the variable names. */
  file: () =>
    z.string().transform((path, context) => {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        context.addIssue({ code: 'custom', message: `must name a file that can be read (${code})`, input: path });
        return z.NEVER;
      }
    }),
  list: () =>
    z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .refine((parts) => parts.every((part) => part !== ''), 'must be a list with commas between'),
};

const isSecret = (schema: unknown): boolean => {
  const { meta, def } = schema as { meta?: () => { secret?: boolean } | undefined; def?: { innerType?: unknown } };
  if (meta?.call(schema)?.secret) return true;
  return def?.innerType !== undefined && isSecret(def.innerType);
};

const problemOf = (fields: EnvironmentFields, env: NodeJS.ProcessEnv, { path, message }: z.core.$ZodIssue): string => {
  const name = String(path[0]);
  const given = env[name];
  if (given === undefined || given === '')
    return `${name} ${/^must/.test(message) ? message : 'must be set'}, and is not set`;
  return `${name} ${message}${isSecret(fields[name]) ? '' : `: ${JSON.stringify(given)}`}`;
};

type Relation = readonly [name: string, problem: string];

/**
 * Reads a service's environment once, whole. An empty variable counts as not set.
 * `relations` tells what variables must say of each other, each problem by the name of a variable; what is wrong in
 * itself is undefined there.
 * @throws WrongUse with every problem, one a line, secrets never shown.
 */
export const readEnvironment = <Fields extends EnvironmentFields>(
  fields: Fields,
  env: NodeJS.ProcessEnv,
  relations: (values: z.output<z.ZodObject<Fields>>) => readonly Relation[] = () => [],
): z.output<z.ZodObject<Fields>> => {
  const given = Object.fromEntries(Object.keys(fields).map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const parsed = z.object(fields).safeParse(given);
  const issues = parsed.error?.issues ?? [];
  const wrong = new Set(issues.map(({ path }) => String(path[0])));
  const values = (parsed.data ?? rightOnes(fields, given)) as z.output<z.ZodObject<Fields>>;
  const problems = [
    ...issues.map((issue) => problemOf(fields, env, issue)),
    ...relations(values)
      .filter(([name]) => !wrong.has(name))
      .map(([name, problem]) => `${name} ${problem}`),
  ];
  if (problems.length === 0) return values;
  const head =
    problems.length === 1 ? 'the environment has a problem:' : `the environment has ${problems.length} problems:`;
  throw new WrongUse([head, ...problems.map((problem) => `  ${problem}`)].join('\n'));
};

/** Those that are right in themselves. */
const rightOnes = (fields: EnvironmentFields, given: Readonly<Record<string, string | undefined>>): object =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const { success, data } = z.safeParse(field, given[name]);
      return success ? [[name, data]] : [];
    }),
  );
