package dev.socketserver.cluster.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import dev.socketserver.cluster.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * The content of a message: values by their tags. A receiver ignores tags that it does
 * not know.
 *
 * <pre>
 * +-----+--------------+-------+-----+--------------+-------+---
 * | tag | length (int) | value | tag | length (int) | value | ...
 * +-----+--------------+-------+-----+--------------+-------+---
 * </pre>
 */
public final class Fields {

	public static final int SERVER = 1;

	public static final int TYPE = 2;

	public static final int ID = 3;

	public static final int SESSION = 4;

	public static final int PAYLOAD = 5;

	public static final int TOKEN = 6;

	public static final int GROUP = 7;

	public static final int OPERATION = 8;

	public static final int TIMEOUT = 9;

	public static final int OUTCOME = 10;

	public static final int ERROR = 11;

	public static final int COUNT = 12;

	/** The token of an entry that was removed. Nodes of older versions do not send it. */
	public static final int EVICTED = 13;

	/** Of a request that timed out and was not sent. Older nodes do not know it. */
	public static final int UNSENT = 14;

	private final Map<Integer, byte[]> values = new HashMap<>();

	/**
	 * Returns the fields of an answer.
	 * @param outcome what has become of what was asked
	 * @return the fields, to which others can be added
	 */
	public static Fields of(Delivery outcome) {
		return new Fields().with(OUTCOME, outcome.name());
	}

	public Fields with(int tag, byte[] value) {
		this.values.put(tag, value);
		return this;
	}

	public Fields with(int tag, String value) {
		return with(tag, value.getBytes(StandardCharsets.UTF_8));
	}

	public Fields with(int tag, long value) {
		return with(tag, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
	}

	/**
	 * Returns a text.
	 * @throws IllegalArgumentException if there is none
	 */
	public String text(int tag) {
		return new String(bytes(tag), StandardCharsets.UTF_8);
	}

	public @Nullable String textIfAny(int tag) {
		return this.values.containsKey(tag) ? text(tag) : null;
	}

	/**
	 * Returns a number.
	 * @throws IllegalArgumentException if there is none
	 */
	public long number(int tag) {
		byte[] value = bytes(tag);
		if (value.length != Long.BYTES) {
			throw new IllegalArgumentException("Field " + tag + " is no number");
		}
		return ByteBuffer.wrap(value).getLong();
	}

	/**
	 * Returns a number, or 0 if there is none.
	 * @throws IllegalArgumentException if it is something else
	 */
	public long numberIfAny(int tag) {
		return this.values.containsKey(tag) ? number(tag) : 0;
	}

	/**
	 * Returns bytes.
	 * @throws IllegalArgumentException if there are none
	 */
	public byte[] bytes(int tag) {
		byte[] value = this.values.get(tag);
		if (value == null) {
			throw new IllegalArgumentException("Field " + tag + " is missing");
		}
		return value;
	}

	public void writeTo(ByteArrayOutputStream out) {
		this.values.forEach((tag, value) -> {
			out.write(tag);
			out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
			out.writeBytes(value);
		});
	}

	/**
	 * Reads fields up to the limit of the buffer.
	 * @throws IllegalArgumentException if these are none
	 */
	public static Fields read(ByteBuffer in) {
		Fields fields = new Fields();
		while (in.hasRemaining()) {
			if (in.remaining() < 1 + Integer.BYTES) {
				throw new IllegalArgumentException("Half a field");
			}
			int tag = in.get() & 0xff;
			int length = in.getInt();
			if (length < 0 || length > in.remaining()) {
				throw new IllegalArgumentException(
						"A field of " + length + " bytes, of which " + in.remaining() + " are there");
			}
			byte[] value = new byte[length];
			in.get(value);
			fields.values.put(tag, value);
		}
		return fields;
	}

}
