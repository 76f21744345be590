import { resolve } from 'node:path';
import { type File, here } from './machine.ts';

/** What of Node's file system the command line uses, on the machine that runs. */

const noSuchFile = (path: string) => Object.assign(new Error(`ENOENT: no such file: ${path}`), { code: 'ENOENT' });
const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

const fileAt = (path: string): File => {
  const file = here().files.get(resolve(path));
  if (!file) throw noSuchFile(path);
  return file;
};

const fileOf = (fd: number): File => here().opened[fd] as File;

const statsOf = ({ ino, bytes }: File) => ({
  dev: 1,
  ino,
  size: bytes.length,
  isFile: () => true,
  isDirectory: () => false,
});

const made = (path: string): File => {
  const { files } = here();
  const file = files.get(path) ?? { ino: files.size + 1, bytes: Buffer.alloc(0), syncedBytes: 0 };
  files.set(path, file);
  return file;
};

export const openSync = (path: string): number =>
  here().process.now(`opens ${path}`, () => here().opened.push(made(resolve(path))) - 1);

export const fstatSync = (fd: number) => statsOf(fileOf(fd));

export const ftruncateSync = (fd: number, bytes: number): void =>
  here().process.now(`cuts file ${fileOf(fd).ino} to ${bytes} bytes`, () => {
    const file = fileOf(fd);
    file.bytes = file.bytes.subarray(0, bytes);
    file.syncedBytes = Math.min(file.syncedBytes, bytes);
  });

/** Writes some of the bytes, as it may: at least one. */
export const writeSync = (fd: number, bytes: Buffer, from: number): number => {
  const { process, world } = here();
  return process.now(`writes to file ${fileOf(fd).ino}`, (share) => {
    const file = fileOf(fd);
    const wanted = bytes.length - from;
    const whole = world.chance.happens(0.2) ? world.chance.between(1, wanted) : wanted;
    const count = Math.floor((process.isFull() ? world.chance.unit() : share) * whole);
    file.bytes = Buffer.concat([file.bytes, bytes.subarray(from, from + count)]);
    if (process.isFull()) throw noSpace();
    return count;
  });
};

export const fsyncSync = (fd: number): void =>
  here().process.now(`syncs file ${fileOf(fd).ino}`, () => {
    const file = fileOf(fd);
    file.syncedBytes = file.bytes.length;
  });

export const closeSync = (fd: number): void => here().process.now(`closes file ${fileOf(fd).ino}`, () => undefined);

const chunkBytesMax = 900;

/** The bytes of a file in stretches, short ones and long. */
export async function* createReadStream(path: string): AsyncGenerator<Buffer> {
  const { process, world } = here();
  const { bytes } = fileAt(path);
  for (let at = 0; at < bytes.length; ) {
    const end = at + world.chance.between(1, chunkBytesMax);
    const chunk = bytes.subarray(at, end);
    yield await process.later(`reads ${path} from byte ${at}`, () => chunk);
    at = end;
  }
}

export const readFile = (path: string): Promise<string> =>
  here().process.later(`reads ${path}`, () => fileAt(path).bytes.toString('utf8'));

export const stat = (path: string) => here().process.later(`looks at ${path}`, () => statsOf(fileAt(path)));

export const mkdir = (path: string): Promise<undefined> =>
  here().process.later(`makes the folder ${path}`, () => undefined);

const never = async (): Promise<never> => {
  throw new Error('this is not simulated');
};

export { never as mkdtemp, never as open, never as rm };
