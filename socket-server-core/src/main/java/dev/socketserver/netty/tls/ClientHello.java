package dev.socketserver.netty.tls;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

import dev.socketserver.engine.input.WrongProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Collects the first message of a TLS handshake, to see which host a peer asks for before
 * anything is decided (RFC 8446, sections 4.1.2 and 5.1; RFC 6066, section 3).
 *
 * <pre>
 *        record                        record
 * +----+------+--------+----+     +----+------+--------+----+
 * | 16 | 03xx | length | 01 | ... | 16 | 03xx | length | .. |
 * +----+------+--------+----+     +----+------+--------+----+
 *                       ^ a ClientHello: type, three bytes of length, content,
 *                         which goes on in the next record if need be, and
 *                         ends with a record
 * </pre>
 *
 * However the bytes are split into segments and records, the outcome is the same. What is
 * not exactly so is refused, never taken for a peer that names no host: TLS
 * implementations disagree about such messages, and a peer could choose another context
 * than the one its host has. Memory grows with what was received, not with what is
 * announced, and not with the records it was received in, which may be of one byte each.
 * Confined to the event loop.
 */
public final class ClientHello {

	private static final int RECORD_HEADER = 5;

	private static final int MESSAGE_HEADER = 4;

	/** RFC 8446, section 5.1. */
	private static final int LONGEST_RECORD = 1 << 14;

	private static final int FIRST_SIZE = 512;

	private static final int HANDSHAKE = 0x16;

	private static final int CLIENT_HELLO = 0x01;

	private static final int SERVER_NAME = 0;

	private static final int HOST_NAME = 0;

	private static final int SUPPORTED_VERSIONS = 43;

	private static final int KEY_SHARE = 51;

	private static final int TLS_1_3 = 0x0304;

	/** The first byte of the groups of finite fields (RFC 7919, section 2). */
	private static final int FINITE_FIELDS = 0x01;

	private static final byte ALERT = 0x15;

	private static final byte FATAL = 2;

	/** No alert: the peer would not know what it is. */
	private static final int NONE = 0;

	private static final int UNEXPECTED_MESSAGE = 10;

	private static final int ILLEGAL_PARAMETER = 47;

	private static final int DECODE_ERROR = 50;

	private final int maxBytes;

	private final boolean proxied;

	private final byte[] header = new byte[RECORD_HEADER];

	private int headerBytes;

	private int recordLeft;

	private byte[] message = new byte[0];

	private int messageBytes;

	/** Some of the message was received before the bytes that were checked last. */
	private boolean inPieces;

	/** How many of the bytes that were checked last are the message's. */
	private int taken;

	private @Nullable String host;

	private boolean offersTls13;

	/** There are key shares, all of them points of elliptic curves or unknown here. */
	private boolean sharesCurves;

	public ClientHello(int maxBytes, boolean proxied) {
		this.maxBytes = maxBytes;
		this.proxied = proxied;
	}

	/**
	 * Inspects more bytes.
	 * @param bytes what was received, which is left as it is
	 * @return whether the message is complete
	 * @throws RefusedException if this is no ClientHello, or none that we take
	 */
	public boolean add(ByteBuf bytes) throws RefusedException {
		int index = bytes.readerIndex();
		int end = bytes.writerIndex();
		while (index < end) {
			if (this.recordLeft == 0) {
				this.header[this.headerBytes++] = bytes.getByte(index++);
				if (this.headerBytes == 1 && this.header[0] != HANDSHAKE) {
					throw notTls(bytes, index - 1);
				}
				if (this.headerBytes == RECORD_HEADER) {
					beginRecord();
				}
			}
			else {
				int length = Math.min(this.recordLeft, end - index);
				int before = this.messageBytes;
				append(bytes, index, length);
				index += length;
				this.recordLeft -= length;
				if (complete()) {
					if (before + length + this.recordLeft > MESSAGE_HEADER + length()) {
						throw new RefusedException("a ClientHello with another message in its record",
								UNEXPECTED_MESSAGE);
					}
					this.taken = index - bytes.readerIndex();
					readExtensions();
					return true;
				}
			}
		}
		this.inPieces = true;
		return false;
	}

