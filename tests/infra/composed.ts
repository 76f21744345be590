import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { interpolated, type NamedService, projectPathOf, root, serviceOf, textOf } from './compose-file.ts';

/** Words of docker-compose.yml that are others where there is no compose, such as the address of Kafka. */
export type Elsewhere = Readonly<Record<string, string>>;

export type Composed = {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  /** What it has written so far, to both outputs. */
  readonly written: () => string;
};

const inPlace = (text: string, elsewhere: Elsewhere): string =>
  Object.entries(elsewhere).reduce((done, [here, there]) => done.replaceAll(here, there), interpolated(text));

/** The environment of a service's process: paths of its container's lead to the files that are mounted there. */
export const environmentOf = (service: NamedService, elsewhere: Elsewhere = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => {
      const text = inPlace(value, elsewhere);
      return [name, text.startsWith('/') ? projectPathOf(service, text) : text];
    }),
  );

/** Starts a service of docker-compose.yml as a process of this machine: the same command, the same environment. */
export const startComposed = (name: string, elsewhere: Elsewhere): Composed => {
  const service = serviceOf(name);
  return run(service, [...(service.entrypoint ?? ['node']), ...(service.command ?? [])], elsewhere);
};

/** Asks a service how it is, as compose does. Resolves with whether it is well. */
export const isHealthy = async (name: string, elsewhere: Elsewhere): Promise<boolean> => {
  const service = serviceOf(name);
  const [, ...command] = service.healthcheck!.test!;
  return (await run(service, command, elsewhere).ended) === 0;
};

const run = (service: NamedService, [file = '', ...args]: readonly string[], elsewhere: Elsewhere): Composed => {
  const child = spawn(
    file,
    args.map((arg) => inPlace(arg, elsewhere)),
    {
      cwd: root,
      env: {
        PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
        NODE_ENV: 'production',
        ...environmentOf(service, elsewhere),
      },
    },
  );
  let text = '';
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, ended: once(child, 'close').then(([code]) => code as number | null), written: () => text };
};

/** Settings of a file of Java's or of Redis', but for those that say where the server is. */
export const settingsOf = (file: string, separator: '=' | ' ', place: RegExp): (readonly [string, string])[] =>
  textOf(file)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !place.test(line))
    .map((line) => {
      const at = line.indexOf(separator);
      return [line.slice(0, at), line.slice(at + 1).replace(/^""$/, '')];
    });
