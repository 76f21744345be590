package alo.bench.streams;

import java.nio.ByteBuffer;

/**
 * Ids within the subscriber's account, 14 bytes each: name, civil day, content. One store to read and write for each
 * event; a linear scan is cheap for the tens or hundreds that a subscriber has in 35 days.
 */
final class PackedIds implements SeenIds {
  private static final int DAY_AT = Long.BYTES;
  private static final int CONTENT_AT = DAY_AT + Short.BYTES;
  private static final int SIZE = CONTENT_AT + Integer.BYTES;

  @Override
  public Sighting sight(Account account, Event event, int day) {
    ByteBuffer ids = ByteBuffer.wrap(account.ids);
    for (int at = 0; at < account.ids.length; at += SIZE) {
      if (ids.getLong(at) != event.name() || ids.getShort(at + DAY_AT) != (short) day) continue;
      return SeenIds.compare(ids.getInt(at + CONTENT_AT), event);
    }
    return Sighting.NEW;
  }

  /** They stand in the order of their arrival: those that are past are forgotten from the front. */
  @Override
  public void remember(Account account, Event event, int day, int today) {
    byte[] known = account.ids;
    int past = 0;
    while (past < known.length && isPast(ByteBuffer.wrap(known).getShort(past + DAY_AT), today)) past += SIZE;
    ByteBuffer ids = ByteBuffer.allocate(known.length - past + SIZE);
    ids.put(known, past, known.length - past);
    ids.putLong(event.name()).putShort((short) day).putInt(event.content());
    account.ids = ids.array();
  }

  private static boolean isPast(short day, int today) {
    return (short) (today - day) > KEPT.toDays();
  }
}
