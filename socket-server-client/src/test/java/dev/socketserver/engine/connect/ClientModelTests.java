package dev.socketserver.engine.connect;

import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.log.SilencedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Runs a {@link ClientModel} with many seeds.
 */
class ClientModelTests {

	/** How many seeds; far more on request. */
	private static final int SEEDS = Integer.getInteger("client.seeds", 400);

	private static final int FIRST = Integer.getInteger("client.seed", 1);

	@RegisterExtension
	private static final SilencedLog log = new SilencedLog(SocketClient.class);

	@Test
	void nothingIsLostNorRepeatedNorOutOfOrder() {
		for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
			try {
				new ClientModel(seed).run();
			}
			catch (RuntimeException | Error ex) {
				throw new AssertionError("With -Dclient.seed=" + seed + " -Dclient.seeds=1: " + ex.getMessage(), ex);
			}
		}
	}

}
