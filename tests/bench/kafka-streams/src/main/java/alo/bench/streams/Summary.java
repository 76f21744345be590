package alo.bench.streams;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** The last line: one JSON object. */
final class Summary {
  private Summary() {}

  /** `worked` is the usage when all was committed, before the closing. */
  static String of(Settings settings, Tally tally, Usage worked) {
    Usage first = tally.atFirst() == null ? worked : tally.atFirst();
    Usage whole = Usage.now();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("records", tally.records());
    line.put("duplicates", tally.duplicates());
    line.put("upgrades", tally.upgrades());
    line.put("refusals", tally.refusals());
    line.put("cpuSeconds", whole.cpuSeconds());
    line.put("wallSeconds", whole.wallSeconds());
    line.put("workCpuSeconds", worked.cpuSeconds() - first.cpuSeconds());
    line.put("workWallSeconds", worked.wallSeconds() - first.wallSeconds());
    line.put("threads", settings.threads());
    line.put("commitIntervalMs", settings.commitIntervalMs());
    try {
      return new JsonMapper().writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
