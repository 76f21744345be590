import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { librariesFolder } from './libraries.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** With what Kafka is started on this machine. */
export type KafkaMeans = { readonly kind: 'java'; readonly java: string } | { readonly kind: 'docker' };

/** With what Redis is started on this machine. */
export type RedisMeans =
  | { readonly kind: 'program'; readonly program: string }
  | { readonly kind: 'embedded'; readonly java: string }
  | { readonly kind: 'docker' };

const javaVersionMin = 17;
const dockerAnswerMsMax = 10_000;

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const programOnPath = (name: string, env: Environment): string | undefined =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);

/** Asked of the program itself: macOS has a `java` that only says where to buy one. */
const javaVersionOf = (java: string): number => {
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
};

const javaFrom = (env: Environment): string | undefined => {
  const ofHome = env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')].filter(isExecutable) : [];
  return [...ofHome, programOnPath('java', env)].find(
    (java) => java !== undefined && javaVersionOf(java) >= javaVersionMin,
  );
};

/** Java that has, or can fetch, what the tests start with it. */
const usableJava = (env: Environment): string | undefined =>
  existsSync(librariesFolder()) || programOnPath('mvn', env) !== undefined ? javaFrom(env) : undefined;

/** The command without an engine behind it starts nothing. */
const hasDocker = (env: Environment): boolean => {
  const docker = programOnPath('docker', env);
  return docker !== undefined && spawnSync(docker, ['info'], { timeout: dockerAnswerMsMax }).status === 0;
};

/** How a Kafka can be started here; undefined where it cannot. */
export const kafkaMeans = (env: Environment): KafkaMeans | undefined => {
  const java = usableJava(env);
  if (java !== undefined) return { kind: 'java', java };
  return hasDocker(env) ? { kind: 'docker' } : undefined;
};

/** How a Redis can be started here; undefined where it cannot. */
export const redisMeans = (env: Environment): RedisMeans | undefined => {
  const program = programOnPath('redis-server', env);
  if (program !== undefined) return { kind: 'program', program };
  const java = usableJava(env);
  if (java !== undefined) return { kind: 'embedded', java };
  return hasDocker(env) ? { kind: 'docker' } : undefined;
};
