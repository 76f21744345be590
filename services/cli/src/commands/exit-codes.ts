/** What the exit code of every command means. */
export const exitCodes = {
  done: 0,
  /** Wrong use or configuration: nothing to wait for, something to change. */
  wrongUse: 1,
  /** With --strict: some of the input was refused. */
  refusals: 2,
  /** What was checked is not as it should be: the output says what, and what to do. */
  problems: 2,
  /** The disk, the store or the network failed: the same command goes on once that is mended. */
  infrastructure: 3,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;
