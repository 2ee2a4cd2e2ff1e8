package dev.reticent.kernel;

import dev.reticent.evaluation.recipe.EvaluationListener;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A line that says at once what goes on; in the end the result stands in its place. Drawn again at
 * most ten times a second. Safe for use by several threads.
 */
final class Activity {

  private static final long REDRAW_NANOS = 100_000_000L;

  private final Kernel.Slot slot;
  private String what;
  private long drawnNanos;

  private Activity(Kernel.Slot slot, String what) {
    this.slot = slot;
    this.what = what;
  }

  static Activity begin(Kernel kernel, String what) {
    return new Activity(kernel.live(line(what + " …")), what);
  }

  private static Display line(String words) {
    return Display.html("<div>" + Html.prose(words) + "</div>", words);
  }

  synchronized void say(String now) {
    what = now;
    draw(line(now + " …"), true);
  }

  synchronized void progressed(String now, int done, int total) {
    what = now;
    if (total == 0) {
      draw(line("%s: %,d …".formatted(now, done)), false);
      return;
    }
    String words = "%s: %,d of %,d".formatted(now, done, total);
    draw(
        Display.html("<div>" + Html.bar(done, total) + " " + Html.escape(words) + "</div>", words),
        done == total);
  }

  private void draw(Display display, boolean now) {
    if (now || System.nanoTime() - drawnNanos >= REDRAW_NANOS) {
      drawnNanos = System.nanoTime();
      slot.update(display);
    }
  }

  EvaluationListener evaluationListener() {
    return new EvaluationListener() {
      @Override
      public void notice(String message) {
        say(message);
      }

      @Override
      public void progress(String now, int done, int total) {
        progressed(now, done, total);
      }
    };
  }

  /** Does the work and shows its result in the line's place. */
  <T> T ends(Supplier<T> work, Function<T, Display> view) {
    boolean done = false;
    try {
      T result = work.get();
      slot.update(view.apply(result));
      done = true;
      return result;
    } finally {
      if (!done) {
        slot.update(line("ended while " + what));
      }
    }
  }
}
