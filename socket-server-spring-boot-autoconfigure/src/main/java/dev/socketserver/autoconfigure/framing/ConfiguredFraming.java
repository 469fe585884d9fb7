package dev.socketserver.autoconfigure.framing;

import java.util.List;
import java.util.function.IntConsumer;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingProvider;

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
	 * Returns the framing for datagrams, of which none is switchable.
	 * @return the framing
	 */
	public ConfiguredFraming ofDatagrams() {
		return new ConfiguredFraming(FramingProvider.BUILT_IN.datagrams(this.framing), this.property, this.word,
				this.checks);
	}

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
