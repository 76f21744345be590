import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson, checkPolicy, type Problem } from '@alo/contracts';
import { activatePolicy, aloCore, decodeHeader, encodeHeader } from '@alo/domain';
import { WrongUse } from '@alo/runtime';
import { explainPolicy } from '../../../services/cli/src/explain/explain.ts';
import { lintPolicy } from '../../../services/cli/src/lint/lint.ts';
import { loadPolicy } from '../../../services/cli/src/run/policy-file.ts';
import { policyTexts } from '../corpus/policies.ts';
import { type Door, Fault, insist, insistTellable, makeDoor, type Outcome } from '../door.ts';
import { editedText, renderText } from '../edits/edited.ts';

const nextYear = 2027 * 12;

const insistTold = ({ path, message }: Problem): void => {
  insist(path !== '', 'a problem has no place');
  insistTellable(`${path} ${message}`);
};

/** Whatever is done with a policy that is right must work. */
const useOf = (given: unknown): void => {
  const activation = activatePolicy(given);
  if (!activation.ok) throw new Fault('a policy that was checked is wrong');
  const { policy } = activation;
  explainPolicy(policy, nextYear);
  lintPolicy(policy.policy);
  const header = { ...aloCore.emptyHeader, now: 0, policy };
  insist(decodeHeader(encodeHeader(header)).policy?.name.hash === policy.name.hash, 'a header has another policy');
  insist(isDeepStrictEqual(JSON.parse(canonicalJson(given)), given), 'canonical JSON is something else');
};

const enterCheck = (bytes: Buffer): Outcome => {
  let given: unknown;
  try {
    given = JSON.parse(bytes.toString());
  } catch {
    return 'refused';
  }
  const check = checkPolicy(given);
  if (check.ok) {
    useOf(given);
    return 'taken';
  }
  insist(check.problems.length > 0, 'a policy is wrong and nothing is wrong with it');
  check.problems.forEach(insistTold);
  return 'refused';
};

const checked = makeDoor({
  name: 'policies',
  casesPerRound: 250,
  cases: editedText,
  render: (one) => renderText(policyTexts, one),
  enter: enterCheck,
});

const fileEnded = async (bytes: Buffer): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), 'alo-fuzz-'));
  try {
    const file = join(folder, 'policy.json');
    writeFileSync(file, bytes);
    await loadPolicy(file);
    return 'taken';
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** As every command reads it that is given a policy. */
const file = makeDoor({
  name: 'policy-file',
  casesPerRound: 150,
  cases: editedText,
  render: (one) => renderText(policyTexts, one),
  enter: fileEnded,
  refuses: (error) => error instanceof WrongUse,
});

export const policyDoors: readonly Door[] = [checked, file];
