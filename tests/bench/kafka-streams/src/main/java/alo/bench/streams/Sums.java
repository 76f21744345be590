package alo.bench.streams;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.utils.ByteUtils;

/** Sums in minor units by civil day or month: keys ascend, and nearly always the last is the one that grows. */
final class Sums {
  private int[] keys;
  private long[] sums;
  private int count;

  Sums() {
    this(4);
  }

  private Sums(int capacity) {
    keys = new int[capacity];
    sums = new long[capacity];
  }

  long at(int key) {
    int at = Arrays.binarySearch(keys, 0, count, key);
    return at < 0 ? 0 : sums[at];
  }

  void add(int key, long amountMinor) {
    int at = Arrays.binarySearch(keys, 0, count, key);
    if (at >= 0) sums[at] += amountMinor;
    else insert(-at - 1, key, amountMinor);
  }

  private void insert(int at, int key, long sum) {
    if (count == keys.length) {
      keys = Arrays.copyOf(keys, count * 2);
      sums = Arrays.copyOf(sums, count * 2);
    }
    System.arraycopy(keys, at, keys, at + 1, count - at);
    System.arraycopy(sums, at, sums, at + 1, count - at);
    keys[at] = key;
    sums[at] = sum;
    count += 1;
  }

  /** Forgets all keys below the oldest that is kept. */
  void forgetBefore(int oldest) {
    int gone = 0;
    while (gone < count && keys[gone] < oldest) gone += 1;
    if (gone == 0) return;
    count -= gone;
    System.arraycopy(keys, gone, keys, 0, count);
    System.arraycopy(sums, gone, sums, 0, count);
  }

  void clear() {
    count = 0;
  }

  int bytesMax() {
    return 5 + count * 15;
  }

  /** Keys as differences, all as variable-length integers: some 5 bytes a day. */
  void writeTo(ByteBuffer out) {
    ByteUtils.writeUnsignedVarint(count, out);
    int before = 0;
    for (int at = 0; at < count; at += 1) {
      ByteUtils.writeVarint(keys[at] - before, out);
      ByteUtils.writeVarlong(sums[at], out);
      before = keys[at];
    }
  }

  static Sums readFrom(ByteBuffer in) {
    int count = ByteUtils.readUnsignedVarint(in);
    Sums sums = new Sums(count + 1);
    int key = 0;
    for (int at = 0; at < count; at += 1) {
      key += ByteUtils.readVarint(in);
      sums.keys[at] = key;
      sums.sums[at] = ByteUtils.readVarlong(in);
    }
    sums.count = count;
    return sums;
  }
}
