package dev.socketserver.handler.key;

import java.util.HexFormat;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What a function of the application makes of a frame: bytes as {@code 0x} and their
 * digits, everything else as text. {@code null} is no key.
 *
 * @param name the name of the bean
 * @param function the bean
 */
record BeanDiscriminator(String name, Function<byte[], ?> function) implements Discriminator {

	@Override
	public @Nullable String key(byte[] frame) {
		Object key = this.function.apply(frame);
		if (key instanceof byte[] bytes) {
			return "0x" + HexFormat.of().formatHex(bytes);
		}
		return (key != null) ? Discriminator.normalized(key.toString()) : null;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
