import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Round, RoundResult } from './round.ts';

export type Question = {
  readonly round: Round;
  readonly limits: Limits;
  /** This one case, in place of a round of them. */
  readonly lone?: { readonly one: unknown };
};
export type Answer = RoundResult;

/** What came of a question: an answer, or none, and the case over which that happened. */
export type Ended =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'hangs' | 'crashes'; readonly at: number; readonly why: string };

export type Limits = {
  /** Of one case. */
  readonly cpuMsMax: number;
  readonly silenceMsMax: number;
  /** How long to look for a smaller case than the first. */
  readonly shrinkMsMax: number;
};

const megabyte = 1024 * 1024;
const heapMegabytesMax = 256;
/** All of the process: its code, its heap, and what lies beside the heap. */
const rssBytesMax = 900 * megabyte;
const lookEveryMs = 200;
const pageBytes = 4096;
const child = join(import.meta.dirname, 'child.ts');

/** What a process has in memory now; nothing where the system does not tell. */
const residentBytes = (pid: number | undefined): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes;
  } catch {
    return 0;
  }
};

/** A process in which doors are tried. Whoever hangs or dies in it is found out, and the next question starts another. */
export const openWorkplace = (limits: Limits) => {
  const folder = mkdtempSync(join(tmpdir(), 'alo-fuzz-'));
  const place = join(folder, 'place');
  let running: ChildProcess | undefined;

  const start = (): ChildProcess => {
    writeFileSync(place, '');
    const execArgv = [`--max-old-space-size=${heapMegabytesMax}`, '--disable-warning=ExperimentalWarning'];
    return fork(child, [place, `${rssBytesMax}`], {
      ...{ execArgv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
    });
  };

  /** Undefined before the first. */
  const caseNow = (): number | undefined => {
    const bytes = readFileSync(place);
    return bytes.length < 4 ? undefined : bytes.readInt32LE();
  };

  /** Ends the process once it has said nothing for too long, or has taken too much. */
  const watch = (worker: ChildProcess, onEnd: (ended: Ended) => void): (() => void) => {
    let last: number | undefined;
    let sinceMs = performance.now();
    const look = () => {
      const at = caseNow();
      if (at === undefined || at !== last) [last, sinceMs] = [at, performance.now()];
      const isSilent = performance.now() - sinceMs > limits.silenceMsMax;
      const isSwollen = residentBytes(worker.pid) > rssBytesMax;
      if (!isSilent && !isSwollen) return;
      worker.kill('SIGKILL');
      onEnd(isSwollen ? { kind: 'crashes', at: at ?? 0, why: tooMuch } : { kind: 'hangs', at: at ?? 0, why: noEnd });
    };
    const timer = setInterval(look, lookEveryMs);
    return () => clearInterval(timer);
  };

  return {
    ask: (question: Omit<Question, 'limits'>): Promise<Ended> =>
      new Promise((resolve) => {
        const worker = running ?? start();
        running = worker;
        let complaint = '';
        worker.stderr?.on('data', (chunk) => {
          complaint = (complaint + chunk).slice(-complaintMax);
        });
        const end = (ended: Ended) => {
          unwatch();
          worker.removeAllListeners();
          worker.stderr?.removeAllListeners();
          if (ended.kind !== 'answered') running = undefined;
          resolve(ended);
        };
        const unwatch = watch(worker, end);
        worker.once('message', (answer: Answer) => end({ kind: 'answered', answer }));
        worker.once('exit', (code, signal) =>
          end({ kind: 'crashes', at: caseNow() ?? 0, why: causeOf(code, signal, complaint) }),
        );
        worker.send({ ...question, limits } satisfies Question);
      }),
    close: (): void => {
      running?.removeAllListeners();
      running?.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
};

export type Workplace = ReturnType<typeof openWorkplace>;

const complaintMax = 4000;
const swollenCode = 77;
const noEnd = 'does not come to an end';
const tooMuch = `takes more than ${rssBytesMax / megabyte} MB of memory`;

const causeOf = (code: number | null, signal: string | null, complaint: string): string => {
  if (code === swollenCode) return tooMuch;
  if (/heap out of memory|heap limit/i.test(complaint)) return `takes more than ${heapMegabytesMax} MB of heap`;
  return `ends the process (${signal ?? code}): ${complaint}`;
};
