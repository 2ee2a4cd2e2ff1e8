package dev.reticent.privacy;

import dev.reticent.privacy.MutantsTest.Mutant;
import java.util.List;

/** Programs whose noise is not the Gaussian that is accounted, or not fresh. */
final class NoiseMutants {

  private static final String SIGMA = "noiseHasDeviationSigmaC";
  private static final String NORMAL = "noiseIsStandardNormal";
  private static final String STREAMS = "streamsDifferByPurposeStepAndKey";

  static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "noise without the clip norm",
              "GaussianMechanism",
              "plan.noiseMultiplier() * sum.sensitivity()",
              "plan.noiseMultiplier()",
              SIGMA),
          new Mutant(
              "noise divided by the batch",
              "GaussianMechanism",
              "plan.noiseMultiplier() * sum.sensitivity()",
              "plan.noiseMultiplier() * sum.sensitivity() / 64",
              SIGMA),
          new Mutant(
              "noise twice, or by each of two workers",
              "GaussianNoise",
              "grid.of(noise[i - from] * standardDeviation)",
              "2 * grid.of(noise[i - from] * standardDeviation / Math.sqrt(2))",
              SIGMA),
          new Mutant(
              "variance taken for deviation",
              "GaussianNoise",
              "noise[i - from] * standardDeviation)",
              "noise[i - from] * standardDeviation * standardDeviation)",
              SIGMA),
          new Mutant(
              "mean not divided by the public size",
              "NoisySum",
              "expectedBatchSize * curve",
              "curve",
              SIGMA),
          new Mutant(
              "noise truncated at 3 sigma",
              "GaussianNoise",
              "radii[i] * (1 - (quadrants[i] & 2))",
              "Math.min(3, radii[i]) * (1 - (quadrants[i] & 2))",
              NORMAL),
          new Mutant(
              "both draws of a pair alike",
              "GaussianNoise",
              "radius * sines[i]",
              "radius * cosines[i]",
              NORMAL),
          new Mutant(
              "blocks share their noise", "RunKey", "(byte) (block >>> (8 * i))", "0", NORMAL),
          new Mutant(
              "uniform noise of the same deviation",
              "GaussianNoise",
              "radius * cosines[i];",
              "(random.nextDouble() * 2 - 1) * Math.sqrt(3);",
              NORMAL),
          new Mutant(
              "24-bit uniforms",
              "GaussianNoise",
              "((high >>> 1) + ((low >>> 1) + 1.0) * 0x1p-63) * 0x1p-63",
              "((high >>> 40) + 1) * 0x1p-24",
              "uniformsKeepTheirLowBits"),
          new Mutant(
              "each step reuses the noise", "RunKey", "(byte) (step >>> (8 * i))", "0", STREAMS),
          new Mutant(
              "sampling and noise share a stream",
              "RunKey",
              "iv[0] = purpose.tag;",
              "iv[0] = 1;",
              STREAMS),
          new Mutant(
              "the key is not random",
              "RunKey",
              "new SecureRandom().nextBytes(bytes);",
              "bytes[0] = 1;",
              STREAMS),
          new Mutant(
              "a step's noise is used for two sums",
              "GaussianMechanism",
              "    key.claimNoise(sum.step());\n",
              "",
              "stepIsNoisedOnceUnderASecretKey"),
          new Mutant(
              "sampler and accountant disagree",
              "GaussianMechanism",
              "!sum.batch().plan().equals(plan)",
              "false",
              "sumsOfAnotherPlanOrClipNormAreRefused"));

  private NoiseMutants() {}
}
