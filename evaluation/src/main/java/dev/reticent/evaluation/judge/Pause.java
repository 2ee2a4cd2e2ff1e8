package dev.reticent.evaluation.judge;

/** Time, as far as waiting is concerned. */
interface Pause {
  Pause REAL =
      new Pause() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
          Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
        }
      };

  long nanoTime();

  void sleep(long nanos) throws InterruptedException;
}
