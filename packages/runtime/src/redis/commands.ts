import { Command, type Redis } from 'ioredis';

/** A command whose answer is bytes. */
export const bytesCommand = (name: string, ...args: (string | Buffer)[]): Command => new Command(name, args);

/** A command whose answer is text. */
export const textCommand = (name: string, ...args: (string | Buffer)[]): Command =>
  new Command(name, args, { replyEncoding: 'utf8' });

/** One connection, from its opening to its end: what is watched is forgotten with it. */
export type Session = { readonly redis: Redis; readonly stream: Redis['stream'] };

export const sessionOf = (redis: Redis): Session => ({ redis, stream: redis.stream });

/**
 * Sends commands in one go, and gives their answers once all are there. Rejects with the first error in their order,
 * and where the connection is no longer the one that it was.
 */
export const sendTogether = async (
  { redis, stream }: Session,
  commands: readonly Command[],
): Promise<readonly unknown[]> => {
  if (redis.status !== 'ready' || redis.stream !== stream) throw new Error('Connection is closed.');
  stream.cork();
  const answers = commands.map((command) => redis.sendCommand(command) as Promise<unknown>);
  stream.uncork();
  const settled = await Promise.allSettled(answers);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value);
};
