/** The command line's code under test, behind one door: a variant of it is this file, loaded under another name. */
export { WrongUse } from '../../../packages/runtime/src/errors.ts';
export { run } from '../../../services/cli/src/run/run.ts';
