package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The automaton of digits against arithmetic. */
class NumberRuleTest {

  @Test
  void textsFitExactlyWhenTheirValueDoes() {
    SplittableRandom random = new SplittableRandom(2);
    int fitted = 0;
    for (int i = 0; i < 150; i++) {
      boolean whole = random.nextBoolean();
      NumberRule rule =
          NumberRule.any(whole)
              .atLeast(value(random), random.nextBoolean())
              .atMost(value(random).add(BigDecimal.TEN), random.nextBoolean());
      Dfa dfa = rule.dfa(WorkLimit.unlimited());
      for (int j = 0; j < 300; j++) {
        BigDecimal near = random.nextBoolean() ? rule.low() : rule.high();
        BigDecimal value = j % 3 == 0 ? value(random) : near.add(nudge(random));
        String text = value.toPlainString();
        boolean fits = dfa.matches(JsonText.utf8(text));
        boolean written = !whole || !text.contains(".");
        assertThat(fits).as("%s in %s", text, rule).isEqualTo(written && rule.accepts(value));
        fitted += fits ? 1 : 0;
      }
    }
    assertThat(fitted).isGreaterThan(5000);
  }

  private static BigDecimal value(SplittableRandom random) {
    BigDecimal unscaled = BigDecimal.valueOf(random.nextInt(-20_000, 20_000));
    return unscaled
        .scaleByPowerOfTen(-random.nextInt(5))
        .setScale(4)
        .stripTrailingZeros()
        .add(BigDecimal.ZERO);
  }

  private static BigDecimal nudge(SplittableRandom random) {
    return BigDecimal.valueOf(random.nextInt(-2, 3)).scaleByPowerOfTen(-random.nextInt(5));
  }

  @Test
  void onlyWhatJsonCallsANumberFits() {
    Dfa dfa = NumberRule.any(false).dfa(WorkLimit.unlimited());
    for (String text : new String[] {"0", "-0", "10", "0.5", "-12.25", "123456789012345678"}) {
      assertThat(dfa.matches(JsonText.utf8(text))).as(text).isTrue();
    }
    for (String text :
        new String[] {"", "-", "01", "1.", ".5", "+1", "1e5", "1234567890123456789"}) {
      assertThat(dfa.matches(JsonText.utf8(text))).as(text).isFalse();
    }
  }

  @Test
  void everyDoubleOfOrdinarySizeIsWrittenAsItIsPrinted() {
    Dfa dfa = NumberRule.any(false).atLeast(BigDecimal.ZERO, true).dfa(WorkLimit.unlimited());
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 2000; i++) {
      double value = random.nextDouble() * Math.pow(10, random.nextInt(-9, 15));
      String text = BigDecimal.valueOf(value).toPlainString();
      assertThat(dfa.matches(JsonText.utf8(text))).as(text).isTrue();
    }
    assertThat(dfa.matches(JsonText.utf8("0.000000000008854"))).isTrue();
  }

  @Test
  void whatIsAdmittedIsStillAdmittedWhenItIsReadAsADouble() {
    String[] near = {
      "4.9999999999999999", "5.0000000000000001", "0.00000000000000000000001", "999999999999999999"
    };
    for (String bound : new String[] {"5", "0", "0.1", "1000000000000000000"}) {
      for (boolean exclusive : new boolean[] {false, true}) {
        BigDecimal at = new BigDecimal(bound);
        for (NumberRule rule :
            List.of(
                NumberRule.any(false).atLeast(at, exclusive),
                NumberRule.any(false).atMost(at, exclusive))) {
          Dfa dfa = rule.dfa(WorkLimit.unlimited());
          for (String text : near) {
            if (dfa.matches(JsonText.utf8(text))) {
              assertThat(rule.accepts(BigDecimal.valueOf(Double.parseDouble(text))))
                  .as("%s in %s", text, rule)
                  .isTrue();
            }
          }
        }
      }
    }
  }

  @Test
  void boundsFarOutAreKept() {
    Dfa large =
        NumberRule.any(true)
            .atLeast(new BigDecimal("99999999999999998"), true)
            .dfa(WorkLimit.unlimited());
    assertThat(large.matches(JsonText.utf8("99999999999999998"))).isFalse();
    assertThat(large.matches(JsonText.utf8("99999999999999999"))).isTrue();
  }
}
