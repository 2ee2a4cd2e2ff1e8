package dev.reticent.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** What {@link SelfTest} found. */
public record SelfTestReport(List<Check> checks) {

  /**
   * @param name what was tried
   * @param value what was measured
   * @param bound the most it may be
   * @param flow whether both runs took the same way: batch, ledger, ε
   */
  public record Check(String name, double value, double bound, boolean flow) {

    public boolean passed() {
      return flow && value <= bound;
    }
  }

  public SelfTestReport {
    checks = List.copyOf(checks);
  }

  /** Whether nothing speaks against the guarantee. */
  public boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }

  /** A line for each check. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    for (Check check : checks) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-4s  %-58s %.6f, at most %.6f%s%n",
              check.passed() ? "ok" : "FAIL",
              check.name(),
              check.value(),
              check.bound(),
              check.flow() ? "" : "; the runs went different ways"));
    }
    return text.append(
            passed()
                ? "No violation found."
                : "The guarantee does NOT hold: do not train with this build.")
        .toString();
  }

  /** The report as data. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("passed", passed());
    var list = node.putArray("checks");
    for (Check check : checks) {
      list.addObject()
          .put("name", check.name())
          .put("passed", check.passed())
          .put("value", check.value())
          .put("bound", check.bound())
          .put("same_control_flow", check.flow());
    }
    return node;
  }
}
