import { readFile } from 'node:fs/promises';
import { type Problem, printable } from '@alo/contracts';
import { type ActivePolicy, activatePolicy } from '@alo/domain';
import { WrongUse } from '@alo/runtime';

/** The parser quotes what it has met. */
const reasonLengthMax = 200;

/** Reads a policy file as JSON. Rejects with WrongUse where it is none. */
export const readPolicyFile = async (path: string): Promise<unknown> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new WrongUse(`policy ${path} cannot be read: ${reasonOf(error)}`);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new WrongUse(`policy ${path} is not JSON: ${printable((error as Error).message, reasonLengthMax)}`);
  }
};

const reasonOf = (error: NodeJS.ErrnoException): string =>
  error.code === 'ENOENT' ? 'there is no such file' : error.code === 'EISDIR' ? 'it is a directory' : error.message;

/** Every problem, one a line. */
export const tellProblems = (path: string, problems: readonly Problem[]): string =>
  [
    `policy ${path} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:`,
    ...problems.map((problem) => `  ${problem.path} ${problem.message}`),
  ].join('\n');

/** Reads a policy and makes it ready. Rejects with WrongUse that names every problem. */
export const loadPolicy = async (path: string): Promise<ActivePolicy> => {
  const activation = activatePolicy(await readPolicyFile(path));
  if (!activation.ok) throw new WrongUse(tellProblems(path, activation.problems));
  return activation.policy;
};
