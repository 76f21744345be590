import type { Door } from '../door.ts';

/** Doors that are in one file, which is loaded when one of them is wanted. */
type Room = { readonly names: readonly string[]; readonly load: () => Promise<readonly Door[]> };

const rooms: readonly Room[] = [
  { names: ['triggers', 'binary-messages'], load: async () => (await import('./cloudevents.ts')).cloudEventDoors },
  { names: ['journal', 'reading-thread'], load: async () => (await import('./journal.ts')).journalDoors },
  { names: ['event-fields'], load: async () => [(await import('./event-fields.ts')).eventFieldDoor] },
  { names: ['policies', 'policy-file'], load: async () => (await import('./policies.ts')).policyDoors },
  { names: ['fold'], load: async () => [(await import('./fold.ts')).foldDoor] },
  {
    names: ['packed-states', 'packed-states-of-any-kind', 'packed-headers', 'redis-values', 'redis-headers'],
    load: async () => (await import('./packed.ts')).packedDoors,
  },
  {
    names: ['broken-states', 'sqlite-file', 'sqlite-rows'],
    load: async () => (await import('./stores.ts')).storeDoors,
  },
  { names: ['record-batches', 'fetch-answers', 'receipts'], load: async () => (await import('./kafka.ts')).kafkaDoors },
  { names: ['intake-records', 'intake-config'], load: async () => (await import('./intake.ts')).intakeDoors },
  {
    names: ['lines', 'run', 'topics-file', 'arguments'],
    load: async () => (await import('./command-line.ts')).commandLineDoors,
  },
  { names: ['environments'], load: async () => [(await import('./environments.ts')).environmentDoor] },
];

/** Doors that are broken on purpose. */
const controls: Room = {
  names: ['control-throws', 'control-forgets', 'control-hangs', 'control-toils', 'control-eats', 'control-hoards'],
  load: async () => (await import('./controls.ts')).controls,
};

/** Every door through which bytes come that alo did not write itself, or that something may have broken since. */
export const doorNames: readonly string[] = rooms.flatMap(({ names }) => names);

const roomOf = (name: string): Room | undefined => [...rooms, controls].find(({ names }) => names.includes(name));

export const isDoor = (name: string): boolean => roomOf(name) !== undefined;

/** A door by its name. Rejects where a file holds other doors than are named here: nobody would try them. */
export const doorNamed = async (name: string): Promise<Door> => {
  const room = roomOf(name);
  const doors = (await room?.load()) ?? [];
  const found = doors.map((door) => door.name).join();
  if (found !== room?.names.join()) throw new Error(`doors.ts names ${room?.names.join()}, and there are ${found}`);
  return doors.find((door) => door.name === name) as Door;
};
