import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentFields, kafkaFields, kafkaRelations, readEnvironment, redisFields } from '@alo/runtime/live';
import { describe, expect, test } from '@jest/globals';
import { type NamedService, root, services } from './compose-file.ts';
import { environmentOf } from './composed.ts';

type Configuration = { readonly fields: EnvironmentFields; readonly readSettings: (env: NodeJS.ProcessEnv) => unknown };

/** What commands read. */
const ofCommands: Configuration = {
  fields: { ...kafkaFields, ...redisFields },
  readSettings: (env) => readEnvironment(kafkaFields, env, kafkaRelations),
};

/** How each service reads its environment, by its name: services/engine/src/config.ts exports `engineFields`. */
const byService = new Map<string, Configuration>();
for (const file of globSync('services/*/src/config.ts', { cwd: root })) {
  const name = file.split('/')[1] as string;
  const config = (await import(join(root, file))) as Record<string, unknown> & Configuration;
  const fields = config[`${name}Fields`] as EnvironmentFields | undefined;
  if (fields) byService.set(name, { fields, readSettings: config.readSettings });
}

const ours = services.filter(({ build }) => build !== undefined);
const programOf = ({ command = [] }: NamedService) => /^services\/(\w+)\/src\/main\.ts$/.exec(command[0] ?? '')?.[1];
const configurationOf = (service: NamedService): Configuration | undefined => {
  const program = programOf(service);
  return program === undefined ? ofCommands : byService.get(program);
};

test('every service of alo says in its config.ts which variables it knows', () => {
  const programs = ours.map(programOf).filter((program) => program !== undefined);
  expect(programs.sort()).toEqual(['clock', 'engine', 'intake']);
  expect(programs.filter((program) => !byService.has(program))).toEqual([]);
});

describe.each(ours)('the environment of $name', (service) => {
  test('has no variable that its program does not know', () => {
    const known = Object.keys(configurationOf(service)?.fields ?? {});
    expect(Object.keys(service.environment ?? {}).filter((name) => !known.includes(name))).toEqual([]);
  });

  test('is one with which its program starts', () => {
    expect(() => configurationOf(service)?.readSettings(environmentOf(service))).not.toThrow();
  });

  test('holds text alone: compose reads a bare number or true as something else', () => {
    expect(Object.values(service.environment ?? {}).filter((value) => typeof value !== 'string')).toEqual([]);
  });
});
