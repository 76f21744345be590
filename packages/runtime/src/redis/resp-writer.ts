const carriageReturn = 13;
const lineFeed = 10;
const dollar = 36;
const digitZero = 48;
const asciiMax = 127;

/** The longest text of a length, with its `$` and its line end. */
const lengthBytesMax = 20;
const utf8BytesMax = 3;

/**
 * Writes arguments of commands as they go to Redis, one after the other into one buffer that is used again: buffers
 * made anew for each call cost more in garbage collection than all else of it.
 */
export const makeRespWriter = (bytesAtFirst: number) => {
  let bytes = Buffer.allocUnsafeSlow(bytesAtFirst);
  let end = 0;

  const reserve = (room: number): void => {
    if (end + room <= bytes.length) return;
    const longer = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, end + room));
    bytes.copy(longer, 0, 0, end);
    bytes = longer;
  };

  const lineEnd = (): void => {
    bytes[end] = carriageReturn;
    bytes[end + 1] = lineFeed;
    end += 2;
  };

  const lengthLine = (length: number): void => {
    bytes[end] = dollar;
    end += 1;
    let unit = 1;
    while (unit * 10 <= length) unit *= 10;
    for (; unit >= 1; unit = Math.floor(unit / 10)) {
      bytes[end] = digitZero + (Math.floor(length / unit) % 10);
      end += 1;
    }
    lineEnd();
  };

  /** Puts the text in place where it is ASCII; tells whether it was. */
  const ascii = (text: string): boolean => {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > asciiMax) return false;
      bytes[end + at] = code;
    }
    end += text.length;
    return true;
  };

  const copy = (from: Uint8Array, start: number, stop: number): void => {
    for (let at = start; at < stop; at += 1) bytes[end + at - start] = from[at] as number;
    end += stop - start;
  };

  return {
    /** Writes a text behind a prefix, and tells where the text begins; it ends before the line end. */
    text: (prefix: Uint8Array, text: string): number => {
      reserve(prefix.length + text.length * utf8BytesMax + lengthBytesMax);
      const before = end;
      lengthLine(prefix.length + text.length);
      copy(prefix, 0, prefix.length);
      let start = end;
      if (!ascii(text)) {
        end = before;
        lengthLine(prefix.length + Buffer.byteLength(text));
        copy(prefix, 0, prefix.length);
        start = end;
        end += bytes.write(text, end);
      }
      lineEnd();
      return start;
    },
    /** Writes bytes that lie elsewhere. */
    bytes: (from: Uint8Array, start: number, stop: number): void => {
      reserve(stop - start + lengthBytesMax);
      lengthLine(stop - start);
      copy(from, start, stop);
      lineEnd();
    },
    /** Makes an argument of so many bytes, and tells where they are to be put, in `buffer()`, at once. */
    room: (length: number): number => {
      reserve(length + lengthBytesMax);
      lengthLine(length);
      const start = end;
      end += length;
      lineEnd();
      return start;
    },
    buffer: (): Buffer => bytes,
    end: (): number => end,
    clear: (): void => {
      end = 0;
    },
  };
};

export type RespWriter = ReturnType<typeof makeRespWriter>;
