package dev.socketserver.cluster.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.socketserver.cluster.directory.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Messages as they are on the bus.
 *
 * <pre>
 * +---------+------+-------+----+----------+--------+---------------+--------+-----------+
 * | version | kind | flags | id | deadline | sender | its incarna-  | fields | signature |
 * |    1    |      |       |  8 |    8     | 1 + n  | tion    1 + n |        | 32 or 0   |
 * +---------+------+-------+----+----------+--------+---------------+--------+-----------+
 * </pre>
 *
 * The signature is an HMAC with SHA-256 over the receiver and everything in front of it.
 * What precedes the fields stays the same in all versions with that number. What is new
 * gets a new kind, which older nodes answer, or a new field, which they ignore. Another
 * number is for what older nodes must not read: they ignore it, and its sender waits.
 */
public final class MessageCodec {

	/** The longest message that is sent or accepted, in bytes. */
	public static final int MOST_BYTES = 1024 * 1024 - 1;

	private static final int VERSION = 1;

	private static final int SIGNED = 1;

	private static final int SIGNATURE_BYTES = 32;

	private static final int FIXED_BYTES = 3 + 2 * Long.BYTES + 2;

	private static final String ALGORITHM = "HmacSHA256";

	private final @Nullable SecretKeySpec key;

	public MessageCodec(@Nullable String secret) {
		this.key = (secret != null) ? new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM) : null;
	}

	public byte[] write(Message message, NodeId to) {
		ByteArrayOutputStream out = new ByteArrayOutputStream(256);
		out.write(VERSION);
		out.write(message.kind());
		out.write((this.key != null) ? SIGNED : 0);
		out.writeBytes(ByteBuffer.allocate(2 * Long.BYTES).putLong(message.id()).putLong(message.deadline()).array());
		name(out, message.from().name());
		name(out, message.from().incarnation());
		message.fields().writeTo(out);
		if (this.key != null) {
			out.writeBytes(signature(this.key, to, out.toByteArray()));
		}
		return out.toByteArray();
	}

	private static void name(ByteArrayOutputStream out, String name) {
		byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
		out.write(bytes.length);
		out.writeBytes(bytes);
	}

	/**
	 * Reads a message.
	 * @throws IllegalArgumentException if it is none, or not signed as it has to be
	 */
	public Message read(byte[] bytes, NodeId to) {
		if (bytes.length > MOST_BYTES) {
			throw new IllegalArgumentException("a message of " + bytes.length + " bytes");
		}
		if (bytes.length < FIXED_BYTES) {
			throw new IllegalArgumentException("half a message");
		}
		if (bytes[0] != VERSION) {
			throw new IllegalArgumentException("a message of version " + (bytes[0] & 0xff));
		}
		int end = bytes.length;
		boolean signed = (bytes[2] & SIGNED) != 0;
		if (signed) {
			end -= SIGNATURE_BYTES;
			if (end < FIXED_BYTES) {
				throw new IllegalArgumentException("half a message");
			}
		}
		if (this.key != null && !(signed && MessageDigest.isEqual(signature(this.key, to, Arrays.copyOf(bytes, end)),
				Arrays.copyOfRange(bytes, end, bytes.length)))) {
			throw new IllegalArgumentException("a message that is not signed with the secret");
		}
		ByteBuffer in = ByteBuffer.wrap(bytes, 0, end);
		in.position(1);
		int kind = in.get() & 0xff;
		in.get();
		long id = in.getLong();
		long deadline = in.getLong();
		NodeId from = new NodeId(name(in), name(in));
		return new Message(kind, id, from, deadline, Fields.read(in));
	}

	private static String name(ByteBuffer in) {
		int length = in.hasRemaining() ? in.get() & 0xff : 0;
		if (length > in.remaining()) {
			throw new IllegalArgumentException("half a message");
		}
		byte[] bytes = new byte[length];
		in.get(bytes);
		if (length == 0 || !isName(bytes)) {
			throw new IllegalArgumentException("a message without a sender");
		}
		return new String(bytes, StandardCharsets.US_ASCII);
	}

	private static boolean isName(byte[] bytes) {
		for (byte one : bytes) {
			boolean valid = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9')
					|| one == '.' || one == '_' || one == '-';
			if (!valid) {
				return false;
			}
		}
		return true;
	}

	private static byte[] signature(SecretKeySpec key, NodeId to, byte[] content) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(key);
			mac.update(to.toString().getBytes(StandardCharsets.UTF_8));
			return mac.doFinal(content);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This JVM has no " + ALGORITHM, ex);
		}
	}

}
