import { parseArgs } from 'node:util';
import { type Campaign, runCampaign, type Tally } from './campaign.ts';
import { doorNames, isDoor } from './doors/doors.ts';
import type { Finding } from './round.ts';

const help = `npm run fuzz -- [--minutes N | --rounds N] [--seed N] [--door NAME [--path PATH]] [--json]
                    [--hang-seconds N] [--shrink-seconds N]

Sends what is broken through every door by which bytes come in, and looks that each is taken or refused as it should be.
  --minutes N         so long, 1 unless told; every door is tried once at least
  --rounds N          so many rounds of every door instead
  --seed N            decides what is sent; another each time unless told
  --door NAME         this door alone: ${doorNames.join(', ')}
  --path PATH         this case of it alone, as a finding tells it
  --hang-seconds N    whatever takes longer hangs, 60 unless told
  --shrink-seconds N  so long to look for the smallest case, 60 unless told
  --json              one line of JSON at the end
Exit code 2 where something is wrong.`;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    rounds: { type: 'string' },
    seed: { type: 'string' },
    door: { type: 'string' },
    path: { type: 'string' },
    'hang-seconds': { type: 'string', default: '60' },
    'shrink-seconds': { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const wrongUse = 1;
const somethingWrong = 2;
/** Of one case; the largest inputs have 5 MB, and take a tenth of this. */
const cpuMsMax = 10_000;
const secondMs = 1000;
const minuteMs = 60 * secondMs;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const wantedDoors = (): readonly string[] => {
  if (options.door === undefined) return doorNames;
  if (isDoor(options.door)) return [options.door];
  process.stderr.write(`there is no door ${options.door}\n`);
  process.exit(wrongUse);
};

const replayOf = ({ door, seed, path }: Finding): string =>
  `npm run fuzz -- --door ${door} --seed ${seed} --path ${path}`;

const tellFinding = (finding: Finding): void =>
  say(`${finding.door} ${finding.kind}: ${finding.why}\n  ${finding.input}\n  ${replayOf(finding)}`);

const casesIn = ({ doors }: Tally): number => Object.values(doors).reduce((sum, { ran }) => sum + ran, 0);

const makeProgress = () => {
  let toldMs = performance.now();
  return (tally: Tally, door: string): void => {
    if (!process.stderr.isTTY || performance.now() - toldMs < secondMs) return;
    toldMs = performance.now();
    process.stderr.write(
      `\r${casesIn(tally)} cases, ${tally.findings.length} with something wrong; at ${door}\u001b[K`,
    );
  };
};

const makeEnd = (): Campaign['isOver'] => {
  const endMs = performance.now() + Number(options.minutes) * minuteMs;
  const rounds = options.path === undefined ? options.rounds : '1';
  return (round) => (rounds === undefined ? round > 0 && performance.now() > endMs : round >= Number(rounds));
};

const campaign = (): Campaign => ({
  doors: wantedDoors(),
  seed: Number(options.seed ?? Math.floor(Math.random() * 2 ** 30)),
  path: options.path,
  isOver: makeEnd(),
  limits: {
    cpuMsMax,
    silenceMsMax: Number(options['hang-seconds']) * secondMs,
    shrinkMsMax: Number(options['shrink-seconds']) * secondMs,
  },
  onTried: makeProgress(),
  onFinding: (finding) => (options.json ? undefined : tellFinding(finding)),
});

const table = ({ doors }: Tally): string =>
  Object.entries(doors)
    .map(([name, { ran, taken, refused }]) => `${name}: ${ran} cases, ${taken} taken, ${refused} refused`)
    .join('\n');

const run = async (): Promise<boolean> => {
  const wishes = campaign();
  const tally = await runCampaign(wishes);
  const findings = tally.findings.map((finding) => ({ ...finding, replay: replayOf(finding) }));
  say(
    options.json
      ? JSON.stringify({ seed: wishes.seed, doors: tally.doors, findings })
      : `${table(tally)}\nseed ${wishes.seed}: ${casesIn(tally)} cases, ${findings.length} with something wrong`,
  );
  return findings.length === 0;
};

if (options.help) say(help);
else process.exitCode = (await run()) ? 0 : somethingWrong;
