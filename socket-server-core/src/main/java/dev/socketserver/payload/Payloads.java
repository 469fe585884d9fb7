package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Converts payloads to be sent into bytes. It uses the application's converter for
 * exactly the type of a payload; else those for text, bytes and buffers; else the first
 * of the application's that takes the payload.
 */
public final class Payloads {

	/**
	 * Arrays of this length or more are sent without being copied once more. Shorter ones
	 * are copied into one array with what leaves together with them, which is cheaper.
	 */
	public static final int LONG_BYTES = 512;

	/** Charsets in which ASCII text has the same bytes. */
	private static final Set<Charset> ASCII = Set.of(StandardCharsets.UTF_8, StandardCharsets.US_ASCII,
			StandardCharsets.ISO_8859_1);

	/**
	 * How many long texts are encoded in the usual way before the first one becomes a
	 * {@link LongText}: loading the classes for that takes some 20 ms, which applications
	 * that send few of them do not have to pay.
	 */
	private static final int UNSEEN_AT_FIRST = 1_000;

	/**
	 * How many long texts are encoded in the usual way after one that could not become a
	 * {@link LongText}.
	 */
	private static final int UNSEEN_AFTER_OTHER = 32;

	private final List<PayloadConverter<?>> converters;

	private final PayloadConverter<String> text;

	/**
	 * Strings are encoded directly, since the application has no converter for them: a
	 * look into the map is saved for what nearly everybody sends.
	 */
	private final boolean plainText;

	/** Whether long texts may become {@link LongText}. */
	private final boolean longTexts;

	/**
	 * How many more long texts are encoded in the usual way, including the next one that
	 * is tried. The texts of one application are much alike, and a try without success
	 * costs as much as encoding. Not synchronized: if several threads write it, any of
	 * their values will do.
	 */
	private int unseen = UNSEEN_AT_FIRST;

	private final Map<Class<?>, PayloadConverter<?>> found = new ConcurrentHashMap<>();

	/**
	 * Creates the object for one server or client.
	 * @param charset the charset for text
	 * @param converters the converters of the application
	 */
	public Payloads(Charset charset, List<? extends PayloadConverter<?>> converters) {
		this.text = PayloadConverter.text(charset);
		this.converters = new ArrayList<>(converters);
		this.plainText = !convertsText(converters);
		this.longTexts = this.plainText && ASCII.contains(charset) && LongText.possible();
	}

