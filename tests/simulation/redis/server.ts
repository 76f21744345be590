import { compareUtf8 } from '@alo/domain';
import type { World } from '../world.ts';
import { type Loss, makeKeyspace, textOf } from './keyspace.ts';
import type { Sent } from './resp.ts';
import { shownHeld } from './shown.ts';

/** A connection as the server sees it. */
export type Session = {
  readonly watched: Map<string, number>;
  queued: Sent[] | undefined;
  /** A command between MULTI and EXEC was refused: nothing of it is done. */
  isSpoilt: boolean;
  isCut: boolean;
  /** Tells the client that it is cut. */
  readonly onCut: () => void;
};

const writing = new Set(['SET', 'MSET', 'ZADD', 'ZREM']);
const full = () => new Error("OOM command not allowed when used memory > 'maxmemory'.");

/** A Redis as far as the adapter uses it: one after the other each command takes effect, whosever it is. */
export const makeRedisServer = (world: World) => {
  const keyspace = makeKeyspace();
  const sessions = new Set<Session>();
  let isUp = true;
  let isFull = false;

  const tellHeld = () => {
    for (const line of shownHeld(keyspace)) world.tell('redis', line);
  };

  const typeOf = (key: string): string =>
    keyspace.strings.has(key) ? 'string' : keyspace.sortedSets.has(key) ? 'zset' : 'none';

  /** What the script of the adapter does: what comes after a place, by score and then by bytes. */
  const dueAfter = ([, , key, most, score, member]: Sent['args']): string[] => {
    const order = (a: readonly [string, number], b: readonly [string, number]) =>
      a[1] - b[1] || compareUtf8(a[0], b[0]);
    const all = [...(keyspace.sortedSets.get(textOf(key)) ?? [])].sort(order);
    const isAfter = (one: readonly [string, number]) => order(one, [textOf(member), Number(textOf(score))]) > 0;
    const found = score === undefined ? all : all.filter(isAfter);
    return found.slice(0, Number(textOf(most))).flatMap(([name, due]) => [name, String(due)]);
  };

  /** All at once, in the order of nothing in particular. */
  const scan = ([, , pattern]: Sent['args']): [string, string[]] => {
    const prefix = textOf(pattern).slice(0, -1).replace(/\\(.)/g, '$1');
    return ['0', [...keyspace.strings.keys()].filter((key) => key.startsWith(prefix)).reverse()];
  };

  const execute = (session: Session): unknown => {
    const queued = session.queued ?? [];
    const isStale = [...session.watched].some(([key, version]) => keyspace.version(key) !== version);
    const { isSpoilt } = session;
    session.queued = undefined;
    session.isSpoilt = false;
    session.watched.clear();
    if (isFull || isSpoilt) return new Error('EXECABORT Transaction discarded because of previous errors.');
    const written = isStale ? null : keyspace.write(queued);
    if (world.isTold) tellHeld();
    return written;
  };

  const answer = (session: Session, { name, args }: Sent): unknown => {
    switch (name) {
      case 'MGET':
        return args.map((key) => keyspace.strings.get(textOf(key)) ?? null);
      case 'WATCH':
        for (const key of args) session.watched.set(textOf(key), keyspace.version(textOf(key)));
        return 'OK';
      case 'UNWATCH':
        session.watched.clear();
        return 'OK';
      case 'TYPE':
        return typeOf(textOf(args[0]));
      case 'EVAL':
        return dueAfter(args);
      case 'SCAN':
        return scan(args);
      default:
        throw new Error(`this Redis does not know ${name}`);
    }
  };

  return {
    keyspace,
    isUp: (): boolean => isUp,
    connect: (session: Session): void => {
      sessions.add(session);
    },
    disconnect: (session: Session): void => {
      sessions.delete(session);
    },
    take: (session: Session, sent: Sent): unknown => {
      if (sent.name === 'MULTI') {
        session.queued = [];
        return 'OK';
      }
      if (sent.name === 'EXEC') return execute(session);
      if (writing.has(sent.name) && isFull) {
        session.isSpoilt = session.queued !== undefined;
        return full();
      }
      if (session.queued) {
        session.queued.push(sent);
        return 'QUEUED';
      }
      return writing.has(sent.name) ? keyspace.write([sent])[0] : answer(session, sent);
    },
    /** Cuts every connection. */
    cut: (): void => {
      for (const session of sessions) {
        session.isCut = true;
        session.onCut();
      }
      sessions.clear();
    },
    restart: (loss: Loss): void => {
      if (world.isTold) world.tell('redis', `starts again: ${JSON.stringify(loss)} of ${keyspace.written()} writes`);
      keyspace.restart(loss);
      if (world.isTold) tellHeld();
    },
    becomeFull: (full: boolean): void => {
      isFull = full;
    },
    become: (up: boolean): void => {
      isUp = up;
    },
  };
};

export type RedisServer = ReturnType<typeof makeRedisServer>;
