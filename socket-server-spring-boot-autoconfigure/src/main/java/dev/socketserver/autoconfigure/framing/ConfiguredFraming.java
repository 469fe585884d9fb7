package dev.socketserver.autoconfigure.framing;

import java.util.List;
import java.util.function.IntConsumer;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.framing.Framing;

/**
 * A framing that the properties ask for.
 *
 * @param framing the framing
 * @param property the property that names its type
 * @param word the type, as it is written
 * @param checks what to check once the longest payload is known
 */
public record ConfiguredFraming(Framing framing, String property, String word, List<IntConsumer> checks) {

	/**
	 * Checks what depends on the longest payload.
	 * @param maxFrameBytes the longest payload allowed
	 * @throws InvalidSocketPropertyException if the framing cannot work with it, or a
	 * sample is not exactly one frame
	 */
	public void check(int maxFrameBytes) {
		this.checks.forEach((check) -> check.accept(maxFrameBytes));
	}

}
