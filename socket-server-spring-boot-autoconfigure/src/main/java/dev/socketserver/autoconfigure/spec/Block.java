package dev.socketserver.autoconfigure.spec;

import java.util.function.BiFunction;

import org.jspecify.annotations.Nullable;

/**
 * A block of a specification, which takes what the properties say.
 *
 * @param <B> the type of the block
 */
final class Block<B> {

	private B block;

	/**
	 * Creates the object.
	 * @param block the block as it is without the properties
	 */
	Block(B block) {
		this.block = block;
	}

	/**
	 * Sets a component, unless the properties are silent.
	 * @param value the value, or {@code null} if there is none
	 * @param component copies the block with that value
	 * @param <T> the type of the value
	 * @return this object
	 */
	<T> Block<B> set(@Nullable T value, BiFunction<B, T, B> component) {
		if (value != null) {
			this.block = component.apply(this.block, value);
		}
		return this;
	}

	/**
	 * Returns the block with all values.
	 * @return the block
	 */
	B get() {
		return this.block;
	}

}
