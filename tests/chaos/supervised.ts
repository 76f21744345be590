import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { guardedFolder } from '../servers/guarded-folder.ts';

const root = join(import.meta.dirname, '../..');
const preload = join(import.meta.dirname, 'woven.ts');

export type ServiceName = 'engine' | 'clock' | 'intake';
export type Environment = Readonly<Record<string, string>>;

export type Supervising = {
  /** What it is called in the log, and which service it is. */
  readonly name: string;
  readonly service: ServiceName;
  readonly environment: Environment;
  /** The file to which all that it says goes. */
  readonly log: string;
  /** Told of each sentence that it logs. */
  readonly onSaid: (sentence: string) => void;
  /** Told when it ends though nobody has ended it. */
  readonly onUnexpectedEnd: (how: string) => void;
};

const restartAfterMs = 200;
const stopMsMax = 60_000;
const failPointForm = /^fail point (\S+): (\w+)/;

/** A service as an orchestrator has it: whatever ends it, it is started again, unless it is held down. */
export const supervise = ({ name, service, environment, log, onSaid, onUnexpectedEnd }: Supervising) => {
  const folder = guardedFolder(`chaos-${name}`);
  const file = createWriteStream(log, { flags: 'a' });
  let child: ChildProcess | undefined;
  let isHeld = true;
  let isExpected = false;
  let more: Environment = {};
  let haltMs: number | undefined;
  let onFailPoint: (() => void) | undefined;

  const take = (line: string) => {
    file.write(`${line}\n`);
    const [, point, action] = failPointForm.exec(line) ?? [];
    if (point === undefined) return onSaid(line);
    isExpected ||= action === 'kill';
    // Whenever it comes to it: also when nobody waits for that any more.
    if (action === 'stop' && haltMs !== undefined) setTimeout(() => child?.kill('SIGCONT'), haltMs);
    onFailPoint?.();
  };

  const start = () => {
    const { PATH = '', TZ = '' } = process.env;
    const started = spawn(process.execPath, ['--import', preload, join(root, `services/${service}/src/main.ts`)], {
      env: { PATH, TZ, ALO_HTTP_PORT: '0', ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    more = {};
    isExpected = false;
    child = started;
    folder.watch(started.pid as number);
    for (const stream of [started.stdout, started.stderr]) createInterface(stream).on('line', take);
    started.once('close', (code, signal) => {
      folder.watch('');
      if (!isExpected) onUnexpectedEnd(`${name} has ended by itself: ${code ?? signal}`);
      if (!isHeld) setTimeout(() => isHeld || start(), restartAfterMs);
    });
  };

  const isUp = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  const end = async (signal: NodeJS.Signals) => {
    if (!child || !isUp()) return;
    isExpected = true;
    const closed = once(child, 'close');
    child.kill(signal);
    if (signal !== 'SIGKILL') child.kill('SIGCONT');
    await closed;
  };

  const stop = async () => {
    const late = delay(stopMsMax, true, { ref: false });
    const isLate = await Promise.race([end('SIGTERM').then(() => false), late]);
    if (!isLate) return;
    onUnexpectedEnd(`${name} did not stop within ${stopMsMax} ms of SIGTERM`);
    await end('SIGKILL');
  };

  return {
    name,
    /** Starts it, and from now on again whenever it ends. */
    release: (): void => {
      isHeld = false;
      if (!isUp()) start();
    },
    /** It stays down once it has ended. */
    hold: (): void => {
      isHeld = true;
    },
    isUp,
    kill: () => end('SIGKILL'),
    /** As an orchestrator stops it, in its own time. */
    stop,
    pause: (): void => void child?.kill('SIGSTOP'),
    resume: (): void => void child?.kill('SIGCONT'),
    /** With its next start only. Where it halts itself, it goes on after so long. */
    startNextWith: (environment: Environment, haltedMs: number): void => {
      more = environment;
      haltMs = haltedMs;
    },
    /** Resolves whether it came to its fail point within so many ms. */
    failPointMet: (ms: number): Promise<boolean> =>
      Promise.race([
        new Promise<boolean>((resolve) => {
          onFailPoint = () => resolve(true);
        }),
        delay(ms, false, { ref: false }),
      ]),
    close: async (): Promise<void> => {
      isHeld = true;
      await end('SIGKILL');
      file.end();
      await folder.remove();
    },
  };
};

export type Supervised = ReturnType<typeof supervise>;
