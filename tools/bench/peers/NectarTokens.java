// SPDX-License-Identifier: Apache-2.0
// Credit tokens a second of the Nectar tokens service (Java), with its own generator: EA11 and EA07, two threads.
// Compiled by nectar.py against a checkout of it.
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ke.co.nectar.token.domain.Amount;
import ke.co.nectar.token.domain.BaseDate;
import ke.co.nectar.token.domain.KeyExpiryNumber;
import ke.co.nectar.token.domain.RandomNo;
import ke.co.nectar.token.domain.TokenIdentifier;
import ke.co.nectar.token.domain.base.BitString;
import ke.co.nectar.token.domain.encryptionalgorithm.EncryptionAlgorithm;
import ke.co.nectar.token.domain.encryptionalgorithm.Misty1AlgorithmEncryptionAlgorithm;
import ke.co.nectar.token.domain.encryptionalgorithm.StandardTransferAlgorithmEncryptionAlgorithm;
import ke.co.nectar.token.domain.keys.decoder.DecoderKey;
import ke.co.nectar.token.generators.tokensgenerator.nativetoken.class0.TransferElectricityCreditTokenGenerator;
import org.joda.time.DateTime;

public class NectarTokens {
  static long makeFor(double seconds, boolean isLong) throws Exception {
    EncryptionAlgorithm algorithm =
        isLong ? new Misty1AlgorithmEncryptionAlgorithm() : new StandardTransferAlgorithmEncryptionAlgorithm();
    DecoderKey key = new DecoderKey(new byte[isLong ? 16 : 8]);
    DateTime time = new DateTime(2026, 11, 21, 12, 0);
    BitString random = new BitString(5);
    random.setLength(4);
    long count = 0;
    for (long end = System.nanoTime() + (long) (seconds * 1e9); System.nanoTime() < end; ++count) {
      TokenIdentifier identifier = new TokenIdentifier(time.plusMinutes((int) (count % 1000)), BaseDate._2014);
      new TransferElectricityCreditTokenGenerator("r", identifier, new RandomNo(random), new Amount(25.6),
          new KeyExpiryNumber(255), key, algorithm).generate();
    }
    return count;
  }

  static double rate(boolean isLong) throws Exception {
    double seconds = 2;
    makeFor(seconds, isLong);  // lets the compiler of the virtual machine do its work
    var pool = Executors.newFixedThreadPool(2);
    List<Callable<Long>> work = new ArrayList<>();
    for (int i = 0; i < 2; ++i) work.add(() -> makeFor(seconds, isLong));
    long sum = 0;
    for (Future<Long> part : pool.invokeAll(work)) sum += part.get();
    pool.shutdown();
    return sum / seconds;
  }

  public static void main(String[] arguments) throws Exception {
    System.out.printf("{\"ea11_per_second\": %.0f, \"ea07_per_second\": %.0f}%n", rate(true), rate(false));
  }
}
