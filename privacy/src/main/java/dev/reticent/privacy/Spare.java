package dev.reticent.privacy;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Arrays that a step was done with, for the steps after it: memory of hundreds of megabytes takes
 * longer to be had, page by page, than to be filled.
 *
 * <p>Nothing of a step is in them when another gets them: they are wiped, by threads that have
 * nothing else to do, before they are handed out. Where memory is short the collector takes them.
 * Thread-safe.
 */
final class Spare {

  /** Those of this process. */
  static final Spare ARRAYS = new Spare();

  /** As many as a step has when it ends: its sum and its noise. */
  private static final int MOST = 2;

  /** Arrays by their lengths, those given back last in front. */
  private final Deque<Wiped> arrays = new ArrayDeque<>();

  private record Wiped(int length, SoftReference<CompletableFuture<long[]>> array) {}

  /** An array of zeros. */
  long[] zeros(int length) {
    return found(length).map(CompletableFuture::join).orElseGet(() -> new long[length]);
  }

  /** The same, got ready while something else is done. */
  CompletableFuture<long[]> zerosSoon(int length) {
    return CompletableFuture.supplyAsync(() -> zeros(length));
  }

  private synchronized Optional<CompletableFuture<long[]>> found(int length) {
    Iterator<Wiped> each = arrays.iterator();
    while (each.hasNext()) {
      Wiped next = each.next();
      CompletableFuture<long[]> array = next.array.get();
      if (array == null || next.length == length) {
        each.remove();
      }
      if (array != null && next.length == length) {
        return Optional.of(array);
      }
    }
    return Optional.empty();
  }

  /** Takes an array that nobody uses any more. */
  synchronized void giveBack(long[] array) {
    if (array.length > 0) {
      CompletableFuture<long[]> wiped =
          CompletableFuture.supplyAsync(
              () -> {
                Blocks.inParallel(array.length, (from, to) -> Arrays.fill(array, from, to, 0));
                return array;
              });
      arrays.addFirst(new Wiped(array.length, new SoftReference<>(wiped)));
      while (arrays.size() > MOST) {
        arrays.removeLast();
      }
    }
  }
}
