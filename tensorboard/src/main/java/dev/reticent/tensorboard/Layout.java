package dev.reticent.tensorboard;

import java.util.List;

/**
 * Charts that TensorBoard's Custom Scalars page draws from a run's scalars.
 *
 * @param categories the groups of charts, from top to bottom
 */
public record Layout(List<Category> categories) {

  /** Copies the list. */
  public Layout {
    categories = List.copyOf(categories);
  }

  /** A titled group of charts. */
  public record Category(String title, List<Chart> charts) {
    /** Copies the list. */
    public Category {
      charts = List.copyOf(charts);
    }
  }

  /** One chart. */
  public sealed interface Chart permits MultiLine, Margin {
    /** What stands above it. */
    String title();
  }

  /** Several tags as lines of one chart; each pattern is a regular expression found in a tag. */
  public record MultiLine(String title, List<String> tagPatterns) implements Chart {
    /** Copies the list. */
    public MultiLine {
      tagPatterns = List.copyOf(tagPatterns);
    }
  }

  /** A line inside a band; the three tags have to be logged at the same steps. */
  public record Margin(String title, String value, String lower, String upper) implements Chart {}

  /** TensorBoard's message of this layout. */
  Wire message() {
    Wire layout = new Wire();
    for (Category category : categories) {
      Wire group = new Wire().text(1, category.title());
      for (Chart chart : category.charts()) {
        group.message(2, message(chart));
      }
      layout.message(2, group);
    }
    return layout;
  }

  private static Wire message(Chart chart) {
    Wire out = new Wire().text(1, chart.title());
    if (chart instanceof MultiLine lines) {
      Wire tags = new Wire();
      lines.tagPatterns().forEach(pattern -> tags.text(1, pattern));
      return out.message(2, tags);
    }
    Margin margin = (Margin) chart;
    Wire series =
        new Wire().text(1, margin.value()).text(2, margin.lower()).text(3, margin.upper());
    return out.message(3, new Wire().message(1, series));
  }
}
