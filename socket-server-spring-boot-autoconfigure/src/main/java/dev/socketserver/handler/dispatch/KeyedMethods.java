package dev.socketserver.handler.dispatch;

import java.util.Arrays;
import java.util.Collection;

import dev.socketserver.handler.key.KeyBytes;
import org.jspecify.annotations.Nullable;

/**
 * Methods by the bytes of their keys: found without making a text for each message. An
 * array that is at most half full; who is found at a place of another is at the next.
 */
final class KeyedMethods {

	private final KeyBytes bytes;

	private final @Nullable Place[] places;

	private int longest;

	/**
	 * Makes the table.
	 * @param bytes where the key of a frame is
	 * @param methods the methods
	 */
	KeyedMethods(KeyBytes bytes, Collection<KeyedMethod> methods) {
		this.bytes = bytes;
		this.places = new @Nullable Place[Integer.highestOneBit(Math.max(1, methods.size())) * 4];
		for (KeyedMethod method : methods) {
			byte[] key = bytes.of(method.key());
			this.places[indexOf(key, 0, key.length)] = new Place(key, method);
			this.longest = Math.max(this.longest, key.length);
		}
	}

	/**
	 * Returns the method for a frame.
	 * @param frame the bytes
	 * @return the method; {@code null} if none has a key of these bytes
	 */
	@Nullable KeyedMethod find(byte[] frame) {
		int begin = this.bytes.begin();
		int end = this.bytes.end(frame);
		boolean possible = begin <= end && end - begin <= this.longest;
		Place place = possible ? this.places[indexOf(frame, begin, end)] : null;
		return (place != null) ? place.method() : null;
	}

	/** Returns the index of a key, or the one that is free for it. */
	private int indexOf(byte[] source, int begin, int end) {
		int hash = 0;
		for (int i = begin; i < end; i++) {
			hash = 31 * hash + source[i];
		}
		int last = this.places.length - 1;
		int index = (hash ^ (hash >>> 16)) & last;
		for (Place place = this.places[index]; place != null; place = this.places[index]) {
			byte[] key = place.key();
			if (Arrays.equals(source, begin, end, key, 0, key.length)) {
				return index;
			}
			index = (index + 1) & last;
		}
		return index;
	}

	private record Place(byte[] key, KeyedMethod method) {

	}

}
