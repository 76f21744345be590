import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { GuardedFolder } from './guarded-folder.ts';
import type { ServerRun, Started } from './server-run.ts';

const execute = promisify(execFile);
const docker = async (...args: string[]): Promise<string> => (await execute('docker', args)).stdout.trim();

type DockerRun = {
  readonly image: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: GuardedFolder;
  readonly flags: readonly string[];
};

/** The container sees the folder under the same path, and writes there as whoever runs the tests. */
const dockerRun = ({ image, file, args, folder: { path }, flags }: DockerRun): string[] => [
  ...['run', ...flags, '--user', `${process.getuid?.()}:${process.getgid?.()}`, '-v', `${path}:${path}`],
  ...['--workdir', path, '--entrypoint', file, image, ...args],
];

export const runContainerToEnd = async (started: Omit<Started, 'ports'>, image: string): Promise<void> => {
  const { program, args, folder } = started;
  await docker(...dockerRun({ image, file: program.file, args, folder, flags: ['--rm'] }));
};

/** For machines with neither a JDK nor redis-server. Written from Docker's manual: no test runs it. */
export const runInContainer = ({ program: { file }, args, folder, ports }: Started, image: string): ServerRun => {
  const name = basename(folder.path);
  const published = ports.flatMap((port) => ['-p', `127.0.0.1:${port}:${port}`]);
  const create = async () => {
    folder.watch(name);
    await docker(...dockerRun({ image, file, args, folder, flags: ['-d', '--name', name, ...published] }));
  };
  let isCreated = false;

  return {
    pid: () => undefined,
    isUp: async () => (await docker('inspect', '-f', '{{.State.Running}}', name)) === 'true',
    start: async () => {
      await (isCreated ? docker('start', name) : create());
      isCreated = true;
    },
    kill: async () => void (await docker('kill', name)),
    stop: async () => void (await docker('stop', '-t', '30', name)),
    pause: async () => void (await docker('pause', name)),
    resume: async () => void (await docker('unpause', name)),
    tail: () => docker('logs', '--tail', '20', name),
  };
};
