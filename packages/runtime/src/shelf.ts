/** States lie in pages of this size; a longer one has a page of its own. */
const pageBytes = 4 * 1024 * 1024;

/** What a value may grow by before it has to move. */
const slackBytes = 32;

const grown = <Numbers extends Int32Array>(numbers: Numbers, length: number): Numbers => {
  const longer = new Int32Array(length) as Numbers;
  longer.set(numbers);
  return longer;
};

/**
 * Values of bytes, numbered from 0, in large pages where the garbage collector never looks: a hundred thousand values
 * that change all the time cost it nothing. One value is written at a time, at the end of the last page; it then moves
 * to where its number lay before, if it fits there.
 */
export const makeShelf = () => {
  let pages: Buffer[] = [];
  /** For each page, the bytes that are in use. */
  let used: number[] = [];
  let last = -1;
  let top = 0;
  let pageOf = new Int32Array(1024).fill(-1);
  let start = new Int32Array(1024);
  let length = new Int32Array(1024);
  let room = new Int32Array(1024);
  let usedBytes = 0;
  let heldBytes = 0;

  const addPage = (bytes: number): void => {
    const page = Buffer.allocUnsafeSlow(Math.max(pageBytes, bytes));
    last = pages.push(page) - 1;
    used.push(0);
    top = 0;
    heldBytes += page.length;
  };

  const extend = (number: number): void => {
    const wanted = Math.max(number + 1, pageOf.length * 2);
    const before = pageOf.length;
    pageOf = grown(pageOf, wanted).fill(-1, before);
    start = grown(start, wanted);
    length = grown(length, wanted);
    room = grown(room, wanted);
  };

  /** Takes the bytes from the top to `end` for a number that lies nowhere yet. */
  const settle = (number: number, end: number): void => {
    const bytes = Math.min(end - top + slackBytes, (pages[last] as Buffer).length - top);
    pageOf[number] = last;
    start[number] = top;
    length[number] = end - top;
    room[number] = bytes;
    used[last] = (used[last] as number) + bytes;
    usedBytes += bytes;
    top += bytes;
  };

  const free = (number: number): void => {
    const page = pageOf[number] ?? -1;
    if (page === -1) return;
    used[page] = (used[page] as number) - (room[number] as number);
    usedBytes -= room[number] as number;
    pageOf[number] = -1;
  };

  /** Moves what still lies in the emptiest page to the last one, and lets the page go. */
  const evacuate = (): void => {
    let emptiest = -1;
    for (let page = 0; page < pages.length; page += 1) {
      if (page !== last && (emptiest === -1 || (used[page] as number) < (used[emptiest] as number))) emptiest = page;
    }
    if (emptiest === -1) return;
    for (let number = 0; number < pageOf.length; number += 1) {
      if (pageOf[number] === emptiest) move(number, emptiest);
    }
    drop(emptiest);
  };

  const move = (number: number, from: number): void => {
    const bytes = length[number] as number;
    if (top + bytes > (pages[last] as Buffer).length) addPage(bytes);
    const page = pages[from] as Buffer;
    page.copy(pages[last] as Buffer, top, start[number], (start[number] as number) + bytes);
    free(number);
    settle(number, top + bytes);
  };

  /** The place of a dropped page is taken by the first of the others. */
  const drop = (page: number): void => {
    heldBytes -= (pages[page] as Buffer).length;
    const moved = pages.length - 1;
    if (page !== moved) {
      pages[page] = pages[moved] as Buffer;
      used[page] = used[moved] as number;
      for (let number = 0; number < pageOf.length; number += 1) if (pageOf[number] === moved) pageOf[number] = page;
      if (last === moved) last = page;
    }
    pages.pop();
    used.pop();
  };

  return {
    /** Makes sure that so many bytes can be written to `page()` from `top()` on. */
    reserve: (bytes: number): void => {
      if (last === -1 || top + bytes > (pages[last] as Buffer).length) addPage(bytes);
    },
    page: (): Buffer => pages[last] as Buffer,
    top: (): number => top,
    /** What was written from `top()` to `end` is the value of this number from now on. */
    put: (number: number, end: number): void => {
      if (number >= pageOf.length) extend(number);
      const page = pageOf[number] as number;
      const bytes = end - top;
      if (page !== -1 && bytes <= (room[number] as number)) {
        (pages[last] as Buffer).copy(pages[page] as Buffer, start[number], top, end);
        length[number] = bytes;
        return;
      }
      free(number);
      settle(number, end);
    },
    free,
    pageOf: (number: number): Buffer => pages[pageOf[number] as number] as Buffer,
    startOf: (number: number): number => start[number] as number,
    endOf: (number: number): number => (start[number] as number) + (length[number] as number),
    bytesOf: (number: number): number => ((pageOf[number] ?? -1) === -1 ? 0 : (room[number] as number)),
    /** Closes the gaps, once they are more than a quarter of what is held. */
    tidy: (): void => {
      while (pages.length > 2 && heldBytes - usedBytes > heldBytes / 4 + pageBytes) evacuate();
    },
    clear: (): void => {
      pages = [];
      used = [];
      last = -1;
      top = 0;
      pageOf.fill(-1);
      usedBytes = 0;
      heldBytes = 0;
    },
    heldBytes: (): number => heldBytes,
  };
};

export type Shelf = ReturnType<typeof makeShelf>;
