package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionGateTest {

  private static AdmissionGate open(int capacity) {
    AdmissionGate gate = new AdmissionGate(capacity, 3);
    gate.become(AdmissionGate.State.OPEN);
    return gate;
  }

  private static int status(AdmissionGate gate, int n) {
    try {
      gate.admit("a", n).release();
      return 200;
    } catch (ApiException e) {
      return e.error().status();
    }
  }

  @Test
  void whatIsReleasedTwiceIsGivenBackOnce() {
    AdmissionGate gate = open(3);
    AdmissionGate.Permit two = gate.admit("a", 2);
    gate.admit("a", 1);
    assertThat(status(gate, 1)).isEqualTo(429);
    two.release();
    two.release();
    assertThat(gate.taken()).isEqualTo(1);
    assertThat(status(gate, 2)).isEqualTo(200);
    assertThat(status(gate, 3)).isEqualTo(429);
    assertThat(status(gate, 4)).isEqualTo(400);
  }

  @Test
  void oneClientThatTakesAllPermitsDoesNotShutOutOthers() {
    AdmissionGate gate = open(16);
    AdmissionGate.Permit greedy = gate.admit("a", 16);
    assertThat(status(gate, 1)).isEqualTo(429);
    AdmissionGate.Permit other = gate.admit("b", 1);
    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> gate.admit("b", 1));
    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> gate.admit("c", 2));
    gate.admit("c", 1).release();
    assertThat(gate.clients()).isEqualTo(2);
    greedy.release();
    other.release();
    assertThat(gate.clients()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.8, false",
    "2001:db8:0:1::1, 2001:db8:0:1:ffff::2, true",
    "2001:db8:0:1::1, 2001:db8:0:2::1, false",
    "::ffff:192.0.2.7, 192.0.2.7, true"
  })
  void aClientIsAnAddressOrANetworkOfIpv6(String one, String other, boolean same) {
    assertThat(Clients.of(one).equals(Clients.of(other))).isEqualTo(same);
  }

  @Test
  void onlyAnOpenGateLetsIn() {
    AdmissionGate gate = new AdmissionGate(3, 0);
    assertThat(status(gate, 1)).isEqualTo(503);
    gate.become(AdmissionGate.State.DRAINING);
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> gate.admit("a", 1))
        .satisfies(e -> assertThat(e.error().retryAfterSeconds()).isPositive());
    assertThat(gate.taken()).isZero();
  }

  @Test
  void manyThreadsNeverTakeMoreThanThereIs() throws InterruptedException {
    AdmissionGate gate = open(7);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger admitted = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch done = new CountDownLatch(8);
    for (int t = 0; t < 8; t++) {
      SplittableRandom random = new SplittableRandom(t);
      threads.execute(
          () -> {
            for (int i = 0; i < 20_000; i++) {
              int n = random.nextInt(1, 5);
              try {
                AdmissionGate.Permit permit = gate.admit("a", n);
                most.accumulateAndGet(inside.addAndGet(n), Math::max);
                admitted.incrementAndGet();
                inside.addAndGet(-n);
                permit.release();
                permit.release();
              } catch (ApiException e) {
                assertThat(e.error().status()).isEqualTo(429);
              }
            }
            done.countDown();
          });
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    threads.shutdown();
    assertThat(most.get()).isBetween(1, 7);
    assertThat(admitted.get()).isPositive();
    assertThat(gate.taken()).isZero();
  }

  @Test
  void whoWaitsForAllPermitsIsToldWhenTheLastIsBack() throws InterruptedException {
    AdmissionGate gate = new AdmissionGate(3, 1);
    gate.become(AdmissionGate.State.OPEN);
    assertThat(gate.awaitNone(0)).isTrue();
    AdmissionGate.Permit one = gate.admit("a", 1);
    AdmissionGate.Permit two = gate.admit("a", 2);
    gate.become(AdmissionGate.State.DRAINING);
    one.release();
    assertThat(gate.awaitNone(20)).isFalse();
    new Thread(two::release).start();
    assertThat(gate.awaitNone(60_000)).isTrue();
  }
}
