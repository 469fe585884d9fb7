package dev.socketserver.autoconfigure.lifecycle;

import dev.socketserver.autoconfigure.properties.Written;
import dev.socketserver.engine.log.SafeLogger;

import org.springframework.util.unit.DataSize;

/**
 * Warns about a memory limit that is hardly meant.
 */
final class MemoryLimit {

	private static final SafeLogger logger = SafeLogger.of(MemoryLimit.class);

	private static final DataSize SMALL = DataSize.ofMegabytes(1);

	private MemoryLimit() {
	}

	/**
	 * Warns about a limit.
	 * @param limit the limit
	 * @param heap the most that the heap may have
	 */
	static void check(DataSize limit, DataSize heap) {
		if (limit.compareTo(SMALL) < 0) {
			logger.warn(
					"Property socket.limits.memory is {}, which a few sessions may use up: those that hold most of it "
							+ "are closed then. Set it to 1MB or more",
					Written.of(limit));
		}
		else if (limit.compareTo(heap) > 0) {
			logger.warn(
					"Property socket.limits.memory is {}, more than the heap, which has {}: the JVM may run out of "
							+ "memory before the limit applies. Lower it, or raise -Xmx",
					Written.of(limit), Written.of(heap));
		}
	}

}