	/**
	 * Gives away a complete message, with what is after it, to be read again.
	 * @param last the bytes that have made it complete, which are the caller's no more
	 * @return these bytes, if they have all of it; else records that are as long as can
	 * be, and then what is after it in these bytes
	 */
	public ByteBuf handOver(ByteBuf last) {
		byte[] all = this.message;
		this.message = new byte[0];
		if (!this.inPieces) {
			return last;
		}
		int records = (this.messageBytes + LONGEST_RECORD - 1) / LONGEST_RECORD;
		ByteBuf result = Unpooled
			.buffer(records * RECORD_HEADER + this.messageBytes + last.readableBytes() - this.taken);
		for (int start = 0; start < this.messageBytes; start += LONGEST_RECORD) {
			int length = Math.min(LONGEST_RECORD, this.messageBytes - start);
			result.writeBytes(this.header, 0, 3).writeShort(length).writeBytes(all, start, length);
		}
		result.writeBytes(last.skipBytes(this.taken));
		last.release();
		return result;
	}

	/** The host that a complete message asks for, in lower case, or {@code null}. */
	@Nullable String host() {
		return this.host;
	}

	/**
	 * Whether a complete message has a server that speaks TLS 1.3 compute with elliptic
	 * curves, if anything: a millisecond or so, where a finite field of 8,192 bits takes
	 * a second. A second message may still ask for that, but not in the same record,
	 * where it would be computed with the first.
	 */
	boolean needsCurvesOnly() {
		return this.offersTls13 && this.sharesCurves;
	}

	private RefusedException notTls(ByteBuf bytes, int index) {
		if (this.messageBytes == 0) {
			byte[] start = new byte[Math.min(bytes.writerIndex() - index, 16)];
			bytes.getBytes(index, start);
			WrongProtocol found = WrongProtocol.of(start, 0, start.length, this.proxied);
			return new RefusedException("no TLS" + ((found != null) ? ": " + found.phrase() : ""), NONE);
		}
		return new RefusedException("a ClientHello that is interrupted by a record of another type",
				UNEXPECTED_MESSAGE);
	}

	private void beginRecord() throws RefusedException {
		this.headerBytes = 0;
		this.recordLeft = ((this.header[3] & 0xFF) << 8) | (this.header[4] & 0xFF);
		if (this.header[1] != 3) {
			throw new RefusedException("no TLS", NONE);
		}
		if (this.recordLeft == 0 || this.recordLeft > LONGEST_RECORD) {
			throw new RefusedException("a TLS record of impossible length", DECODE_ERROR);
		}
	}

	private void append(ByteBuf bytes, int index, int length) throws RefusedException {
		int needed = this.messageBytes + length;
		// More than that is refused, whatever it is.
		int most = Math.min(needed, MESSAGE_HEADER + this.maxBytes);
		if (most > this.message.length) {
			this.message = Arrays.copyOf(this.message, Math
				.min(Math.max(Math.max(most, 2 * this.message.length), FIRST_SIZE), MESSAGE_HEADER + this.maxBytes));
		}
		bytes.getBytes(index, this.message, this.messageBytes, most - this.messageBytes);
		this.messageBytes = most;
		if (this.message[0] != CLIENT_HELLO) {
			throw new RefusedException("a TLS handshake that does not begin with a ClientHello", UNEXPECTED_MESSAGE);
		}
		if (this.messageBytes >= MESSAGE_HEADER && length() > this.maxBytes) {
			throw new RefusedException("a ClientHello of more than " + this.maxBytes + " bytes", DECODE_ERROR);
		}
	}

	private int length() {
		return ((this.message[1] & 0xFF) << 16) | ((this.message[2] & 0xFF) << 8) | (this.message[3] & 0xFF);
	}

	private boolean complete() {
		return this.messageBytes >= MESSAGE_HEADER && this.messageBytes >= MESSAGE_HEADER + length();
	}

