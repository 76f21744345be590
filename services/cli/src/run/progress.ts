import cliProgress from 'cli-progress';

export type Progress = {
  readonly update: (done: { readonly bytes: number; readonly lines: number; readonly triggers: number }) => void;
  readonly stop: () => void;
};

const everyMs = 2000;
const figure = (count: number) => count.toLocaleString('en-US');

/** Progress of a long work on stderr: a bar on a terminal, a line every two seconds elsewhere. */
export const showProgress = (totalBytes: number | undefined): Progress =>
  process.stderr.isTTY && totalBytes ? asBar(totalBytes) : asLines(totalBytes);

const asBar = (totalBytes: number): Progress => {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage} %  {lines} lines, {triggers} triggers, {eta} s to go',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  bar.start(totalBytes, 0, { lines: 0, triggers: 0 });
  return {
    update: ({ bytes, lines, triggers }) => bar.update(bytes, { lines: figure(lines), triggers: figure(triggers) }),
    stop: () => bar.stop(),
  };
};

const asLines = (totalBytes: number | undefined): Progress => {
  let last = Date.now();
  return {
    update: ({ bytes, lines, triggers }) => {
      if (Date.now() - last < everyMs) return;
      last = Date.now();
      const share = totalBytes ? ` (${Math.floor((bytes / totalBytes) * 100)} %)` : '';
      process.stderr.write(`${figure(lines)} lines read${share}, ${figure(triggers)} triggers so far\n`);
    },
    stop: () => undefined,
  };
};