	private static boolean convertsText(List<? extends PayloadConverter<?>> converters) {
		for (PayloadConverter<?> converter : converters) {
			if (converter.type() == String.class) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a converter is built in. These never fail and take no time, so that frames
	 * can be converted where they are decoded, on the I/O thread.
	 * @param converter the converter
	 * @return {@code true} for text, bytes, buffers and frames
	 */
	public static boolean builtIn(PayloadConverter<?> converter) {
		return converter instanceof TextConverter || converter == BytesConverter.INSTANCE
				|| converter == BufferConverter.INSTANCE || converter instanceof FrameConverter;
	}

	/**
	 * Returns what makes payloads of decoded frames that are replies to requests.
	 * @param converter the converter of the handler
	 * @return the converter of the application, or {@code null} if what is decoded is the
	 * payload
	 */
	public static @Nullable PayloadConverter<?> ofReplies(PayloadConverter<?> converter) {
		if (converter instanceof FrameConverter frames) {
			return frames.replies();
		}
		return builtIn(converter) ? null : converter;
	}

	/**
	 * Converts a frame that was received.
	 * @param converter the converter
	 * @param frame the frame, or its bytes
	 * @return the payload
	 * @throws PayloadException if the converter throws, or returns {@code null}
	 */
	public static Object read(PayloadConverter<?> converter, Object frame) throws PayloadException {
		byte[] bytes = ReceivedFrame.bytes(frame);
		try {
			return Objects.requireNonNull(converter.read(bytes, 0, bytes.length), "The converter read null");
		}
		catch (Exception ex) {
			throw new PayloadException(converter.type(), ex);
		}
	}

	/**
	 * Converts a payload to be sent.
	 * @param payload as for {@link #bytes}
	 * @return its bytes, as {@link #bytes} returns them, or a {@link LongText}
	 * @throws IllegalArgumentException as {@link #bytes} does
	 */
	public Object outgoing(Object payload) {
		LongText text = (this.longTexts && payload instanceof String string && LongText.fits(string)) ? known(string)
				: null;
		return (text != null) ? text : bytes(payload);
	}

	/**
	 * Converts a reply, whose length is not needed at once.
	 * @param payload as for {@link #bytes}
	 * @return as {@link #outgoing} does; the length of a {@link LongText} may be assumed
	 * @throws IllegalArgumentException as {@link #bytes} does
	 */
	public Object reply(Object payload) {
		if (this.unseen == 0 && this.longTexts && payload instanceof String string && LongText.fits(string)) {
			return LongText.assumed(string, this);
		}
		return outgoing(payload);
	}

	private @Nullable LongText known(String string) {
		int before = this.unseen;
		if (before > 1) {
			this.unseen = before - 1;
			return null;
		}
		LongText text = LongText.of(string);
		int next = (text != null) ? 0 : UNSEEN_AFTER_OTHER;
		if (next != before) {
			this.unseen = next;
		}
		return text;
	}

	/** Encodes a text that has other bytes than assumed. */
	byte[] notAsAssumed(String text) {
		this.unseen = UNSEEN_AFTER_OTHER;
		return bytes(text);
	}

	/**
	 * Returns the bytes of a payload.
	 * @param payload text, {@code byte[]}, a {@link ByteBuffer}, whose position does not
	 * change, or any type for which there is a converter
	 * @return the bytes, in an array that is not changed any more if it has
	 * {@link #LONG_BYTES} or more; a shorter one may be the payload itself
	 * @throws IllegalArgumentException if the payload is of another type, or its
	 * converter threw
	 */
	public byte[] bytes(Object payload) {
		if (this.plainText && payload instanceof String string) {
			return string.getBytes(((TextConverter) this.text).charset());
		}
		PayloadConverter<?> converter = this.found.computeIfAbsent(payload.getClass(), this::find);
		if (converter == BytesConverter.INSTANCE && payload instanceof byte[] array && array.length < LONG_BYTES) {
			// The outbox copies it before send returns.
			return array;
		}
		byte[] bytes = write(converter, payload);
		return (bytes == payload && bytes.length >= LONG_BYTES) ? bytes.clone() : bytes;
	}

	private PayloadConverter<?> find(Class<?> type) {
		if (Throwable.class.isAssignableFrom(type)) {
			// It would show the peer what is inside the application.
			throw new IllegalArgumentException("An exception is no payload: " + type.getName());
		}
		for (PayloadConverter<?> converter : this.converters) {
			if (converter.type() == type) {
				return converter;
			}
		}
		List<PayloadConverter<?>> candidates = new ArrayList<>(
				List.of(this.text, BytesConverter.INSTANCE, BufferConverter.INSTANCE));
		candidates.addAll(this.converters);
		for (PayloadConverter<?> converter : candidates) {
			if (converter.type().isAssignableFrom(type)) {
				return converter;
			}
		}
		throw new IllegalArgumentException("A payload of type " + type.getName()
				+ " cannot be sent: use String, byte[] or ByteBuffer, or give the server a PayloadConverter for it");
	}

	/**
	 * Returns what reads a reply as the type that its caller wants: text and bytes as
	 * they are, all else by the converters, that of exactly the type first.
	 * @param type the type
	 * @return the converter
	 * @throws IllegalArgumentException if there is none
	 */
	public PayloadConverter<?> reading(Class<?> type) {
		for (PayloadConverter<?> plain : List.of(BytesConverter.INSTANCE, this.text, BufferConverter.INSTANCE)) {
			if (type.isAssignableFrom(plain.type())) {
				return plain;
			}
		}
		PayloadConverter<?> found = null;
		for (PayloadConverter<?> converter : this.converters) {
			if (converter.type() == type) {
				return converter;
			}
			found = (found != null) ? found : converter.reading(type);
		}
		if (found == null) {
			throw new IllegalArgumentException("A reply cannot be read as " + type.getName()
					+ ": use String, byte[] or ByteBuffer, or give the server a PayloadConverter for it");
		}
		return found;
	}

	@SuppressWarnings("unchecked") // found by the payload's class
	private static <T> byte[] write(PayloadConverter<T> converter, Object payload) {
		try {
			return converter.write((T) payload);
		}
		catch (Exception ex) {
			throw new IllegalArgumentException("A payload of type " + payload.getClass().getName()
					+ " could not be converted: the converter threw " + ex.getClass().getName(), ex);
		}
	}

}