	private void readExtensions() throws RefusedException {
		Cursor content = new Cursor(this.message, MESSAGE_HEADER, MESSAGE_HEADER + length());
		content.skip(2 + 32);
		content.skip(content.number(1));
		content.skip(content.number(2));
		content.skip(content.number(1));
		if (content.atEnd()) {
			return;
		}
		Cursor extensions = content.part(content.number(2));
		if (!content.atEnd()) {
			throw malformed();
		}
		Set<Integer> seen = new HashSet<>();
		while (!extensions.atEnd()) {
			int type = extensions.number(2);
			// None may occur twice (RFC 8446, section 4.2).
			if (!seen.add(type)) {
				throw repeated();
			}
			Cursor extension = extensions.part(extensions.number(2));
			switch (type) {
				case SERVER_NAME -> this.host = hostIn(extension);
				case SUPPORTED_VERSIONS -> this.offersTls13 = hasTls13(extension);
				case KEY_SHARE -> this.sharesCurves = hasCurvesOnly(extension);
				default -> {
				}
			}
		}
	}

	/** Whether versions have TLS 1.3 (RFC 8446, section 4.2.1). */
	private static boolean hasTls13(Cursor extension) throws RefusedException {
		Cursor versions = extension.part(extension.number(1));
		boolean found = false;
		while (!versions.atEnd()) {
			found |= versions.number(2) == TLS_1_3;
		}
		return found;
	}

	/** Whether key shares have none of a finite field (RFC 8446, section 4.2.8). */
	private static boolean hasCurvesOnly(Cursor extension) throws RefusedException {
		Cursor shares = extension.part(extension.number(2));
		boolean curves = !shares.atEnd();
		while (!shares.atEnd()) {
			curves &= shares.number(1) != FINITE_FIELDS;
			shares.skip(1);
			shares.skip(shares.number(2));
		}
		return curves;
	}

	private static @Nullable String hostIn(Cursor extension) throws RefusedException {
		Cursor names = extension.part(extension.number(2));
		if (!extension.atEnd() || names.atEnd()) {
			throw malformed();
		}
		String found = null;
		while (!names.atEnd()) {
			int type = names.number(1);
			Cursor name = names.part(names.number(2));
			if (type == HOST_NAME) {
				if (found != null) {
					throw repeated();
				}
				found = name.host();
			}
		}
		return found;
	}

	private static RefusedException malformed() {
		return new RefusedException("a malformed ClientHello", DECODE_ERROR);
	}

	private static RefusedException repeated() {
		return new RefusedException("a malformed ClientHello: it has an element twice", ILLEGAL_PARAMETER);
	}

	/** Reads numbers and parts, and nothing beyond its end. */
	private static final class Cursor {

		private final byte[] array;

		private int index;

		private final int end;

		Cursor(byte[] array, int start, int end) {
			this.array = array;
			this.index = start;
			this.end = end;
		}

		boolean atEnd() {
			return this.index == this.end;
		}

		void skip(int count) throws RefusedException {
			if (this.end - this.index < count) {
				throw malformed();
			}
			this.index += count;
		}

		int number(int width) throws RefusedException {
			int start = this.index;
			skip(width);
			int value = 0;
			for (int i = start; i < this.index; i++) {
				value = (value << 8) | (this.array[i] & 0xFF);
			}
			return value;
		}

		Cursor part(int length) throws RefusedException {
			int start = this.index;
			skip(length);
			return new Cursor(this.array, start, this.index);
		}

		String host() throws RefusedException {
			for (int i = this.index; i < this.end; i++) {
				// Also what is negative, since it is beyond ASCII.
				if (this.array[i] <= ' ' || this.array[i] == 0x7F) {
					throw malformed();
				}
			}
			if (atEnd()) {
				throw malformed();
			}
			return new String(this.array, this.index, this.end - this.index, StandardCharsets.US_ASCII)
				.toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * A peer's handshake is not continued. The message is in words of ours only, with
	 * nothing that the peer has sent. There is no stack trace: what peers do may occur in
	 * floods.
	 */
	public static final class RefusedException extends Exception {

		private static final long serialVersionUID = 1L;

		private final int alert;

		RefusedException(String message, int alert) {
			super(message, null, false, false);
			this.alert = alert;
		}

		/**
		 * Returns the record that says to a peer why, empty for one that speaks no TLS
		 * (RFC 8446, section 6.2).
		 */
		ByteBuf answer() {
			return (this.alert == NONE) ? Unpooled.EMPTY_BUFFER
					: Unpooled.wrappedBuffer(new byte[] { ALERT, 3, 3, 0, 2, FATAL, (byte) this.alert });
		}

	}

}
