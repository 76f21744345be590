/** What asks a run to stop: a signal, or standard output, when it takes no more. */
export type Interruption = {
  readonly reason: () => 'signal' | 'reader-gone' | undefined;
  /** Settles when a stop is asked for. */
  readonly asked: Promise<void>;
  readonly release: () => void;
};

/** The first signal asks; a second ends the process at once, as if it were killed. */
export const watchInterruption = (): Interruption => {
  let reason: 'signal' | 'reader-gone' | undefined;
  let settle = () => {};
  const asked = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const onSignal = () => {
    if (reason === 'signal') process.exit(130);
    reason = 'signal';
    settle();
  };
  const onOutputError = () => {
    reason ??= 'reader-gone';
    settle();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.stdout.on('error', onOutputError);
  return {
    reason: () => reason,
    asked,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      process.stdout.off('error', onOutputError);
    },
  };
};
