package dev.socketserver.autoconfigure.spec;

import java.time.Duration;

import dev.socketserver.autoconfigure.properties.Percentage;
import dev.socketserver.autoconfigure.properties.SameNames;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * A block of properties, whose values replace those of the same names in a block of a
 * specification.
 */
final class Block {

	private final PropertyEntry entry;

	private final String name;

	private final SameNames values;

	/**
	 * Creates the object.
	 * @param entry the entry that has the block
	 * @param name the name of the block
	 * @param values what the properties say, a record: were that the type, the JVM would
	 * load the classes of all blocks to check the callers
	 * @param others the components that the caller sets itself
	 */
	Block(PropertyEntry entry, String name, Object values, String... others) {
		this.entry = entry;
		this.name = name;
		this.values = new SameNames((Record) values, others);
	}

	/**
	 * Returns a copy of a block of a specification with the values of this one.
	 * @param unset the block as it is without the properties
	 * @param <B> the type of the block
	 * @return the copy
	 */
	@SuppressWarnings("unchecked")
	<B> B over(B unset) {
		return this.values.over((Class<B>) unset.getClass(), unset, this::specified);
	}

	private @Nullable Object specified(String component, Object value) {
		String key = this.name + "." + component;
		if (value instanceof DataSize size) {
			return this.entry.bytes(key, size);
		}
		if (value instanceof Percentage percentage) {
			return percentage.value();
		}
		boolean none = value instanceof Duration time && time.isZero() && SessionSpecs.isZeroForNone(key);
		return none ? null : value;
	}

}
