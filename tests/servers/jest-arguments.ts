import { join } from 'node:path';
import { root } from '../cli/alo-process.ts';

/** Node's arguments for a run of these specs of this folder, two processes beside the first one. */
export const jestArguments = (...specs: readonly string[]): string[] => [
  ...[
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
  ],
  ...['--config', join(root, 'jest.config.js'), '--maxWorkers', '2'],
  ...specs.map((spec) => `tests/servers/${spec}.spec.ts`),
];
