package dev.socketserver.engine.connect;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.socketserver.client.SocketClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link ClientModel} with many seeds.
 */
class ClientModelTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(SocketClient.class);

	/** How many seeds; far more on request. */
	private static final int SEEDS = Integer.getInteger("client.seeds", 400);

	private static final int FIRST = Integer.getInteger("client.seed", 1);

	@BeforeAll
	static void failuresAreNoNews() {
		LOGGER.setLevel(Level.OFF);
	}

	@AfterAll
	static void again() {
		LOGGER.setLevel(null);
	}

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
